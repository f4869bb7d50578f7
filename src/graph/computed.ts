import { readdirSync } from 'node:fs'
import { dirname, join, posix, relative, sep } from 'node:path'
import { parseSync } from 'oxc-parser'
import { someNode } from './exports/nodes.ts'
import { requirePackage } from '../require.ts'

const picomatch = requirePackage('picomatch') as typeof import('picomatch')

/** The imports of a module that no lexer gives: their specifier is computed, or they are none of `import`. */
export interface Computed {
  /** Specifiers of `import()`s that are computed from constants, folded. */
  readonly dynamic: readonly string[]
  /** How many `import()`s have a specifier that only a run could tell. */
  readonly unknown: number
  /** What `require('…')`, `createRequire(…)('…')` and `import x = require('…')` name. */
  readonly required: readonly string[]
  /** What `new URL('…', import.meta.url)` names: workers, templates. */
  readonly urls: readonly string[]
}

export const NOTHING_COMPUTED: Computed = { dynamic: [], unknown: 0, required: [], urls: [] }

interface AnyNode {
  readonly type?: string
  readonly [key: string]: unknown
}

/**
 * Reads the whole syntax tree: ask {@link mayCompute} first.
 *
 * @param code JavaScript, types stripped.
 * @returns nothing when the code does not parse.
 */
export function computedImports(path: string, code: string): Computed {
  const { program, errors } = parseSync(path.replace(/\.[cm]?tsx?$|\.jsx$/, '.js'), code, { sourceType: 'unambiguous' })
  if (errors.length > 0) return NOTHING_COMPUTED
  const constants = new Map<string, string>()
  const requires = new Set(['require'])
  for (const statement of program.body as unknown as AnyNode[]) collectConstants(statement, constants, requires)
  const found = { dynamic: [] as string[], unknown: 0, required: [] as string[], urls: [] as string[] }
  someNode<AnyNode>(program, (node) => {
    if (node.type === 'ImportExpression') {
      const source = node['source'] as AnyNode
      if (isLiteral(source) || isTemplate(source)) return false
      const specifier = fold(source, constants)
      if (specifier === undefined) found.unknown += 1
      else found.dynamic.push(specifier)
    }
    const [first, second] = (node['arguments'] ?? []) as AnyNode[]
    const specifier = first && fold(first, constants)
    if (specifier === undefined) return false
    if (node.type === 'CallExpression' && isRequire(node['callee'] as AnyNode, requires)) found.required.push(specifier)
    if (node.type === 'NewExpression' && isNamed(node['callee'], 'URL') && isImportMetaUrl(second))
      found.urls.push(specifier)
    return false
  })
  return found
}

