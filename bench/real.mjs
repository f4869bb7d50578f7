import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

/*
 * Real code for the benches, from npm: Payload, a server. The source maps of its package hold its TypeScript sources,
 * some 740 modules of which 520 are reached from its main module when it runs.
 */

const PAYLOAD = '3.90.2'

/** Where the benches keep what they install. */
export const cache = fileURLToPath(new URL('../node_modules/.cache/hot-codemod-bench', import.meta.url))
/** Where they keep what they generate: most tools do not look below a node_modules. */
const generated = join(tmpdir(), 'hot-codemod-bench')

/** The TypeScript sources of Payload. @returns their directory. */
function payloadSources() {
  const sources = join(cache, `payload-${PAYLOAD}`)
  if (existsSync(sources)) return sources
  const unpacked = join(cache, 'unpacked')
  rmSync(unpacked, { recursive: true, force: true })
  mkdirSync(unpacked, { recursive: true })
  run('npm', ['pack', `payload@${PAYLOAD}`, '--ignore-scripts', '--loglevel=error'], unpacked)
  run('tar', ['xzf', `payload-${PAYLOAD}.tgz`], unpacked)
  const dist = join(unpacked, 'package/dist')
  const target = join(unpacked, 'src')
  for (const name of readdirSync(dist, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.js.map')) continue
    const map = JSON.parse(readFileSync(join(dist, name), 'utf8'))
    const path = join(target, map.sources[0].replace(/^(?:\.\.\/)+src\//, ''))
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, map.sourcesContent[0])
  }
  cpSync(target, sources, { recursive: true })
  rmSync(unpacked, { recursive: true, force: true })
  return sources
}

/**
 * An application of `copies` copies of Payload. Its entry imports each, and its endpoints once more lazily, as
 * boundaries: what doctor has to explain is a boundary that is imported statically too.
 */
export function generateApplication(name, copies) {
  const directory = join(generated, name)
  // Whatever goes into it is in this file.
  const stamp = createHash('sha256')
    .update(readFileSync(fileURLToPath(import.meta.url)))
    .digest('hex')
  const stampFile = join(generated, `${name}.sha256`)
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return directory
  rmSync(directory, { recursive: true, force: true })
  const sources = payloadSources()
  const entry = []
  for (let copy = 0; copy < copies; copy += 1) {
    cpSync(sources, join(directory, 'src', `payload${copy}`), { recursive: true })
    entry.push(`export * as payload${copy} from './payload${copy}/index.js'`)
    for (const endpoint of ['login', 'logout', 'me', 'refresh', 'resetPassword', 'unlock']) {
      entry.push(`export const ${endpoint}${copy} = () => import('./payload${copy}/auth/endpoints/${endpoint}.js')`)
    }
  }
  const json = (value) => `${JSON.stringify(value, null, 2)}\n`
  const compilerOptions = { target: 'ES2022', module: 'NodeNext', strict: true, jsx: 'react-jsx', noEmit: true }
  const files = {
    'src/server.ts': `${entry.join('\n')}\n`,
    'tsconfig.json': json({ compilerOptions, include: ['src'] }),
    'knip.json': json({ entry: ['src/server.ts'], project: ['src/**/*.{ts,tsx}'] }),
    'package.json': json({
      name,
      private: true,
      type: 'module',
      scripts: { dev: 'hot-runner --node-args=--import=tsx --node-args=--import=hot-hook/register src/server.ts' },
      dependencies: { express: '^5.1.0' },
      devDependencies: { 'hot-hook': '^1.0.0', tsx: '^4.20.0', typescript: '^6.0.0' },
      hotHook: { boundaries: ['src/*/auth/endpoints/*.ts'] },
    }),
  }
  for (const [path, text] of Object.entries(files)) writeFileSync(join(directory, path), text)
  commitHistory(directory)
  writeFileSync(stampFile, stamp)
  return directory
}

/** A git history of 1,000 commits that leads to the files as they are, each of one to three files, the same each time. */
function commitHistory(directory) {
  const paths = readdirSync(directory, { recursive: true, encoding: 'utf8', withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort()
  let random = 1
  const next = (below) => (random = (random * 48271) % 2147483647) % below
  const commits = Array.from({ length: 1000 }, () =>
    Array.from({ length: 1 + next(3) }, () => paths[next(paths.length)]),
  )
  const lastEdit = new Map(commits.flatMap((edited, index) => edited.map((path) => [path, index])))
  const stream = []
  const commit = (files, textOf) => {
    const time = 1_700_000_000 + 3600 * stream.length
    stream.push(`commit refs/heads/main\ncommitter bench <bench@localhost> ${time} +0000\ndata 4\nedit\n`)
    for (const path of new Set(files)) {
      const text = textOf(path)
      stream.push(`M 100644 inline ${relative(directory, path)}\ndata ${Buffer.byteLength(text)}\n${text}\n`)
    }
  }
  const final = (path) => readFileSync(path, 'utf8')
  commit(paths, (path) => (lastEdit.has(path) ? `${final(path)}// at first\n` : final(path)))
  for (const [index, edited] of commits.entries()) {
    commit(edited, (path) => (lastEdit.get(path) === index ? final(path) : `${final(path)}// ${index}\n`))
  }
  run('git', ['init', '--quiet', '--initial-branch=main', directory], generated)
  run('git', ['-C', directory, 'fast-import', '--quiet'], generated, stream.join(''))
  run('git', ['-C', directory, 'reset', '--quiet'], generated)
}

export function run(command, args, cwd, input) {
  const shell = process.platform === 'win32' && command === 'npm'
  const { status, error } = spawnSync(command, args, { cwd, shell, input, stdio: ['pipe', 'ignore', 'inherit'] })
  if (error) throw error
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} exited with ${status}.`)
}
