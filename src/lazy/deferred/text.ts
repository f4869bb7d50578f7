import type { TSESTree } from '@typescript-eslint/utils'
import type { Edit } from '../../edits/text.ts'
import type { FunctionNode } from '../../graph/module-code.ts'
import { styleAt } from '../per-request.ts'
import { closing } from '../rewrite.ts'

/** Puts statements at the top of functions of one module. */
export interface FunctionTops {
  /** The edits that put `statement`, without a semicolon, at the top of the function, and make it async. Those it shares with others are the same objects. */
  insert(owner: FunctionNode, statement: string): Edit[]
}

export function createFunctionTops(text: string, program: TSESTree.Program): FunctionTops {
  const blocks = new Map<FunctionNode, Block>()
  const keywords = new Map<FunctionNode, Edit>()

  function insert(owner: FunctionNode, statement: string): Edit[] {
    return [...keywordOf(owner), ...insertStatement(owner, statement)]
  }

  function keywordOf(owner: FunctionNode): Edit[] {
    if (owner.async) return []
    const [start] = owner.range
    const edit = keywords.get(owner) ?? { range: [start, start], text: 'async ' }
    keywords.set(owner, edit)
    return [edit]
  }

  function insertStatement(owner: FunctionNode, statement: string): Edit[] {
    if (owner.body.type === 'BlockStatement') return [inBlock(owner.body, statement)]
    let block = blocks.get(owner)
    if (!block) blocks.set(owner, (block = blockAround(owner, owner.body)))
    const { semicolon, lineBreak, indent, at } = block
    return [
      block.opens,
      { range: [at, at], text: `${lineBreak}${indent}${statement}${semicolon}` },
      block.returns,
      block.closes,
    ]
  }

  function inBlock({ body, range }: TSESTree.BlockStatement, statement: string): Edit {
    const isDirective = (node: TSESTree.Statement): boolean =>
      node.type === 'ExpressionStatement' && typeof node.directive === 'string'
    const first = body.find((node) => !isDirective(node))
    const directive = body.findLast(isDirective)
    const start = directive ? directive.range[1] : range[0] + 1
    const { semicolon, lineBreak, indent, unit } = styleAt(text, first?.range[0] ?? start, program)
    // Behind what else is on the line of the brace: a comment.
    const rest = /^[ \t]*(?:\/\/[^\r\n]*|\/\*[^\r\n]*?\*\/[ \t]*)?(?=\r|\n)/.exec(text.slice(start))
    if (!rest) return { range: [start, start], text: ` ${statement};` }
    const at = start + rest[0].length
    const isAlone = first !== undefined && /^\s*$/.test(text.slice(at, first.range[0]).replace(/^.*(?:\r|\n)/s, ''))
    const own = isAlone ? indent : styleAt(text, start, program).indent + unit
    return { range: [at, at], text: `${lineBreak}${own}${statement}${semicolon || closing(text, at)}` }
  }

  /** What makes a block of the body of an arrow function. */
  function blockAround(owner: FunctionNode, body: TSESTree.Expression): Block {
    const { semicolon, lineBreak, indent, unit } = styleAt(text, owner.range[0], program)
    const arrow = arrowBefore(text, owner, body)
    const at = arrow + 2
    const [blank = ''] = /^\s*/.exec(text.slice(at)) ?? []
    const start = at + blank.length
    const next = text[start] ?? ''
    const returns = `${lineBreak}${indent}${unit}return `
    return {
      at,
      indent: indent + unit,
      semicolon,
      lineBreak,
      opens: { range: [arrow, at], text: '=> {' },
      // In place of something, so that it comes behind what is inserted there.
      returns:
        blank === '' ? { range: [start, start + 1], text: returns + next } : { range: [at, start], text: returns },
      closes: { range: [owner.range[1], owner.range[1]], text: `${semicolon}${lineBreak}${indent}}` },
    }
  }

  return { insert }
}

interface Block {
  /** Where statements go. */
  readonly at: number
  readonly indent: string
  readonly semicolon: string
  readonly lineBreak: string
  readonly opens: Edit
  readonly returns: Edit
  readonly closes: Edit
}

/** Whether comments stand between `=>` and the body, or nothing else would fit there. */
export function hasCommentBeforeBody(text: string, owner: FunctionNode): boolean {
  if (owner.body.type === 'BlockStatement') return false
  return /\/[/*]/.test(text.slice(arrowBefore(text, owner, owner.body) + 2, owner.body.range[0]))
}

/** Offset of the `=>` before the body: comments and parentheses may stand between them, and a type before it. */
function arrowBefore(text: string, owner: FunctionNode, body: TSESTree.Expression): number {
  const before = owner.returnType ?? owner.params.at(-1) ?? owner.typeParameters
  const from = before?.range[1] ?? owner.range[0]
  return from + text.slice(from, body.range[0]).indexOf('=>')
}
