import type { TSESTree } from '@typescript-eslint/utils'
import { positionAt } from '../../edits/text.ts'
import type { Importer } from '../../graph/reload.ts'
import type { Opened } from '../boot/boot.ts'
import type { Condition } from '../candidate.ts'
import type { Reason } from '../reasons.ts'
import { isFunction, memberName, type Node } from '../syntax.ts'

/** Of several uses, the first of these is named: what no other way of writing changes comes first. */
const HARDEST: readonly Reason[] = ['re-exported', 'used-at-load', 'in-decorator', 'sync-function']

/** Why no codemod plans an import; undefined where nothing of what it is used for says so. */
export function obstacleOf(file: Opened, { specifier, dynamic, lazy }: Importer): Condition | undefined {
  if (dynamic) return lazy ? undefined : { reason: 'runs-at-boot', detail: specifier }
  const found: Condition[] = []
  for (const statement of file.program.body) {
    if (!('source' in statement) || statement.source?.value !== specifier) continue
    if (statement.type === 'ImportDeclaration') found.push(...obstaclesOf(file, statement))
    else found.push({ reason: 're-exported', detail: specifier })
  }
  return HARDEST.map((wanted) => found.find(({ reason }) => reason === wanted)).find(Boolean) ?? found[0]
}

function obstaclesOf({ text, scopes }: Opened, declaration: TSESTree.ImportDeclaration): Condition[] {
  if (declaration.importKind === 'type') return []
  if (declaration.specifiers.length === 0) return [{ reason: 'side-effect-import', detail: declaration.source.value }]
  return scopes.getDeclaredVariables(declaration).flatMap(({ name, references }) =>
    references.flatMap(({ identifier, isValueReference }): Condition[] => {
      const reason = isValueReference ? reasonAt(identifier as Node) : undefined
      if (!reason) return []
      const { line } = positionAt(text, identifier.range[0])
      return [{ reason, detail: reason === 're-exported' ? name : `${name}\`, line \`${line}` }]
    }),
  )
}

function reasonAt(use: Node): Reason | undefined {
  if (use.parent?.type === 'ExportSpecifier' || use.parent?.type === 'ExportDefaultDeclaration') return 're-exported'
  let isDeferred = false
  for (let node: Node | undefined = use.parent; node; node = node.parent) {
    if (node.type === 'TSTypeQuery') return undefined
    if (node.type === 'Decorator') return 'in-decorator'
    if (!isFunction(node) || runsInPlace(node)) continue
    if (node.async) return undefined
    isDeferred = true
  }
  return isDeferred ? 'sync-function' : 'used-at-load'
}

/** `router.group(() => …)`, `list.forEach(() => …)` */
function runsInPlace({ parent }: Node): boolean {
  return (
    parent?.type === 'CallExpression' &&
    parent.callee.type === 'MemberExpression' &&
    /^(?:group|forEach|map|flatMap|filter|reduce)$/.test(memberName(parent.callee) ?? '')
  )
}
