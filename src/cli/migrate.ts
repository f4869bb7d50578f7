import type { Chosen, Migration, MigrateOptions, VerifiedMigration, VerifyOptions } from '../api.ts'
import { reaches } from '../graph/coverage.ts'
import type { Commit } from '../project/commits.ts'
import { packageManagers } from '../project/package-manager.ts'
import { finish, type Plan } from './apply.ts'
import { UsageError, type Command, type ExitCode, type Streams, type Values } from './command.ts'
import { FORMAT_OPTIONS, formatHelp, formatIn, pageIn, type Format } from './format.ts'
import { requireOurs, writeOutput } from './output-file.ts'
import { progressOn } from './progress.ts'
import { openPrompt, type Prompt } from './prompt.ts'
import { renderPlan, renderResult, renderSkipped, renderVerified } from './render/plan.ts'
import { colours } from './render/colours.ts'
import { headersIn, interruptibly, listOf, numberIn } from './verify.ts'

export interface MigrateArguments extends MigrateOptions {
  readonly yes: boolean
  readonly dryRun: boolean
  /** The file that takes the patch; undefined for standard output. */
  readonly patch: string | undefined
  readonly commitPerStep: boolean
  readonly format: Format
  /** Where an HTML page of it goes. */
  readonly page: string | undefined
  readonly showSkipped: boolean
  readonly install: boolean
}

/** `hot-codemod migrate`: plans, shows, asks where there is someone to ask, applies. */
export const migrateCommand: Command = {
  takes: [0, 1],
  options: {
    yes: { type: 'boolean', short: 'y', default: false },
    'dry-run': { type: 'boolean', default: false },
    patch: { type: 'string' },
    'commit-per-step': { type: 'boolean', default: false },
    ...FORMAT_OPTIONS,
    'allow-dirty': { type: 'boolean', default: false },
    workspace: { type: 'string', multiple: true, short: 'w' },
    workspaces: { type: 'boolean', default: false },
    install: { type: 'boolean', default: false },
    pm: { type: 'string' },
    only: { type: 'string', multiple: true },
    skip: { type: 'string', multiple: true },
    with: { type: 'string', multiple: true },
    level: { type: 'string' },
    target: { type: 'string' },
    'no-middleware': { type: 'boolean', default: false },
    show: { type: 'string' },
    interactive: { type: 'boolean', short: 'i', default: false },
    accept: { type: 'string', multiple: true },
    verify: { type: 'boolean', default: false },
    url: { type: 'string', multiple: true },
    header: { type: 'string', multiple: true, short: 'H' },
    timeout: { type: 'string' },
  },
  help: `  -y, --yes           apply without asking
  -i, --interactive   choose among the imports, cuts and other changes, one after the other
  --accept <what>     take suggestions too, by their reason (side-effects) or place (src/routes.ts:3);
                      comma-separated, repeatable: --show skipped lists them
  --dry-run           print a patch that \`git apply\` accepts, write nothing
  --patch <file>      write that patch to a file, and nothing else
  --level <level>     where the boundary is: handler (default), mount, app, or auto
  --target <percent>  make cuts too, the fewest that turn so many percent of the files hot; without --level at
                      the level that gets there with least edits
  --no-middleware     leave middleware static
  --only <names>      run these codemods only (comma-separated)
  --skip <names>      do not run these
  --with <names>      run these opt-in codemods too
  --show skipped      list every import that is left alone, and why
  --allow-dirty       overwrite files with uncommitted changes
  --commit-per-step   make a git commit of what each codemod changes
  -w, --workspace <name>  migrate this package of the monorepo: a name, a directory or a glob; repeatable
  --workspaces        migrate every package of the monorepo that starts a server
  --install           when it is applied, run the install of the package manager
  --pm <name>         npm, pnpm, yarn or bun; default: what package.json or the lockfile says
${formatHelp(20)}  --verify            run it in a temporary copy first, before and after; files that regress are left as they are
  --url <request>     with --verify, what to ask: /users, or 'POST /users {"name":"x"}'; repeatable;
                      default: the GET routes found
  -H, --header <text> with --verify, sent with each request: 'Authorization: Bearer …'; repeatable
  --timeout <seconds> with --verify, how long the server may take to listen; default: 60

Codemods
  lazy-imports, hot-hook-config, dev-script, dev-dependencies, types, lint-config
  opt-in, with --with: bound-instances, magic-strings (AdonisJS), made-values (functions)
  with --level mount: lazy-mounts, with --level app: app-boundary too

Exit codes
  0  applied, or nothing to do
  1  not applied, not committed, or not installed; the target is not reached; or, with --verify, files are left as
     they are since they regress
  2  could not run: no project, uncommitted changes; with --verify, hot-hook is not installed, or the server does
     not start as it is
`,
  async run(values, [directory = '.'], streams) {
    const { show } = values
    if (show !== undefined && show !== 'skipped') throw new UsageError(`--show ${String(show)}: there is \`skipped\`.`)
    const level = levelIn(values)
    const target = numberIn('target', values, 100)
    const packageManager = packageManagerIn(values)
    const verifying = verifyOptions(values)
    const { patch } = values
    if (typeof patch === 'string') requireOurs(patch, 'delete it')
    if (values['commit-per-step'] === true && values['allow-dirty'] === true) {
      throw new UsageError('--commit-per-step would commit what --allow-dirty lets pass. Take one of them.')
    }
    const command: MigrateArguments = {
      directory,
      ...listed('only', values),
      ...listed('skip', values),
      ...listed('with', values),
      ...listed('accept', values),
      ...(level === undefined ? {} : { level }),
      ...(target === undefined ? {} : { target }),
      middleware: values['no-middleware'] !== true,
      allowDirty: values['allow-dirty'] === true,
      yes: values['yes'] === true,
      dryRun: values['dry-run'] === true || typeof patch === 'string',
      patch: typeof patch === 'string' ? patch : undefined,
      commitPerStep: values['commit-per-step'] === true,
      format: formatIn(values),
      page: pageIn(values),
      showSkipped: show === 'skipped',
      install: values['install'] === true,
      packageManager,
      userAgent: streams.env['npm_config_user_agent'],
    }
    if (values['interactive'] === true) requireTerminal(command, streams)
    const workspaces = workspacesIn(values)
    const prompt = openPrompt(streams.stdin, command.dryRun ? streams.stderr : streams.stdout)
    try {
      if (workspaces !== undefined) {
        requireForWorkspaces(command, values)
        const { migrateInWorkspaces } = await import('./migrate-workspaces.ts')
        return await migrateInWorkspaces(workspaces, command, prompt, streams)
      }
      if (values['interactive'] !== true) return await runWith(command, verifying, prompt, streams)
      const chosen = await chosenBy(prompt, command, streams)
      if (!chosen) return 1
      const options = { ...command, ...chosen.options, allowDirty: command.allowDirty === true }
      return verifying
        ? await runWith(options, verifying, prompt, streams)
        : await finish(planOf(chosen.migration, options, streams), options, prompt, streams)
    } finally {
      prompt.close()
    }
  },
}

