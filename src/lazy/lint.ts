import type { Rule, SourceCode } from 'eslint'
import type { ScopeManager } from '@typescript-eslint/scope-manager'
import type { TSESTree } from '@typescript-eslint/utils'
import { existsSync, realpathSync, statSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import { frameworks } from '../frameworks/index.ts'
import type { Role } from '../frameworks/framework.ts'
import { openProject } from '../project/open.ts'
import type { Analysis } from './analysis.ts'
import type { Candidate } from './candidate.ts'
import { plan } from './plan.ts'
import { analyseProject } from './project-plan.ts'
import { explainReason } from './reasons.ts'

const DOCS = 'https://github.com/hot-codemod/hot-codemod/blob/main/docs/rules'

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
      docs: { description, recommended: true, url: `${DOCS}/${name}.md` },
      fixable: 'code',
      hasSuggestions: true,
      languages: ['js/js'],
      schema: [],
      messages: {
        static: '{{names}} {{are}} imported statically, so every edit of {{target}} restarts the server. {{reason}}',
        unproven: '{{names}} {{are}} imported statically. {{reason}}',
        lazyOnly: '{{names}} {{are}} imported statically where AdonisJS takes a lazy import only. {{reason}}',
        typeImport: '{{reason}}',
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
            if (candidate.verdict !== 'done' && roles.includes(candidate.role))
              context.report(describe(candidate, sourceCode))
          }
        },
      }
    },
  }
}

function describe(candidate: Candidate, sourceCode: SourceCode): Rule.ReportDescriptor {
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
    messageId: messageIdOf(candidate),
    data,
    ...(verdict === 'fix' ? { fix } : {}),
    ...(verdict === 'suggest' && edits.length > 0
      ? { suggest: [{ messageId: reason === 'unused' ? 'removeImport' : 'importLazily', data, fix }] }
      : {}),
  }
}

function messageIdOf({ reason, role, targets }: Candidate): string {
  if (reason === 'type-beside-lazy') return 'typeImport'
  if (role === 'error-handler') return 'lazyOnly'
  // A loader may drop an unused import, and an edit of a module that does not exist restarts nothing.
  return reason === 'unused' || targets.length === 0 ? 'unproven' : 'static'
}

const planned = new WeakMap<object, readonly Candidate[]>()

/** The settled plan of the file being linted; computed once for all rules. */
function planSource(
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

interface LintedProject {
  readonly framework: (typeof frameworks)[keyof typeof frameworks]
  readonly analysis: Analysis
}

interface Known {
  readonly stamp: string
  readonly project: LintedProject | undefined
  /** Milliseconds since the epoch: when the disk is looked at again. */
  staleAt: number
}

const projects = new Map<string, Known>()

/** How long the disk is trusted between two files, in milliseconds, at least; and how many times as long as a look at it takes. */
const TRUST = 250
const SHARE = 20

/** The AdonisJS project `filename` belongs to, and its real path; undefined outside one. */
function projectOf(filename: string): (LintedProject & { readonly path: string }) | undefined {
  const root = rootOf(dirname(filename))
  if (root === undefined) return undefined
  let known = projects.get(root)
  const now = Date.now()
  if (!known || now > known.staleAt) {
    const stamp = stampOf(join(root, 'package.json'))
    if (known?.stamp === stamp) {
      known.project?.analysis.refresh()
    } else {
      projects.set(root, (known = { stamp, project: openForLint(root), staleAt: 0 }))
    }
    const done = Date.now()
    known.staleAt = done + Math.max(TRUST, SHARE * (done - now))
  }
  const real = realpathSync(root)
  return known.project && { ...known.project, path: join(real, relative(root, filename)) }
}

function rootOf(directory: string): string | undefined {
  for (let current = directory; ; current = dirname(current)) {
    if (existsSync(join(current, 'package.json'))) return current
    if (dirname(current) === current) return undefined
  }
}

function stampOf(path: string): string {
  const stat = statSync(path, { throwIfNoEntry: false })
  return stat ? `${stat.mtimeMs} ${stat.size} ${stat.ino}` : ''
}

/** A project the CLI would refuse (broken package.json, no AdonisJS) has nothing to lint: the CLI says why. */
function openForLint(root: string): LintedProject | undefined {
  try {
    const project = openProject(realpathSync(root))
    return { framework: frameworks[project.framework.name], analysis: analyseProject(project) }
  } catch {
    return undefined
  }
}
