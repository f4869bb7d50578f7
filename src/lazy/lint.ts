import type { Rule, SourceCode } from 'eslint'
import type { ScopeManager } from '@typescript-eslint/scope-manager'
import type { TSESTree } from '@typescript-eslint/utils'
import { basename } from 'node:path'
import type { Role } from '../frameworks/framework.ts'
import type { Candidate } from './candidate.ts'
import { projectOf } from './linted-project.ts'
import { plan } from './plan.ts'
import { explainReason } from './reasons.ts'

export { projectOf } from './linted-project.ts'

const DOCS = 'https://github.com/hot-codemod/hot-codemod/blob/main/docs/rules'

/** The page of a rule. */
export function docsUrl(rule: string): string {
  return `${DOCS}/${rule}.md`
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
      const dynamicImports: TSESTree.ImportExpression[] = []
      return {
        ImportExpression(node) {
          dynamicImports.push(node as unknown as TSESTree.ImportExpression)
        },
        'Program:exit'() {
          for (const candidate of planSource(sourceCode, context.physicalFilename, dynamicImports)) {
            if (candidate.verdict === 'done' || candidate.about !== 'handler' || !candidate.role) continue
            if (roles.includes(candidate.role)) context.report(describe(candidate, sourceCode))
          }
        },
      }
    },
  }
}

/** The report of a candidate, with its fix or suggestion. @param messageId default: what fits the candidate. */
export function describe(
  candidate: Candidate,
  sourceCode: SourceCode,
  messageId: string = messageIdOf(candidate),
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

function messageIdOf({ reason, role, targets }: Candidate): string {
  if (role === 'error-handler') return 'lazyOnly'
  // A loader may drop an unused import, and an edit of a module that does not exist restarts nothing.
  return reason === 'unused' || targets.length === 0 ? 'unproven' : 'static'
}

/** Whether a statement imports or exports types only, by its own words. */
export function isOfTypes(
  statement: TSESTree.ImportDeclaration | TSESTree.ExportNamedDeclaration | TSESTree.ExportAllDeclaration,
): boolean {
  return statement.type === 'ImportDeclaration' ? statement.importKind === 'type' : statement.exportKind === 'type'
}

const planned = new WeakMap<object, readonly Candidate[]>()

/** The settled plan of the file being linted; computed once for all rules. */
export function planSource(
  sourceCode: SourceCode,
  filename: string,
  dynamicImports: readonly TSESTree.ImportExpression[],
): readonly Candidate[] {
  const known = planned.get(sourceCode.ast)
  if (known) return known
  const project = projectOf(filename)
  const candidates = project
    ? project.analysis.settle(
        project.path,
        plan({
          text: sourceCode.text,
          program: sourceCode.ast as unknown as TSESTree.Program,
          scopes: sourceCode.scopeManager as unknown as ScopeManager,
          dynamicImports,
          framework: project.framework,
          facts: project.analysis.facts(project.path),
        }),
      )
    : []
  planned.set(sourceCode.ast, candidates)
  return candidates
}
