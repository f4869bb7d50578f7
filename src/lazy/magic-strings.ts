import { basename, dirname } from 'node:path'
import type { TSESTree } from '@typescript-eslint/utils'
import type { Edit } from '../edits/text.ts'
import type { OpenModule, Rewritten } from './file-rewrite.ts'
import type { Parsed } from './parse.ts'
import { prologueOf } from './imports/evaluation-order.ts'
import { findSlots, type Slots } from './registrations.ts'
import { endsWithSemicolon, insertStatements } from './rewrite.ts'
import { resolveIdentifiers, type Node } from './syntax.ts'

interface Magic {
  readonly node: TSESTree.StringLiteral
  readonly specifier: string
  readonly method: string | undefined
}

/**
 * `'#controllers/users_controller.index'` to `[UsersController, 'index']` with a lazy import.
 *
 * A magic string is hot on hot-hook 1.0 already, and restarts on 0.4 (measured on the v6 slim kit).
 */
export function rewriteMagicStrings(module: OpenModule): Rewritten {
  const { text, program, scopes, framework, major } = module
  const facts = module.analysis.facts(module.path)
  if (!facts.inServer || facts.foreign) return { edits: [], count: 0, left: [] }
  const loaders = existingLoaders(module)
  const names = new Map<string, string>()
  const taken = new Set(
    scopes.scopes.flatMap(({ set, through }) => [
      ...set.keys(),
      ...through.map(({ identifier }) => String(identifier.name)),
    ]),
  )
  const statements: string[] = []
  const edits: Edit[] = []
  const left: { message: string; offset: number }[] = []
  const { last, next } = prologueOf(program)
  const slots = findSlots(framework, resolveIdentifiers(scopes), facts)
  for (const { node, specifier, method } of magicIn(program, slots)) {
    const quote = node.raw[0] ?? "'"
    const target = facts.module(specifier).exported('default')
    if (
      method !== undefined &&
      target.kind === 'class' &&
      module.analysis.exports.method(target.path, target.exportName, method) === 'absent'
    ) {
      left.push({
        message: `${node.raw} stays a magic string: its class has no method \`${method}\`.`,
        offset: node.range[0],
      })
      continue
    }
    const existing = loaders.get(specifier)
    if (existing && existing.end > node.range[0]) {
      left.push({
        message: `${node.raw} stays a magic string: \`${existing.name}\` is declared below it.`,
        offset: node.range[0],
      })
      continue
    }
    let name = existing?.name ?? names.get(specifier)
    if (name !== undefined && major >= 7 && framework.routeName(name) !== framework.routeName(nameOf(specifier))) {
      left.push({
        message: `${node.raw} stays a magic string: \`${name}\` would give its route another name.`,
        offset: node.range[0],
      })
      continue
    }
    if (name === undefined) {
      const doubt =
        target.kind !== 'class'
          ? 'its module has no default class'
          : target.sideEffect && `${target.sideEffect} runs code when it is imported`
      name = doubt ? undefined : freeName(specifier, taken, major)
      if (name === undefined) {
        left.push({
          message: `${node.raw} stays a magic string: ${doubt ?? 'its name is taken in this file'}.`,
          offset: node.range[0],
        })
        continue
      }
      names.set(specifier, name)
      taken.add(name)
      statements.push(`const ${name} = () => import(${quote}${specifier}${quote})`)
    }
    edits.push({ range: node.range, text: method === undefined ? name : `[${name}, ${quote}${method}${quote}]` })
  }
  const count = edits.length
  if (statements.length > 0 && next) {
    const anchor = last && last.range[0] < next.range[0] ? last : undefined
    edits.push(insertStatements(text, anchor, next, statements, last ? endsWithSemicolon(text, last) : false))
  }
  return { edits, count, left }
}

function magicIn(program: TSESTree.Program, slots: Slots): Magic[] {
  const found: Magic[] = []
  const pending: Node[] = [program]
  for (let node = pending.pop(); node; node = pending.pop()) {
    if (node.type === 'Literal' && typeof node.value === 'string' && node.value.includes('/')) {
      const registration = slots.registrationOf(node)
      if (registration && (registration.shape === 'tuple' || registration.role === 'controller')) {
        const [, specifier = node.value, method] =
          registration.shape === 'tuple' ? (/^(.*)\.([\p{ID_Continue}$]+)$/u.exec(node.value) ?? []) : []
        if (method !== undefined || registration.shape === 'value')
          found.push({ node: node as TSESTree.StringLiteral, specifier, method })
      }
    }
    for (const [key, value] of Object.entries(node)) {
      if (key === 'parent' || typeof value !== 'object' || value === null) continue
      for (const child of Array.isArray(value) ? value : [value]) {
        if (typeof child === 'object' && child !== null && typeof (child as Node).type === 'string')
          pending.push(child as Node)
      }
    }
  }
  return found.sort((a, b) => a.node.range[0] - b.node.range[0])
}

/**
 * `const X = () => import('…')` of the module, by specifier: its name, and where it ends. Not one whose name another
 * scope declares too, since that may be what a route sees.
 */
function existingLoaders({ dynamicImports, scopes }: Parsed): Map<string, { name: string; end: number }> {
  const loaders = new Map<string, { name: string; end: number }>()
  for (const { source, parent } of dynamicImports) {
    const declarator = parent?.type === 'ArrowFunctionExpression' ? parent.parent : undefined
    if (source.type !== 'Literal' || declarator?.type !== 'VariableDeclarator' || declarator.id.type !== 'Identifier')
      continue
    const { name } = declarator.id
    const { kind, parent: holder } = declarator.parent
    const isOnly = scopes.scopes.filter(({ set }) => set.has(name)).length === 1
    if (kind === 'const' && holder.type === 'Program' && isOnly)
      loaders.set(String(source.value), { name, end: declarator.range[1] })
  }
  return loaders
}

/** `users_controller` gives `UsersController`, or `AdminUsersController` when that is taken. AdonisJS 7 names routes by it. */
function freeName(specifier: string, taken: ReadonlySet<string>, major: number): string | undefined {
  const own = nameOf(specifier)
  const parent = pascal(basename(dirname(specifier)))
  const names = major >= 7 ? [own] : [own, parent + own]
  return names.find((name) => /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name) && !taken.has(name))
}

function nameOf(specifier: string): string {
  return pascal(basename(specifier).replace(/\.[cm]?[jt]sx?$/, ''))
}

function pascal(text: string): string {
  return text
    .split(/[^\p{ID_Continue}]+|_/u)
    .filter(Boolean)
    .map((word) => (word[0] ?? '').toUpperCase() + word.slice(1))
    .join('')
}
