import type { TSESTree } from '@typescript-eslint/utils'
import { parseModule, type Parsed, type SyntaxProblem } from './parse.ts'
import { resolveIdentifiers } from './syntax.ts'

/** What a rewrite of a module must not change, and what it may add. */
export interface Outline {
  /** With their delimiters. */
  readonly comments: readonly string[]
  /** Names of values that no declaration of the module stands for. */
  readonly unresolved: ReadonlySet<string>
  /** Sorted; `* of ./users.js` for what is exported as a whole. */
  readonly exports: readonly string[]
  /** Of its import declarations. */
  readonly imported: ReadonlySet<string>
  readonly lazy: readonly LazyImport[]
}

/** An `import()` of a module that is named in place. */
export interface LazyImport {
  readonly specifier: string
  /** The exports that are read of it, as far as that can be seen. */
  readonly members: readonly string[]
}

/** Of each module, the texts that were asked for last: before it is rewritten, and after. */
const outlines = new Map<string, readonly { readonly text: string; readonly outline: Outline }[]>()

/** The outline of a module. It takes little, so it is kept when its tree is no longer. */
export function outlineModule(path: string, text: string): Outline | SyntaxProblem {
  const known = outlines.get(path) ?? []
  const found = known.find((one) => one.text === text)
  if (found) return found.outline
  const parsed = parseModule(path, text)
  if ('message' in parsed) return parsed
  const outline = outlineOf(parsed)
  outlines.set(path, [...known.slice(-1), { text, outline }])
  return outline
}

function outlineOf({ program, scopes, dynamicImports, comments }: Parsed): Outline {
  const variableOf = resolveIdentifiers(scopes)
  return {
    comments,
    unresolved: new Set(
      scopes.globalScope?.through
        .filter(({ isValueReference }) => isValueReference)
        .map(({ identifier }) => String(identifier.name)),
    ),
    exports: program.body.flatMap(exportsOf).sort(),
    imported: new Set(program.body.flatMap((node) => (node.type === 'ImportDeclaration' ? [node.source.value] : []))),
    lazy: dynamicImports.flatMap((node) => {
      const { source } = node
      if (source.type !== 'Literal' || typeof source.value !== 'string') return []
      return [{ specifier: source.value, members: membersOf(node, variableOf) }]
    }),
  }
}

function exportsOf(statement: TSESTree.ProgramStatement): string[] {
  switch (statement.type) {
    case 'ExportDefaultDeclaration':
      return ['default']
    case 'ExportAllDeclaration':
      return [`${statement.exported?.name ?? '*'} of ${statement.source.value}`]
    case 'ExportNamedDeclaration': {
      const { declaration, specifiers } = statement
      const declared =
        declaration?.type === 'VariableDeclaration'
          ? declaration.declarations.map(({ id }) => id)
          : [declaration && 'id' in declaration ? declaration.id : null]
      return [
        ...declared.flatMap((id) => (id?.type === 'Identifier' ? [id.name] : [])),
        ...specifiers.map(({ exported }) => (exported.type === 'Identifier' ? exported.name : exported.value)),
      ]
    }
    default:
      return []
  }
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
