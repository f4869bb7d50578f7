import type { Command } from './command.ts'

/** A command as the list of commands has it. Its module, and what that imports, is loaded when it is asked for. */
export interface ListedCommand {
  readonly name: string
  /** What follows `hot-codemod <name>`. */
  readonly usage: string
  /** One line. */
  readonly summary: string
  load(): Promise<Command>
}

export const commands: readonly ListedCommand[] = [
  {
    name: 'migrate',
    usage: '[directory]',
    summary: 'plan the migration, show it, apply it',
    load: async () => (await import('./migrate.ts')).migrateCommand,
  },
  {
    name: 'doctor',
    usage: '[directory]',
    summary: 'say what hot-reloads, what restarts, and what is wrong',
    load: async () => (await import('./doctor.ts')).doctorCommand,
  },
  {
    name: 'explain',
    usage: '<file>',
    summary: 'say why a file is hot or not, and the cheapest change that would make it so',
    load: async () => (await import('./explain.ts')).explainCommand,
  },
  {
    name: 'graph',
    usage: '[directory]',
    summary: 'draw the module graph: a page of its own, Mermaid, DOT or JSON',
    load: async () => (await import('./graph.ts')).graphCommand,
  },
  {
    name: 'verify',
    usage: '[directory]',
    summary: 'boot the application under hot-hook, save its files, and compare with the prediction',
    load: async () => (await import('./verify.ts')).verifyCommand,
  },
  {
    name: 'undo',
    usage: '[id]',
    summary: 'put every file back as it was before a migration',
    load: async () => (await import('./undo.ts')).undoCommand,
  },
]
