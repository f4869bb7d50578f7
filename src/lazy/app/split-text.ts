import type { TSESTree } from '@typescript-eslint/utils'
import type { Variable } from '@typescript-eslint/scope-manager'
import { lineBreakOf } from '../../edits/text.ts'
import { childrenOf, rootOf } from '../../graph/exports/nodes.ts'
import { isKeptByFastify, isServed } from './entry.ts'
import { prologueOf, runs } from '../imports/evaluation-order.ts'
import type { PlanInput } from '../plan.ts'
import type { Reason } from '../reasons.ts'
import type { ReceiverOf } from '../receivers.ts'
import { endsWithSemicolon, hasCommentInside } from '../rewrite.ts'
import { bare, importOf, memberName, resolveIdentifiers, type Node } from '../syntax.ts'

type Statement = TSESTree.ProgramStatement

/** A module that builds an application and starts its server, in two. */
export interface AppSplit {
  /** What the application is called there. */
  readonly name: string
  /** What starts the server: it imports the application, statically, after its other imports. */
  readonly entry: string
  /** What builds the application, and exports it. */
  readonly app: string
  /** The imports that go with the application, in part or as a whole, in source order. */
  readonly moved: readonly TSESTree.ImportDeclaration[]
  /** What builds the application. */
  readonly building: readonly Statement[]
  /** What stays and runs before some of that; it will run after all of it. */
  readonly overtaken: readonly Statement[]
}

/** Why a module that builds an application and starts its server stays one. */
export interface SplitRefusal {
  readonly reason: Reason
  readonly detail: string
  readonly node: Node
}

/**
 * Splits a module that builds an application and starts its server: what uses the application for anything but that
 * goes to a module of its own, with the declarations that nothing else needs.
 *
 * Pure, as `plan` is. The application is built before the rest of the entry runs, as the imports of the entry are, and in
 * the order of the source; `overtaken` is what may notice.
 *
 * @param specifier of the new module, as the entry imports it.
 * @param copied how the application names what the entry goes on to import by another specifier, or this one.
 * @param isAnew whether a function of the project makes the application, anew with each call.
 * @param placeOf a node, for messages.
 * @returns undefined where the module does not do both.
 */
