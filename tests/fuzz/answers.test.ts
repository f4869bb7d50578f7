import { spawnSync } from 'node:child_process'
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { transformSync } from 'oxc-transform'
import { afterAll, describe, expect, it } from 'vitest'
import { migrated } from './migrated.ts'
import { factor, moduleIn, seed } from './modules.ts'
import { projectOf } from './project.ts'
import { worlds, type World } from './worlds.ts'

const repository = fileURLToPath(new URL('../..', import.meta.url))
const script = fileURLToPath(new URL('answers.mjs', import.meta.url))

const MODULES = 60 * factor

/** What the Node.js that runs the tests may not know. */
const TOO_NEW = /@\(|\busing\b/
/** Imports that no module can be loaded with. */
const BROKEN = /\bgone\b|missing\.js/
/** Express 4 drops the rejection of an async handler; a lazy one answers with 500. */
const DIFFERS = /\breject\b/

interface Result {
  readonly answers: readonly unknown[]
  readonly trace: readonly unknown[]
  readonly failed?: string
}

/** A copy of the project in JavaScript, with the packages that it imports. */
function compiled(world: World, root: string): string {
  const copy = realpathSync(mkdtempSync(join(tmpdir(), 'hot-codemod-answers-')))
  afterAll(() => rmSync(copy, { recursive: true, force: true }))
  cpSync(join(root, 'package.json'), join(copy, 'package.json'))
  for (const name of readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.ts')) continue
    const path = join(root, 'src', name)
    const { code } = transformSync(path, readFileSync(path, 'utf8'))
    const mount = world.name === 'koa' ? 'app.use(router.routes())\n' : ''
    const target = join(copy, 'src', name.replace(/\.ts$/, '.js'))
    mkdirSync(dirname(target), { recursive: true })
    writeFileSync(target, name.endsWith('routes.ts') ? `${code}\n;${mount}export { app as served }\n` : code)
  }
  for (const [name, alias] of Object.entries(world.packages)) {
    mkdirSync(dirname(join(copy, 'node_modules', name)), { recursive: true })
    symlinkSync(join(repository, 'node_modules', alias), join(copy, 'node_modules', name), 'junction')
  }
  return copy
}

function run(world: World, root: string, paths: readonly (readonly string[])[]): Result[] {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    [script, world.name, compiled(world, root), JSON.stringify(paths)],
    { encoding: 'utf8', maxBuffer: 2 ** 28, env: { ...process.env, NODE_ENV: 'production' } },
  )
  expect(status, stderr).toBe(0)
  return JSON.parse(stdout) as Result[]
}

/** The paths at which a module registers something, and one at which it does not. */
function pathsIn(text: string): string[] {
  const own = [...new Set(Array.from(text.matchAll(/'(\/\d+)'/g), ([, path = '']) => path))]
  const below = /'\/router'/.test(text) ? '/router' : /basePath/.test(text) ? '/base' : ''
  return [...own, ...(below === '' ? [] : own.map((path) => below + path)), '/none']
}

describe.each(worlds.filter(({ name }) => name !== 'adonisjs').map((world, at) => [world.name, world, at] as const))(
  'modules of %s',
  (name, world, at) => {
    it('answer every request as before, in the same order', { timeout: 300_000 }, async () => {
      const texts = fc
        .sample(moduleIn(world, join(tmpdir(), world.filename)), { numRuns: 4 * MODULES, seed: seed + at })
        .filter((text) => !TOO_NEW.test(text) && !BROKEN.test(text) && !(name === 'express 4' && DIFFERS.test(text)))
        .slice(0, MODULES)
      // Each in a project of its own: what one registers may keep all of a server as it is.
      const rewritten: string[] = []
      for (const text of texts) {
        const { root, paths } = projectOf(world, [text])
        rewritten.push(await migrated(root, paths[0]!))
      }
      const asked = texts.map(pathsIn)
      const before = run(world, projectOf(world, texts).root, asked)
      const after = run(world, projectOf(world, rewritten).root, asked)
      for (const [index, result] of after.entries())
        expect(result, `seed ${seed + at}, of\n${texts[index]}\nmigrated to\n${rewritten[index]}`).toEqual(
          before[index],
        )
      // The modules run, and many of them were changed.
      const running = before.filter(({ failed }, index) => failed === undefined && rewritten[index] !== texts[index])
      if (process.env['FUZZ_STATS']) console.log(name, running.length, texts.length)
      expect(running.length).toBeGreaterThan(MODULES / 6)
    })
  },
)
