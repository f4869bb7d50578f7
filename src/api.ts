export {
  doctor,
  explain,
  graph,
  verify,
  type DoctorOptions,
  type ServerOptions,
  type VerifyOptions,
} from './inspect.ts'
export { choose, type Answer, type Choice, type Chosen } from './migrate/choose.ts'
export {
  migrate,
  transformSource,
  type CutChoice,
  type CutImport,
  type CutSummary,
  type MigrateOptions,
  type Migration,
  type State,
} from './migrate.ts'
export type { AcceptedImport, DeclinedImport } from './migrate/choices.ts'
export type { ImportChoice, ImportKey, ImportReport } from './migrate/import.ts'
export { migrateWorkspaces, type WorkspacesMigrateOptions, type WorkspacesMigration } from './migrate-workspaces.ts'
export { migrateVerified, type RolledBack, type VerifiedMigrateOptions, type VerifiedMigration } from './verified.ts'
export { ProjectError } from './project/error.ts'
export { UnreadableFile, type Change } from './edits/tree.ts'
export { WriteError } from './edits/error.ts'
export type { Undone, Written } from './edits/transaction.ts'
export { undo, undoable, type Undoable, type UndoOptions } from './undo.ts'
export { VerifyError } from './verify/error.ts'
export { createReport } from './doctor/report.ts'
export type { Diagnosis } from './doctor/diagnose.ts'
export type { ChainStep, ExplainedCut, Explanation } from './doctor/explain.ts'
export type { Finding } from './doctor/finding.ts'
export type { Coverage, Share } from './graph/coverage.ts'
export type { ServerReport } from './graph/report.ts'
export type { Progress } from './project/progress.ts'
export type { AskedRequest, Verification, VerifiedFile } from './verify/verify.ts'
export type { Workspace } from './project/workspaces.ts'
export type { Note, Step } from '../codemods/codemod.ts'