export function splitApp(
  input: PlanInput,
  receiverOf: ReceiverOf,
  specifier: string,
  placeOf: (node: Node) => string,
  copied: (specifier: string) => string,
  isAnew: (made: Node) => boolean,
): AppSplit | SplitRefusal | undefined {
  const { program, scopes, text } = input
  const variableOf = resolveIdentifiers(scopes)
  const variables = scopes.scopes.find(({ type }) => (type as string) === 'module')?.variables as Variable[] | undefined
  const app = variables?.find((variable) => isServedApplication(variable, variableOf, receiverOf, input.facts, isAnew))
  if (!variables || !app) return undefined

  const isFastify = input.framework.name === 'fastify'
  const waiting = new Set<Statement>()
  const uses = new Map<Statement, Set<Variable>>(program.body.map((statement) => [statement, new Set()]))
  const declared = new Map<Variable, Statement>()
  const serving = new Set<Statement>()
  const building = new Set<Statement>()
  for (const variable of variables) {
    const declaration = variable.defs[0] && statementAt(program, variable.defs[0].name)
    if (declaration && declaration.type !== 'ImportDeclaration') declared.set(variable, declaration)
    for (const { identifier, init } of variable.references) {
      const statement = statementAt(program, identifier)
      if (!statement || (init && statement === declaration)) continue
      if (variable !== app) uses.get(statement)?.add(variable)
      else if (isServed(identifier, variableOf)) serving.add(statement)
      else if (!isFastify || !isKeptByFastify(identifier)) building.add(statement)
      else if (isReady(identifier)) waiting.add(statement)
    }
  }
  const declaration = declared.get(app)
  if (!declaration) return undefined
  building.add(declaration)
  const both = [...building].find((statement) => serving.has(statement))
  if (both) return { reason: 'built-and-served', detail: placeOf(both), node: both }

  const last = Math.max(...[...building].map((statement) => program.body.indexOf(statement)))
  for (const statement of waiting) if (program.body.indexOf(statement) < last) building.add(statement)
  for (const statement of program.body.slice(0, last))
    if (readsEnvironment(statement, variableOf)) building.add(statement)
  const starting = program.body.filter(
    (statement) => !building.has(statement) && (serving.has(statement) || acts(statement)),
  )
  const needs = (seeds: Iterable<Statement>): Set<Statement> => {
    const found = new Set(seeds)
    for (const statement of found)
      for (const variable of uses.get(statement) ?? []) {
        const needed = declared.get(variable)
        if (needed) found.add(needed)
      }
    return found
  }
  // What only says what the application is made of is said where it is made.
  const needed = needs(building)
  const isTold = (statement: Statement): boolean =>
    isLog(statement) && [...needs([statement])].some((found) => found !== statement && needed.has(found))
  const ofEntry = needs(starting.filter((statement) => !isTold(statement)))
  const ofApp = needs([...building, ...starting.filter(isTold)])
  const nameOfStatement = (statement: Statement): string =>
    `\`${[...declared].find(([, found]) => found === statement)?.[0].name ?? ''}\` (${placeOf(statement)})`
  const isWithServer = (statement: Statement): boolean => [...needs([statement])].some((found) => serving.has(found))
  for (const statement of ofApp) {
    if (building.has(statement) || isLocation(statement)) continue
    const reason = isWithServer(statement)
      ? 'made-with-server'
      : ofEntry.has(statement)
        ? 'shared-declaration'
        : undefined
    if (reason) return { reason, detail: nameOfStatement(statement), node: statement }
  }
  const location = [...ofApp].flatMap((statement) => namesFile(statement, variableOf))[0]
  if (location) return { reason: 'names-file', detail: placeOf(location), node: location }

  const isInApp = (statement: Statement): boolean => ofApp.has(statement)
  const isInEntry = (statement: Statement): boolean => !ofApp.has(statement) || ofEntry.has(statement)
  const imports: { node: TSESTree.ImportDeclaration; app: TSESTree.ImportClause[]; entry: TSESTree.ImportClause[] }[] =
    []
  for (const node of program.body) {
    if (node.type !== 'ImportDeclaration') continue
    const usedBy = (isMeant: (statement: Statement) => boolean): TSESTree.ImportClause[] =>
      node.specifiers.filter((one) => {
        const [variable] = scopes.getDeclaredVariables(one) as Variable[]
        return [...uses].some(([statement, used]) => variable && used.has(variable) && isMeant(statement))
      })
    const moved = usedBy(isInApp)
    const kept = usedBy(isInEntry)
    const unused = node.specifiers.filter((one) => !moved.includes(one) && !kept.includes(one))
    imports.push({
      node,
      app: moved,
      entry: node.specifiers.filter((one) => kept.includes(one) || unused.includes(one)),
    })
    if (moved.length > 0 && moved.length < node.specifiers.length && hasCommentInside(text, node))
      return { reason: 'comment-inside', detail: '', node }
  }
  const exported = exportOf(app, program, building)
  if (typeof exported === 'object') return { reason: 're-exported', detail: app.name, node: exported }

  const chunks = chunksOf(text, program)
  const from = prologueOf(program).last
  const quote = from?.source.raw[0] ?? "'"
  const semicolon = from && endsWithSemicolon(text, from) ? ';' : ''
  const lineBreak = lineBreakOf(text)
  const exportName = exported ?? app.name
  const clause =
    exportName === 'default' ? app.name : `{ ${exportName === app.name ? app.name : `${exportName} as ${app.name}`} }`
  const importText = `import ${clause} from ${quote}${specifier}${quote}${semicolon}${lineBreak}`

  const parts = (side: 'app' | 'entry'): Part[] =>
    chunks.list.flatMap(({ statement, lead, body }): Part[] => {
      const own = imports.find(({ node }) => node === statement)
      if (!own) {
        if (!(side === 'app' ? isInApp(statement) : isInEntry(statement))) return [{ lead, body: undefined }]
        const isDeclaration = side === 'app' && statement === declaration && exported === undefined
        return [{ lead, body: isDeclaration ? `export ${body}` : body }]
      }
      const kept = own[side]
      const { raw, value } = own.node.source
      const isCopy = side === 'app' && own.entry.length > 0 && copied(value) !== value
      const withSource = (statement: string): string =>
        isCopy ? statement.replace(raw, quote + copied(value) + quote) : statement
      const isWhole = kept.length === own.node.specifiers.length && (side === 'entry' || kept.length > 0)
      if (isWhole) return [{ lead, body: withSource(body), isImport: true }]
      if (kept.length === 0) return [{ lead, body: undefined }]
      return [
        {
          lead,
          body: withSource(importWith(text, own.node, kept)) + body.slice(own.node.range[1] - own.node.range[0]),
          isImport: true,
        },
      ]
    })
  return {
    name: app.name,
    entry: chunks.header + joined(withImport(parts('entry'), importText, lineBreak), lineBreak) + chunks.tail,
    app: chunks.directives + joined(parts('app'), lineBreak).replace(/^(?:[\t ]*\r?\n)+/, ''),
    moved: imports.flatMap(({ node, app: kept }) => (kept.length > 0 ? [node] : [])),
    building: program.body.filter(isInApp),
    overtaken: program.body.slice(0, last).filter((statement) => !ofApp.has(statement) && runs(statement)),
  }
}

