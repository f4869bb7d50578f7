import { dirname, join, relative, sep } from 'node:path'
import { jsonPosition } from '../edits/json.ts'
import { positionAt } from '../edits/text.ts'
import { readText } from '../edits/tree.ts'
import { commandsIn, unquote } from './commands.ts'
import { listSourceFiles } from './files.ts'
import { ancestors, readManifest } from './package-manager.ts'
import type { Project } from './project.ts'

/** Why a server runs as CommonJS; the file and the 1-based line that decide it. */
export interface CommonJsProblem {
  readonly message: string
  readonly path: string
  readonly line: number | undefined
}

/**
 * Whether the server runs as CommonJS, where hot-hook 1.0 keeps old code or fails requests with `Node … does not exist`:
 * by what the development script starts, by the extension of the entry, or by the package.json nearest to it.
 *
 * @param text of package.json.
 * @returns undefined for ES modules. Else the message tells what decides it and what to change, with places.
 */
export function commonJsProblem(project: Project, text: string): CommonJsProblem | undefined {
  const cause = causeOf(project, text)
  if (cause === undefined) return undefined
  const place = cause.line === undefined ? cause.path : `${cause.path}:${cause.line}`
  return {
    path: cause.path,
    line: cause.line,
    message: [
      `${place} ${cause.what}. hot-hook reloads ES modules only: imported lazily, a handler would keep its old code, or its requests fail with HTTP 500 (\`Node … does not exist\`). Nothing was changed.`,
      'To run the server as ES modules:',
      ...checklist(project, cause).map((item) => `- ${item}`),
      'Then run hot-codemod again.',
    ].join('\n'),
  }
}

interface Cause {
  readonly path: string
  readonly line: number | undefined
  /** The rest of a sentence that begins with the place. */
  readonly what: string
  /** The first thing to do about it. */
  readonly remedy: string
}

function causeOf({ root, packageJsonPath, runtime, packageJson }: Project, text: string): Cause | undefined {
  const { script, entry } = runtime
  const names = script === undefined ? ['dev', 'start:dev'] : [script.name]
  for (const name of names) {
    const output = commonJsOutput(packageJson.scripts?.[name])
    if (output === undefined) continue
    return {
      path: packageJsonPath,
      line: jsonPosition(text, ['scripts', name])?.line,
      what: `starts ${output}, which is CommonJS by its extension`,
      remedy: 'start the source, or let the build write ES modules (`format: esm`)',
    }
  }
  if (entry !== undefined && /\.m[jt]s$/.test(entry)) return undefined
  if (entry !== undefined && /\.c[jt]s$/.test(entry)) {
    return {
      path: entry,
      line: 1,
      what: 'is what the server starts with, and CommonJS by its extension',
      remedy: `rename it to .m${entry.slice(-2)}`,
    }
  }
  const manifest = entry === undefined ? packageJsonPath : nearestPackageJson(dirname(entry), packageJsonPath)
  const type = readManifest(manifest)?.['type']
  if (type === 'module') return undefined
  const name = entry === undefined ? 'the server' : relative(root, entry).split(sep).join('/')
  const by = runtime.loader === 'tsx' || runtime.loader === 'ts-node' ? runtime.loader : 'Node.js'
  const started = script === undefined ? '' : ` (script "${script.name}", line ${script.line})`
  return {
    path: manifest,
    line: jsonPosition(readText(manifest) ?? '{}', ['type'])?.line,
    what: `has ${type === undefined ? 'no "type": "module"' : `"type": ${JSON.stringify(type)}`}, so ${by} runs ${name}${started} and what it imports as CommonJS, whatever syntax they have`,
    remedy: `set "type": "module" in ${relative(root, manifest).split(sep).join('/')}`,
  }
}

