import { join, relative, sep } from 'node:path'
import { jsonPosition } from '../edits/json.ts'
import { readText } from '../edits/tree.ts'
import { addDevCommand, installedVersion, packageMajor } from '../project/package-manager.ts'
import type { Server } from '../graph/server.ts'
import type { Project } from '../project/project.ts'
import { finding, type Finding, type FindingCode } from './finding.ts'
import { gte, lt } from '../versions.ts'

/**
 * What is wrong with how the server is started, and with what is installed.
 *
 * @param text of package.json.
 */
export function setupFindings(project: Project, server: Server, text: string): Finding[] {
  return [
    ...entryFindings(project, text),
    ...moduleFindings(project, server, text),
    ...packageFindings(project, text),
    ...loadingFindings(project, text),
    ...versionFindings(project, text),
    ...typescriptFindings(project, text),
  ]
}

function entryFindings({ runtime, framework }: Project, text: string): Finding[] {
  if (runtime.entry !== undefined || framework.name === 'adonisjs') return []
  return [
    inPackageJson(
      'no-entry',
      lineOf(text, ['scripts']),
      'No module was found that the server starts with, so every file that nothing imports is taken for one.',
      'Name it, for example `--entry src/server.ts`, or add a "dev" script that starts it.',
    ),
  ]
}

/**
 * Whether the server runs as ES modules: by package.json, the extension of its entry or, in a package without "type",
 * its syntax, which Node.js looks at and tsx does not.
 */
export function isEsm({ type, runtime }: Project, { modules }: Server): boolean {
  return runtime.entry === undefined ? type === 'module' : modules.format(runtime.entry) === 'module'
}

function moduleFindings(project: Project, server: Server, text: string): Finding[] {
  if (isEsm(project, server)) return []
  return [
    inPackageJson(
      'not-esm',
      lineOf(text, ['type']),
      project.runtime.loader === 'tsx'
        ? 'The package has no "type": "module", so tsx makes CommonJS of its files: hot-hook sees none of them but the entry, and on Node.js 24 the server does not start under it.'
        : 'The package has no "type": "module" and its entry is CommonJS; hot-hook reloads ES modules only.',
      'Set "type": "module".',
    ),
  ]
}

function packageFindings({ packageManager, packageJson, runtime, framework }: Project, text: string): Finding[] {
  const { dependencies = {}, devDependencies = {} } = packageJson
  if (runtime.hotHookVersion !== undefined) return []
  if (dependencies['hot-hook'] === undefined && devDependencies['hot-hook'] === undefined) {
    const isAdonis = framework.name === 'adonisjs'
    const packages = isAdonis || runtime.hotHook !== 'none' ? 'hot-hook' : 'hot-hook @hot-hook/runner'
    const add = addDevCommand(packageManager, packages)
    return [
      inPackageJson(
        'no-hot-hook',
        lineOf(text, ['devDependencies']),
        'hot-hook is not a dependency, so every edit restarts the server.',
        isAdonis ? `Run \`hot-codemod migrate\`, or \`${add}\`.` : `Run \`${add}\`.`,
      ),
    ]
  }
  const section = devDependencies['hot-hook'] === undefined ? 'dependencies' : 'devDependencies'
  return [
    inPackageJson(
      'not-installed',
      lineOf(text, [section, 'hot-hook']),
      'hot-hook is a dependency and is not installed.',
      'Install the dependencies.',
    ),
  ]
}

function loadingFindings(project: Project, text: string): Finding[] {
  const { runtime, framework, packageJson } = project
  const { script, hotHook } = runtime
  const line = script?.line ?? lineOf(text, ['scripts'])
  const found: Finding[] = []
  if (hotHook === 'none') {
    const started =
      script === undefined ? 'No script of package.json starts' : `The script "${script.name}" does not start`
    found.push(
      framework.name === 'adonisjs'
        ? inPackageJson(
            'not-loaded',
            line,
            `${started} the server with hot reload.`,
            'Start it with `node ace serve --hmr`.',
          )
        : inPackageJson(
            'not-loaded',
            line,
            `${started} the server with hot-hook.`,
            `Start it with \`${hotCommand(project)}\`.`,
          ),
    )
  }
  const { boundaries } = packageJson.hotHook ?? {}
  if (hotHook !== 'none' && (boundaries === undefined || boundaries.length === 0)) {
    found.push(
      inPackageJson(
        'no-boundaries',
        lineOf(text, ['hotHook', 'boundaries']),
        '`hotHook.boundaries` is not set, so nothing is hot but what is imported with an attribute.',
        framework.name === 'adonisjs'
          ? 'Run `hot-codemod migrate`, which derives it from the lazy imports.'
          : 'Set it to globs for the modules that are imported lazily.',
      ),
    )
  }
  return [...found, ...preloadFindings(project, line)]
}

/**
 * The command that starts the server under hot-hook with what is preloaded now, and with tsx where nothing strips types
 * (README of hot-hook 1.0): `hot-runner --node-args=--import=tsx --node-args=--import=hot-hook/register src/server.ts`.
 */
