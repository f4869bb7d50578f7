import type { TSESTree } from '@typescript-eslint/utils'
import type { Variable } from '@typescript-eslint/scope-manager'
import { extname } from 'node:path'
import { applyEdits, lineBreakOf } from '../../edits/text.ts'
import { createFileTree, type FileTree } from '../../edits/tree.ts'
import { awaits, childrenOf, rootOf } from '../../graph/exports/nodes.ts'
import type { Analysis } from '../analysis.ts'
import { isServed } from './entry.ts'
import { chunksOf, importWith, joined, type Part } from './split-text.ts'
import type { Boot, Opened } from '../boot/boot.ts'
import type { LevelPlan } from '../levels.ts'
import { hasAttributes, hasCommentInside } from '../rewrite.ts'
import type { SplitPlan } from './split.ts'
import { importedName, importOf, isFunction, memberName, resolveIdentifiers, type Node } from '../syntax.ts'

type Statement = TSESTree.ProgramStatement

/** What an entry may do to an application at its end: nothing but the application sees it. */
const ADDS = /^(?:all|delete|get|head|options|patch|post|put|use)$/

/** Packages whose applications take routes in the order in which they are added. */
const MAKERS = /^(?:express|koa|hono|@hono\/zod-openapi)$/

/**
 * Plans the routes that an entry adds to the application that it imports: they move to the end of the application's
 * module, which has run when the entry does, and the entry is rewritten as one that adds none.
 *
 * Routes are moved that are literals and functions, and need packages and globals only.
 *
 * @param planApp plans the level of the application on a tree in which they are moved.
 * @returns undefined where the entry adds none, or something has to stay where it is. Where the application would stay
 *   static with all of its routes too, what keeps it.
 */
export function planAdditions(
  tree: FileTree,
  analysis: Analysis,
  boot: Boot,
  file: Opened,
  planApp: (tree: FileTree) => LevelPlan,
): SplitPlan | undefined {
  const { path, text, program, scopes } = file
  const facts = analysis.facts(path)
  if (facts.foreign || /@ts-nocheck/.test(text)) return undefined
  for (const declaration of program.body) {
    if (declaration.type !== 'ImportDeclaration') continue
    const [specifier, another] = declaration.specifiers
    const module = facts.module(declaration.source.value)
    const [variable] = specifier ? (scopes.getDeclaredVariables(specifier) as Variable[]) : []
    if (!specifier || another || !variable || module.kind !== 'project' || module.path === path) continue
    const target = module.exported(importedName(specifier))
    const [app] = target.path === module.path ? boot.open(module.path) : []
    if (!app || extname(path).replace('x', '') !== extname(app.path).replace('x', '')) continue
    if (!isExportedAs(app, variable.name, target.exportName)) continue
    if (analysis.facts(app.path).foreign || isImportedElsewhere(app.path)) continue
    const moved = movedTo(file, app, variable)
    if (!moved) continue
    const trial = createFileTree(tree)
    trial.write(app.path, moved.app)
    trial.write(path, moved.entry)
    const plan = planApp(trial)
    const made = plan.files.find((planned) => planned.path === path)
    const own = made?.candidates.find((candidate) => candidate.specifier === declaration.source.value)
    if (!made || !own) return undefined
    const isFix = own.verdict === 'fix'
    return {
      path,
      text,
      candidates: [{ ...own, range: declaration.range, edits: [] }],
      writes: isFix
        ? [
            { path: app.path, text: moved.app },
            { path, text: applyEdits(made.text, own.edits) },
          ]
        : [],
      notes: isFix ? plan.notes.map((note) => (note.path === path ? { ...note, line: 1 } : note)) : [],
    }
  }
  return undefined

  /** Another module, a test too, has the application without what the entry adds. */
  function isImportedElsewhere(target: string): boolean {
    return analysis.server
      .files()
      .some(
        (from) =>
          from !== path &&
          analysis.modules
            .lexed(from)
            ?.imports.some(
              ({ specifier }) => specifier != null && analysis.resolver.resolve(from, specifier).path === target,
            ) === true,
      )
  }
}

