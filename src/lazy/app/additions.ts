import type { TSESTree } from '@typescript-eslint/utils'
import type { Variable } from '@typescript-eslint/scope-manager'
import { extname } from 'node:path'
import { lineBreakOf } from '../../edits/text.ts'
import { createFileTree, type FileTree } from '../../edits/tree.ts'
import { awaits, rootOf } from '../../graph/exports/nodes.ts'
import type { Analysis } from '../analysis.ts'
import { isServed } from './entry.ts'
import {
  importsOfMoved,
  isImportedElsewhere,
  isWhole,
  moduleVariables,
  namesPlace,
  partsOf,
  takenOut,
  withParts,
  writesOf,
} from './moved.ts'
import { importWith, type Part } from './split-text.ts'
import type { Boot, Opened } from '../boot/boot.ts'
import type { LevelPlan } from '../levels.ts'
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
    if (analysis.facts(app.path).foreign || isImportedElsewhere(analysis, path, app.path)) continue
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
      writes: isFix ? writesOf(plan, made, own, new Map([[app.path, moved.app]])) : [],
      notes: isFix ? plan.notes.map((note) => (note.path === path ? { ...note, line: 1 } : note)) : [],
    }
  }
  return undefined
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
  const imports = importsOfMoved(entry, app, moved, variable, (source) => !/^[./#~]|^@\//.test(source))
  const eol = lineBreakOf(app.text)
  if (!imports || eol !== lineBreakOf(entry.text) || !isWhole(app)) return undefined
  const taken = takenOut(entry, moved, imports)
  if (!taken) return undefined
  const added = [...imports].flatMap(([declaration, { add }]) =>
    add.length > 0 ? [importWith(entry.text, declaration, add) + eol] : [],
  )
  const { body } = app.program
  const last = body.findLastIndex(({ type }) => type === 'ImportDeclaration')
  const end = body.findLastIndex((statement) => !isExportOfNames(statement)) + 1
  const parts = partsOf(app)
  const result: Part[] = [
    ...parts.slice(0, last + 1),
    ...added.map((text): Part => ({ lead: '', body: text })),
    ...parts.slice(last + 1, end),
    { lead: eol, body: taken.moving },
    ...parts.slice(end),
  ]
  return { entry: taken.staying, app: withParts(app, result) }
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
