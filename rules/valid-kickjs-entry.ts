import type { Rule } from 'eslint'
import type { TSESTree } from '@typescript-eslint/utils'
import { moduleCode, type Call, type ModuleCode, type Node } from '../src/graph/module-code.ts'
import { moduleResources } from '../src/graph/resources.ts'
import { docsUrl } from '../src/lazy/lint.ts'
import { projectOf, type LintedFile } from '../src/lazy/linted-project.ts'

const rule: Rule.RuleModule = {
  meta: {
    type: 'problem',
    docs: {
      description: 'Enforce an entry of KickJS that exports `app` and leaves it to KickJS to listen',
      recommended: false,
      url: docsUrl('valid-kickjs-entry'),
    },
    fixable: 'code',
    hasSuggestions: true,
    languages: ['js/js'],
    schema: [],
    messages: {
      export:
        '`kick dev` serves the export `app` of this module, and there is none: requests are not answered. Write `export const app = await bootstrap(…)`.',
      await:
        '`kick dev` serves the export `app` of this module, which is a promise here: requests are not answered. Write `export const app = await bootstrap(…)`.',
      listen:
        '`{{name}}` runs again with each reload, and the port is taken by then. Under `kick dev` Vite has the server, elsewhere `bootstrap()` listens: leave the call out.',
      exportApp: 'Export it as `app`.',
      awaitApp: 'Await `bootstrap()`.',
    },
  },
  create(context) {
    const { sourceCode } = context
    const { text } = sourceCode
    if (!/\bbootstrap\s*[(<]|\.\s*listen\s*\(/.test(text)) return {}
    const program = sourceCode.ast as unknown as TSESTree.Program
    const file = projectOf(context.physicalFilename, program)
    if (file?.framework.name !== 'kickjs' || !file.server.isInServer(file.path)) return {}
    const code = moduleCode(program)
    const report = (node: Node, descriptor: ReportOf): void =>
      context.report({
        loc: { start: sourceCode.getLocFromIndex(node.range[0]), end: sourceCode.getLocFromIndex(node.range[1]) },
        ...descriptor,
      })
    for (const { node, name } of moduleResources(program)) {
      if (name.endsWith('.listen')) report(node, { messageId: 'listen', data: { name } })
    }
    if (!servesExport(file)) return {}
    const [first, another] = code.calls.filter((call) => isBootstrap(call, code) && runsAtLoad(call, code))
    if (!first || another) return {}
    const exported = exportedApp(program, text)
    if (exported === undefined) report(first, exportOf(first, code, text))
    else if (exported === first) {
      report(first, { messageId: 'await', suggest: [{ messageId: 'awaitApp', fix: before(first, 'await ') }] })
    }
    return {}
  },
}

interface ReportOf {
  readonly messageId: string
  readonly data?: Record<string, string>
  readonly fix?: Rule.ReportFixer
  readonly suggest?: Rule.SuggestionReportDescriptor[]
}

function isBootstrap(call: Call, code: ModuleCode): boolean {
  const origin = code.originOf(call)
  return origin?.module === '@forinda/kickjs' && origin.path === 'bootstrap()'
}

function runsAtLoad(call: Call, code: ModuleCode): boolean {
  const owner = code.ownerOf(call)
  return owner === undefined || code.runsAtLoad(owner)
}

/** Whether `kick dev` takes the export `app` of this module: 1.x, of other packages, did not. */
function servesExport({ project, path }: LintedFile): boolean {
  const { dependencies, devDependencies } = project.packageJson
  const isServed = { ...devDependencies, ...dependencies }['@forinda/kickjs'] !== undefined
  return isServed && (project.runtime.entry ?? path) === path
}

/** The value that the module exports as `app`; `unknown` where no declaration says so, undefined without such an export. */
function exportedApp({ body }: TSESTree.Program, text: string): Node | 'unknown' | undefined {
  for (const statement of body) {
    if (statement.type === 'ExportAllDeclaration' && statement.exportKind !== 'type') return 'unknown'
    if (statement.type !== 'ExportNamedDeclaration') continue
    const { declaration, specifiers } = statement
    if (specifiers.some(({ exported }) => text.slice(...exported.range) === 'app')) return 'unknown'
    if (declaration?.type !== 'VariableDeclaration') continue
    const found = declaration.declarations.find(({ id }) => /\bapp\b/.test(text.slice(...id.range)))
    if (found) return found.id.type === 'Identifier' && found.init ? found.init : 'unknown'
  }
  return undefined
}

/** The report of a call whose result is not exported. To export what is awaited already changes nothing else. */
function exportOf(call: Call, code: ModuleCode, text: string): ReportOf {
  const messageId = 'export'
  const around = code.parentOf(call)
  const value = around?.type === 'AwaitExpression' ? around : call
  const holder = code.parentOf(value)
  const statement = holder?.type === 'VariableDeclarator' ? code.parentOf(holder) : holder
  if (!holder || !statement || code.parentOf(statement)?.type !== 'Program') return { messageId }
  const isDeclared = holder.type === 'VariableDeclarator' && holder.id.type === 'Identifier' && holder.id.name === 'app'
  const isAlone = holder.type === 'ExpressionStatement' && !/\bapp\b/.test(text)
  if (!isDeclared && !isAlone) return { messageId }
  const exporting = isDeclared ? 'export ' : 'export const app = '
  if (value !== call) return { messageId, fix: before(statement, exporting) }
  const fix: Rule.ReportFixer = (fixer) => [
    fixer.insertTextBeforeRange([...statement.range], exporting),
    fixer.insertTextBeforeRange([...call.range], 'await '),
  ]
  return { messageId, suggest: [{ messageId: 'exportApp', fix }] }
}

function before(node: Node, text: string): Rule.ReportFixer {
  return (fixer) => fixer.insertTextBeforeRange([...node.range], text)
}

export default rule
