import type { FunctionRegistration, FunctionRouting, ResultUse } from '../../frameworks/framework.ts'
import type { FunctionFacts, Member, Value } from '../../graph/exports.ts'
import type { Reason } from '../reasons.ts'
import { isPlainFunction, lastName } from './plain.ts'
import type { CallSlot } from './slots.ts'

/** How a wrapper reaches its function: what loads it, and the members that lead from there to it. */
export interface Access {
  /** The constant that imports: `usersController`. */
  readonly loader: string
  /** `['list']`; none where the loader gives the function itself. */
  readonly members: readonly string[]
}

export interface Wrapper {
  readonly text: string
  /** It declares the four parameters of an error handler. */
  readonly forErrors: boolean
  /** It names the types of its parameters, as members of the alias that it was given. */
  readonly usesAlias: boolean
}

/** Why there is no wrapper, or which condition it is right under. */
export interface Refusal {
  readonly verdict: 'suggest' | 'leave'
  readonly reason: Reason
}

export interface WrapperInput {
  readonly slot: CallSlot
  readonly access: Access
  /** What is registered: a function, or a call that makes one; undefined when it is not known. */
  readonly target: (Value & { readonly members?: readonly Member[] }) | undefined
  /** What that call gives. */
  readonly result: Value | undefined
  readonly bound: boolean
  /** The wrapper is the value of a constant that says its type. */
  readonly constant: boolean
  readonly major: number
  /** The file that registers holds types. */
  readonly typescript: boolean
  readonly routing: FunctionRouting
  /** Names the types of the parameters, should they be needed. */
  alias(): string
}

/** What the wrapper has to know of the function it calls. */
interface Callable {
  /** How many arguments it is called with, by its types; undefined where a type of the project says. */
  readonly arity: number | undefined
  /** `length` at run time. */
  readonly length: number
  readonly facts: FunctionFacts | undefined
  /** Its types say nothing of the route. */
  readonly plain: boolean
  /** A type is given to the whole of it. */
  readonly annotated: boolean
}

/**
 * The function that stands in for `target`: it imports it and calls it as the framework would, each time.
 *
 * Sources: facts/frameworks.md sections 4 and 7; express 4.22 and router 2.2 `layer.js`, fastify 4.29 and 5.12
 * `lib/handleRequest.js`, `lib/hooks.js` and `lib/wrapThenable.js`, hono 4.13 `hono-base.ts`, koa-compose 4.
 */
export function wrapperOf(input: WrapperInput): Wrapper | Refusal {
  const { slot, target, major, typescript, bound } = input
  const { registration, wrapped } = slot
  const callable = callableOf(input)
  if ('reason' in callable) return callable
  const { facts, length, arity } = callable
  if (facts?.generator) return { verdict: 'leave', reason: 'not-a-function' }
  if (facts?.generic && typescript) return { verdict: 'suggest', reason: 'generic-handler' }
  if (target?.members !== undefined && target.members.length > 0)
    return { verdict: 'leave', reason: 'function-metadata' }
  const use = typeof registration.result === 'function' ? registration.result(major) : registration.result
  const hasInstance = use === 'reply' || use === 'hook'
  if (facts?.usesThis && !facts.arrow && !bound && !hasInstance) return { verdict: 'leave', reason: 'uses-this' }
  if (facts?.usesArguments && typescript) return { verdict: 'leave', reason: 'uses-arguments' }
  // A promise that the wrapper hands on is dropped by who drops results: its rejection would end the process.
  if (wrapped && (hasInstance || (wrapped === 'returned' && use !== 'awaited')))
    return { verdict: 'leave', reason: 'unknown-wrapper' }
  const forErrors = length === registration.errorParameters?.length && !wrapped
  if (registration.errorParameters && !forErrors && length > registration.parameters.length)
    return { verdict: 'leave', reason: 'never-called' }
  const parameters = (forErrors && registration.errorParameters) || registration.parameters
  const passesAll = facts?.hasRest === true || facts?.usesArguments === true
  const count = passesAll ? parameters.length : Math.min(arity ?? parameters.length, parameters.length)
  if (typescript && arity !== undefined && arity > parameters.length)
    return { verdict: 'suggest', reason: 'typed-handler' }
  // No place tells the types of four parameters, but that of a constant.
  const typed =
    typescript && !(callable.plain && (forErrors && registration.errorParameters ? input.constant : slot.typed))
  // Express takes the types of the route from every argument, and another overload for a function expression.
  if (typed && registration.errorParameters && !callable.plain && slot.givesTypes)
    return { verdict: 'suggest', reason: 'typed-handler' }
  // No type query leads to a member of `any`.
  if (typed && (passesAll || slot.opaque || target?.annotation === 'any'))
    return { verdict: 'suggest', reason: slot.opaque ? 'opaque-cast' : 'typed-handler' }
  const text = textOf(input, callable, slot.wrapped ? 'awaited' : use, parameters, count, typed, forErrors)
  return typeof text === 'string' ? { text, forErrors, usesAlias: typed && count > 0 } : text
}

