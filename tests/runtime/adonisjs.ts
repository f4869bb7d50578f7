import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { appendFile, cp, mkdtemp, readFile, realpath, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { stripVTControlCharacters } from 'node:util'
import { freePort } from '../../src/verify/session.ts'
import { cached, nodeBinary, npmInstall, pathStartingWith } from './node.ts'

const example = fileURLToPath(new URL('../../examples/adonisjs', import.meta.url))

/** An application that runs in a process of its own. */
export interface App {
  readonly dir: string
  readonly url: string
  /** GET `path`; the body is parsed when it is JSON. Rejects while nothing listens. */
  get(path: string): Promise<Answer>
  /** Process id of the server that answers now, which changes when the server restarts. */
  pid(): Promise<number>
  /** All that was printed so far, without colours. */
  log(): string
  /** Kill the application and whatever it started. */
  stop(): Promise<void>
}

export interface Answer {
  readonly status: number
  readonly body: unknown
}

/** Replace the word `from` by `to` in `file` (relative to the app), and expect `to` in the answer of GET `path`. */
export interface WordEdit {
  readonly file: string
  readonly from: string
  readonly to: string
  readonly path: string
}

export interface FreshAnswer extends Answer {
  /** Whether the process that served before the edit served the new answer too. */
  readonly samePid: boolean
  /** From the edit to the new answer. */
  readonly milliseconds: number
}

/**
 * Copy `examples/adonisjs` to a fresh temporary directory, ready to run, and return that directory, which is the
 * caller's. Its node_modules is a link into the test cache: the example's dependencies and hot-hook, which the example
 * itself does not ask for.
 */
export async function installExample({ hotHook = '1.0.0' }: { hotHook?: string } = {}): Promise<string> {
  const manifest = JSON.parse(await readFile(join(example, 'package.json'), 'utf8'))
  const dependencies = { ...manifest.dependencies, ...manifest.devDependencies, 'hot-hook': hotHook }
  const digest = createHash('sha256').update(JSON.stringify(dependencies)).digest('hex').slice(0, 12)
  const node = await nodeBinary(24)
  const installed = await cached(`adonisjs-${digest}`, (folder) => npmInstall(folder, dependencies, node))

  const dir = await realpath(await mkdtemp(join(tmpdir(), 'hot-codemod-adonisjs-')))
  const leftOut = new Set(['node_modules', 'build', 'tmp', '.adonisjs', '.env'])
  await cp(example, dir, { recursive: true, filter: (source) => !leftOut.has(basename(source)) })
  await symlink(join(installed, 'node_modules'), join(dir, 'node_modules'), 'junction')
  return dir
}

/**
 * Start the application in `dir` under Node 24 with the arguments `script`, and wait until it answers and, if it
 * watches files, until it sees edits. It needs an endpoint `/health` that answers `{ pid }`.
 *
 * @param options.watching what is printed then: AdonisJS 6 says it before the server starts.
 * @throws {Error} with the log when the application exits or is not ready in a minute.
 */
export async function serve(
  dir: string,
  {
    script = ['ace', 'serve', '--hmr', '--no-clear'],
    watching = 'watching file system',
  }: { script?: string[]; watching?: string } = {},
): Promise<App> {
  const node = await nodeBinary(24)
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  let log = ''

  const child = spawn(node, script, {
    cwd: dir,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: pathStartingWith(node),
      HOME: process.env['HOME'],
      TMPDIR: process.env['TMPDIR'],
      TZ: 'UTC',
      NO_COLOR: '1',
      NODE_ENV: 'development',
      LOG_LEVEL: 'info',
      HOST: '127.0.0.1',
      PORT: String(port),
      APP_KEY: 'a-key-for-tests-that-protects-nothing',
    },
  })
  const closed = once(child, 'close')
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (log += text))

  // `ace serve` outlives SIGTERM, and its server would outlive it: hence SIGKILL, to the group.
  const kill = () => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
    } catch {
      // All of the group has exited already.
    }
  }
  process.once('exit', kill)

  const app: App = {
    dir,
    url,
    log: () => stripVTControlCharacters(log),
    async get(path) {
      const response = await fetch(url + path, { signal: AbortSignal.timeout(10_000) })
      const text = await response.text()
      const isJson = response.headers.get('content-type')?.startsWith('application/json')
      return { status: response.status, body: isJson ? JSON.parse(text) : text }
    },
    async pid() {
      const { body } = await app.get('/health')
      return (body as { pid: number }).pid
    },
    async stop() {
      process.off('exit', kill)
      kill()
      await closed
    },
  }

  const watches = script.includes('--hmr') || script.includes('--watch')
  const isReady = async () => {
    const exit = child.exitCode ?? child.signalCode
    if (exit !== null) throw new Error(`\`node ${script.join(' ')}\` exited with ${exit}.`)
    return (!watches || log.includes(watching)) && (await app.pid().catch(() => 0)) > 0
  }
  try {
    await until(isReady, 60_000, `\`node ${script.join(' ')}\` is not ready`)
  } catch (error) {
    await app.stop()
    throw new Error(`${(error as Error).message}\n${app.log()}`)
  }
  return app
}

