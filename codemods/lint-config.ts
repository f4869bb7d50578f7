import { createRequire } from 'node:module'
import { basename, join } from 'node:path'
import {
  parseSync,
  type CallExpression,
  type Comment,
  type Expression,
  type ParseResult,
  type Program,
  type StaticMemberExpression,
} from 'oxc-parser'
import {
  appendToList,
  endOfLineComments,
  indentBefore,
  InvalidJson,
  jsonPosition,
  parseJson,
  setJsonValue,
  skipTrivia,
  startsLine,
} from '../src/edits/json.ts'
import { applyEdits, lineBreakOf, type Edit } from '../src/edits/text.ts'
import type { FileTree } from '../src/edits/tree.ts'
import { addDevCommand, isRecord, repositoryDirectories } from '../src/project/package-manager.ts'
import type { Project } from '../src/project/project.ts'
import type { Codemod, Note } from './codemod.ts'
import { addDevDependency, findDependency, installNote } from './dev-dependencies.ts'

const { version } = createRequire(import.meta.url)('hot-codemod/package.json') as { version: string }

const importLine = "import hotCodemod from 'hot-codemod'"
const recommended = 'hotCodemod.configs.recommended'

const oxlintPlugin = { name: 'hot-codemod', specifier: 'hot-codemod' }
/** The rules of `recommended`; oxlint has no presets of plugins. A test holds that they are the same. */
export const oxlintRules: readonly string[] = [
  'hot-codemod/no-duplicate-dispose',
  'hot-codemod/no-hot-import-attribute',
  'hot-codemod/no-import-executed-once',
  'hot-codemod/no-static-boundary-import',
  'hot-codemod/no-type-import-beside-lazy',
  'hot-codemod/prefer-lazy-controller-import',
  'hot-codemod/prefer-lazy-listener-import',
  'hot-codemod/prefer-lazy-middleware-import',
  'hot-codemod/require-dispose',
  'hot-codemod/require-error-forwarding',
  'hot-codemod/valid-error-middleware-arity',
]

// In the order in which ESLint looks for them; the first that is there counts.
const eslintConfigs = ['js', 'mjs', 'cjs', 'ts', 'mts', 'cts'].map((extension) => `eslint.config.${extension}`)
const legacyConfigs = ['js', 'cjs', 'yaml', 'yml', 'json']
  .map((extension) => `.eslintrc.${extension}`)
  .concat('.eslintrc')
const oxlintConfigs = ['.oxlintrc.json', '.oxlintrc.jsonc']
const oxlintScripts = ['ts', 'mts', 'js', 'mjs'].map((extension) => `oxlint.config.${extension}`)

/** Has the project's linter keep the imports lazy. */
export const lintConfig: Codemod = {
  name: 'lint-config',
  description: 'Add the rules of hot-codemod to the ESLint and oxlint configuration',
  optIn: false,
  needsBoundaries: true,
  run(project, tree) {
    const outcomes = [addToEslint(project, tree), addToOxlint(project, tree)].filter((outcome) => outcome !== undefined)
    const notes = outcomes.flatMap((outcome) => outcome.notes)
    const changed = outcomes.filter(({ edits }) => edits > 0)
    if (outcomes.length === 0) {
      const message = `There is no ESLint or oxlint configuration in ${project.root}, so nothing will keep imports lazy. To have one, see https://eslint.org/docs/latest/use/getting-started and run again.`
      notes.push({ kind: 'info', message })
    }
    if (changed.length === 0) return { codemod: 'lint-config', summary: '', files: [], edits: 0, notes }

    const files = changed.map(({ path }) => path)
    const manifest = tree.read(project.packageJsonPath) ?? ''
    const isListed = findDependency(manifest, project.packageJsonPath, 'hot-codemod') !== undefined
    if (!isListed) {
      tree.write(
        project.packageJsonPath,
        addDevDependency(manifest, project.packageJsonPath, 'hot-codemod', `^${version}`),
      )
      notes.push(installNote(project, 'hot-codemod'))
    }
    return {
      codemod: 'lint-config',
      summary: `hot-codemod in ${files.map((path) => basename(path)).join(' and ')}`,
      files: isListed ? files : [...files, project.packageJsonPath],
      edits: changed.reduce((total, { edits }) => total + edits, isListed ? 0 : 1),
      notes,
    }
  },
}

/** What became of one configuration file. */
interface Outcome {
  readonly path: string
  readonly edits: number
  readonly notes: readonly Note[]
}

