import type { TSESTree } from '@typescript-eslint/utils'
import type { FileFacts } from './facts.ts'
import { commentsIn, parseModule, type Parsed } from './parse.ts'
import { resolveIdentifiers } from './syntax.ts'

/** A module that was rewritten. */
export interface Rewrite {
  readonly path: string
  /** Undefined for a module that is new. */
  readonly before: string | undefined
  readonly after: string
  /** Of the project as it will be. */
  readonly facts: FileFacts
}

/**
 * Looks at a rewritten module as if nothing were known of how it was made: it parses; every comment, the BOM and the
 * kind of line breaks are there; no name means something else, or nothing; it exports the same; and what it now imports
 * by `import()` is there, with the members that are taken of it.
 *
 * @returns what is wrong, as a clause; undefined when nothing is.
 */
export function problemOf({ path, before, after, facts }: Rewrite): string | undefined {
  const now = parseModule(path, after)
  if ('message' in now) return `line ${now.line} would not parse (${now.message})`
  const old = before === undefined ? undefined : parseModule(path, before)
  // What does not parse is not planned.
  if (before === undefined || old === undefined || 'message' in old) return undefined
  return (
    textProblem(before, after) ??
    commentProblem(commentsIn(path, before), commentsIn(path, after)) ??
    nameProblem(unresolved(old), unresolved(now)) ??
    exportProblem(old.program, now.program) ??
    importProblem(old, now, facts)
  )
}

function textProblem(before: string, after: string): string | undefined {
  if (before.startsWith('\ufeff') !== after.startsWith('\ufeff')) return 'its BOM would change'
  const breaksIn = (text: string): string => [...new Set(text.match(/\r\n?|\n/g))].sort().join()
  if (before.includes('\n') && !breaksIn(before).includes(breaksIn(after))) return 'its line breaks would change'
  return undefined
}

/** All comments are there, in their order. */
function commentProblem(before: readonly string[], after: readonly string[]): string | undefined {
  let from = 0
  for (const comment of before) {
    from = after.indexOf(comment, from) + 1
    if (from === 0) return `the comment \`${comment}\` would be lost`
  }
  return undefined
}

function nameProblem(before: readonly string[], after: readonly string[]): string | undefined {
  const lost = after.find((name) => !before.includes(name) && !(name in globalThis))
  return lost === undefined ? undefined : `\`${lost}\` would not be declared`
}

/** The names that no declaration of the module stands for. */
function unresolved({ scopes }: Parsed): string[] {
  const names = scopes.globalScope?.through.map(({ identifier }) => String(identifier.name)) ?? []
  return [...new Set(names)]
}

function exportProblem(old: TSESTree.Program, now: TSESTree.Program): string | undefined {
  const [before, after] = [exportsOf(old), exportsOf(now)]
  return before === after ? undefined : `it would export ${after || 'nothing'} in place of ${before || 'nothing'}`
}

function exportsOf({ body }: TSESTree.Program): string {
  return body
    .flatMap((statement): string[] => {
      if (statement.type === 'ExportDefaultDeclaration') return ['default']
      if (statement.type === 'ExportAllDeclaration')
        return [`${statement.exported?.name ?? '*'} of ${statement.source.value}`]
      if (statement.type !== 'ExportNamedDeclaration') return []
      const listed = statement.specifiers.map(({ exported }) =>
        exported.type === 'Identifier' ? exported.name : exported.value,
      )
      const { declaration } = statement
      if (!declaration) return listed
      if (declaration.type !== 'VariableDeclaration')
        return 'id' in declaration && declaration.id?.type === 'Identifier' ? [declaration.id.name] : []
      return declaration.declarations.flatMap(({ id }) => (id.type === 'Identifier' ? [id.name] : []))
    })
    .sort()
    .join(', ')
}

function importProblem(old: Parsed, now: Parsed, facts: FileFacts): string | undefined {
  const known = new Set(old.dynamicImports.map(specifierOf))
  const variableOf = resolveIdentifiers(now.scopes)
  for (const node of now.dynamicImports) {
    const specifier = specifierOf(node)
    if (specifier === undefined || known.has(specifier)) continue
    const module = facts.module(specifier)
    if (module.kind === 'missing') return `\`import('${specifier}')\` would find no module`
    const { names, complete } = module.exportNames()
    const missing = complete ? membersOf(node, variableOf).find((name) => !names.includes(name)) : undefined
    if (missing !== undefined) return `\`${missing}\` would be asked of '${specifier}', which does not export it`
  }
  return undefined
}

function specifierOf({ source }: TSESTree.ImportExpression): string | undefined {
  return source.type === 'Literal' && typeof source.value === 'string' ? source.value : undefined
}

/** The names that are read of a module that is imported here, or by the function that returns this import. */
function membersOf(node: TSESTree.ImportExpression, variableOf: ReturnType<typeof resolveIdentifiers>): string[] {
  const { parent } = node
  const loader =
    parent.type === 'ArrowFunctionExpression' && parent.body === node && parent.parent.type === 'VariableDeclarator'
      ? variableOf(parent.parent.id)
      : undefined
  const calls = (loader?.references ?? []).flatMap(({ identifier }) =>
    identifier.parent.type === 'CallExpression' && identifier.parent.callee === identifier ? [identifier.parent] : [],
  )
  return [node, ...calls].flatMap(readOf)
}

/** `(await it).name`, `const { name } = await it`, `it.then((m) => m.name)`. */
function readOf(promise: TSESTree.Node): string[] {
  const { parent } = promise
  if (parent?.type === 'AwaitExpression') return namesRead(parent)
  if (parent?.type !== 'MemberExpression' || parent.object !== promise || parent.parent.type !== 'CallExpression')
    return []
  const [callback] = parent.parent.arguments
  if (callback?.type !== 'ArrowFunctionExpression') return []
  const [parameter] = callback.params
  if (parameter?.type === 'ObjectPattern') return keysOf(parameter)
  const { body } = callback
  return parameter?.type === 'Identifier' &&
    body.type === 'MemberExpression' &&
    body.object.type === 'Identifier' &&
    body.object.name === parameter.name
    ? memberName(body)
    : []
}

function namesRead(module: TSESTree.Node): string[] {
  const { parent } = module
  if (parent?.type === 'MemberExpression' && parent.object === module) return memberName(parent)
  return parent?.type === 'VariableDeclarator' && parent.id.type === 'ObjectPattern' ? keysOf(parent.id) : []
}

function memberName({ computed, property }: TSESTree.MemberExpression): string[] {
  return !computed && property.type === 'Identifier' ? [property.name] : []
}

function keysOf({ properties }: TSESTree.ObjectPattern): string[] {
  return properties.flatMap((property) =>
    property.type === 'Property' && !property.computed && property.key.type === 'Identifier' ? [property.key.name] : [],
  )
}
