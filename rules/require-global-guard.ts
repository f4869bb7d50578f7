import type { Rule, SourceCode } from 'eslint'
import type { TSESTree } from '@typescript-eslint/utils'
import { moduleCode, type Call, type ModuleCode, type Node } from '../src/graph/module-code.ts'
import { CONSEQUENCES, mayMakeResources, moduleResources, type Resource } from '../src/graph/resources.ts'
import { docsUrl } from '../src/lazy/lint.ts'
import { projectOf, type LintedFile } from '../src/lazy/linted-project.ts'

const rule: Rule.RuleModule = {
  meta: {
    type: 'problem',
    docs: {
      description: 'Require a guard on `globalThis` for what KickJS modules make while they are loaded',
      recommended: false,
      url: docsUrl('require-global-guard'),
    },
    hasSuggestions: true,
    languages: ['js/js'],
    schema: [],
    messages: {
      missing:
        'Each reload of this module by KickJS runs `{{name}}` again, and {{consequence}}. Keep it on `globalThis`, or make it in an adapter that undoes it in `shutdown()`.',
      model:
        'Each reload of this module by KickJS runs `{{name}}` again, and {{consequence}}. Ask `mongoose.models` for it first.',
      keep: 'Keep it on `globalThis`.',
      ask: 'Ask `mongoose.models` first.',
    },
  },
  create(context) {
    const { sourceCode } = context
    if (!mayMakeResources(sourceCode.text)) return {}
    const program = sourceCode.ast as unknown as TSESTree.Program
    const file = projectOf(context.physicalFilename, program)
    if (file?.framework.name !== 'kickjs' || !isOfServer(file, sourceCode.text)) return {}
    const code = moduleCode(program)
    for (const resource of moduleResources(program, { timeouts: true })) {
      // A server that listens is what `valid-kickjs-entry` is about.
      if (resource.name.endsWith('.listen')) continue
      const { node, kind, name } = resource
      const isModel = kind === 'model'
      const fix = isModel ? askOf(node, code, sourceCode) : keepOf(resource, code, sourceCode, file.path)
      context.report({
        loc: {
          start: sourceCode.getLocFromIndex(node.range[0]),
          end: sourceCode.getLocFromIndex(node.range[1]),
        },
        messageId: isModel ? 'model' : 'missing',
        data: { name, consequence: CONSEQUENCES[kind] },
        suggest: fix ? [{ messageId: isModel ? 'ask' : 'keep', fix }] : [],
      })
    }
    return {}
  },
}

/** Whether the server may load the module: what it does not import, and what ends the process, is a script. */
function isOfServer({ server, path }: LintedFile, text: string): boolean {
  const isScript = /\bprocess\s*\.\s*exit\s*\(/.test(text) && !server.reload().files.has(path)
  return server.isInServer(path) && !isScript
}

/** `mongoose.models.User ?? mongoose.model('User', schema)`. */
function askOf(node: Call, code: ModuleCode, { text }: SourceCode): Rule.ReportFixer | undefined {
  const [name] = node.arguments
  const { callee } = node
  if (name?.type !== 'Literal' || typeof name.value !== 'string' || !/^[A-Za-z_$][\w$]*$/.test(name.value)) return
  if (callee.type !== 'MemberExpression' || callee.object.type !== 'Identifier' || !isWhole(node, code)) return
  const models = `${text.slice(...callee.object.range)}.models.${name.value}`
  return (fixer) => fixer.insertTextBeforeRange([...node.range], `${models} ?? `)
}

/** Whether the call is all that its place takes, so that an operator may stand before it. */
function isWhole(node: Node, code: ModuleCode): boolean {
  const parent = code.parentOf(node)
  return parent?.type === 'VariableDeclarator' || parent?.type === 'ExportDefaultDeclaration'
}

/** Keeps a timer on `globalThis` and clears the one of before, or makes a pool once. */
function keepOf(
  { node, kind, name }: Resource,
  code: ModuleCode,
  { text }: SourceCode,
  path: string,
): Rule.ReportFixer | undefined {
  const parent = code.parentOf(node)
  const declared = parent?.type === 'VariableDeclarator' && parent.id.type === 'Identifier' ? parent.id.name : undefined
  const statement = statementOf(node, code)
  if (!statement || (parent?.type !== 'ExpressionStatement' && declared === undefined)) return undefined
  const isTypeScript = /\.[cm]?tsx?$/.test(path)
  const semicolon = text[statement.range[1] - 1] === ';' ? ';' : ''
  const newline = text.includes('\r\n') ? '\r\n' : '\n'
  const isTimer = kind === 'timer'
  const type = isTimer ? 'NodeJS.Timeout' : kind === 'pool' ? typeOf(node, text) : undefined
  if (type === undefined || (!isTimer && declared === undefined)) return undefined
  const [callback] = node.arguments
  const key = isTimer ? `__${declared ?? (callback?.type === 'Identifier' ? callback.name : 'timer')}` : declared
  const holder = isTypeScript ? ['g', 'kept', 'shared'].find((free) => !isWord(free, text)) : 'globalThis'
  if (holder === undefined) return undefined
  const lines = [
    ...(isTypeScript ? [`const ${holder} = globalThis as { ${key}?: ${type} }`] : []),
    ...(isTimer ? [`${name.replace('set', 'clear')}(${holder}.${key})`] : []),
  ]
  const before = lines.map((line) => line + semicolon + newline).join('')
  const kept = `${holder}.${key} ${isTimer ? '=' : '??='} `
  return (fixer) => [
    fixer.insertTextBeforeRange([...statement.range], before),
    fixer.insertTextBeforeRange([...node.range], declared === undefined ? kept : `(${kept}`),
    ...(declared === undefined ? [] : [fixer.insertTextAfterRange([...node.range], ')')]),
  ]
}

/** The statement of the module that is nothing but this call, or declares its result and nothing else. */
function statementOf(node: Call, code: ModuleCode): Node | undefined {
  const parent = code.parentOf(node)
  const statement = parent?.type === 'VariableDeclarator' ? code.parentOf(parent) : parent
  if (statement?.type === 'VariableDeclaration' && statement.declarations.length > 1) return undefined
  const around = statement && code.parentOf(statement)
  if (around?.type === 'Program') return statement
  return around?.type === 'ExportNamedDeclaration' ? around : undefined
}

function typeOf({ type, callee, typeArguments }: Call, text: string): string | undefined {
  const written = text.slice(...callee.range)
  if (typeArguments || !/^[\w$.]+$/.test(written)) return undefined
  return type === 'NewExpression' ? written : `ReturnType<typeof ${written}>`
}

function isWord(name: string, text: string): boolean {
  return new RegExp(`\\b${name}\\b`).test(text)
}

export default rule