/** A reference to it starts the server, and it is an application of the framework. */
export function isServedApplication(
  variable: Variable,
  variableOf: (node: Node) => Variable | undefined,
  receiverOf: ReceiverOf,
  facts: PlanInput['facts'],
  isAnew: (made: Node) => boolean,
): boolean {
  const [definition, another] = variable.defs
  if (!definition || another) return false
  if (definition.type !== 'Variable' || definition.node.id.type !== 'Identifier' || !definition.node.init) return false
  const { references } = variable
  const isStarted = references.some(({ identifier }) => isServed(identifier, variableOf))
  if (isStarted && isAnew(definition.node.init)) return true
  // Another module may keep it: after an edit, what is added here would be added again, behind what is there.
  const maker = importOf(rootOf(definition.node.init, bare), variableOf)
  if (maker && facts.module(maker.specifier).kind !== 'external') return false
  return isStarted && references.some(({ identifier }) => receiverOf(identifier) !== undefined)
}

/** The statement of the module that `node` stands in. */
function statementAt({ body }: TSESTree.Program, node: Node): Statement | undefined {
  const [start] = node.range
  return body.find(({ range }) => range[0] <= start && start < range[1])
}

/** Whether a statement does something by itself, and is no declaration that waits for its uses. */
function acts(statement: Statement): boolean {
  return isExport(statement) || (runs(statement) && !/Declaration$/.test(statement.type))
}

function isExport({ type }: Statement): boolean {
  return type.startsWith('Export')
}

/** `await app.ready()`, which what comes after it may need. */
function isReady({ parent: member }: Node): boolean {
  if (member?.type !== 'MemberExpression' || memberName(member) !== 'ready') return false
  const call = member.parent.type === 'CallExpression' ? member.parent : undefined
  const statement = call?.parent.type === 'AwaitExpression' ? call.parent.parent : call?.parent
  return statement?.type === 'ExpressionStatement' && statement.parent.type === 'Program'
}

/**
 * `dotenv.config()`, `config()` of dotenv, `process.loadEnvFile()` and `process.env.TZ = 'UTC'`, under a condition or not:
 * what is read of the environment comes after it. Doing it again changes nothing.
 */
function readsEnvironment(statement: Node, variableOf: (node: Node) => Variable | undefined): boolean {
  if (statement.type === 'BlockStatement')
    return statement.body.length > 0 && statement.body.every((one) => readsEnvironment(one, variableOf))
  if (statement.type === 'IfStatement') {
    const { consequent, alternate } = statement
    return readsEnvironment(consequent, variableOf) && (!alternate || readsEnvironment(alternate, variableOf))
  }
  if (statement.type !== 'ExpressionStatement') return false
  if (statement.expression.type === 'AssignmentExpression') {
    const { left, right, operator } = statement.expression
    const value = operator === '=' && right.type === 'LogicalExpression' ? right : undefined
    const isKept = value === undefined || nameOf(value.left) === nameOf(left)
    return isKept && (value?.right ?? right).type === 'Literal' && /^process\.env\.\w+$/.test(nameOf(left))
  }
  if (statement.expression.type !== 'CallExpression') return false
  const { callee } = statement.expression
  const object = callee.type === 'MemberExpression' ? callee.object : callee
  if (importOf(object, variableOf)?.specifier === 'dotenv') return true
  return (
    callee.type === 'MemberExpression' &&
    object.type === 'Identifier' &&
    object.name === 'process' &&
    memberName(callee) === 'loadEnvFile'
  )
}