function addToEslint(project: Project, tree: FileTree): Outcome | undefined {
  for (const directory of repositoryDirectories(project.root)) {
    const file = eslintConfigs.find((name) => tree.read(join(directory, name)) !== undefined)
    if (file !== undefined) return addToFlatConfig(project, tree, join(directory, file))
    const legacy = legacyConfigs.find((name) => tree.read(join(directory, name)) !== undefined)
    if (legacy !== undefined) return legacyOutcome(project, join(directory, legacy))
    const manifestPath = join(directory, 'package.json')
    const manifest = tree.read(manifestPath)
    const line = manifest === undefined ? undefined : eslintConfigLine(manifest, manifestPath)
    if (line !== undefined) return legacyOutcome(project, manifestPath, line)
  }
  return undefined
}

function addToFlatConfig(project: Project, tree: FileTree, path: string): Outcome {
  const text = tree.read(path)!
  if (/(['"`])hot-codemod\1/.test(text)) return { path, edits: 0, notes: [] }
  const isShared = !eslintConfigs.some((name) => join(project.root, name) === path)
  if (isShared) return manual(project, path, 'It is shared with the projects beside this one, so it is left alone.')
  if (/\.c[jt]s$/.test(path)) {
    return manual(project, path, 'It is CommonJS.', "const hotCodemod = require('hot-codemod')")
  }
  // Its files would be linted for the first time, and every one would be a parsing error.
  const isTypeScript = tree.read(join(project.root, 'adonisrc.ts')) !== undefined
  if (isTypeScript && !/typescript-eslint|eslint-config|parser/.test(text)) {
    return manual(
      project,
      path,
      'It sets no TypeScript parser, so ESLint cannot read the application: set one first, with typescript-eslint.',
    )
  }
  const edits = flatConfigEdits(path, text)
  if (typeof edits === 'string') return manual(project, path, edits)
  tree.write(path, applyEdits(text, edits))
  return { path, edits: 2, notes: [] }
}

function legacyOutcome(project: Project, path: string, line?: number): Outcome {
  const migrate =
    basename(path) === 'package.json' ? 'its "eslintConfig"' : `it (\`npx @eslint/migrate-config ${basename(path)}\`)`
  const { notes } = manual(
    project,
    path,
    `It is a legacy ESLint configuration, which cannot load hot-codemod: move ${migrate} to eslint.config.js first.`,
  )
  return { path, edits: 0, notes: notes.map((note) => ({ ...note, ...(line !== undefined && { line }) })) }
}

function manual({ packageManager }: Project, path: string, reason: string, load = importLine): Outcome {
  const install = addDevCommand(packageManager, `hot-codemod@^${version}`)
  const message = `${path} needs two lines by hand. ${reason} Install the plugin with \`${install}\` and add these, the second at the end of the exported list:\n${load}\n${recommended},`
  return { path, edits: 0, notes: [{ kind: 'manual', message, path }] }
}

function eslintConfigLine(manifest: string, path: string): number | undefined {
  try {
    parseJson(manifest, path)
    return jsonPosition(manifest, ['eslintConfig'])?.line
  } catch (error) {
    if (error instanceof InvalidJson) return undefined
    throw error
  }
}

/** The edits that add the import and the configuration, or why the file is left alone. */
function flatConfigEdits(path: string, text: string): Edit[] | string {
  const { program, comments, errors } = parse(path, text)
  if (errors.length > 0) return 'It cannot be parsed.'
  if (/\bhotCodemod\b/.test(text)) return 'The name hotCodemod is taken in it.'
  const list = exportedList(program, text)
  const added = list ? memberEdits(text, list) : aroundEdits(program)
  const edits = added && [importEdit(program, comments, text), ...added]
  return edits && isLastAfter(path, applyEdits(text, edits))
    ? edits
    : 'Where its list of configurations ends could not be told.'
}

function isLastAfter(path: string, text: string): boolean {
  const { program, errors } = parse(path, text)
  const last = errors.length === 0 ? exportedList(program, text)?.last : undefined
  return last !== undefined && text.slice(last.start, last.end) === recommended
}

function parse(path: string, text: string): ParseResult {
  return parseSync(path, text, { range: true, preserveParens: false })
}

/** An array literal, or the arguments of a call. */
interface List {
  /** Offset just after its opening bracket. */
  readonly start: number
  readonly last: { readonly start: number; readonly end: number } | undefined
}

function exportedList(program: Program, text: string): List | undefined {
  for (const statement of program.body) {
    if (statement.type === 'ExportDefaultDeclaration') return listOf(statement.declaration as Expression, program, text)
  }
  return undefined
}

function listOf(node: Expression, program: Program, text: string): List | undefined {
  switch (node.type) {
    case 'TSAsExpression':
    case 'TSSatisfiesExpression':
      return listOf(node.expression, program, text)
    case 'AwaitExpression':
      return listOf(node.argument, program, text)
    case 'Identifier': {
      const value = constantOf(program, node.name)
      return value && listOf(value, program, text)
    }
    case 'ArrayExpression': {
      const last = node.elements.at(-1)
      return last === null ? undefined : { start: node.start + 1, last }
    }
    case 'CallExpression': {
      if (isFlat(node)) return listOf(node.callee.object, program, text)
      if (!takesConfigs(node, program)) return undefined
      const [first] = node.arguments
      if (node.arguments.length === 1 && first?.type === 'ArrayExpression') return listOf(first, program, text)
      const open = skipTrivia(text, (node.typeArguments ?? node.callee).end)
      return text[open] === '(' ? { start: open + 1, last: node.arguments.at(-1) } : undefined
    }
    default:
      return undefined
  }
}

/** `[…].flat()` */
function isFlat(node: CallExpression): node is CallExpression & { callee: StaticMemberExpression } {
  const { callee } = node
  if (callee.type !== 'MemberExpression' || callee.computed || node.arguments.length > 0) return false
  return callee.object.type === 'ArrayExpression' && callee.property.name === 'flat'
}

/**
 * What is exported is the first of a list: an object as it is, and what a function returns awaited and flattened, since
 * it may be a promise (ESLint takes one), a list or an object.
 */
function aroundEdits(program: Program): Edit[] | undefined {
  const exported = program.body.find((statement) => statement.type === 'ExportDefaultDeclaration')
  let node = exported?.declaration as Expression | undefined
  while (node?.type === 'TSAsExpression' || node?.type === 'TSSatisfiesExpression') node = node.expression
  const [before, after] = node ? (AROUND[node.type] ?? []) : []
  if (!node || before === undefined) return undefined
  return [
    { range: [node.start, node.start], text: before },
    { range: [node.end, node.end], text: `, ${recommended}${after}` },
  ]
}

const AROUND: Readonly<Record<string, readonly [before: string, after: string]>> = {
  ObjectExpression: ['[', ']'],
  AwaitExpression: ['[', '].flat()'],
  CallExpression: ['[await ', '].flat()'],
  ChainExpression: ['[await ', '].flat()'],
  Identifier: ['[await ', '].flat()'],
  MemberExpression: ['[await ', '].flat()'],
}

/** The value of the top-level `const name`. */
function constantOf(program: Program, name: string): Expression | undefined {
  for (const statement of program.body) {
    if (statement.type !== 'VariableDeclaration' || statement.kind !== 'const') continue
    const found = statement.declarations.find(({ id }) => id.type === 'Identifier' && id.name === name)
    if (found !== undefined) return found.init ?? undefined
  }
  return undefined
}

/** Functions that take any number of configurations and nothing else. */
const variadic: Readonly<Record<string, readonly string[]>> = {
  '@adonisjs/eslint-config': ['configApp', 'configPkg'],
  '@eslint/config-helpers': ['defineConfig'],
  'eslint/config': ['defineConfig'],
  'typescript-eslint': ['config'],
}

function takesConfigs({ callee }: CallExpression, program: Program): boolean {
  if (callee.type === 'Identifier') {
    const { source, name } = importOf(program, callee.name)
    return variadic[source]?.includes(name) ?? false
  }
  if (callee.type !== 'MemberExpression' || callee.computed || callee.object.type !== 'Identifier') return false
  const { source, name } = importOf(program, callee.object.name)
  return (
    source === 'typescript-eslint' &&
    /^(default|\*)$/.test(name) &&
    callee.property.type === 'Identifier' &&
    callee.property.name === 'config'
  )
}

/** Where the top-level name `local` is imported from, and under which name; `*` for a namespace. */
function importOf(program: Program, local: string): { source: string; name: string } {
  for (const statement of program.body) {
    if (statement.type !== 'ImportDeclaration') continue
    for (const specifier of statement.specifiers) {
      if (specifier.local.name !== local) continue
      if (specifier.type === 'ImportDefaultSpecifier') return { source: statement.source.value, name: 'default' }
      if (specifier.type === 'ImportNamespaceSpecifier') return { source: statement.source.value, name: '*' }
      const { imported } = specifier
      return { source: statement.source.value, name: imported.type === 'Identifier' ? imported.name : imported.value }
    }
  }
  return { source: '', name: '' }
}

function memberEdits(text: string, { start, last }: List): Edit[] {
  if (last === undefined) return [{ range: [start, start], text: recommended }]
  let first = last.start
  let end = last.end
  // The parentheses around the last member are not part of its node; the list's own opening bracket is before `start`.
  for (
    let open = text.lastIndexOf('(', first - 1);
    open >= start && skipTrivia(text, open + 1) === first;
    open = text.lastIndexOf('(', first - 1)
  ) {
    first = open
    end = skipTrivia(text, end) + 1
  }
  const gap = startsLine(text, first) ? lineBreakOf(text) + indentBefore(text, first) : ' '
  return appendToList(text, { end, gap }, recommended)
}

/** The import as a line after the last one, in its style, or at the top of a file without imports. */
function importEdit(program: Program, comments: readonly Comment[], text: string): Edit {
  const eol = lineBreakOf(text)
  const last = program.body.findLast((statement) => statement.type === 'ImportDeclaration')
  if (last === undefined) {
    const exported = program.body.find(({ type }) => type === 'ExportDefaultDeclaration')!
    const line = styled(text.split('"').length > text.split("'").length ? '"' : "'", text[exported.end - 1] === ';')
    const top = topOf(program, comments, text)
    return { range: [top, top], text: line + eol + eol }
  }
  // The node may end at a semicolon on the next line.
  const attribute = last.attributes.at(-1)
  const end = attribute === undefined ? last.source.end : text.indexOf('}', attribute.end) + 1
  const semicolon = /^[ \t]*;/.exec(text.slice(end))?.[0] ?? ''
  const point = endOfLineComments(text, end + semicolon.length)
  const rest = /^[ \t]*/.exec(text.slice(point))![0].length
  const line = styled(text[last.source.start]!, semicolon !== '')
  if (/^(\r?\n|$)/.test(text.slice(point + rest))) return { range: [point, point], text: eol + line }
  return { range: [point, point + rest], text: eol + line + eol }
}

function styled(quote: string, semicolon: boolean): string {
  return importLine.replaceAll("'", quote) + (semicolon ? ';' : '')
}

/** The start of the first statement, above the comments that belong to it. */
function topOf(program: Program, comments: readonly Comment[], text: string): number {
  let top = program.body[0]!.start
  for (const comment of comments.filter(({ end }) => end <= top).reverse()) {
    const isAttached = /^[ \t]*\r?\n?[ \t]*$/.test(text.slice(comment.end, top))
    const isForFile = /@ts-(no)?check|@jest|eslint-(disable|env)/.test(comment.value)
    if (!isAttached || isForFile || !startsLine(text, comment.start)) break
    top = comment.start
  }
  return top
}

function addToOxlint(project: Project, tree: FileTree): Outcome | undefined {
  const file = oxlintConfigs.find((name) => tree.read(join(project.root, name)) !== undefined)
  if (file !== undefined) return addToOxlintJson(project, tree, join(project.root, file))
  const script = oxlintScripts.find((name) => tree.read(join(project.root, name)) !== undefined)
  if (script === undefined) return undefined
  const path = join(project.root, script)
  if (/(['"`])hot-codemod\1/.test(tree.read(path)!)) return { path, edits: 0, notes: [] }
  return manualOxlint(project, path, 'Configurations in code are left alone.')
}

function addToOxlintJson(project: Project, tree: FileTree, path: string): Outcome {
  const text = tree.read(path)!
  let config: unknown
  try {
    config = parseJson(text, path, { comments: true })
  } catch (error) {
    if (!(error instanceof InvalidJson)) throw error
    return { path, edits: 0, notes: [{ kind: 'manual', message: error.message, path, line: error.line }] }
  }
  const { jsPlugins = null, rules = {} } = isRecord(config) ? config : { jsPlugins: '' }
  if (!isRecord(rules) || !(jsPlugins === null || Array.isArray(jsPlugins))) {
    return manualOxlint(project, path, '`jsPlugins` is not a list, or `rules` is not an object.')
  }
  const isListed = jsPlugins?.some((entry) => (isRecord(entry) ? entry['specifier'] : entry) === 'hot-codemod') ?? false
  if (isListed) return { path, edits: 0, notes: [] }

  const missing = oxlintRules.filter((rule) => rules[rule] === undefined)
  let result =
    jsPlugins === null
      ? applyEdits(text, setJsonValue(text, ['jsPlugins'], [oxlintPlugin], { before: 'rules' }))
      : applyEdits(text, setJsonValue(text, ['jsPlugins', jsPlugins.length], oxlintPlugin))
  for (const rule of missing) result = applyEdits(result, setJsonValue(result, ['rules', rule], 'error'))
  tree.write(path, result)
  return { path, edits: 1 + missing.length, notes: [] }
}

function manualOxlint({ packageManager }: Project, path: string, reason: string): Outcome {
  const install = addDevCommand(packageManager, `hot-codemod@^${version}`)
  const lines = `jsPlugins: [${JSON.stringify(oxlintPlugin)}],\nrules: { ${oxlintRules.map((rule) => `"${rule}": "error"`).join(', ')} },`
  const message = `${path} needs two lines by hand. ${reason} Install the plugin with \`${install}\` and add:\n${lines}`
  return { path, edits: 0, notes: [{ kind: 'manual', message, path }] }
}

export default lintConfig
