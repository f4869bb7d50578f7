import { dirname, join } from 'node:path'
import { parseSync } from 'oxc-parser'
import { someNode } from './exports/nodes.ts'
import type { HotHookOptions } from '../project/project.ts'

/** What `hot.init({ … })` in the entry sets, as far as it is written out. */
export interface HotInit extends HotHookOptions {
  /** Directory that the globs start from; undefined when it is not written out. */
  readonly rootDirectory: string | undefined
}

interface AnyNode {
  readonly type?: string
  readonly [key: string]: unknown
}

/**
 * Reads the options of `hot.init()` in a module. They take the place of `hotHook` in package.json, which hot-hook 1.0
 * reads in `hot-hook/register` only.
 *
 * @param path absolute; `import.meta.dirname` stands for its directory.
 * @returns undefined when the module does not call `hot.init()` with an object.
 */
export function readHotInit(path: string, text: string): HotInit | undefined {
  if (!/\bhot-hook\b/.test(text) || !/\.\s*init\s*\(/.test(text)) return undefined
  const { program, errors } = parseSync(path, text, { sourceType: 'module', astType: 'ts' })
  const call = errors.length === 0 ? findInit(program) : undefined
  const [options] = (call?.['arguments'] ?? []) as AnyNode[]
  if (options?.type !== 'ObjectExpression') return undefined
  const value = (name: string): unknown => {
    const property = (options['properties'] as AnyNode[]).find(
      ({ type, key }) => type === 'Property' && (key as AnyNode)['name'] === name,
    )
    return property && fold(property['value'] as AnyNode, path)
  }
  const list = (name: string): readonly string[] | undefined => {
    const found = value(name)
    if (typeof found === 'string') return [found]
    return Array.isArray(found) ? found.filter((item): item is string => typeof item === 'string') : undefined
  }
  const rootDirectory = value('rootDirectory')
  const lists = Object.entries({ boundaries: list('boundaries'), ignore: list('ignore'), restart: list('restart') })
  return {
    ...Object.fromEntries(lists.filter(([, found]) => found !== undefined)),
    rootDirectory: typeof rootDirectory === 'string' ? join(rootDirectory) : undefined,
  }
}

function findInit(root: object): AnyNode | undefined {
  let init: AnyNode | undefined
  someNode<AnyNode>(root, (node) => {
    const callee = node['callee'] as AnyNode | undefined
    if (node.type !== 'CallExpression' || callee?.type !== 'MemberExpression') return false
    const { object, property } = callee as { object: AnyNode; property: AnyNode }
    if (object['name'] !== 'hot' || property['name'] !== 'init') return false
    init = node
    return true
  })
  return init
}

/** Strings, lists of them, and what is joined from `import.meta.dirname`. */
function fold(node: AnyNode, path: string): unknown {
  switch (node.type) {
    case 'Literal':
      return node['value']
    case 'ArrayExpression':
      return (node['elements'] as AnyNode[]).map((element) => fold(element, path))
    case 'MemberExpression': {
      if ((node['object'] as AnyNode).type !== 'MetaProperty') return undefined
      const name = (node['property'] as AnyNode)['name']
      return name === 'dirname' ? dirname(path) : name === 'filename' ? path : undefined
    }
    case 'BinaryExpression': {
      const left = fold(node['left'] as AnyNode, path)
      const right = fold(node['right'] as AnyNode, path)
      return typeof left === 'string' && typeof right === 'string' ? left + right : undefined
    }
    case 'CallExpression': {
      const callee = node['callee'] as AnyNode
      const name = callee['name'] ?? (callee['property'] as AnyNode | undefined)?.['name']
      const parts = (node['arguments'] as AnyNode[]).map((argument) => fold(argument, path))
      const isPath = (name === 'join' || name === 'resolve') && parts.every((part) => typeof part === 'string')
      return isPath ? join(...(parts as string[])) : undefined
    }
    default:
      return undefined
  }
}
