import { readdirSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { parseSync } from 'oxc-parser'
import { positionAt } from '../edits/text.ts'

/** One `register(autoload, { dir, … })`, with the options that decide which files are loaded. */
export interface Autoload {
  /** Absolute. */
  readonly dir: string
  /** 1-based line of the call. */
  readonly line: number
  readonly scriptPattern: RegExp
  readonly indexPattern: RegExp
  readonly autoHooksPattern: RegExp
  readonly autoHooks: boolean
  readonly maxDepth: number
  readonly ignorePattern: RegExp | undefined
  /** Part of the path below `dir`, which begins with `/`, or a pattern for it. */
  readonly ignoreFilter: RegExp | string | undefined
  readonly matchFilter: RegExp | string | undefined
}

/** @fastify/autoload 6.5.0, `index.js`. */
const DEFAULTS = {
  scriptPattern: /(?:(?:^.?|\.[^d]|[^.]d|[^.][^d])\.ts|\.js|\.cjs|\.mjs|\.cts|\.mts)$/iu,
  indexPattern: /^index(?:\.ts|\.js|\.cjs|\.mjs|\.cts|\.mts)$/iu,
  autoHooksPattern: /^[_.]?auto_?hooks(?:\.ts|\.js|\.cjs|\.mjs|\.cts|\.mts)$/iu,
}

/**
 * The files that a registration loads, in the order of their names (@fastify/autoload 6.5.0, `lib/find-plugins.js`):
 * every script below `dir`, or the index alone of a directory that has one, with its subdirectories. Tests are
 * scripts too, unless an option leaves them out.
 *
 * @returns absolute paths.
 */
export function autoloadedFiles(autoload: Autoload, directory = autoload.dir, depth = 0): string[] {
  const { scriptPattern, indexPattern, autoHooksPattern, ignorePattern, maxDepth } = autoload
  const entries = readdirSync(directory, { withFileTypes: true }).sort((one, other) => (one.name < other.name ? -1 : 1))
  const hooks = autoload.autoHooks ? entries.find(({ name }) => autoHooksPattern.test(name)) : undefined
  const index = entries.find(({ name }) => indexPattern.test(name))
  const files = hooks === undefined ? [] : [join(directory, hooks.name)]
  if (index !== undefined && isLoaded(autoload, join(directory, index.name))) files.push(join(directory, index.name))
  for (const entry of entries) {
    const path = join(directory, entry.name)
    if (ignorePattern?.test(relative(autoload.dir, path).split(sep).join('/'))) continue
    if (entry.isDirectory()) {
      if (depth < maxDepth) files.push(...autoloadedFiles(autoload, path, depth + 1))
    } else if (index === undefined && entry.isFile() && scriptPattern.test(entry.name)) {
      if (!autoHooksPattern.test(entry.name) && isLoaded(autoload, path)) files.push(path)
    }
  }
  return files
}

function isLoaded({ dir, matchFilter, ignoreFilter }: Autoload, path: string): boolean {
  const name = `/${relative(dir, path).split(sep).join('/')}`
  const matches = (filter: RegExp | string): boolean =>
    typeof filter === 'string' ? name.includes(filter) : filter.test(name)
  return (matchFilter === undefined || matches(matchFilter)) && (ignoreFilter === undefined || !matches(ignoreFilter))
}

const FILE = 'file://'

type Node = Readonly<Record<string, unknown>> & { readonly type: string; readonly start: number }

const PACKAGES = new Set(['@fastify/autoload', 'fastify-autoload'])

/**
 * The registrations of @fastify/autoload in a module whose `dir` can be told from the text: joins of `__dirname`,
 * `import.meta.dirname`, `import.meta.url` or `process.cwd()` and literals, through constants. Filters that are
 * functions are taken for none.
 *
 * @param path absolute, of the module.
 * @param root absolute: relative directories begin there, as the server is started there.
 */
export function autoloadsIn(path: string, text: string, root: string): Autoload[] {
  const nodes = nodesIn(parseSync(path, text, { sourceType: 'unambiguous', astType: 'ts' }).program)
  const constants = constantsIn(nodes)
  const names = namesIn(nodes)
  return nodes.flatMap((node) => {
    const [plugin, options] = registrationOf(node)
    if (plugin === undefined || !isAutoload(plugin, names)) return []
    const properties = propertiesOf(options, constants)
    const dir = pathOf(properties.get('dir'), { path, root, constants })
    if (dir === undefined) return []
    const pattern = (name: keyof typeof DEFAULTS): RegExp => regExpOf(properties.get(name)) ?? DEFAULTS[name]
    const filter = (name: string): RegExp | string | undefined =>
      regExpOf(properties.get(name)) ?? stringOf(properties.get(name))
    const ignore = filter('ignorePattern')
    const depth = properties.get('maxDepth')?.['value']
    return [
      {
        dir: resolve(root, dir.replace(/^file:\/\//, '')),
        line: positionAt(text, node.start).line,
        scriptPattern: pattern('scriptPattern'),
        indexPattern: pattern('indexPattern'),
        autoHooksPattern: pattern('autoHooksPattern'),
        autoHooks: properties.get('autoHooks')?.['value'] === true,
        maxDepth: typeof depth === 'number' ? depth : Infinity,
        ignorePattern: typeof ignore === 'string' ? regExp(ignore, '') : ignore,
        ignoreFilter: filter('ignoreFilter'),
        matchFilter: filter('matchFilter'),
      },
    ]
  })
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string'
}

/** Every node, in textual order. */
function nodesIn(program: unknown): Node[] {
  const nodes: Node[] = []
  const pending: unknown[] = [program]
  while (pending.length > 0) {
    const value = pending.pop()
    if (isNode(value)) nodes.push(value)
    if (typeof value === 'object' && value !== null) pending.push(...Object.values(value))
  }
  return nodes.sort((one, other) => one.start - other.start)
}

/** What `const` names stand for; of a name that is declared more than once, the first. */
function constantsIn(nodes: readonly Node[]): Map<string, Node> {
  const constants = new Map<string, Node>()
  for (const { type, id, init } of nodes) {
    if (type !== 'VariableDeclarator' || !isNode(id) || id.type !== 'Identifier' || !isNode(init)) continue
    const name = String(id['name'])
    if (!constants.has(name)) constants.set(name, init)
  }
  return constants
}

/** The names under which a module has the plugin. */
function namesIn(nodes: readonly Node[]): Set<string> {
  return new Set(
    nodes.flatMap((node) => {
      if (node.type === 'ImportDeclaration' && isPackage(node['source'])) {
        return listOf(node['specifiers']).map(({ local }) => nameOf(local))
      }
      if (node.type !== 'VariableDeclarator' || !isRequire(unwrap(node['init']))) return []
      const id = node['id']
      if (!isNode(id)) return []
      return id.type === 'ObjectPattern' ? listOf(id['properties']).map(({ value }) => nameOf(value)) : [nameOf(id)]
    }),
  )
}

function listOf(value: unknown): Node[] {
  return Array.isArray(value) ? value.filter(isNode) : []
}

function nameOf(value: unknown): string {
  return isNode(value) && value.type === 'Identifier' ? String(value['name']) : ''
}

function isPackage(value: unknown): boolean {
  return PACKAGES.has(stringOf(value) ?? '')
}

/** `require('…')` or `import('…')` of the plugin. */
function isRequire(node: Node | undefined): boolean {
  if (node?.type === 'ImportExpression') return isPackage(node['source'])
  return (
    node?.type === 'CallExpression' && nameOf(node['callee']) === 'require' && isPackage(listOf(node['arguments'])[0])
  )
}

/** Without what does not change the value: `await`, `as`, parentheses, and `.default` of a module. */
function unwrap(value: unknown): Node | undefined {
  if (!isNode(value)) return undefined
  const wrappers = ['AwaitExpression', 'TSAsExpression', 'TSSatisfiesExpression', 'TSNonNullExpression']
  if (wrappers.includes(value.type)) return unwrap(value['argument'] ?? value['expression'])
  if (value.type === 'ParenthesizedExpression') return unwrap(value['expression'])
  if (value.type === 'MemberExpression' && /^(?:default|fastifyAutoload)$/.test(nameOf(value['property']))) {
    return unwrap(value['object'])
  }
  return value
}

/** The arguments of `<instance>.register(plugin, options)`. */
function registrationOf(node: Node): readonly (Node | undefined)[] {
  const callee = node['callee']
  if (node.type !== 'CallExpression' || !isNode(callee) || callee.type !== 'MemberExpression') return []
  if (nameOf(callee['property']) !== 'register') return []
  const [plugin, options] = listOf(node['arguments'])
  return [unwrap(plugin), unwrap(options)]
}

function isAutoload(plugin: Node, names: ReadonlySet<string>): boolean {
  return isRequire(plugin) || (plugin.type === 'Identifier' && names.has(nameOf(plugin)))
}

/** The properties of an object, through constants, spreads and `Object.assign`; later ones win. */
function propertiesOf(options: Node | undefined, constants: ReadonlyMap<string, Node>, depth = 0): Map<string, Node> {
  if (options === undefined || depth > 8) return new Map()
  if (options.type === 'Identifier') return propertiesOf(unwrap(constants.get(nameOf(options))), constants, depth + 1)
  if (options.type === 'CallExpression') {
    return new Map(
      listOf(options['arguments']).flatMap((value) => [...propertiesOf(unwrap(value), constants, depth + 1)]),
    )
  }
  return new Map(
    listOf(options['properties']).flatMap((property): (readonly [string, Node])[] => {
      if (property.type === 'SpreadElement')
        return [...propertiesOf(unwrap(property['argument']), constants, depth + 1)]
      const key = stringOf(property['key']) ?? nameOf(property['key'])
      const value = unwrap(property['value'])
      return value === undefined || property['computed'] === true ? [] : [[key, value]]
    }),
  )
}

function stringOf(value: unknown): string | undefined {
  return isNode(value) && value.type === 'Literal' && typeof value['value'] === 'string' ? value['value'] : undefined
}

function regExpOf(node: Node | undefined): RegExp | undefined {
  const literal = node?.['regex'] as { pattern: string; flags: string } | undefined
  // A pattern with `g` would remember where it matched last.
  return literal && regExp(literal.pattern, literal.flags.replace(/[gy]/g, ''))
}

function regExp(pattern: string, flags: string): RegExp | undefined {
  try {
    return new RegExp(pattern, flags)
  } catch {
    return undefined
  }
}

interface Scope {
  readonly path: string
  readonly root: string
  readonly constants: ReadonlyMap<string, Node>
}

/** The path, or `file://` and a path, that an expression is; undefined when the text does not tell. */
function pathOf(value: unknown, scope: Scope, depth = 0): string | undefined {
  const node = unwrap(value)
  if (node === undefined || depth > 16) return undefined
  const inner = (other: unknown): string | undefined => pathOf(other, scope, depth + 1)
  switch (node.type) {
    case 'Literal':
      return stringOf(node)
    case 'Identifier': {
      const name = nameOf(node)
      const constant = scope.constants.get(name)
      if (constant !== undefined) return inner(constant)
      return name === '__dirname' ? dirname(scope.path) : name === '__filename' ? scope.path : undefined
    }
    case 'TemplateLiteral': {
      const parts = listOf(node['expressions']).map(inner)
      if (parts.includes(undefined)) return undefined
      const texts = listOf(node['quasis']).map((quasi) => (quasi['value'] as { cooked?: string }).cooked ?? '')
      return texts.map((text, index) => text + (parts[index] ?? '')).join('')
    }
    case 'BinaryExpression': {
      const [left, right] = [inner(node['left']), inner(node['right'])]
      return node['operator'] === '+' && left !== undefined && right !== undefined ? left + right : undefined
    }
    case 'MemberExpression': {
      const object = unwrap(node['object'])
      const name = nameOf(node['property'])
      if (object?.type === 'NewExpression') {
        return name === 'href' ? inner(object) : name === 'pathname' ? inner(object)?.slice(FILE.length) : undefined
      }
      if (object?.type !== 'MetaProperty') return undefined
      return { dirname: dirname(scope.path), filename: scope.path, url: FILE + scope.path }[name]
    }
    case 'NewExpression': {
      const [to, base] = listOf(node['arguments']).map(inner)
      if (nameOf(node['callee']) !== 'URL' || to === undefined || !base?.startsWith(FILE)) return undefined
      return FILE + resolve(dirname(base.slice(FILE.length)), to)
    }
    case 'CallExpression':
      return callOf(node, scope, inner)
    default:
      return undefined
  }
}

/** Calls of `node:path`, `node:url`, `process.cwd` and desm, by their names. */
function callOf(node: Node, { root }: Scope, inner: (value: unknown) => string | undefined): string | undefined {
  const callee = node['callee']
  const name = isNode(callee) && callee.type === 'MemberExpression' ? nameOf(callee['property']) : nameOf(callee)
  const values = listOf(node['arguments']).map(inner)
  if (name === 'cwd') return root
  const [first, ...rest] = values
  if (first === undefined || rest.includes(undefined)) return undefined
  const parts = rest as string[]
  const plain = first.replace(/^file:\/\//, '')
  if (name === 'fileURLToPath') return plain
  if (name === 'dirname') return dirname(plain)
  // desm joins to the directory of a module's URL.
  const base = plain === first ? plain : dirname(plain)
  if (name === 'join') return join(base, ...parts)
  return name === 'resolve' ? resolve(root, base, ...parts) : undefined
}
