import type { Variable } from '@typescript-eslint/scope-manager'
import type { TSESTree } from '@typescript-eslint/utils'
import { applyEdits, type Edit } from '../../edits/text.ts'
import { createFileTree, type FileTree } from '../../edits/tree.ts'
import type { Analysis } from '../analysis.ts'
import type { Opened } from '../boot/boot.ts'
import type { Candidate } from '../candidate.ts'
import type { LevelPlan } from '../levels.ts'
import { memberName, resolveIdentifiers, type Node } from '../syntax.ts'
import { isServed } from './entry.ts'
import { directiveAbove, isIdentifierName, removeStatement } from '../rewrite.ts'
import type { SplitPlan } from './split.ts'

/**
 * Plans an entry that awaits the import of its application, so that something comes before it:
 * `dotenv.config()`, then `const { default: app } = await import('./app.js')`. It is planned as one that imports it
 * statically, and what takes the place of the import is put where the application is awaited: all that runs keeps its
 * order.
 *
 * @param planApp plans the level of the application on a tree in which the entry imports it statically.
 * @returns undefined where the entry awaits no application that could be imported for each request.
 */
export function planAwaited(
  tree: FileTree,
  analysis: Analysis,
  file: Opened,
  planApp: (tree: FileTree) => LevelPlan,
): SplitPlan | undefined {
  const { path, text, program, scopes } = file
  const variableOf = resolveIdentifiers(scopes)
  const facts = analysis.facts(path)
  if (facts.foreign) return undefined
  for (const [at, statement] of program.body.entries()) {
    const awaited = awaitedIn(statement, text)
    const module = awaited && facts.module(awaited.specifier)
    if (!awaited || module?.kind !== 'project' || module.path === path) continue
    const names = scopes.getDeclaredVariables(statement) as Variable[]
    if (!names.some(({ references }) => references.some(({ identifier }) => isServed(identifier, variableOf)))) continue
    // Static imports are evaluated before it, wherever they stand.
    if (program.body.slice(at).some(({ type }) => type === 'ImportDeclaration')) continue
    if (directiveAbove(text, statement.range[0]) !== undefined) continue
    const asImport: Edit = { range: statement.range, text: awaited.text }
    const trial = createFileTree(tree)
    trial.write(path, applyEdits(text, [asImport]))
    const plan = planApp(trial)
    const own = plan.files
      .find((planned) => planned.path === path)
      ?.candidates.find(({ specifier }) => specifier === awaited.specifier)
    if (!own) continue
    const edits = own.edits.length > 0 ? inPlace(own, asImport, text) : []
    const candidate: Candidate = { ...own, range: statement.range, edits: [] }
    // What is moved to the application too has edits in another file.
    if (own.verdict === 'fix' && edits.length === 0) continue
    return {
      path,
      text,
      candidates: [candidate],
      writes: own.verdict === 'fix' ? [{ path, text: applyEdits(text, edits) }] : [],
      notes: own.verdict === 'fix' ? plan.notes : [],
    }
  }
  return undefined
}

/** The specifier of a statement that awaits an import, and the import that has the same names. */
function awaitedIn(
  statement: TSESTree.ProgramStatement,
  text: string,
): { readonly specifier: string; readonly text: string } | undefined {
  if (statement.type !== 'VariableDeclaration' || statement.kind !== 'const') return undefined
  const [declarator, another] = statement.declarations
  if (!declarator?.init || another) return undefined
  const { id, init } = declarator
  const call = init.type === 'MemberExpression' ? init.object : init
  if (call.type !== 'AwaitExpression' || call.argument.type !== 'ImportExpression') return undefined
  const { source, options } = call.argument
  if (source.type !== 'Literal' || typeof source.value !== 'string' || options) return undefined
  const own = text.slice(...statement.range)
  if (/\/[*/]/.test(own.replace(source.raw, ''))) return undefined
  const names = init.type === 'MemberExpression' ? nameOf(init, id) : namesIn(id)
  if (!names || names.length === 0) return undefined
  const clause = names.find(([imported]) => imported === 'default')?.[1]
  const named = names
    .filter(([imported, local]) => imported !== 'default' || local !== clause)
    .map(([imported, local]) => (imported === local ? local : `${imported} as ${local}`))
  const clauses = [...(clause === undefined ? [] : [clause]), ...(named.length > 0 ? [`{ ${named.join(', ')} }`] : [])]
  const end = own.endsWith(';') ? ';' : ''
  return { specifier: source.value, text: `import ${clauses.join(', ')} from ${source.raw}${end}` }
}

type Name = readonly [imported: string, local: string]

/** `const app = (await import('./app.js')).default` */
function nameOf(member: TSESTree.MemberExpression, id: TSESTree.BindingName): readonly Name[] | undefined {
  const name = memberName(member)
  const isPlain = id.type === 'Identifier' && !id.typeAnnotation && !member.computed
  return isPlain && name !== undefined ? [[name, id.name]] : undefined
}

/** `const { default: app, close } = await import('./app.js')` */
function namesIn(pattern: TSESTree.BindingName): readonly Name[] | undefined {
  if (pattern.type !== 'ObjectPattern' || pattern.typeAnnotation) return undefined
  const names: Name[] = []
  for (const property of pattern.properties) {
    if (property.type !== 'Property' || property.computed) return undefined
    const { key, value }: { key: Node; value: Node } = property
    if (key.type !== 'Identifier' || value.type !== 'Identifier' || !isIdentifierName(value.name)) return undefined
    names.push([key.name, value.name])
  }
  return names
}

/**
 * The edits of an import, for the text in which a statement stands in its place: what they put where imports are, but for
 * imports, goes there.
 */
function inPlace({ edits, range }: Candidate, { range: [start, end], text }: Edit, source: string): Edit[] {
  const longer = end - start - text.length
  const shifted = (offset: number): number => (offset > start ? offset + longer : offset)
  const isOwn = (edit: Edit): boolean =>
    edit.range[0] <= range[1] && range[0] <= edit.range[1] && edit.range[0] < edit.range[1]
  const removal = edits.find((edit) => isOwn(edit) && edit.text === '')
  const insertion = removal && edits.find((edit) => edit.range[0] === edit.range[1] && /\bimport\b/.test(edit.text))
  return edits.flatMap((edit): Edit[] => {
    const moved = { range: [shifted(edit.range[0]), shifted(edit.range[1])] as const, text: edit.text }
    if (!insertion) return [moved]
    if (edit === removal) return []
    if (edit !== insertion) return [moved]
    const imports = /^(?:\s*import\s[^\n]*(?:\n|$))*/.exec(edit.text)?.[0] ?? ''
    const rest = edit.text.slice(imports.length).trim()
    return [
      ...(imports.trim() === '' ? [] : [{ ...moved, text: imports }]),
      rest === '' ? removeStatement(source, start, end) : { range: [start, end] as const, text: rest },
    ]
  })
}