/** `console.log(…)` */
function isLog(statement: Statement): boolean {
  if (statement.type !== 'ExpressionStatement' || statement.expression.type !== 'CallExpression') return false
  return /^console\.\w+$/.test(nameOf(statement.expression.callee))
}

/** `const __dirname = path.dirname(fileURLToPath(import.meta.url))`, which means the same in a file beside this one. */
function isLocation(statement: Statement): boolean {
  if (statement.type !== 'VariableDeclaration' || statement.kind !== 'const') return false
  return statement.declarations.every(({ id }) => id.type === 'Identifier' && /^__(?:dirname|filename)$/.test(id.name))
}

/** Where code asks for the name of its own file, and not only for its directory. */
function namesFile(root: Node, variableOf: (node: Node) => Variable | undefined): Node[] {
  const found = childrenOf(root).flatMap((child) => namesFile(child, variableOf))
  return root.type === 'MetaProperty' && !isDirectory(root, variableOf) ? [...found, root] : found
}

function isDirectory(meta: Node, variableOf: (node: Node) => Variable | undefined): boolean {
  const member = meta.parent
  if (member?.type !== 'MemberExpression' || member.object !== meta) return false
  const name = memberName(member) ?? ''
  if (/^(?:dirname|env|resolve|main)$/.test(name)) return name !== 'main'
  const call = member.parent
  if (name !== 'url' || (call.type !== 'CallExpression' && call.type !== 'NewExpression')) return false
  const callee = call.callee.type === 'Identifier' ? call.callee.name : ''
  if (callee === 'URL') return call.arguments[1] === member
  if (callee === 'createRequire') return true
  return /^(?:url\.)?fileURLToPath$/.test(nameOf(call.callee)) && isDirectoryOf(call, variableOf)
}

/** `dirname(path)`, or a constant of which nothing but the directory is used. */
function isDirectoryOf(path: Node, variableOf: (node: Node) => Variable | undefined): boolean {
  const { parent } = path
  if (parent?.type === 'CallExpression') return /(?:^|\.)dirname$/.test(nameOf(parent.callee))
  if (parent?.type !== 'VariableDeclarator' || parent.id.type !== 'Identifier') return false
  const references = variableOf(parent.id)?.references ?? []
  return references.every(({ identifier, init }) => init === true || isDirectoryOf(identifier, variableOf))
}

function nameOf(node: Node): string {
  if (node.type === 'Identifier') return node.name
  return node.type === 'MemberExpression' ? `${nameOf(node.object)}.${memberName(node) ?? ''}` : ''
}

/**
 * The name that what builds the application exports it by; undefined when it does not. A statement that exports it
 * beside something else stands for that.
 */
function exportOf(
  app: Variable,
  { body }: TSESTree.Program,
  building: ReadonlySet<Statement>,
): string | Statement | undefined {
  for (const statement of body) {
    if (!building.has(statement)) continue
    if (statement.type === 'ExportDefaultDeclaration' && statement.declaration.type === 'Identifier') return 'default'
    if (statement.type !== 'ExportNamedDeclaration') continue
    if (statement.declaration) {
      if (statement.declaration.type === 'VariableDeclaration' && app.defs[0]?.parent === statement.declaration)
        return app.name
      continue
    }
    const own = statement.specifiers.find(({ local }) => local.type === 'Identifier' && local.name === app.name)
    if (!own || statement.specifiers.length > 1) return statement
    return own.exported.type === 'Identifier' ? own.exported.name : statement
  }
  return undefined
}