async function runWith(
  command: MigrateArguments,
  verifying: ReturnType<typeof verifyOptions>,
  prompt: Prompt,
  streams: Streams,
): Promise<ExitCode> {
  const progress = progressOn(streams)
  if (!verifying) {
    const { migrate } = await import('../migrate.ts')
    const migration = await migrate({ ...command, onProgress: progress.show }).finally(progress.clear)
    return finish(planOf(migration, command, streams), command, prompt, streams)
  }
  const { migrateVerified } = await import('../verified.ts')
  const allowDirty = command.allowDirty === true || command.dryRun
  const verified = await interruptibly((signal) =>
    migrateVerified({ ...command, ...verifying, allowDirty, signal, onProgress: progress.show }),
  ).finally(progress.clear)
  return finish(planOf(verified.migration, command, streams, verified), command, prompt, streams)
}

/** @throws {UsageError} where --interactive can ask no one. */
function requireTerminal({ format, dryRun }: MigrateArguments, { stdin, stdout, stderr, env }: Streams): void {
  if (format !== 'text')
    throw new UsageError(`--interactive asks, and --format ${format} prints a report only: choose one of them.`)
  if (stdin.isTTY && (dryRun ? stderr : stdout).isTTY && !env.CI) return
  const why = env.CI ? 'CI is set' : 'this is none'
  throw new UsageError(
    `--interactive asks on a terminal, and ${why}. Without it, --accept takes suggestions and --yes applies.`,
  )
}

/** Undefined when nothing was chosen, though there was something. */
async function chosenBy(prompt: Prompt, command: MigrateArguments, streams: Streams): Promise<Chosen | undefined> {
  const { chooseOnTerminal } = await import('./interactive.ts')
  const stdout = command.dryRun ? streams.stderr : streams.stdout
  const paint = colours({ stdout, env: streams.env })
  const allowDirty = command.allowDirty === true || command.dryRun
  const chosen = await chooseOnTerminal({ ...command, allowDirty }, prompt, { ...streams, stdout })
  if (chosen && (chosen.migration.changes.length > 0 || !chosen.isAsked)) return chosen
  stdout.write(`${chosen ? '' : '\n'}\n${paint.dim('  Nothing was chosen, so nothing was written.')}\n`)
  return undefined
}

