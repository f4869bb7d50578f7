import type { Change, Migration, Written } from '../api.ts'
import { commit, requireNothingStaged, type Commit } from '../project/commits.ts'
import { ProjectError } from '../project/error.ts'
import type { ExitCode, Streams } from './command.ts'
import { canAsk, isConfirmed } from './confirmation.ts'
import type { MigrateArguments } from './migrate.ts'
import { writeOutput } from './output-file.ts'
import type { Prompt } from './prompt.ts'
import { colours, type Colours } from './render/colours.ts'
import { fitted } from './render/fitted.ts'

/** What `migrate` has planned, for one project or for several. */
export interface Plan extends Pick<Migration['project'], 'root' | 'packageManager'> {
  readonly changes: readonly Change[]
  /** What a run has shown keeps it from being written. */
  readonly isRefused: boolean
  /** No file is left as it is for what a run has shown, and the target is reached. */
  readonly isComplete: boolean
  /** Of `--commit-per-step`. */
  readonly commits: readonly Commit[]
  render(paint: Colours): string
  renderSkipped(paint: Colours): string
  renderResult(paint: Colours, id: string): string
  /** Writes what is for programs, and for people to keep. @param id of what was applied. */
  report(id?: string): Promise<void>
  /** @throws {ProjectError} when a file to be overwritten has uncommitted changes. */
  requireClean(): void
  apply(): Written
}

/** Shows a plan, asks where there is someone to ask, and applies it. */
export async function finish(
  plan: Plan,
  command: MigrateArguments,
  prompt: Prompt,
  streams: Streams,
): Promise<ExitCode> {
  const { stdout, stderr } = streams
  const { root, changes, isRefused, isComplete } = plan
  const isPending = changes.length > 0
  const isForPeople = command.format === 'text'
  if (command.dryRun) {
    if (command.patch !== undefined && !isRefused) {
      writeOutput(command.patch, await patchOf(plan))
      if (isForPeople) stderr.write(`Patch written to ${command.patch}.\n`)
    }
    if (isForPeople) {
      if (!isRefused && command.patch === undefined) stdout.write(await patchOf(plan))
      stderr.write(fitted(plan.render(colours({ stdout: stderr, env: streams.env })), stderr))
    }
    await plan.report()
    return isPending || !isComplete ? 1 : 0
  }
  const mayWrite = isPending && !isRefused && (command.yes || (isForPeople && canAsk(streams)))
  const requireWritable = (): void => {
    if (!mayWrite) return
    plan.requireClean()
    if (command.commitPerStep) requireNothingStaged(root)
  }
  if (command.yes) requireWritable()
  const paint = colours(streams)
  const print = (text: string): void => void stdout.write(fitted(text, stdout))
  if (isForPeople) {
    print(plan.render(paint))
    if (command.showSkipped) print(plan.renderSkipped(paint))
  }
  requireWritable()
  if (!isPending || isRefused) {
    await plan.report()
    return isComplete ? 0 : 1
  }
  const views = { diff: () => patchOf(plan), skipped: () => plan.renderSkipped(paint) }
  if (!(command.yes || (isForPeople && (await isConfirmed(views, prompt, streams))))) {
    if (isForPeople) print(paint.dim('  Nothing was written. Apply with --yes.\n'))
    await plan.report()
    return 1
  }
  const { id } = plan.apply()
  if (isForPeople) print(plan.renderResult(paint, id))
  await plan.report(id)
  const isDone = !command.commitPerStep || isCommitted(plan, streams)
  const isInstalled = !command.install || (await installed(plan, streams, !isForPeople))
  return isComplete && isDone && isInstalled ? 0 : 1
}

async function installed(plan: Plan, streams: Streams, json: boolean): Promise<boolean> {
  const { runInstall } = await import('./install.ts')
  return runInstall(plan, streams, json)
}

/** One commit for each codemod that changed something. */
function isCommitted({ root, commits }: Plan, { stderr }: Streams): boolean {
  try {
    commit(root, commits)
    return true
  } catch (error) {
    if (!(error instanceof ProjectError)) throw error
    stderr.write(`${error.message}\n`)
    return false
  }
}

async function patchOf({ changes, root }: Plan): Promise<string> {
  const { renderPatch } = await import('./render/patch.ts')
  return renderPatch({ changes, project: { root } })
}