/** Whether {@link computedImports} could find anything but `import()`s, whose lexer tells. Cheap. */
export function mayCompute(code: string): boolean {
  return (
    (code.includes('equire') && /\bcreateRequire\b|\brequire\s*\(/.test(code)) ||
    (code.includes('new URL(') && code.includes('import.meta'))
  )
}

function collectConstants(statement: AnyNode, constants: Map<string, string>, requires: Set<string>): void {
  const declaration = (
    statement.type === 'ExportNamedDeclaration' ? (statement['declaration'] ?? statement) : statement
  ) as AnyNode
  if (declaration.type !== 'VariableDeclaration' || declaration['kind'] === 'let') return
  for (const { id, init } of declaration['declarations'] as { id: AnyNode; init: AnyNode | null }[]) {
    if (id.type !== 'Identifier' || !init) continue
    const name = id['name'] as string
    if (init.type === 'CallExpression' && isNamed(init['callee'], 'createRequire')) requires.add(name)
    const value = declaration['kind'] === 'const' ? fold(init, constants) : undefined
    if (value !== undefined) constants.set(name, value)
  }
}

/** The string an expression stands for, when constants alone decide it. */
function fold(node: AnyNode, constants: ReadonlyMap<string, string>): string | undefined {
  if (isLiteral(node)) return node['value'] as string
  if (node.type === 'Identifier') return constants.get(node['name'] as string)
  if (node.type === 'ParenthesizedExpression') return fold(node['expression'] as AnyNode, constants)
  if (node.type === 'BinaryExpression' && node['operator'] === '+') {
    const left = fold(node['left'] as AnyNode, constants)
    const right = fold(node['right'] as AnyNode, constants)
    return left === undefined || right === undefined ? undefined : left + right
  }
  // `import.meta.resolve('./x.js')`, `new URL('./x.js', import.meta.url)` and its `href`: as if written out.
  if (node.type === 'MemberExpression') {
    return isNamed(node, 'href') ? fold(node['object'] as AnyNode, constants) : undefined
  }
  if (node.type === 'CallExpression' || node.type === 'NewExpression') {
    const [first, second] = node['arguments'] as AnyNode[]
    const isUrl = node.type === 'NewExpression' && isNamed(node['callee'], 'URL') && isImportMetaUrl(second)
    return first && (isUrl || isImportMetaResolve(node['callee'] as AnyNode)) ? fold(first, constants) : undefined
  }
  if (node.type !== 'TemplateLiteral') return undefined
  const texts = (node['quasis'] as { value: { cooked: string | null } }[]).map(({ value }) => value.cooked ?? '')
  const values = (node['expressions'] as AnyNode[]).map((expression) => fold(expression, constants))
  if (values.includes(undefined)) return undefined
  return texts.map((text, index) => text + (values[index] ?? '')).join('')
}

function isLiteral(node: AnyNode): boolean {
  return node.type === 'Literal' && typeof node['value'] === 'string'
}

/** A template is the lexer's: it gives it as a glob. */
function isTemplate(node: AnyNode): boolean {
  return node.type === 'TemplateLiteral'
}

function isNamed(node: unknown, name: string): boolean {
  const { type, name: own, property } = node as AnyNode
  return type === 'Identifier' ? own === name : type === 'MemberExpression' && (property as AnyNode)['name'] === name
}

function isRequire(callee: AnyNode, requires: ReadonlySet<string>): boolean {
  if (callee.type === 'Identifier') return requires.has(callee['name'] as string)
  return callee.type === 'CallExpression' && isNamed(callee['callee'], 'createRequire')
}

function isImportMetaResolve(node: AnyNode): boolean {
  return isNamed(node, 'resolve') && (node['object'] as AnyNode | undefined)?.type === 'MetaProperty'
}

function isImportMetaUrl(node: AnyNode | undefined): boolean {
  return (
    node?.type === 'MemberExpression' &&
    (node['object'] as AnyNode).type === 'MetaProperty' &&
    /^(?:url|dirname)$/.test(String((node['property'] as AnyNode)['name']))
  )
}

/**
 * The files that `` import(`./pages/${name}.js`) `` can load, each interpolation standing for a part of one file or
 * directory name.
 *
 * @param pattern as es-module-lexer gives it: `./pages/*.js`.
 * @returns absolute paths, sorted; a `.js` in the pattern stands for `.ts` files too.
 */
export function expandGlob(from: string, pattern: string): string[] {
  if (!/^\.{1,2}\//.test(pattern)) return []
  const directory = dirname(from).split(sep).join('/')
  const absolute = posix.join(directory, pattern)
  const fixed = absolute.slice(0, absolute.indexOf('*')).replace(/[^/]*$/, '')
  const isMatch = picomatch(escapeGlob(absolute.slice(fixed.length)).replace(/\.([cm]?)js(x?)$/, '.$1{j,t}s{,x}'))
  const depth = absolute.slice(fixed.length).split('/').length
  return filesBelow(fixed, depth).filter((path) => isMatch(relative(fixed, path).split(sep).join('/')))
}

function escapeGlob(pattern: string): string {
  return pattern.replace(/[!()+?@[\]{}]/g, '\\$&').replace(/\*+/g, '*')
}

function filesBelow(directory: string, depth: number): string[] {
  try {
    return readdirSync(directory, { withFileTypes: true })
      .filter(({ name }) => name !== 'node_modules')
      .flatMap((entry) => {
        const path = join(directory, entry.name)
        if (entry.isDirectory()) return depth > 1 ? filesBelow(path, depth - 1) : []
        return /(?<!\.d)\.(?:[cm]?[jt]sx?|json)$/.test(path) ? [path] : []
      })
      .sort()
  } catch {
    return []
  }
}
