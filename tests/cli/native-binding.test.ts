import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { nativeBindingProblem } from '../../src/cli/native-binding.ts'
import { repository } from '../engines/engines.ts'
import { application, directoryWith } from './run.ts'

const packages = join(repository, 'node_modules')

/** A project in which hot-codemod is installed as npm does it, but for the packages that hold native code for oxc-parser. */
function projectWithoutBinding(files: Readonly<Record<string, string>>): string {
  const root = directoryWith(files)
  const copy = (name: string): void => {
    const target = join(root, 'node_modules', name)
    mkdirSync(dirname(target), { recursive: true })
    cpSync(realpathSync(join(packages, name)), target, { recursive: true })
    const { dependencies = {} } = JSON.parse(readFileSync(join(target, 'package.json'), 'utf8')) as Manifest
    for (const dependency of Object.keys(dependencies)) copy(dependency)
  }
  const { dependencies = {} } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as Manifest
  for (const name of Object.keys(dependencies)) copy(name)
  const own = join(root, 'node_modules/hot-codemod')
  for (const name of ['bin', 'dist', 'package.json'])
    cpSync(join(repository, name), join(own, name), { recursive: true })
  return root
}

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>
}

describe('without the native part of oxc', () => {
  it('commands exit with 2 and name the package, and ESLint shows it too', () => {
    const root = projectWithoutBinding(application)
    const run = (...args: readonly string[]): { status: number | null; stdout: string; stderr: string } =>
      spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' })
    const bin = join(root, 'node_modules/hot-codemod/bin/hot-codemod.js')

    for (const command of ['migrate', 'doctor']) {
      const { status, stdout, stderr } = run(bin, command)
      expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
      expect(stderr).toMatch(
        /^@oxc-(?:parser|resolver|transform)\/binding-\S+ is not installed: the native part of oxc for this system \(.+\)\. .*Remove node_modules and package-lock\.json and run `npm install`, or install that package\.\n$/,
      )
    }
    expect(run(bin, '--help').status).toBe(0)
    expect(run(bin, 'undo', '--list').status).toBe(0)

    symlinkSync(join(packages, 'eslint'), join(root, 'node_modules/eslint'))
    writeFileSync(
      join(root, 'eslint.config.js'),
      "import hotCodemod from 'hot-codemod'\nexport default [hotCodemod.configs.recommended]\n",
    )
    const { status, stderr } = run(join(root, 'node_modules/eslint/bin/eslint.js'), '.')
    expect(status).toBe(2)
    expect(stderr).toMatch(/Cannot find native binding\. .* removing both package-lock\.json and node_modules/)
    expect(stderr).toMatch(/node_modules\/oxc-(?:parser|resolver|transform)\//)
  })
})

describe('nativeBindingProblem', () => {
  const failed = (...causes: readonly string[]): Error =>
    causes.reduceRight<Error>((cause, message) => new Error(message, { cause }), new Error('the first try')) as Error

  it('names the package that is missing, not the WebAssembly that nobody installs', () => {
    const error = failed(
      'Cannot find native binding. npm has a bug.',
      "Cannot find module '@oxc-parser/binding-wasm32-wasip1'\nRequire stack:\n- x",
      "Cannot find module '@oxc-parser/binding-darwin-arm64'\nRequire stack:\n- x",
    )
    expect(nativeBindingProblem(error)).toMatch(/^@oxc-parser\/binding-darwin-arm64 is not installed/)
  })

  it('says why a package that is there cannot be loaded', () => {
    const error = failed(
      'Cannot find native binding. npm has a bug.',
      "Cannot find module './parser.linux-x64-gnu.node'",
      "/lib/libc.so.6: version `GLIBC_2.28' not found (required by parser.node)",
    )
    expect(nativeBindingProblem(error)).toMatch(
      /^The native part of oxc cannot be loaded on this system \(.+\): \/lib\/libc\.so\.6: version `GLIBC_2\.28' not found/,
    )
  })

  it('has nothing to say of another error', () => {
    expect(nativeBindingProblem(new Error("Cannot find module '@oxc-parser/binding-darwin-arm64'"))).toBeUndefined()
  })
})