function callableOf({ slot, target, result, typescript, routing, bound }: WrapperInput): Callable | Refusal {
  const all = slot.registration.parameters.length
  const { errorParameters } = slot.registration
  const plain = (facts: FunctionFacts): boolean => {
    // The error itself is `any` to an error handler, whatever its type.
    const isForErrors = facts.length === errorParameters?.length && !slot.wrapped
    return isPlainFunction(isForErrors ? { ...facts, parameterTypes: facts.parameterTypes.slice(1) } : facts, routing)
  }
  const declared = (value: Value, facts: FunctionFacts): Callable => {
    const type = value.annotation
    if (!typescript || type === undefined || type === 'any') {
      const isPlain = type === 'any' || plain(facts)
      return { arity: facts.parameters, length: facts.length, facts, plain: isPlain, annotated: false }
    }
    const arity = routing.functionTypes[lastName(type.replace('<…>', ''))]
    return { arity, length: facts.length, facts, plain: arity !== undefined && !type.endsWith('<…>'), annotated: true }
  }
  switch (target?.kind) {
    case undefined:
    case 'unknown':
      return { verdict: 'leave', reason: 'unknown-target' }
    case 'function':
      return target.function ? declared(target, target.function) : { verdict: 'leave', reason: 'unknown-target' }
    case 'call': {
      const { callee } = target
      const from = callee?.imported ? `${callee.imported.specifier}#${callee.imported.name}` : ''
      if (routing.wrappers?.includes(from) && !bound) {
        // RequestHandler, whatever is handed to it.
        const handed = target.function
        return {
          arity: all,
          length: all,
          facts: undefined,
          plain: handed === undefined || plain(handed),
          annotated: false,
        }
      }
      const made = result?.kind === 'function' ? result.function : undefined
      if (!made || slot.registration.result === 'reply') return { verdict: 'leave', reason: 'unknown-target' }
      return declared({ ...target, annotation: target.annotation ?? result?.annotation }, made)
    }
    default:
      return { verdict: 'leave', reason: 'not-a-function' }
  }
}

