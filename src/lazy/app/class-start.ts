import { nodesIn } from '../../graph/exports/nodes.ts'
import { isServed } from './entry.ts'
import { fieldOf, MAKERS } from './factory.ts'
import type { PlanInput } from '../plan.ts'
import { bare, importOf, memberName, resolveIdentifiers, type Node } from '../syntax.ts'

/** A class that makes an application, keeps it in a field, and starts the server with it. */
export interface ClassStart {
  /** Of the class, where it has one. */
  readonly name: string
  /** The field, where the server is started. */
  readonly node: Node
}

/**
 * Finds the class of a module that makes an application and starts the server with it: `this.#app = Fastify()`, and
 * `this.#app.listen()` in a method. What has the object has that application, so that no other can take its place.
 */
export function startedInClass({ program, scopes }: PlanInput): ClassStart | undefined {
  const variableOf = resolveIdentifiers(scopes)
  for (const one of nodesIn(program)) {
    if (one.type !== 'ClassDeclaration' && one.type !== 'ClassExpression') continue
    const nodes = nodesIn(one.body)
    const made = new Set(nodes.flatMap((node) => madeIn(node) ?? []))
    const served = nodes.find((node) => made.has(fieldOf(node) ?? '') && isServed(node, variableOf))
    if (served) return { name: one.id?.name ?? '', node: served }
  }
  return undefined

  /** The field that an application is kept in, by `this.app = express()` or `app = express()`. */
  function madeIn(node: Node): string | undefined {
    if (node.type === 'AssignmentExpression' && isMade(node.right)) return fieldOf(node.left)
    if (node.type !== 'PropertyDefinition' || node.computed || !node.value || !isMade(node.value)) return undefined
    if (node.key.type === 'PrivateIdentifier') return `#${node.key.name}`
    return node.key.type === 'Identifier' ? node.key.name : undefined
  }

  /** `Fastify(…).withTypeProvider()`, `new Koa()` */
  function isMade(expression: Node): boolean {
    const node = bare(expression)
    if (node.type !== 'CallExpression' && node.type !== 'NewExpression') return false
    const callee = bare(node.callee)
    const object = callee.type === 'MemberExpression' ? bare(callee.object) : undefined
    if (object?.type === 'CallExpression') return isMade(object)
    const imported = importOf(object ?? callee, variableOf)
    const member = callee.type === 'MemberExpression' ? `.${memberName(callee) ?? ''}` : ''
    return imported !== undefined && Object.hasOwn(MAKERS, `${imported.specifier}#${imported.name}${member}`)
  }
}