/** Undefined without --verify. */
function verifyOptions(values: Values): Pick<VerifyOptions, 'urls' | 'headers' | 'timeout'> | undefined {
  if (values['verify'] !== true) {
    const stray = ['url', 'header', 'timeout'].find((name) => values[name] !== undefined)
    if (stray !== undefined) throw new UsageError(`--${stray} says how to verify: it goes with --verify.`)
    return undefined
  }
  const urls = listOf(values['url'])
  const timeout = numberIn('timeout', values, 3600)
  return {
    ...(urls.length > 0 ? { urls } : {}),
    headers: headersIn(listOf(values['header'])),
    ...(timeout === undefined ? {} : { timeout: 1000 * timeout }),
  }
}

/** `--only a,b --only c` is `{ only: ['a', 'b', 'c'] }`. */
function listed<Key extends string>(key: Key, values: Values): Partial<Record<Key, string[]>> {
  const given = values[key]
  if (!Array.isArray(given)) return {}
  const names = (given as readonly string[])
    .flatMap((value) => value.split(','))
    .map((name) => name.trim())
    .filter(Boolean)
  return { [key]: names } as Partial<Record<Key, string[]>>
}

const LEVELS = ['handler', 'mount', 'app', 'auto'] as const

function levelIn({ level }: Values): MigrateOptions['level'] {
  const found = LEVELS.find((name) => name === level)
  if (level !== undefined && !found)
    throw new UsageError(`--level ${String(level)}: there are \`handler\`, \`mount\`, \`app\` and \`auto\`.`)
  return found
}

function packageManagerIn({ pm }: Values): MigrateOptions['packageManager'] {
  const found = packageManagers.find((name) => name === pm)
  if (pm !== undefined && !found) throw new UsageError(`--pm ${String(pm)}: there are ${packageManagers.join(', ')}.`)
  return found
}

/** Undefined without --workspace and --workspaces. */
function workspacesIn({ workspace, workspaces }: Values): readonly string[] | 'all' | undefined {
  const named = listOf(workspace)
  if (workspaces !== true) return named.length > 0 ? named : undefined
  if (named.length > 0) throw new UsageError('--workspaces is all of them: it does not go with --workspace.')
  return 'all'
}

/** What is about one server. @throws {UsageError} when it is asked for. */
function requireForWorkspaces({ page, format }: MigrateArguments, values: Values): void {
  const asked = [
    ...['verify', 'interactive'].filter((name) => values[name] === true).map((name) => `--${name}`),
    ...(page === undefined ? [] : ['--report']),
    ...(format === 'sarif' ? ['--format sarif'] : []),
  ]
  if (asked.length === 0) return
  throw new UsageError(`${asked[0]} is for one package: name its directory instead of a workspace.`)
}

/** The plan of one project. */
function planOf(migration: Migration, command: MigrateArguments, streams: Streams, verified?: VerifiedMigration): Plan {
  const { project, changes } = migration
  const isRefused = verified !== undefined && verified.regressions.length > 0
  const isOnTarget = command.target === undefined || reaches(migration.coverage.after.files, command.target)
  return {
    root: project.root,
    packageManager: project.packageManager,
    changes,
    isRefused,
    isComplete: !isRefused && isOnTarget && (verified?.rolledBack ?? []).length === 0,
    commits: commitsOf(migration),
    render: (paint) => renderPlan(migration, paint) + (verified ? renderVerified(verified, paint) : ''),
    renderSkipped: (paint) => renderSkipped(migration, paint),
    renderResult: (paint) => renderResult(migration, paint),
    report: (id) => report(migration, command, streams, id, verified),
    requireClean: () => migration.requireClean(),
    apply: () => migration.apply(),
  }
}

/** What is written for programs, and for people to keep, once it is known whether the migration was applied. */
async function report(
  migration: Migration,
  { format, page }: MigrateArguments,
  { stdout, stderr, env }: Streams,
  id: string | undefined,
  verified: VerifiedMigration | undefined,
): Promise<void> {
  if (format !== 'text') {
    const { reportOfMigration } = await import('./render/report/report.ts')
    stdout.write(await reportOfMigration(format, migration, env, id, verified))
  }
  if (page !== undefined) {
    const { migrationPage } = await import('./render/report/page.ts')
    writeOutput(page, migrationPage(migration, id, verified))
    stderr.write(`Report written to ${page}.\n`)
  }
}

/** One for each codemod that changed something. @param scope ends the subject. */
export function commitsOf({ states }: Migration, scope = ''): Commit[] {
  return states.map(({ codemod, summary, changes }) => ({
    message: [`hot-codemod: ${codemod}${scope}`, summary] as const,
    changes,
  }))
}
