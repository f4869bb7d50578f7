import type { TSESTree } from '@typescript-eslint/utils'
import type { Variable } from '@typescript-eslint/scope-manager'
import { lineStart, type Edit } from '../../edits/text.ts'
import { awaits, childrenOf } from '../../graph/exports/nodes.ts'
import { styleAt } from '../per-request.ts'
import type { PlanInput } from '../plan.ts'
import { directiveAbove } from '../rewrite.ts'
import { resolveIdentifiers, type Node } from '../syntax.ts'

/** What ends the process as an error of a static import does. */
export const WAITING = '.catch((err) => { setImmediate(() => { throw err }) })'

/** What a module runs, as it would stand in a function that is called when a promise is fulfilled. */
export interface WaitingStart {
  /**
   * @param promise `loadApp()`
   * @param replaced ranges of the module that other edits replace.
   * @param pattern what is taken of what the promise gives: `{ logger }`. Empty for nothing.
   */
  edits(promise: string, replaced: readonly (readonly [number, number])[], pattern: string): Edit[]
  /** Text that an edit puts in the place of `node`, indented as what stands around it will be. */
  nested(text: string, node: Node): string
}

/**
 * Has all that a module runs wait for a promise where `await` may not stand at its top level: what the module does comes
 * after what the promise waits for, and a rejection ends the process as an error of a static import does, whoever
 * listens to `unhandledRejection`. Static imports that fail emit `uncaughtException` (Node.js 20.20.2).
 *
 * @returns undefined where the module cannot be a function: it exports something, awaits, or imports after it began; and
 * where a comment for tools stands above its first statements.
 */
export function waitingStart({ program, scopes, text }: PlanInput): WaitingStart | undefined {
  const first = program.body.findIndex((statement) => !isBeforeStart(statement))
  const statements = program.body.slice(first)
  const [start] = statements
  const last = statements.at(-1)
  if (first === -1 || !start || !last || !statements.every(mayBeNested)) return undefined
  const from = start.range[0]
  const rest = /^[\t ]*(?:\/\/.*|\/\*.*?\*\/[\t ]*)?(?=[\r\n]|$)/.exec(text.slice(last.range[1]))
  if (!rest || text.slice(lineStart(text, from), from) !== '') return undefined
  const end = last.range[1] + rest[0].length
  if (statements.some((statement) => awaits(statement))) return undefined
  // It would apply to the line that is put below it. The first statement may go, as another name of what is imported.
  if (statements.slice(0, 2).some(({ range }) => directiveAbove(text, range[0]) !== undefined)) return undefined
  if (scopes.scopes.some(({ set }) => set.has('setImmediate'))) return undefined
  const isInside = ({ range }: Node): boolean => from <= range[0] && range[1] <= end
  const variableOf = resolveIdentifiers(scopes)
  const isOpen = scopes.scopes.some(({ references }) =>
    references.some(({ identifier }) => {
      const variable = variableOf(identifier) as Variable | undefined
      return !isInside(identifier) && variable?.defs.some(({ name }) => isInside(name as Node)) === true
    }),
  )
  if (isOpen) return undefined

  const { lineBreak, unit, semicolon } = styleAt(text, from, program)
  const kept = statements.flatMap(multilineTexts)
  return {
    edits(promise, replaced, pattern) {
      const isReplaced = ({ range }: Node): boolean =>
        replaced.some(([opens, closes]) => opens <= range[0] && range[1] <= closes)
      const begins = statements.find((statement) => !isReplaced(statement))?.range[0] ?? from
      const edits: Edit[] = [{ range: [begins, begins], text: `${promise}.then((${pattern}) => {${lineBreak}${unit}` }]
      for (const { index } of text.slice(begins, end).matchAll(/\n(?=[^\r\n])/g)) {
        const at = begins + index + 1
        if ([...kept, ...replaced].every(([opens, closes]) => at <= opens || closes <= at))
          edits.push({ range: [at, at], text: unit })
      }
      const closing = `})${WAITING}${semicolon}`
      return [...edits, { range: [end, end], text: lineBreak + closing }]
    },
    nested: (inserted, node) => (isInside(node) ? inserted.replaceAll('\n', `\n${unit}`) : inserted),
  }
}

function isBeforeStart(statement: TSESTree.ProgramStatement): boolean {
  return (
    /^(?:ImportDeclaration|TSInterfaceDeclaration|TSTypeAliasDeclaration)$/.test(statement.type) ||
    (statement.type === 'ExpressionStatement' && typeof statement.directive === 'string')
  )
}

function mayBeNested({ type }: TSESTree.ProgramStatement): boolean {
  return /^(?:(?:Variable|Function|Class|TSInterface|TSTypeAlias)Declaration|(?:Expression|If|Block|Try|Switch|For|ForIn|ForOf|While|DoWhile|Throw|Empty)Statement)$/.test(
    type,
  )
}

/** Texts whose lines are part of a value. */
function multilineTexts(node: Node): (readonly [number, number])[] {
  if (node.type === 'TemplateLiteral' || node.type === 'Literal' || /^JSX/.test(node.type)) return [node.range]
  return childrenOf(node).flatMap(multilineTexts)
}
