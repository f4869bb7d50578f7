import { join, relative, sep } from 'node:path'
import { codemods } from '../../../../codemods/index.ts'
import type { Diagnosis, ImportReport, Migration, Step, VerifiedMigration } from '../../../api.ts'
import { FINDINGS } from '../../../doctor/finding.ts'
import { isWithin } from '../../../edits/paths.ts'
import { explainReason } from '../../../lazy/reasons.ts'
import { realPath } from '../../../project/files.ts'
import { repositoryOf } from '../../../project/git.ts'
import { count } from '../../../edits/text.ts'

/** Something at a place of the code, for tools that show it there. */
export interface Problem {
  /** A code of a finding or of a reason, or the name of a codemod. */
  readonly code: string
  readonly level: Level
  /** Absolute. */
  readonly path: string
  /** 1-based; 0 for the file as a whole. */
  readonly line: number
  /** What is there, and what to do; sentences. */
  readonly message: string
  /** What the code means in any project; a sentence. */
  readonly meaning: string
  /** The page that lists the code, below docs. */
  readonly page: string
}

const LEVELS = ['error', 'warning', 'note'] as const
export type Level = (typeof LEVELS)[number]

/** Worst first: where a tool shows the first few only. */
function sorted(problems: readonly Problem[]): Problem[] {
  return [...problems].sort((a, b) => LEVELS.indexOf(a.level) - LEVELS.indexOf(b.level))
}

/** @param minimum the hot coverage asked for, in percent, when it is not reached. */
export function problemsOfDiagnosis({ project, findings, coverage }: Diagnosis, minimum?: number): Problem[] {
  const { hot, total } = coverage.files
  const below: Problem = {
    code: 'min-coverage',
    level: 'error',
    path: project.packageJsonPath,
    line: 0,
    message: `${hot} of ${count(total, 'file')} are hot, and ${minimum} % were asked for.`,
    meaning: 'Less is hot than `--min-coverage` asks for.',
    page: 'doctor.md',
  }
  return sorted([
    ...(minimum === undefined ? [] : [below]),
    ...findings.map(({ code, severity, path, line, message, remedy }): Problem => {
      const level = severity === 'info' ? 'note' : severity
      const { meaning } = FINDINGS[code]
      const text = [message, remedy].filter(Boolean).join(' ')
      return { code, level, path: join(project.root, path), line, message: text, meaning, page: 'doctor.md#findings' }
    }),
  ])
}

/**
 * What is left: imports that stay static, steps for a person, and, when nothing was written, all that would be.
 *
 * @param applied whether the changes were written.
 */
export function problemsOfMigration(migration: Migration, applied: boolean, verified?: VerifiedMigration): Problem[] {
  const { project, imports, steps, notes } = migration
  const pending = imports.filter(({ verdict }) => verdict === 'fix')
  const rewritten = new Set(pending.map(({ path }) => join(project.root, path)))
  const others = steps.filter(({ edits, files }) => edits > 0 && !files.some((path) => rewritten.has(path)))
  const left = imports.filter(({ verdict }) => verdict === 'suggest' || verdict === 'leave')
  const manual = notes.filter(({ kind }) => kind === 'manual')
  const { rolledBack = [], regressions = [] } = verified ?? {}
  const place = { path: project.packageJsonPath, line: 0 }
  const seen = { meaning: '`migrate --verify` saw a difference.', page: 'verify.md' }
  return sorted([
    ...regressions.map((what): Problem => ({
      code: 'regression',
      level: 'error',
      ...place,
      ...seen,
      message: `${what}.`,
    })),
    ...(applied ? [] : pending.map((report) => importProblem(report, 'warning', project.root))),
    ...(applied ? [] : others.flatMap((step) => stepProblem(step, project.packageJsonPath))),
    ...manual.map(({ path = place.path, line = 0, message }): Problem => ({
      code: 'manual-step',
      level: 'warning',
      path,
      line,
      message,
      meaning: 'A step is left to you.',
      page: 'json.md',
    })),
    ...rolledBack.map(({ path, what }): Problem => ({
      code: 'regressed',
      level: 'warning',
      path: join(project.root, path),
      line: 0,
      message: `Left as it is, since with lazy imports there: ${what}.`,
      ...seen,
    })),
    ...left.map((report) => importProblem(report, 'note', project.root)),
  ])
}

function importProblem(
  { path, line, names, specifier, reason, message, verdict }: ImportReport,
  level: Level,
  root: string,
): Problem {
  const what = names.length > 0 ? names.map((name) => `\`${name}\``).join(', ') : `\`${specifier}\``
  const how = verdict === 'fix' ? 'can be imported lazily: run `hot-codemod migrate`.' : 'stays imported statically.'
  return {
    code: reason,
    level,
    path: join(root, path),
    line,
    message: `${what} ${how} ${message}`,
    meaning: explainReason(reason, '…'),
    page: 'reasons.md',
  }
}

function stepProblem({ codemod, files, summary }: Step, otherwise: string): Problem {
  return {
    code: codemod,
    level: 'warning',
    path: files[0] ?? otherwise,
    line: 0,
    message: `\`hot-codemod migrate\` changes this file: ${summary}.`,
    meaning: `${codemods.find(({ name }) => name === codemod)?.description ?? codemod}.`,
    page: `codemods/${codemod}.md`,
  }
}

/**
 * What paths are relative to on a code host: the directory that GitHub Actions checked out, where the project is in it,
 * else the top of the git repository, else the project.
 */
export function topOf(root: string, { GITHUB_WORKSPACE }: NodeJS.ProcessEnv): string {
  const workspace = GITHUB_WORKSPACE ? realPath(GITHUB_WORKSPACE) : undefined
  return workspace !== undefined && isWithin(root, workspace) ? workspace : (repositoryOf(root) ?? root)
}

/** `path` relative to `top`, with `/`. */
export function nameBelow(top: string, path: string): string {
  return relative(top, path).split(sep).join('/') || '.'
}
