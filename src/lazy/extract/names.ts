import { basename, dirname } from 'node:path'
import type { TSESTree } from '@typescript-eslint/utils'
import { nameOfKey } from '../../graph/exports/nodes.ts'
import type { CallSlot } from '../calls/slots.ts'
import { bare, memberName, type Node } from '../syntax.ts'

/** The call that registers what stands at `node`: an argument, or a property or an element in one. */
export function registrationAround(node: Node): TSESTree.CallExpression | undefined {
  let call: TSESTree.CallExpression | undefined
  for (let current: Node | undefined = node.parent; current; current = current.parent) {
    if (current.type === 'CallExpression') {
      const callee = bare(current.callee)
      if (callee.type === 'MemberExpression') return current
      call = current
    } else if (!/^(?:Array|Object)Expression$|^Property$|^TS/.test(current.type)) return call
  }
  return call
}

/** The path of a registration as a literal: its own, that of `route('/users')` before it, or its property `url`. */
export function pathOf(call: TSESTree.CallExpression): string | undefined {
  for (const argument of call.arguments) {
    const value = bare(argument)
    if (value.type === 'ObjectExpression') {
      const url = propertyOf(value, 'url') ?? propertyOf(value, 'path')
      if (url !== undefined) return textOf(url)
    }
    const text = textOf(value)
    if (text !== undefined && /^[/*]/.test(text)) return text
    if (text === '') return '/'
  }
  const callee = bare(call.callee)
  const inner = callee.type === 'MemberExpression' ? bare(callee.object) : undefined
  if (inner?.type !== 'CallExpression' || inner === call) return undefined
  const method = bare(inner.callee)
  const isRoute = method.type === 'MemberExpression' && memberName(method) === 'route'
  return isRoute || method.type === 'MemberExpression' ? pathOf(inner) : undefined
}

function propertyOf(object: TSESTree.ObjectExpression, name: string): Node | undefined {
  for (const property of object.properties)
    if (property.type === 'Property' && !property.computed && nameOfKey(property.key) === name) return property.value
  return undefined
}

function textOf(node: Node): string | undefined {
  if (node.type === 'TemplateLiteral' && node.quasis.length === 1) return node.quasis[0]?.value.cooked ?? undefined
  return node.type === 'Literal' && typeof node.value === 'string' ? node.value : undefined
}

/**
 * What the function at `node` is called in a module of its own: `getUsersById` for `get('/users/:id', …)`.
 *
 * @param file that registers it, whose name stands for the path `/`.
 */
export function nameFor(node: Node, slot: CallSlot, file: string): string {
  const call = registrationAround(node)
  const callee = call && bare(call.callee)
  const method = (callee?.type === 'MemberExpression' ? memberName(callee) : undefined) ?? 'handle'
  const path = call && pathOf(call)
  const words = wordsOf(path ?? '')
  const own = words === '' || /^\/?:/.test(path ?? '') ? wordsOf(subjectOf(file)) + words : words
  if (slot.role === 'error-handler' || isErrorHandler(node, slot)) return 'handleError'
  const event = call && bare(call.arguments[0] ?? call)
  switch (method) {
    case 'notFound':
    case 'setNotFoundHandler':
      return 'handleNotFound'
    case 'addHook':
      return event?.type === 'Literal' ? String(event.value) : 'hook'
    case 'param':
      return `load${event?.type === 'Literal' ? wordsOf(String(event.value)) : 'Parameter'}`
    case 'use':
      return `use${own}`
    default: {
      const property = node.parent?.type === 'Property' ? nameOfKey(node.parent.key) : undefined
      const verb = method === 'route' ? (methodIn(call) ?? 'handle') : method === 'del' ? 'delete' : method
      if (property !== undefined && property !== 'handler') return `${property}${upper(verb)}${own}`
      return verb + own + (slot.role === 'middleware' ? 'Middleware' : '')
    }
  }
}

function isErrorHandler(node: Node, { registration, wrapped }: CallSlot): boolean {
  return 'params' in node && !wrapped && node.params.length === registration.errorParameters?.length
}

function methodIn(call: TSESTree.CallExpression | undefined): string | undefined {
  const [options] = call?.arguments ?? []
  const method = options?.type === 'ObjectExpression' ? propertyOf(options, 'method') : undefined
  return method && textOf(method)?.toLowerCase()
}

/** `UsersById` for `/users/:id`. */
function wordsOf(path: string): string {
  return path
    .split('/')
    .flatMap((part) => (part.startsWith(':') ? ['by', part] : part === '*' ? ['all'] : [part]))
    .flatMap((part) => part.split(/[^\p{ID_Continue}]+/u))
    .filter(Boolean)
    .map(upper)
    .join('')
}

function upper(word: string): string {
  return (word[0] ?? '').toUpperCase() + word.slice(1)
}

/** What a route file is about: `users` for users.routes.ts and users/index.ts. */
function subjectOf(file: string): string {
  const stem = stemOf(file)
  if (!GENERIC.test(stem)) return stem
  const directory = basename(dirname(file))
  return GENERIC.test(directory) ? 'root' : directory
}

const GENERIC = /^(?:index|routes?|routers?|router|app|main|server|src|api|lib|plugins?)$/i

/** The name of a route file without its extension and what says that it holds routes: `users` for users.routes.ts. */
export function stemOf(file: string): string {
  const name = basename(file).replace(/\.[cm]?[jt]sx?$/, '')
  return name.replace(/(?<=.)[._-](?:routes?|routers?)$/i, '') || name
}
