import { parseSync, type ParseResult } from 'oxc-parser'
import { transformSync } from 'oxc-transform'
import type { ScopeManager } from '@typescript-eslint/scope-manager'
import type { TSESTree } from '@typescript-eslint/utils'
import { positionAt } from '../edits/text.ts'
import { rememberedByText } from '../graph/by-text.ts'
import { analyze } from '../graph/scopes.ts'
import { resolveOnce } from './syntax.ts'

/** What the planner reads of a module, from the CLI's parser. */
export interface Parsed {
  readonly program: TSESTree.Program
  readonly scopes: ScopeManager
  readonly dynamicImports: readonly TSESTree.ImportExpression[]
  /** With their delimiters. */
  readonly comments: readonly string[]
}

/** The module does not parse; it is reported and never edited. */
export interface SyntaxProblem {
  readonly message: string
  /** 1-based. */
  readonly line: number
  readonly column: number
}

/**
 * Parses one module with oxc-parser, whose tree is typescript-estree's, and analyses its scopes.
 *
 * @param path decides between JavaScript, TypeScript and JSX by its extension.
 * @param text offsets in the result count its UTF-16 units, a BOM included.
 */
export const parseModule = rememberedByText(parseAnew)

function parseAnew(path: string, text: string): Parsed | SyntaxProblem {
  const result = parse(path, text)
  const problem = problemIn(result, text)
  if (problem) return problem
  const program = result.program as unknown as TSESTree.Program
  const dynamicImports: TSESTree.ImportExpression[] = []
  linkParents(program, dynamicImports)
  // Without the names of the standard library: the planner asks for imported bindings only.
  const scopes = analyze(program, { sourceType: 'module', lib: [] })
  resolveOnce(scopes)
  const comments = result.comments.map(({ start, end }) => text.slice(start, end))
  return { program, scopes, dynamicImports, comments }
}

/** Whether the module parses: the cheapest question that oxc answers, since no tree has to cross from Rust. */
export function syntaxProblem(path: string, text: string): SyntaxProblem | undefined {
  return problemIn(transformSync(path, text, { decorator: { legacy: true } }), text)
}

function parse(path: string, text: string): ParseResult {
  return parseSync(path, text, {
    range: true,
    preserveParens: false,
    sourceType: 'module',
    // Of a JavaScript file too: scope-manager expects the fields that only TS-ESTree has.
    astType: 'ts',
  })
}

/** What the errors of oxc-parser and oxc-transform have in common. */
interface OxcProblem {
  readonly message: string
  readonly labels: readonly { readonly start: number }[]
}

function problemIn({ errors }: { readonly errors: readonly OxcProblem[] }, text: string): SyntaxProblem | undefined {
  const [error] = errors
  if (!error) return undefined
  const { line, column } = positionAt(text, error.labels[0]?.start ?? 0)
  return { message: error.message, line, column }
}

/** Sets `parent` on every node, as ESLint's tree has it, and collects the `import('…')`s. */
function linkParents(root: TSESTree.Program, dynamicImports: TSESTree.ImportExpression[]): void {
  const pending: TSESTree.Node[] = [root]
  for (let node = pending.pop(); node; node = pending.pop()) {
    if (node.type === 'ImportExpression') dynamicImports.push(node)
    for (const key in node) {
      if (key === 'parent') continue
      const value = (node as unknown as Record<string, unknown>)[key]
      if (typeof value !== 'object' || value === null) continue
      if (Array.isArray(value)) {
        for (const item of value) if (isNode(item)) link(item, node)
      } else if (isNode(value)) {
        link(value, node)
      }
    }
  }

  function link(child: TSESTree.Node, parent: TSESTree.Node): void {
    ;(child as { parent: TSESTree.Node }).parent = parent
    pending.push(child)
  }
}

function isNode(value: unknown): value is TSESTree.Node {
  return typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string'
}
