import { relative, sep } from 'node:path'
import type { Undoable, Undone } from '../api.ts'
import { count } from '../edits/text.ts'
import type { Command } from './command.ts'
import { colours } from './render/colours.ts'
import type { Colours } from './render/colours.ts'
import { fitted } from './render/fitted.ts'

/** `hot-codemod undo`: puts back what the last migration changed. */
export const undoCommand: Command = {
  takes: [0, 1],
  options: {
    list: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
  help: `  --list         list the migrations that can be undone, the last first
  --json         print what was done as JSON

Takes back the last migration of the project in the working directory, or the one with that id, also after it was
interrupted. Where a file was edited since, nothing is changed.

Exit codes
  0  undone
  2  could not: there is none, or a file was edited since
`,
  async run(values, [id], streams) {
    const { undo, undoable } = await import('../undo.ts')
    const { stdout } = streams
    const paint = colours(streams)
    if (values['list'] === true) {
      const migrations = undoable()
      stdout.write(values['json'] === true ? listAsJson(migrations) : fitted(renderList(migrations, paint), stdout))
      return 0
    }
    const undone = undo(id === undefined ? {} : { id })
    stdout.write(values['json'] === true ? undoneAsJson(undone) : fitted(renderUndone(undone, paint), stdout))
    return 0
  },
}

function name(path: string): string {
  return relative(process.cwd(), path).split(sep).join('/')
}

function renderUndone({ id, restored, removed }: Undone, paint: Colours): string {
  const lines = [
    ...restored.map((path) => `   ${name(path)}`),
    ...removed.map((path) => `   ${name(path)}  ${paint.dim('removed')}`),
  ]
  const number = restored.length + removed.length
  const what = number === 0 ? 'Nothing of it had been written.' : `${count(number, 'file')} put back:`
  return `  ${paint.green('Undone.')} ${what} ${paint.dim(id)}\n${lines.map((line) => `${line}\n`).join('')}`
}

function renderList(migrations: readonly Undoable[], paint: Colours): string {
  if (migrations.length === 0) return '  There is nothing to undo.\n'
  return migrations
    .map(({ id, state, files }) => {
      const what = state === 'interrupted' ? paint.yellow('interrupted') : count(files.length, 'file')
      const [first = ''] = files
      return `  ${paint.bold(id)}  ${what}  ${paint.dim(name(first) + (files.length > 1 ? ', …' : ''))}\n`
    })
    .join('')
}

function undoneAsJson({ id, restored, removed }: Undone): string {
  return `${JSON.stringify({ version: 1, id, restored, removed }, null, 2)}\n`
}

function listAsJson(migrations: readonly Undoable[]): string {
  return `${JSON.stringify({ version: 1, migrations }, null, 2)}\n`
}