function textOf(
  { slot, access, bound, ...input }: WrapperInput,
  { facts, arity, annotated }: Callable,
  use: ResultUse,
  parameters: readonly string[],
  count: number,
  typed: boolean,
  forErrors: boolean,
): string | Refusal {
  // As many as the type has, which only the compiler knows.
  const spread = typed && arity === undefined
  const passed = spread ? ['...args'] : parameters.slice(0, count)
  const alias = typed && count > 0 ? input.alias() : ''
  /** @param used by the wrapper itself; the others that are not passed on begin with `_`, for `noUnusedParameters`. */
  const declare = (upTo: number, used = ''): string =>
    spread
      ? `...args: ${alias}`
      : parameters
          .slice(0, upTo)
          .map((name, index) => {
            const declared = input.typescript && index >= count && name !== used ? `_${name}` : name
            return typed ? `${declared}: ${index < count ? `${alias}[${index}]` : typeOfRest(name)}` : declared
          })
          .join(', ')
  // An error handler is one by the number of parameters that it declares.
  const declared = forErrors ? parameters.length : count
  const call = `(${passed.join(', ')})`
  const target = [`(await ${access.loader}())`, ...access.members].join('.')
  // The types of Fastify's handlers have a `this`, those of arrow functions too.
  const ownThis = !bound && (facts?.arrow === false || annotated)
  const isSettled = facts !== undefined && (facts.async || (facts.returnsValue && !facts.mayReturnNothing))
  if (spread && !(use === 'awaited' && !forErrors) && !(use === 'reply' && isSettled))
    return { verdict: 'suggest', reason: 'typed-handler' }
  const withInstance = (expression: string): string =>
    ownThis ? `${expression}.call(${['this', ...passed].join(', ')})` : expression + call
  switch (use) {
    case 'awaited':
      return `async (${declare(declared)}) => ${target}${call}`
    case 'forwarded': {
      const next = parameters.includes('next') ? parameters.indexOf('next') : parameters.length - 1
      const errors = parameters[next] ?? ''
      const inner = ['m', ...access.members].join('.')
      // What the function returns is dropped: awaiting a query of Mongoose, which is thenable, would run it again.
      const isDropped = facts !== undefined && !facts.async && facts.mayReturnThenable
      const calls = isDropped ? `{ ${inner}${call} }` : `${inner}${call}`
      return `(${declare(Math.max(declared, next + 1), errors)}) => { ${access.loader}().then((m) => ${calls}).catch(${errors}) }`
    }
    case 'reply': {
      if (!facts) return { verdict: 'leave', reason: 'unknown-target' }
      const reply = parameters.indexOf('reply')
      const head = (upTo: number): string =>
        ownThis ? `async function (${declare(upTo, 'reply')})` : `async (${declare(upTo, 'reply')}) =>`
      const value = withInstance(target)
      if (isSettled) return ownThis ? `${head(count)} { return ${value} }` : `${head(count)} ${value}`
      // Fastify sends an undefined result at once, and the answer of a function that sends later would be empty.
      const upTo = Math.max(count, reply + 1)
      return facts.returnsValue
        ? `${head(upTo)} { const result = ${value}; return result === undefined ? reply : result }`
        : `${head(upTo)} { ${value}; return reply }`
    }
    case 'hook': {
      if (!facts) return { verdict: 'leave', reason: 'unknown-target' }
      const needsThis = ownThis && (facts.usesThis || annotated)
      const inner = ['m', ...access.members].join('.')
      const run = (expression: string): string => (needsThis ? withInstance(expression) : expression + call)
      if (facts.async && facts.entersContext) return { verdict: 'suggest', reason: 'enters-context' }
      // With all its parameters an async function is refused at boot (FST_ERR_HOOK_INVALID_ASYNC_HANDLER).
      if (facts.async && facts.length < parameters.length && count < parameters.length) {
        return needsThis
          ? `async function (${declare(count)}) { return ${run(target)} }`
          : `async (${declare(count)}) => ${run(target)}`
      }
      if (!facts.async && facts.length === parameters.length && !slot.wrapped) {
        const body = `{ ${access.loader}().then((m) => ${run(inner)}).catch(done) }`
        return needsThis ? `function (${declare(count)}) ${body}` : `(${declare(count)}) => ${body}`
      }
      return { verdict: 'leave', reason: 'hook-arity' }
    }
  }
}

/** The type of a parameter that the function does not have. */
function typeOfRest(name: string): string {
  return name === 'next' || name === 'done' ? '(error?: unknown) => void' : 'unknown'
}

/** Whether there is a wrapper. */
export function isWrapper(result: Wrapper | Refusal): result is Wrapper {
  return 'text' in result
}

/** Every parameter that a wrapper of the framework may declare, and the names that its own code uses. */
export function namesInWrappers({ registrations }: FunctionRouting): ReadonlySet<string> {
  const all = (registration: FunctionRegistration): readonly string[] => [
    ...registration.parameters,
    ...(registration.errorParameters ?? []),
  ]
  return new Set(['m', 'result', 'args', ...registrations.flatMap(all)])
}
