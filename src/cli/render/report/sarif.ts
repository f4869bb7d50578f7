import { pathToFileURL } from 'node:url'
import { requirePackage } from '../../../require.ts'
import { DOCS, REPOSITORY } from '../../../lazy/lint.ts'
import { nameBelow, type Problem } from './problems.ts'

export interface SarifRun {
  /** `migrate` or `doctor`. */
  readonly command: string
  readonly problems: readonly Problem[]
  /** Absolute: what paths are relative to. */
  readonly top: string
  /** Absolute: a code host keeps the results of each project of a repository. */
  readonly root: string
}

/** A log of SARIF 2.1.0, as code scanning of GitHub reads it. https://docs.oasis-open.org/sarif/sarif/v2.1.0/ */
export function renderSarif({ command, problems, top, root }: SarifRun): string {
  const rules = [...new Map(problems.map((problem) => [problem.code, problem])).values()]
  const results = problems.map(({ code, level, path, line, message }) => ({
    ruleId: code,
    ruleIndex: rules.findIndex((rule) => rule.code === code),
    level,
    message: { text: message },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: encodedPath(nameBelow(top, path)), uriBaseId: '%SRCROOT%' },
          region: { startLine: Math.max(line, 1) },
        },
      },
    ],
  }))
  const below = nameBelow(top, root)
  return log({
    ...toolOf(rules),
    automationDetails: { id: `hot-codemod ${command}${below === '.' ? '' : `/${below}`}/` },
    invocations: [{ executionSuccessful: true }],
    originalUriBaseIds: { '%SRCROOT%': { uri: `${pathToFileURL(top).href.replace(/\/$/, '')}/` } },
    results,
  })
}

/** A run that could not be. */
export function renderSarifError(message: string): string {
  const notification = { level: 'error', message: { text: message } }
  return log({
    ...toolOf([]),
    invocations: [{ executionSuccessful: false, toolExecutionNotifications: [notification] }],
    results: [],
  })
}

function toolOf(rules: readonly Problem[]): object {
  const { version } = requirePackage('hot-codemod/package.json') as { version: string }
  return {
    tool: {
      driver: {
        name: 'hot-codemod',
        semanticVersion: version,
        informationUri: REPOSITORY,
        rules: rules.map(({ code, meaning, page, level }) => ({
          id: code,
          shortDescription: { text: meaning },
          fullDescription: { text: meaning },
          help: { text: `${meaning} See ${DOCS}/${page}` },
          helpUri: `${DOCS}/${page}`,
          defaultConfiguration: { level },
        })),
      },
    },
  }
}

function log(run: object): string {
  const schema = 'https://json.schemastore.org/sarif-2.1.0.json'
  return `${JSON.stringify({ $schema: schema, version: '2.1.0', runs: [run] }, null, 2)}\n`
}

function encodedPath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/')
}
