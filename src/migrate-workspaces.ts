import { join } from 'node:path'
import { writeChanges, type Written } from './edits/transaction.ts'
import type { Change } from './edits/tree.ts'
import { migrate, type MigrateOptions, type Migration } from './migrate.ts'
import { realPath } from './project/files.ts'
import { ProjectError } from './project/error.ts'
import { openProject, readProject } from './project/open.ts'
import { openWorkspaces, selectWorkspaces, type Workspace } from './project/workspaces.ts'

export interface WorkspacesMigrateOptions extends Omit<MigrateOptions, 'leave'> {
  /** A directory of the monorepo, its root or one below it. Default: the working directory. */
  readonly directory?: string
  /** Names, directories or globs of the workspaces to migrate. Default: all that start a server. */
  readonly workspaces?: readonly string[]
}

/** The planned migration of several packages of a monorepo. */
export interface WorkspacesMigration {
  /** The directory that declares the workspaces, absolute. */
  readonly root: string
  readonly migrations: readonly { readonly workspace: Workspace; readonly migration: Migration }[]
  /** What is not migrated, and why: one or two sentences. */
  readonly skipped: readonly { readonly workspace: Workspace; readonly reason: string }[]
  /** Those of all migrations. */
  readonly changes: readonly Change[]
  /**
   * Writes the changes of all packages, or none, as one transaction of the root.
   *
   * @throws {ProjectError} and {WriteError} as {@link Migration.apply} does.
   */
  apply(): Written
  /** @throws {ProjectError} as {@link Migration.requireClean} of each. */
  requireClean(): void
}

/**
 * Plans the migration of packages of a monorepo, each on its own. A package that starts no server is left out, and so is
 * one that cannot be migrated as a whole: another framework, CommonJS.
 *
 * @throws {ProjectError} when there are no workspaces, none of them can be migrated, or a file of one that can does not
 *   parse.
 * @throws {RangeError} when there is no such workspace, or no such codemod.
 */
export async function migrateWorkspaces(options: WorkspacesMigrateOptions = {}): Promise<WorkspacesMigration> {
  const { directory = '.', workspaces: wanted, ...rest } = options
  const from = realPath(directory)
  const workspaces = openWorkspaces(from)
  const { root, packages } = workspaces
  const chosen = wanted ? selectWorkspaces(workspaces, wanted, from) : packages
  const migrations: { workspace: Workspace; migration: Migration }[] = []
  const skipped: { workspace: Workspace; reason: string }[] = []
  for (const workspace of chosen) {
    const outcome = await migrationOf(workspace, wanted !== undefined, rest)
    if (typeof outcome === 'string') skipped.push({ workspace, reason: outcome })
    else migrations.push({ workspace, migration: outcome })
  }
  if (migrations.length === 0) {
    const reasons = skipped.map(({ workspace, reason }) => `${workspace.directory}: ${reason}`)
    throw new ProjectError(`No workspace of ${root} can be migrated.\n${reasons.join('\n')}`, root)
  }
  const changes = migrations.flatMap(({ migration }) => migration.changes)
  requireSeparate(changes)
  const requireClean = (): void => migrations.forEach(({ migration }) => migration.requireClean())
  return {
    root,
    migrations,
    skipped,
    changes,
    requireClean,
    apply() {
      requireClean()
      return writeChanges(changes, root)
    },
  }
}

/** The plan for one package, or why there is none. @param isNamed whether it was asked for. */
async function migrationOf(
  { root }: Workspace,
  isNamed: boolean,
  options: MigrateOptions,
): Promise<Migration | string> {
  try {
    const { runtime, framework } = readProject(root)
    if (!isNamed && framework.name !== 'adonisjs' && runtime.script === undefined) return NO_SERVER
    openProject(root)
  } catch (error) {
    if (error instanceof ProjectError) return error.message
    throw error
  }
  try {
    return await migrate({ ...options, directory: root })
  } catch (error) {
    // What is wrong with the package is a reason to leave it out; what is wrong with a file of it is to be mended.
    if (error instanceof ProjectError && error.path === join(root, 'package.json')) return error.message
    throw error
  }
}

const NO_SERVER = 'No script of its package.json starts a server.'

/** @throws {ProjectError} when a package has another one below it, and both change a file. */
function requireSeparate(changes: readonly Change[]): void {
  const seen = new Set<string>()
  for (const { path } of changes) {
    if (seen.has(path)) {
      throw new ProjectError(
        `Two workspaces, one below the other, both change ${path}. Nothing was changed. Migrate them one after the other with --workspace.`,
        path,
      )
    }
    seen.add(path)
  }
}
