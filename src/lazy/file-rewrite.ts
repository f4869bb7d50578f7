import { frameworks } from '../frameworks/index.ts'
import type { Framework } from '../frameworks/framework.ts'
import type { Edit } from '../edits/text.ts'
import type { Project } from '../project/project.ts'
import type { Analysis } from './analysis.ts'
import type { FileRewriteName } from './file-rewrite-name.ts'
import { rewriteBoundInstances } from './bound-instances.ts'
import { rewriteLazyImports } from './lazy-imports.ts'
import { rewriteMagicStrings } from './magic-strings.ts'
import { parseModule, type Parsed, type SyntaxProblem } from './parse.ts'

/** One module, parsed, with what the rewrites need to know around it. */
export interface OpenModule extends Parsed {
  readonly path: string
  readonly text: string
  readonly framework: Framework
  readonly major: number
  readonly analysis: Analysis
}

export interface Rewritten {
  readonly edits: readonly Edit[]
  /** How many imports, instances or strings that is. */
  readonly count: number
  /** What stays as it is, and why: a sentence and the offset it is about. */
  readonly left: readonly { readonly message: string; readonly offset: number }[]
  /** The edits import `fromModule`: see hot-file.ts. */
  readonly needsHotFile?: true
}

/** The rewrites that work on one file at a time, by the name of their codemod. */
export const fileRewrites: Readonly<Record<FileRewriteName, (module: OpenModule) => Rewritten>> = {
  'lazy-imports': rewriteLazyImports,
  'bound-instances': rewriteBoundInstances,
  'magic-strings': rewriteMagicStrings,
}

/** @returns the problem when the text does not parse; the file must then stay as it is. */
export function openModule(
  project: Project,
  analysis: Analysis,
  path: string,
  text: string,
): OpenModule | SyntaxProblem {
  const parsed = parseModule(path, text)
  if ('message' in parsed) return parsed
  return {
    ...parsed,
    path,
    text,
    analysis,
    framework: frameworks[project.framework.name],
    major: project.framework.major,
  }
}