/**
 * Make an edit in a running application and wait for the answer that shows it.
 *
 * @throws {Error} with the log when the answer does not show it in `timeout` milliseconds: the old code stays.
 */
export async function editAndWait(
  app: App,
  { file, from, to, path }: WordEdit,
  timeout = 30_000,
): Promise<FreshAnswer> {
  const source = await readFile(join(app.dir, file), 'utf8')
  if (!source.includes(from)) throw new Error(`No "${from}" in ${file}.`)
  // The edited module must have been loaded: hot-hook does not know the others.
  await app.get(path)
  const pid = await app.pid()

  const start = performance.now()
  await writeFile(join(app.dir, file), source.replaceAll(from, to))
  let answer: Answer | undefined
  const isFresh = async () => {
    answer = await app.get(path).catch(() => undefined)
    return JSON.stringify(answer?.body)?.includes(to) ?? false
  }
  try {
    await until(isFresh, timeout, `GET ${path} does not show the edit of ${file}`)
  } catch (error) {
    throw new Error(`${(error as Error).message}: ${JSON.stringify(answer)}\n${app.log()}`)
  }
  const milliseconds = Math.round(performance.now() - start)
  return { ...answer!, milliseconds, samePid: (await app.pid()) === pid }
}

/**
 * Save a file with one comment more, and wait for what the development server says of it.
 *
 * @param paths requested before, so that what they load lazily is loaded.
 * @returns `hot` when hot-hook invalidates the file, `restart` when the server starts anew; it answers again by then.
 * @throws {Error} with the log when nothing happens in half a minute.
 */
export async function saveAndWatch(app: App, file: string, paths: readonly string[]): Promise<'hot' | 'restart'> {
  for (const path of paths) await app.get(path)
  const start = app.log().length
  await appendFile(join(app.dir, file), '\n// saved\n')
  let outcome: 'hot' | 'restart' | undefined
  const isKnown = async () => {
    const said = app.log().slice(start)
    if (said.includes(`invalidated ${file}\n`)) outcome = 'hot'
    else if (said.includes(`update ${file}\n`) && said.includes('started HTTP server')) outcome = 'restart'
    return outcome !== undefined
  }
  try {
    await until(isKnown, 30_000, `Nothing was said of ${file}`)
  } catch (error) {
    throw new Error(`${(error as Error).message}\n${app.log().slice(start)}`)
  }
  return outcome!
}

async function until(condition: () => Promise<boolean>, timeout: number, otherwise: string): Promise<void> {
  const end = performance.now() + timeout
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`${otherwise} after ${timeout / 1000} s`)
    await sleep(50)
  }
}