/** The build output with the extension `.cjs` that a script starts. */
function commonJsOutput(script: string | undefined): string | undefined {
  const words = commandsIn(script ?? '').flatMap(({ words }) => words.map(({ text }) => unquote(text)))
  return words.find((word) => /^(?:\.\/)?(?:dist|build|out)\/.*\.cjs$/.test(word))
}

function nearestPackageJson(directory: string, otherwise: string): string {
  for (const ancestor of ancestors(directory)) {
    const path = join(ancestor, 'package.json')
    if (readManifest(path) !== undefined) return path
  }
  return otherwise
}

interface Site {
  readonly pattern: RegExp
  readonly one: string
  readonly many: string
  /** What to write in its place. */
  readonly remedy: string
}

const SITES: readonly Site[] = [
  {
    pattern:
      /(?<!\btype\b[^'"\n]*)\b(?:from|import)\s*\(?\s*['"]\.{1,2}(?:\/[^'"\n]*)?(?<!\.(?:[cm]?[jt]sx?|json|node|css|wasm))['"]/g,
    one: 'relative import has none',
    many: 'relative imports have none',
    remedy: "write extensions, as in './users.js': Node.js and tsc ask for them, tsx does not",
  },
  {
    pattern: /(?<![.\w])require\s*\(/g,
    one: 'call of require()',
    many: 'calls of require()',
    remedy: 'use `import`, or `createRequire(import.meta.url)`',
  },
  {
    pattern: /\bmodule\.exports\b|^[ \t]*exports\.\w+\s*=/gm,
    one: 'use of module.exports',
    many: 'uses of module.exports',
    remedy: 'use `export`',
  },
  {
    pattern: /\b__(?:dirname|filename)\b/g,
    one: 'use of __dirname or __filename',
    many: 'uses of __dirname or __filename',
    remedy: 'use `import.meta.dirname` and `import.meta.filename`',
  },
  {
    pattern: /\bfrom\s*['"][^'"\n]+\.json['"](?!\s*(?:with|assert))/g,
    one: 'import of JSON',
    many: 'imports of JSON',
    remedy: "add `with { type: 'json' }`",
  },
]

const OUTSIDE = /(?:^|[\\/])(?:tests?|__tests__|scripts|build|dist)[\\/]|\.(?:spec|test|config)\.[cm]?[jt]sx?$/
const COMMENT = /^\s*(?:\/[/*]|\*)/

function checklist({ root }: Project, { remedy }: Cause): string[] {
  const texts = listSourceFiles(root)
    .filter((path) => !OUTSIDE.test(path.slice(root.length)))
    .map((path) => [relative(root, path).split(sep).join('/'), textOf(path)] as const)
  const found = SITES.flatMap(({ pattern, one, many, remedy: advice }) => {
    const places = texts.flatMap(([name, text]) => linesOf(text, pattern).map((line) => `${name}:${line}`))
    if (places.length === 0) return []
    return [`${advice} (${places.length} ${places.length === 1 ? one : many}, the first in ${places[0]})`]
  })
  return [remedy, ...compilerAdvice(root), ...found]
}

/** The 1-based lines of what `pattern` matches outside of whole lines of comment. */
function linesOf(text: string, pattern: RegExp): number[] {
  return [...text.matchAll(pattern)].flatMap(({ index }) => {
    const line = text.slice(text.lastIndexOf('\n', index - 1) + 1).split('\n', 1)[0] ?? ''
    return COMMENT.test(line) ? [] : [positionAt(text, index).line]
  })
}

/** What tsc writes is CommonJS too where its configuration says so. */
function compilerAdvice(root: string): string[] {
  const path = join(root, 'tsconfig.json')
  const module = /"module"\s*:\s*"commonjs"/i.exec(textOf(path))
  if (module === null) return []
  return [`set "module": "nodenext" (tsconfig.json:${positionAt(textOf(path), module.index).line})`]
}

function textOf(path: string): string {
  try {
    return readText(path) ?? ''
  } catch {
    return ''
  }
}
