import type { Variable } from '@typescript-eslint/scope-manager'
import type { TSESTree } from '@typescript-eslint/utils'
import type { Edit } from '../../edits/text.ts'
import type { FunctionRouting, ParameterType } from '../../frameworks/framework.ts'
import type { Opened } from '../boot/boot.ts'
import type { CallSlot } from '../calls/slots.ts'
import { bare, type Node } from '../syntax.ts'
import type { InlineFunction } from './handlers.ts'
import { pathOf, registrationAround } from './names.ts'

/** The type of one parameter, which the place of the function had told. */
export interface Annotation {
  /** What has to be imported for it; undefined for one of TypeScript's own. */
  readonly type: (ParameterType & { readonly module: string }) | undefined
  /** One of TypeScript's own. */
  readonly builtin: string | undefined
  /** Types of the file that are copied into it. */
  readonly within: Node | undefined
  /** @param local the name that the type is imported by. */
  edits(local: string): Edit[]
}

type Types = { readonly annotations: readonly Annotation[] } | { readonly refusal: string }

/**
 * The types that TypeScript gives the parameters of a function where a framework takes it, written out. One that the
 * function declares stays.
 *
 * @returns the parameter that has none, or whose type only inference can tell.
 */
export function typesOf(
  node: InlineFunction,
  slot: CallSlot,
  routing: FunctionRouting,
  file: Opened,
  variableOf: (node: Node) => Variable | undefined,
): Types {
  const { registration } = slot
  const { text } = file
  const isForErrors = node.params.length === registration.errorParameters?.length && !slot.wrapped
  const names = (isForErrors && registration.errorParameters) || registration.parameters
  const annotations: Annotation[] = []
  const code = text.slice(...node.range)
  for (const [at, parameter] of node.params.entries()) {
    const target = parameter.type === 'AssignmentPattern' ? parameter.left : parameter
    const written = text.slice(...parameter.range)
    if (target.type === 'RestElement' || target.type === 'TSParameterProperty') return { refusal: written }
    if (target.typeAnnotation) continue
    const type = routing.parameterTypes?.[names[at] ?? '']
    const of = type && argumentsOf(type, code, node, slot, text, variableOf)
    if (!type || of === undefined) return { refusal: written }
    const [start, end] = [target.range[0], target.range[1]]
    const isBare = node.type === 'ArrowFunctionExpression' && node.params.length === 1 && !isInParentheses(text, node)
    annotations.push({
      type: type.module === undefined ? undefined : { ...type, module: type.module },
      builtin: type.module === undefined ? type.name : undefined,
      within: of.within,
      edits: (local) => [
        ...(isBare ? [{ range: [start, start] as const, text: '(' }] : []),
        { range: [end, end], text: `: ${local}${of.text}${isBare ? ')' : ''}` },
      ],
    })
  }
  return { annotations }
}

function isInParentheses(text: string, { params, range }: InlineFunction): boolean {
  return text.slice(range[0], params[0]?.range[0]).includes('(')
}

interface TypeArguments {
  readonly text: string
  readonly within: Node | undefined
}

const NONE: TypeArguments = { text: '', within: undefined }

/** What stands behind the name of the type, in angle brackets; undefined where only inference can tell. */
function argumentsOf(
  { of }: ParameterType,
  code: string,
  node: InlineFunction,
  slot: CallSlot,
  text: string,
  variableOf: (node: Node) => Variable | undefined,
): TypeArguments | undefined {
  const call = registrationAround(node)
  const path = call && pathOf(call)
  switch (of) {
    case undefined:
      return NONE
    case 'path parameters': {
      // A wrapper is no overload of the framework's, which would read the path.
      if (slot.wrapped || path === undefined || !/\bparams\b/.test(code)) return call?.typeArguments ? undefined : NONE
      if (call?.typeArguments) return undefined
      const names = parametersIn(path)
      if (!names) return undefined
      const members = names.map((name) => `${name}: string`)
      return members.length === 0 ? NONE : { text: `<{ ${members.join('; ')} }>`, within: undefined }
    }
    case 'environment and path': {
      if (/\.\s*valid\s*\(/.test(code)) return undefined
      const environment = environmentOf(call, variableOf)
      if (path === undefined || !/\bparam\s*\(/.test(code)) {
        return environment ? { text: `<${text.slice(...environment.range)}>`, within: environment } : NONE
      }
      const own = environment ? text.slice(...environment.range) : 'any'
      return /['\\]/.test(path) ? undefined : { text: `<${own}, '${path}'>`, within: environment }
    }
    case 'route': {
      const [route, another] = call?.typeArguments?.params ?? []
      if (another) return undefined
      if (route) return { text: `<${text.slice(...route.range)}>`, within: route }
      const hasSchema = call?.arguments.some((argument) => argument.type === 'ObjectExpression' && hasKey(argument))
      return hasSchema === true && /TypeProvider|[Tt]ype[Bb]ox|FastifyPlugin\w*Zod|JsonSchema/.test(text)
        ? undefined
        : NONE
    }
  }
}

function hasKey({ properties }: TSESTree.ObjectExpression): boolean {
  return properties.some(
    (property) =>
      property.type === 'SpreadElement' || (property.key.type === 'Identifier' && property.key.name === 'schema'),
  )
}

/** `Environment` of `new Hono<Environment>()`, where the object that registers is made so. */
function environmentOf(
  call: TSESTree.CallExpression | undefined,
  variableOf: (node: Node) => Variable | undefined,
): Node | undefined {
  let receiver = call && bare(call.callee)
  while (receiver?.type === 'MemberExpression' || receiver?.type === 'CallExpression')
    receiver = bare(receiver.type === 'MemberExpression' ? receiver.object : receiver.callee)
  const definition = receiver && variableOf(receiver)?.defs[0]
  const made = definition?.type === 'Variable' && definition.node.init ? bare(definition.node.init) : receiver
  return made?.type === 'NewExpression' ? made.typeArguments?.params[0] : undefined
}

/** The names in `/users/:id`; undefined for a path whose types its pattern decides. */
function parametersIn(path: string): string[] | undefined {
  if (/[*?+(){}[\]\\!]/.test(path)) return undefined
  return [...path.matchAll(/:(\w+)/g)].flatMap(([, name]) => (name === undefined ? [] : [name]))
}
