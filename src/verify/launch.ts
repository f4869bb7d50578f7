import { join, relative } from 'node:path'
import { installedVersion } from '../project/package-manager.ts'
import type { PackageJson, Project } from '../project/project.ts'
import { lt } from '../versions.ts'
import { VerifyError } from './error.ts'
import type { Launch } from './session.ts'

export interface LaunchOptions {
  /** Starts the server under hot-hook, in place of the script of package.json. */
  readonly command?: string | undefined
  /** Path of the Node binary; default: this process's. */
  readonly nodePath?: string | undefined
  readonly port?: number | undefined
  /** Sent with each request, by their names: `authorization`, `cookie`. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** Milliseconds until a server that does not listen is given up; default: a minute. */
  readonly timeout?: number | undefined
  readonly signal?: AbortSignal | undefined
}

/** Milliseconds until an answer is given up. Modules that are loaded by the first request are compiled in it. */
const ANSWER = 10_000

/**
 * How a project's development server is started: by the script of package.json that starts it, with the variables that
 * npm sets. The script before it (`predev`) is not run: the packages are those of the original, and what generates code
 * may write to them.
 *
 * @param directory where: the project's own, or that of a copy.
 * @throws {VerifyError} when no script starts a server, or none that is known to.
 */
export function launchOf(
  { root, runtime, packageJson, packageJsonPath }: Project,
  directory: string,
  { command, nodePath = process.execPath, port, headers = {}, timeout = 60_000, signal }: LaunchOptions,
): Launch {
  const { name = '', command: script } = runtime.script ?? {}
  const started = command ?? script
  if (started === undefined) {
    throw new VerifyError(
      `No script of ${packageJsonPath} starts a server. Add a "dev" script, or name the command with --command.`,
    )
  }
  return {
    directory,
    node: nodePath,
    args: [],
    command: started,
    entry: runtime.entry === undefined ? undefined : relative(root, runtime.entry),
    // hot-hook before 0.4.1-next.4 watches whatever it is told.
    watcher: lt(runtime.hotHookVersion ?? '1.0.0', '0.4.1-next.4') ? 'hot-hook' : 'parent',
    env: { FORCE_COLOR: '0', NO_COLOR: '1', ...npmVariables(packageJson, directory, name) },
    timeout,
    answerTimeout: Math.min(ANSWER, timeout),
    headers,
    signal,
    ...(port === undefined ? {} : { port }),
  }
}

/** What npm, pnpm and yarn set for a script. */
function npmVariables(
  packageJson: PackageJson & { readonly version?: string },
  directory: string,
  script: string,
): Record<string, string> {
  return {
    INIT_CWD: directory,
    npm_lifecycle_event: script,
    npm_package_json: join(directory, 'package.json'),
    npm_package_name: packageJson.name ?? '',
    npm_package_version: packageJson.version ?? '',
  }
}

/** @throws {VerifyError} when the project does not start hot-hook, or has not installed it. */
export function requireHotHook(
  { root, runtime, packageJsonPath, framework }: Project,
  command: string | undefined,
): void {
  if (command === undefined && runtime.script !== undefined && runtime.hotHook === 'none') {
    const { name, line } = runtime.script
    const hmr = framework.name === 'adonisjs' ? ' `node ace serve` needs --hmr.' : ''
    throw new VerifyError(
      `${packageJsonPath}:${line} The script "${name}" does not start hot-hook, so nothing can be hot.${hmr} Run \`hot-codemod migrate\` first; where that finds nothing to make lazy, nothing is to be verified. Or name a command that does start it with --command.`,
    )
  }
  const needed = ['hot-hook', ...(command === undefined && runtime.runner === 'hot-runner' ? ['@hot-hook/runner'] : [])]
  const missing = needed.filter((name) => installedVersion(root, name) === undefined)
  if (missing.length > 0) {
    throw new VerifyError(
      `${missing.join(' and ')} ${missing.length === 1 ? 'is' : 'are'} not installed in the project of ${packageJsonPath}. Install its dependencies and run again.`,
    )
  }
}
