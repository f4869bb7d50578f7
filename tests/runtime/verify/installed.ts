import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { symlink } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Edit, Observations } from '../../../src/verify/observe.ts'
import { parseRequest, send, type Answer } from '../../../src/verify/request.ts'
import type { Launch } from '../../../src/verify/session.ts'
import { freePort } from '../../../src/verify/session.ts'
import { remove, writeApp, type Files, type Packages } from '../frameworks/app.ts'
import type { NodeMajor } from '../hot-hook.ts'
import { nodeBinary, pathStartingWith } from '../node.ts'
import { predict } from '../reload/predict.ts'
import type { Migrated } from './apps/app.ts'

const programs = fileURLToPath(new URL('../../../node_modules/.bin', import.meta.url))

/** What an application is written from. */
export interface Written {
  readonly files: Files
  readonly packages: Packages
  readonly packageJson: object
  readonly entry: string
  /** What node gets before the entry. */
  readonly flags: readonly string[]
}

/** An application on disk, ready to run. */
export interface Installed {
  /** Real and absolute. */
  readonly directory: string
  readonly launch: Launch
  remove(): Promise<void>
}

export const outsideOfVitest = {
  NODE_NO_WARNINGS: '1',
  NODE_ENV: undefined,
  NODE_OPTIONS: undefined,
  VITEST: undefined,
}

/** Writes an application to a fresh temporary directory. Its node_modules has `.bin`, for the scripts of package.json. */
export async function install(app: Written, major: NodeMajor): Promise<Installed> {
  const directory = await writeApp(app.files, app.packages, app.packageJson)
  await symlink(programs, join(directory, 'node_modules/.bin'), 'junction')
  const launch: Launch = {
    directory,
    node: await nodeBinary(major),
    args: [...app.flags, app.entry],
    entry: app.entry,
    watcher: 'parent',
    env: outsideOfVitest,
  }
  return { directory, launch, remove: () => remove(directory) }
}

/** The first word of the form `name=1` in a file becomes `name=2`; a file without one gets a statement that leaves a mark. */
export function editOf(file: string, text: string): Edit {
  const word = /\b\w+=(?=1\b)/.exec(text)?.[0]
  return word === undefined ? { file } : { file, word: { from: `${word}1`, to: `${word}2` } }
}

/** The requests that are GET, as `observe` takes them. */
export function urlsOf(requests: readonly string[]): string[] {
  return requests.filter((request) => request.startsWith('/'))
}

/** What was seen of each file. */
export function outcomesOf({ files }: Observations): Record<string, string> {
  return Object.fromEntries(Object.entries(files).map(([file, { outcome }]) => [file, outcome]))
}

/** The answers and the log, for people. */
export function shownBy({ answers, log }: Observations): string {
  return [...Object.values(answers).map(({ status, body }) => `${status} ${body}`), log].join('\n')
}

/** What is predicted of each file whose outcome is expected; `unstable` where nothing is promised. */
export function predictedOutcomes({ directory, launch }: Installed, app: Migrated): Record<string, string> {
  const predicted = predict(directory, { entry: app.entry, node: launch.node, loader: app.loader })
  const outcomes = Object.keys(app.expected).map((file) => {
    const { outcome, unstable } = predicted[file] ?? { outcome: 'unwatched', unstable: false }
    return [file, unstable ? 'unstable' : outcome]
  })
  return Object.fromEntries(outcomes) as Record<string, string>
}

/**
 * Runs `command`, as npm runs a script: in `directory`, with the programs of its node_modules, and with `node` for them.
 * Asks it the requests as soon as it listens, and ends it and what it started.
 *
 * @param env added to ours; undefined takes a variable away.
 * @returns the answers by request, and what was printed until then.
 * @throws {Error} with what it printed, when it ends or does not listen in a minute.
 */
export async function answersOfScript(
  { directory, launch }: Pick<Installed, 'directory' | 'launch'>,
  command: string,
  requests: readonly string[],
  env: Readonly<Record<string, string | undefined>> = {},
): Promise<{ answers: Record<string, Answer>; log: string }> {
  const origin = { host: '127.0.0.1', port: await freePort(), tls: false }
  let log = ''
  const child = spawn(command, {
    cwd: directory,
    shell: true,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      PATH: [join(directory, 'node_modules/.bin'), pathStartingWith(launch.node)].join(delimiter),
      PORT: String(origin.port),
      ...launch.env,
      ...env,
    },
  })
  const ended = once(child, 'close')
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (log += text))
  try {
    const deadline = performance.now() + 60_000
    while ((await send(origin, parseRequest(urlsOf(requests)[0] ?? '/'), 5_000)).status === 0) {
      if (child.exitCode !== null || performance.now() > deadline) throw new Error(`\`${command}\` is not up:\n${log}`)
      await sleep(100)
    }
    const answers: Record<string, Answer> = {}
    for (const request of requests) answers[request] = await send(origin, parseRequest(request), 30_000)
    return { answers, log }
  } finally {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
    } catch {
      // All of the group has ended already.
    }
    await ended
  }
}
