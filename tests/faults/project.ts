import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, lstatSync, readFileSync, readdirSync, readlinkSync, statSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { migrate } from '../../src/migrate.ts'
import type { Change } from '../../src/edits/tree.ts'

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url))
const preload = pathToFileURL(here('preload.mjs')).href
const bin = fileURLToPath(new URL('../../bin/hot-codemod.js', import.meta.url))

/** A server of Express with `count` files of routes, each with a module of handlers. */
export function routesOf(count: number): Record<string, string> {
  const numbers = Array.from({ length: count }, (_, at) => at)
  const route = (at: number): string =>
    `import { Router } from 'express'\nimport { list } from '../handlers/h${at}.js'\nexport const r${at} = Router()\nr${at}.get('/${at}', list)\n`
  const text = (at: number): string =>
    at === 0 ? `\ufeff${route(at)}` : at === 1 ? route(at).replaceAll('\n', '\r\n') : route(at)
  return {
    'package.json': JSON.stringify({
      name: 'app',
      type: 'module',
      scripts: { dev: 'tsx watch src/server.js' },
      dependencies: { express: '^5.1.0' },
    }),
    'src/server.js': [
      "import express from 'express'",
      ...numbers.map((at) => `import { r${at} } from './routes/r${at}.js'`),
      'const app = express()',
      ...numbers.map((at) => `app.use(r${at})`),
      'app.listen(3000)',
      '',
    ].join('\n'),
    ...Object.fromEntries(numbers.map((at) => [`src/routes/r${at}.js`, text(at)])),
    ...Object.fromEntries(
      numbers.map((at) => [`src/handlers/h${at}.js`, 'export const list = (req, res) => {\n  res.json([])\n}\n']),
    ),
    'docs/linked.md': 'linked\n',
  }
}

/** Gives a file another mode, and adds a link: what a rewrite has to keep. */
export function makeSpecial(root: string): void {
  chmodSync(join(root, 'src/routes/r2.js'), 0o750)
  symlinkSync('docs/linked.md', join(root, 'link.md'))
}

/** What migrate would write to the project, and a new file in a new directory, and one through a link. */
export async function changesOf(root: string): Promise<readonly Change[]> {
  const { changes } = await migrate({ directory: root })
  return [
    ...changes,
    { path: join(root, 'new/deep/file.ts'), before: undefined, after: 'export {}\n' },
    { path: join(root, 'link.md'), before: 'linked\n', after: 'migrated\n' },
  ]
}

/** Everything below `root` with its mode and content, without what git keeps; journals are part of it. */
export function treeOf(root: string): Record<string, string> {
  const found: Record<string, string> = {}
  const visit = (below: string): void => {
    for (const name of readdirSync(join(root, below)).sort()) {
      const path = below === '' ? name : `${below}/${name}`
      if (below === '.git' && name !== 'hot-codemod') continue
      const stat = lstatSync(join(root, path))
      const mode = (stat.mode & 0o7777).toString(8)
      if (stat.isSymbolicLink()) found[path] = `link ${readlinkSync(join(root, path))}`
      else if (stat.isDirectory()) {
        found[path] = `directory ${mode}`
        visit(path)
      } else found[path] = `${mode} ${readFileSync(join(root, path)).toString('base64')}`
    }
  }
  visit('')
  return found
}

export interface Ran {
  readonly code: number | null
  readonly signal: string | null
  readonly stderr: string
}

/** Runs transaction.mjs. @param env of preload.mjs. */
export function transaction(env: Readonly<Record<string, string>>, ...args: readonly string[]): Ran {
  const all = ['--import', preload, here('transaction.mjs'), ...args]
  const { status, signal, stderr } = spawnSync(process.execPath, all, {
    env: { ...process.env, ...env },
    encoding: 'utf8',
  })
  return { code: status, signal, stderr }
}

/** Runs the real command with preload.mjs in every process that it starts. */
export function command(root: string, env: Readonly<Record<string, string>>, ...args: readonly string[]): Promise<Ran> {
  return run([bin, ...args], root, { NODE_OPTIONS: `--import ${preload}`, ...env })
}

/** Runs transaction.mjs beside others. */
export function transactionBeside(env: Readonly<Record<string, string>>, ...args: readonly string[]): Promise<Ran> {
  return run(['--import', preload, here('transaction.mjs'), ...args], process.cwd(), env)
}

function run(args: readonly string[], cwd: string, env: Readonly<Record<string, string>>): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    let stderr = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
    child.on('error', reject)
    child.on('close', (code, signal) => resolve({ code, signal, stderr }))
  })
}

/** Whether there is a file or directory. */
export function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined
}