function hotCommand({ root, runtime }: Project): string {
  const { entry, loader, preloads, node } = runtime
  const name = entry === undefined ? 'src/server.ts' : relative(root, entry).split(sep).join('/')
  const kept = preloads.map(({ flag, specifier }) => `--${flag}=${specifier}`)
  const strips = kept.length > 0 || (loader === 'native' && gte(node, '22.18.0'))
  const loads = /\.[cm]?tsx?$/.test(name) && !strips ? ['--import=tsx'] : []
  const flags = [...kept, ...loads, '--import=hot-hook/register'].map((flag) => `--node-args=${flag}`)
  return ['hot-runner', ...flags, name].join(' ')
}

function preloadFindings({ root, runtime: { preloads } }: Project, line: number): Finding[] {
  const register = preloads.findIndex(({ specifier }) => specifier === 'hot-hook/register')
  if (register === -1) return []
  return preloads.flatMap(({ flag, specifier }, index) => {
    if (flag !== 'import' || !isFile(specifier)) return []
    if (index < register && !importsOwnModules(root, specifier)) return []
    return index > register
      ? [
          inPackageJson(
            'preload-order',
            line,
            `\`--import ${specifier}\` stands after \`--import hot-hook/register\`, and hot-hook fails on the first module it sees before the entry.`,
            'Put `--import hot-hook/register` last.',
          ),
        ]
      : [
          inPackageJson(
            'preloaded',
            line,
            `\`${specifier}\` is loaded before hot-hook, which does not know its modules: an edit of them does nothing, and what the server imports of them exists twice.`,
            'Import it from the entry, if that is possible.',
          ),
        ]
  })
}

/** One that registers a loader, and imports packages only, is as it should be. */
function importsOwnModules(root: string, specifier: string): boolean {
  const path = specifier.startsWith('file:') ? undefined : join(root, specifier)
  return /(?:\bfrom|\bimport\(?)\s*['"][.#]/.test((path === undefined ? undefined : readText(path)) ?? '')
}

function isFile(specifier: string): boolean {
  return /^(?:\.{0,2}\/|file:)/.test(specifier)
}

function versionFindings({ root, packageJson, runtime, framework }: Project, text: string): Finding[] {
  const { hotHookVersion: version } = runtime
  // 0.4.1-next.4 is 1.0.0 but for its version.
  if (version === undefined || gte(version, '0.4.1-next.4')) return []
  const line = lineOf(text, [packageJson.dependencies?.['hot-hook'] ? 'dependencies' : 'devDependencies', 'hot-hook'])
  const old = (message: string): Finding =>
    inPackageJson('hot-hook-version', line, message, 'Update hot-hook to 1.0.0 or later.')
  const assembler = framework.name === 'adonisjs' ? packageMajor(root, packageJson, '@adonisjs/assembler') : undefined
  if (assembler !== undefined && assembler >= 8) {
    const installed = installedVersion(root, '@adonisjs/assembler') ?? assembler
    return [
      {
        ...old(
          `hot-hook ${version} does not listen to @adonisjs/assembler ${installed}, which tells of changed files, and watches by itself.`,
        ),
        severity: 'error',
      },
    ]
  }
  if (lt(version, '0.4.0')) {
    const what = lt(version, '0.3.0') ? 'keeps the old code of' : 'stops the server for'
    return [{ ...old(`hot-hook ${version} ${what} a boundary that is imported statically.`), severity: 'error' }]
  }
  return [
    old(
      `hot-hook ${version} keeps the old code where a file imports a boundary both statically and lazily; what is said here is measured with 1.0.0.`,
    ),
  ]
}

/** typescript-eslint 8.73 throws on TypeScript 7 ("does not support TS 7.0"), which ESLint then does too (measured). */
function typescriptFindings({ root, packageJson }: Project, text: string): Finding[] {
  const declared = { ...packageJson.dependencies, ...packageJson.devDependencies }
  const parser = ['typescript-eslint', '@typescript-eslint/parser', '@typescript-eslint/eslint-plugin'].find(
    (name) => name in declared,
  )
  const major = packageMajor(root, packageJson, 'typescript')
  if (parser === undefined || major === undefined || major < 7) return []
  const section = packageJson.devDependencies?.['typescript'] === undefined ? 'dependencies' : 'devDependencies'
  return [
    inPackageJson(
      'typescript-7',
      lineOf(text, [section, 'typescript']),
      `ESLint cannot start: ${parser} needs the JavaScript API of TypeScript, which TypeScript ${major} does not have.`,
      'Use oxlint, or install TypeScript 6 under the name: `"typescript": "npm:@typescript/typescript6@^6.0.2"`.',
    ),
  ]
}

function inPackageJson(code: FindingCode, line: number, message: string, remedy: string): Finding {
  return finding(code, 'package.json', line, message, remedy)
}

/** The line of a value of package.json, or of the nearest one around it that is there. */
function lineOf(text: string, path: readonly string[]): number {
  return jsonPosition(text, path)?.line ?? (path.length > 1 ? lineOf(text, path.slice(0, -1)) : 1)
}
