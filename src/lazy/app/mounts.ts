import type { TSESTree } from '@typescript-eslint/utils'
import { namesIn } from '../calls/names.ts'
import { findCallSlots } from '../calls/slots.ts'
import type { Candidate } from '../candidate.ts'
import { planPerRequest, type Demotion, type PerRequestInput, type PerRequestUse, type UseOf } from '../per-request.ts'
import { makerOf } from '../receivers.ts'
import type { Slots } from '../registrations.ts'
import { memberName, resolveIdentifiers, type Node } from '../syntax.ts'

/**
 * Plans the mounts of one module: where it hands a router of another module to `use`, it hands over a function that
 * imports the router for each request. Express 4 and 5 only: elsewhere the routes of a router are copied when it is
 * mounted (Hono), or the parent asks the router for them (@koa/router).
 *
 * Pure, as `plan` is.
 *
 * @returns one candidate for each import of a router or an application that is mounted, in source order.
 */
export function planMounts(input: PerRequestInput, slots: Slots): Candidate[] {
  if (input.framework.name !== 'express') return []
  const useOf = useOfRouter(input, slots)
  const names = namesIn(input.scopes, new Set(['req', 'res', 'next', 'm']))
  const { choose = (candidate) => candidate } = input
  const candidates: Candidate[] = []
  for (const statement of input.program.body) {
    if (statement.type !== 'ImportDeclaration') continue
    const candidate = planPerRequest(input, statement, slots, names, useOf)
    if (candidate) candidates.push(choose(candidate))
  }
  return candidates
}

const ROUTERS = new Set(['express#Router', 'express#default.Router'])

function useOfRouter({ facts, framework, scopes }: PerRequestInput, slots: Slots): UseOf {
  const { functions } = framework
  const slotOf = functions && findCallSlots(functions, slots.receiverOf, resolveIdentifiers(scopes), facts.module)
  return (node, imported): PerRequestUse => {
    const makers = [imported, imported.result].map((value) => value && makerOf(value))
    if (!isMounted(node, slots)) return stays('other', 'used-as-value', node)
    // `app.use` looks for `handle` and `set`, and gives a sub-application its settings and a `mount` event (express `application.js`).
    if (makers.includes('express#default')) return stays('start', 'sub-app', node)
    if (!makers.some((maker) => maker !== undefined && ROUTERS.has(maker))) return stays('other', 'used-as-value', node)
    const text = facts.major >= 5 ? awaited : forwarded
    if (!facts.typescript || slotOf?.(node)?.typed) return { kind: 'request', node, text }
    // Beside a list of handlers, TypeScript gives the parameters of a function no types.
    const typed: typeof text = (...of) => `(${text(...of)}) satisfies import('express').RequestHandler`
    return { kind: 'request', node, text: typed }
  }
}

/** Express 5 hands a rejection to the error handlers. */
function awaited(member: string, module: string): string {
  return `async (req, res, next) => ${module}${member}(req, res, next)`
}

/** Express 4 does not look at what a handler returns. */
function forwarded(member: string, _module: string, load: string): string {
  return `(req, res, next) => { ${load}.then((m) => m${member}(req, res, next)).catch(next) }`
}

/** An argument of `use`, with or without a path and other handlers before it. */
function isMounted(node: Node, slots: Slots): boolean {
  const { parent } = node
  return (
    parent?.type === 'CallExpression' &&
    parent.arguments.includes(node as TSESTree.CallExpressionArgument) &&
    parent.callee.type === 'MemberExpression' &&
    memberName(parent.callee) === 'use' &&
    slots.receiverOf(parent.callee.object)?.name === 'router'
  )
}

function stays(kind: 'start' | 'other', reason: Demotion['reason'], node: Node): PerRequestUse {
  const { name } = node as TSESTree.Identifier
  return { kind, demotion: { verdict: 'leave', reason, detail: name } }
}
