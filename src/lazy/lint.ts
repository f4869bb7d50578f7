import type { Rule, SourceCode } from 'eslint'
import type { ScopeManager } from '@typescript-eslint/scope-manager'
import type { TSESTree } from '@typescript-eslint/utils'
import { basename } from 'node:path'
import type { Role } from '../frameworks/framework.ts'
import type { Candidate } from './candidate.ts'
import { projectOf, type LintedFile } from './linted-project.ts'
import { plan } from './plan.ts'
import { explainReason } from './reasons.ts'

export const REPOSITORY = 'https://github.com/hot-codemod/hot-codemod'
export const DOCS = `${REPOSITORY}/blob/main/docs`

/** The page of a rule. */
export function docsUrl(rule: string): string {
  return `${DOCS}/rules/${rule}.md`
}

export interface LazyImportRuleOptions {
  readonly name: string
  readonly description: string
  readonly roles: readonly Role[]
}

/**
 * A rule that reports the planner's candidates of the given roles: one report for each import declaration, fixed when
 * every use is proven, with a suggestion when it is right under a condition only.
 */
export function createLazyImportRule({ name, description, roles }: LazyImportRuleOptions): Rule.RuleModule {
  return {
    meta: {
      type: 'suggestion',
      docs: { description, recommended: true, url: docsUrl(name) },
      fixable: 'code',
      hasSuggestions: true,
      languages: ['js/js'],
      schema: [],
      messages: {
        static: '{{names}} {{are}} imported statically, so every edit of {{target}} restarts the server. {{reason}}',
        unproven: '{{names}} {{are}} imported statically. {{reason}}',
        lazyOnly: '{{names}} {{are}} imported statically where AdonisJS takes a lazy import only. {{reason}}',
        importLazily: 'Import {{names}} lazily.',
        removeImport: 'Remove the import of {{names}}.',
      },
    },
    create(context) {
      const { sourceCode } = context
      // No visitors: the first one of all makes ESLint walk the tree, which takes longer than all that is done here.
      for (const candidate of planSource(sourceCode, context.physicalFilename)) {
        if (candidate.verdict === 'done' || candidate.about !== 'handler' || !candidate.role) continue
        if (!roles.includes(candidate.role)) continue
        const { framework } = projectOf(context.physicalFilename, sourceCode.ast) ?? {}
        const lazyOnly = candidate.role === 'error-handler' && framework?.name === 'adonisjs'
        context.report(describe(candidate, sourceCode, lazyOnly ? 'lazyOnly' : undefined))
      }
      return {}
    },
  }
}

/** The report of a candidate, with its fix or suggestion. @param messageId default: what fits the candidate. */
export function describe(
  candidate: Candidate,
  sourceCode: SourceCode,
  messageId: string | undefined = messageIdOf(candidate),
): Rule.ReportDescriptor {
  const { names, reason, detail, range, edits, verdict } = candidate
  const data = {
    names: names.length > 0 ? names.map((name) => `\`${name}\``).join(', ') : `\`${candidate.specifier}\``,
    are: names.length > 1 ? 'are' : 'is',
    target: candidate.targets.map((path) => `\`${basename(path)}\``).join(', '),
    reason: explainReason(reason, detail),
  }
  const fix: Rule.ReportFixer = (fixer) => edits.map((edit) => fixer.replaceTextRange([...edit.range], edit.text))
  return {
    loc: { start: sourceCode.getLocFromIndex(range[0]), end: sourceCode.getLocFromIndex(range[1]) },
    messageId,
    data,
    ...(verdict === 'fix' ? { fix } : {}),
    ...(verdict === 'suggest' && edits.length > 0
      ? { suggest: [{ messageId: reason === 'unused' ? 'removeImport' : 'importLazily', data, fix }] }
      : {}),
  }
}

function messageIdOf({ reason, targets }: Candidate): string {
  // A loader may drop an unused import, and an edit of a module that does not exist restarts nothing.
  return reason === 'unused' || targets.length === 0 ? 'unproven' : 'static'
}

const planned = new WeakMap<object, readonly Candidate[]>()

/**
 * The settled plan of the file being linted, without some of what is done already; computed once for all rules.
 */
export function planSource(sourceCode: SourceCode, filename: string): readonly Candidate[] {
  if (!mayImport(sourceCode.text)) return []
  const { ast } = sourceCode
  let candidates = planned.get(ast)
  if (!candidates) {
    const file = projectOf(filename, ast)
    planned.set(ast, (candidates = file ? computePlan(sourceCode, file) : []))
  }
  return candidates
}

function computePlan(sourceCode: SourceCode, { analysis, framework, path }: LintedFile): readonly Candidate[] {
  const { text } = sourceCode
  const program = sourceCode.ast as unknown as TSESTree.Program
  if (!analysis.mayPlan(path, text, program)) return []
  const candidates = plan({
    text,
    program,
    scopes: sourceCode.scopeManager as unknown as ScopeManager,
    dynamicImports: /\bimport\s*(?:\(|\.\s*(?:defer|source)\b|\/[*/])/.test(text)
      ? dynamicImportsIn(program, sourceCode)
      : [],
    framework,
    facts: analysis.facts(path),
  })
  return analysis.settle(path, candidates)
}

/** Whether a module may import or re-export anything: a cheap question before looking at its tree. */
export function mayImport(text: string): boolean {
  return text.includes('import') || /\bfrom\b/.test(text)
}

/** Every `import('…')` of the module, in textual order. */
function dynamicImportsIn(
  program: TSESTree.Program,
  { visitorKeys }: SourceCode,
): readonly TSESTree.ImportExpression[] {
  const found: TSESTree.ImportExpression[] = []
  const visit = (node: TSESTree.Node): void => {
    if (node.type === 'ImportExpression') found.push(node)
    for (const key of visitorKeys[node.type] ?? []) {
      const child = (node as unknown as Record<string, unknown>)[key] as TSESTree.Node | (TSESTree.Node | null)[] | null
      if (!child) continue
      if (Array.isArray(child)) {
        for (const item of child) if (item) visit(item)
      } else visit(child)
    }
  }
  visit(program)
  return found
}