/** Both texts, with what the entry adds to the application at the end of its module. */
function movedTo(entry: Opened, app: Opened, variable: Variable): { entry: string; app: string } | undefined {
  const variableOf = resolveIdentifiers(entry.scopes)
  const own = moduleVariables(app).get(variable.name)
  const declarator = own?.defs[0]?.node as Node | undefined
  if (declarator?.type !== 'VariableDeclarator' || declarator.parent.kind !== 'const' || !declarator.init)
    return undefined
  const maker = importOf(rootOf(declarator.init), resolveIdentifiers(app.scopes))
  if (!MAKERS.test(maker?.specifier ?? '')) return undefined

  const references = variable.references.map(({ identifier }) => identifier as Node)
  const moved = new Set<Statement>()
  for (const reference of references) {
    if (isServed(reference, variableOf)) continue
    const statement = entry.program.body.find(
      ({ range: [start, end] }) => start <= reference.range[0] && reference.range[1] <= end,
    )
    if (!statement || !addsTo(statement, variable.name)) return undefined
    moved.add(statement)
  }
  if (moved.size === 0) return undefined
  const lastMoved = Math.max(...[...moved].map((statement) => entry.program.body.indexOf(statement)))
  // Until then, requests may come that are to find nothing.
  if (entry.program.body.slice(0, lastMoved).some((statement) => awaits(statement))) return undefined
  const isMoved = ({ range }: Node): boolean =>
    [...moved].some((one) => one.range[0] <= range[0] && range[1] <= one.range[1])

  const theirs = moduleVariables(app)
  const imports = new Map<TSESTree.ImportDeclaration, { add: TSESTree.ImportClause[]; stay: TSESTree.ImportClause[] }>()
  const names = new Map<string, Variable | undefined>()
  const values = new Set<string>()
  for (const { references: found } of entry.scopes.scopes)
    for (const { identifier, resolved, isValueReference } of found) {
      const declared = resolved?.defs[0]?.name as Node | undefined
      if (!isMoved(identifier as Node) || (declared && isMoved(declared)) || identifier.type !== 'Identifier') continue
      names.set(identifier.name, (resolved ?? undefined) as Variable | undefined)
      if (isValueReference) values.add(identifier.name)
    }
  for (const [name, found] of names) {
    if (found === variable) continue
    const definition = found?.defs[0]
    if (!definition) {
      // A global there, something else here.
      if (theirs.has(name)) return undefined
      continue
    }
    if (definition.type !== 'ImportBinding' || definition.parent?.type !== 'ImportDeclaration') return undefined
    const declaration = definition.parent as TSESTree.ImportDeclaration
    if (/^[./#~]|^@\//.test(declaration.source.value) || hasCommentInside(entry.text, declaration)) return undefined
    if (hasAttributes(entry.text, declaration)) return undefined
    const clause = definition.node as TSESTree.ImportClause
    const known = theirs.get(name)
    if (known && !isSameImport(known, declaration, clause, values.has(name))) return undefined
    const kept = imports.get(declaration) ?? { add: [], stay: [] }
    if (!known) kept.add.push(clause)
    imports.set(declaration, kept)
  }
  for (const [declaration, { stay }] of imports) {
    stay.push(
      ...declaration.specifiers.filter((one) => {
        const [bound] = entry.scopes.getDeclaredVariables(one) as Variable[]
        return (
          !bound ||
          bound.references.length === 0 ||
          bound.references.some(({ identifier }) => !isMoved(identifier as Node))
        )
      }),
    )
  }

  const ours = chunksOf(entry.text, entry.program)
  const others = chunksOf(app.text, app.program)
  const whole = (list: typeof ours.list): Part[] => list.map(({ lead, body }) => ({ lead, body }))
  const eol = lineBreakOf(app.text)
  if (eol !== lineBreakOf(entry.text)) return undefined
  if (ours.header + joined(whole(ours.list), eol) + ours.tail !== entry.text) return undefined
  if (others.header + joined(whole(others.list), eol) + others.tail !== app.text) return undefined
  if (
    ours.list.some(
      ({ statement, lead }) => moved.has(statement) && /(?:eslint|oxlint)-(?:disable|enable)(?!-)/.test(lead),
    )
  )
    return undefined

  const staying = ours.list.map(({ statement, lead, body }): Part => {
    if (moved.has(statement)) return { lead, body: undefined }
    const split = statement.type === 'ImportDeclaration' ? imports.get(statement) : undefined
    if (!split || statement.type !== 'ImportDeclaration' || split.stay.length === statement.specifiers.length)
      return { lead, body }
    if (split.stay.length === 0) return { lead, body: undefined }
    return {
      lead,
      body: importWith(entry.text, statement, split.stay) + body.slice(statement.range[1] - statement.range[0]),
    }
  })
  const additions = joined(
    ours.list.flatMap(({ statement, lead, body }): Part[] => (moved.has(statement) ? [{ lead, body }] : [])),
    eol,
  ).replace(/^(?:[\t ]*\r?\n)+/, '')
  const added = [...imports].flatMap(([declaration, { add }]) =>
    add.length > 0 ? [importWith(entry.text, declaration, add) + eol] : [],
  )
  const last = others.list.findLastIndex(({ statement }) => statement.type === 'ImportDeclaration')
  const end = others.list.findLastIndex(({ statement }) => !isExportOfNames(statement)) + 1
  const parts = whole(others.list)
  const result: Part[] = [
    ...parts.slice(0, last + 1),
    ...added.map((body): Part => ({ lead: '', body })),
    ...parts.slice(last + 1, end),
    { lead: eol, body: additions.endsWith('\n') ? additions : additions + eol },
    ...parts.slice(end),
  ]
  return {
    entry: ours.header + joined(staying, lineBreakOf(entry.text)) + ours.tail,
    app: others.header + joined(result, eol) + others.tail,
  }
}

/** `app.get('/', (req, res) => …)`: nothing is evaluated but literals and functions. */
function addsTo(statement: Statement, name: string): boolean {
  if (statement.type !== 'ExpressionStatement' || statement.expression.type !== 'CallExpression') return false
  const { callee, arguments: passed } = statement.expression
  if (callee.type !== 'MemberExpression' || callee.object.type !== 'Identifier' || callee.object.name !== name)
    return false
  if (!ADDS.test(memberName(callee) ?? '') || callee.computed) return false
  return passed.every((argument) => (argument.type === 'Literal' || isFunction(argument)) && !namesPlace(argument))
}

/** Whether code means something else in another file. */
function namesPlace(node: Node): boolean {
  if (node.type === 'MetaProperty' || node.type === 'ImportExpression' || node.type === 'ThisExpression') return true
  return childrenOf(node).some(namesPlace)
}

function isExportOfNames(statement: Statement): boolean {
  if (statement.type === 'ExportDefaultDeclaration') return statement.declaration.type === 'Identifier'
  return statement.type === 'ExportNamedDeclaration' && !statement.declaration && !statement.source
}

/** Whether a module exports its variable `name` as `exported`. */
function isExportedAs({ program }: Opened, name: string, exported: string): boolean {
  return program.body.some((statement) => {
    if (statement.type === 'ExportDefaultDeclaration')
      return (
        exported === 'default' && statement.declaration.type === 'Identifier' && statement.declaration.name === name
      )
    if (statement.type !== 'ExportNamedDeclaration' || statement.source) return false
    if (statement.declaration?.type === 'VariableDeclaration')
      return (
        exported === name &&
        statement.declaration.declarations.some(({ id }) => id.type === 'Identifier' && id.name === name)
      )
    return statement.specifiers.some(
      (one) =>
        one.local.type === 'Identifier' &&
        one.local.name === name &&
        one.exported.type === 'Identifier' &&
        one.exported.name === exported,
    )
  })
}

/** Whether a name is imported here as it is there. @param isValue whether more than its type is asked for. */
function isSameImport(
  { defs }: Variable,
  { source }: TSESTree.ImportDeclaration,
  clause: TSESTree.ImportClause,
  isValue: boolean,
): boolean {
  const [definition] = defs
  const declaration = definition?.type === 'ImportBinding' ? definition.parent : undefined
  if (declaration?.type !== 'ImportDeclaration' || declaration.source.value !== source.value) return false
  const known = definition?.node as TSESTree.ImportClause
  const isType = declaration.importKind === 'type' || (known.type === 'ImportSpecifier' && known.importKind === 'type')
  return importedName(known) === importedName(clause) && !(isType && isValue)
}

function moduleVariables({ scopes }: Opened): ReadonlyMap<string, Variable> {
  const module = scopes.scopes.find(({ type }) => (type as string) === 'module')
  return new Map((module?.variables as Variable[] | undefined)?.map((variable) => [variable.name, variable]))
}
