import type { Rule } from 'eslint'
import type { Node } from 'jsonc-parser'
import { basename } from 'node:path'
import { lineIndent } from '../src/edits/json.ts'
import { lineBreakOf, positionAt } from '../src/edits/text.ts'
import { configProblems, type ConfigContext, type ConfigProblem } from '../src/graph/config.ts'
import { createPlaces } from '../src/graph/places.ts'
import type { Server } from '../src/graph/server.ts'
import { docsUrl } from '../src/lazy/lint.ts'
import { projectOf } from '../src/lazy/linted-project.ts'
import { listSourceFiles } from '../src/project/files.ts'
import { isRecord } from '../src/project/package-manager.ts'
import { requirePackage } from '../src/require.ts'

const { findNodeAtLocation, parseTree } = requirePackage('jsonc-parser') as typeof import('jsonc-parser')

const rule: Rule.RuleModule = {
  meta: {
    type: 'problem',
    docs: {
      description: 'Enforce a `hotHook` block in package.json that hot-hook reads as it is meant',
      recommended: false,
      url: docsUrl('valid-hot-hook-config'),
    },
    fixable: 'code',
    hasSuggestions: true,
    languages: ['json/json', 'json/jsonc'],
    schema: [],
    messages: {
      problem: '{{message}} {{remedy}}.',
      change: '{{remedy}}.',
    },
  },
  create(context) {
    if (basename(context.physicalFilename) !== 'package.json') return {}
    return {
      Document() {
        const { text } = context.sourceCode
        const tree = parseTree(text)
        const packageJson: unknown = tree && valueOf(text)
        if (!tree || !isRecord(packageJson)) return
        // What is wrong on disk may be why there is no project.
        const server = projectOf(context.physicalFilename, context.sourceCode.ast)?.server
        for (const problem of configProblems(packageJson, server && contextOf(server, packageJson['hotHook']))) {
          const node = findNodeAtLocation(tree, [...problem.at])
          if (node) context.report(describe(problem, node, text))
        }
      },
    } as Rule.RuleListener
  },
}

function valueOf(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch {
    return undefined
  }
}

/** The globs are those of the text, which may not be on disk yet. */
function contextOf(server: Server, hotHook: unknown): ConfigContext {
  const globsOf = (key: string): string[] => {
    const value = isRecord(hotHook) ? hotHook[key] : undefined
    return isGlobs(value) ? [value].flat() : []
  }
  const places = createPlaces(server.root, server.modules)
  return {
    root: server.root,
    files: () => listSourceFiles(server.root),
    model: server.reloadWith(new Map(), { boundaries: globsOf('boundaries'), restart: globsOf('restart') }),
    isBoot: (path) => server.isBoot(path),
    place: (importer) => places.of(importer),
  }
}

function isGlobs(value: unknown): value is string | string[] {
  return typeof value === 'string' || (Array.isArray(value) && value.every((glob) => typeof glob === 'string'))
}

function describe({ code, message, remedy, change }: ConfigProblem, value: Node, text: string): Rule.ReportDescriptor {
  const isKey = code === 'misspelt-key' || code === 'unknown-option' || code === 'not-for-kickjs'
  const node = isKey ? (value.parent?.children?.[0] ?? value) : value
  const range: [number, number] = [node.offset, node.offset + node.length]
  const data = { message, remedy: remedy.replace(/\.$/, '') }
  const fix: Rule.ReportFixer = (fixer) => fixer.replaceTextRange(range, jsonText(change?.to, node, text))
  return {
    loc: { start: positionAt(text, range[0]), end: positionAt(text, range[1]) },
    messageId: 'problem',
    data,
    ...(change?.sure ? { fix } : {}),
    ...(change && !change.sure ? { suggest: [{ messageId: 'change', data, fix }] } : {}),
  }
}

/** The value as JSON, in the layout of the one it replaces. */
function jsonText(value: unknown, { offset, length }: Node, text: string): string {
  if (!Array.isArray(value) || !text.slice(offset, offset + length).includes('\n')) {
    return Array.isArray(value) ? `[${value.map((item) => JSON.stringify(item)).join(', ')}]` : JSON.stringify(value)
  }
  const indent = lineIndent(text, offset)
  const inner = /\n([ \t]*)\S/.exec(text.slice(offset))?.[1] ?? `${indent}  `
  const eol = lineBreakOf(text)
  return `[${eol}${value.map((item) => `${inner}${JSON.stringify(item)}`).join(`,${eol}`)}${eol}${indent}]`
}

export default rule