/** A statement, what stands above it since the one before, and itself with what else is on its last line. */
interface Chunk {
  readonly statement: Statement
  readonly lead: string
  readonly body: string
}

interface Chunks {
  /** What stands above the first statement and belongs to the file. */
  readonly header: string
  /** The comments of the header that tell tools how to read the file. */
  readonly directives: string
  readonly list: readonly Chunk[]
  readonly tail: string
}

const TOOLS = /\/\*\s*(?:eslint|oxlint|global|jshint)\b[^]*?\*\/|\/\/\s*@ts-(?:no)?check\b.*/g

export function chunksOf(text: string, { body }: TSESTree.Program): Chunks {
  const list: Chunk[] = []
  let header = ''
  let end = 0
  for (const [at, statement] of body.entries()) {
    const [start] = statement.range
    let lead = text.slice(end, start)
    if (at === 0) {
      const own =
        statement.type === 'ImportDeclaration' ? lead.length : (/^[^]*\n[\t ]*\r?\n/.exec(lead)?.[0].length ?? 0)
      header = lead.slice(0, own)
      lead = lead.slice(own)
      if (header === '\uFEFF' || lead.startsWith('\uFEFF')) {
        header = '\uFEFF'
        lead = lead.replace('\uFEFF', '')
      }
    }
    end = lineEnd(text, statement.range[1], body[at + 1]?.range[0] ?? text.length)
    list.push({ statement, lead, body: text.slice(start, end) })
  }
  const directives = (header.match(TOOLS) ?? []).map((comment) => comment + lineBreakOf(text)).join('')
  return { header, directives, list, tail: text.slice(end) }
}

/** Where the line ends that a statement ends on, line break included; its own end where something else follows on it. */
function lineEnd(text: string, end: number, next: number): number {
  const rest = /^[\t ]*;?[\t ]*(?:\/\/.*|\/\*.*?\*\/[\t ]*)?(?:\r\n|\r|\n|$)/.exec(text.slice(end, next))?.[0]
  return end + (rest?.length ?? 0)
}

export interface Part {
  readonly lead: string
  /** Undefined for what goes elsewhere. */
  readonly body: string | undefined
  readonly isImport?: true
}

/** The import of the application behind the last import that stays, or where the first one was. */
function withImport(parts: readonly Part[], importText: string, lineBreak: string): Part[] {
  const last = parts.findLastIndex(({ isImport }) => isImport)
  const own: Part = { lead: '', body: importText, isImport: true }
  const following = parts[last + 1]
  const after = parts.slice(last + 1)
  const isBlank = following && !/^[\t ]*\r?\n/.test(following.lead) && last === -1
  return [
    ...parts.slice(0, last + 1),
    own,
    ...(isBlank ? [{ ...following, lead: lineBreak + following.lead }, ...after.slice(1)] : after),
  ]
}

const BLANK = /^[\t ]*\r?\n/

/** The text of what stays, with a blank line where one stood among what went. */
export function joined(parts: readonly Part[], lineBreak: string): string {
  let text = ''
  let wasBlank = false
  for (const { lead, body } of parts) {
    wasBlank ||= BLANK.test(lead)
    if (body === undefined) continue
    const isSeparate = wasBlank && text !== '' && !BLANK.test(lead)
    const before = text === '' || text.endsWith('\n') ? '' : lineBreak
    text += before + (isSeparate ? lineBreak : '') + lead + body
    wasBlank = false
  }
  return text
}

/** The import of `kept` only. */
export function importWith(
  text: string,
  declaration: TSESTree.ImportDeclaration,
  kept: readonly TSESTree.ImportClause[],
): string {
  const slice = ({ range }: Node): string => text.slice(...range)
  const named = kept.filter(({ type }) => type === 'ImportSpecifier').map(slice)
  const others = kept.filter(({ type }) => type !== 'ImportSpecifier').map(slice)
  const clauses = [...others, ...(named.length > 0 ? [`{ ${named.join(', ')} }`] : [])].join(', ')
  const kind = declaration.importKind === 'type' ? 'type ' : ''
  return `import ${kind}${clauses} from ${text.slice(declaration.source.range[0], declaration.range[1])}`
}
