import type { Verification, VerifiedFile } from '../../api.ts'
import { titleOf } from '../../doctor/titles.ts'
import { count } from '../../edits/text.ts'
import type { Colours } from './colours.ts'
import { paintOutcome } from './diagnosis.ts'
import { padded, widthOf } from './fitted.ts'

/** How many files are listed that no request reached. */
const NOT_REACHED = 10

/** How many requests are listed that fail before any file is saved. */
const FAILING = 5

/** What `hot-codemod verify` shows a person. */
export function renderVerification(verification: Verification, paint: Colours): string {
  const blocks = [
    headLines(verification, paint),
    differenceLines(verification, paint),
    requestLines(verification, paint),
    outcomeLines(verification, paint),
    notReachedLines(verification, paint),
    againstLines(verification, paint),
    timingLines(verification, paint),
    verification.problems.map((problem) => `  ${paint.red('✗')} ${problem}`),
    [resultLine(verification, paint)],
  ]
  const text = blocks.filter((lines) => lines.length > 0).map((lines) => lines.join('\n'))
  return `${text.join('\n\n')}\n`
}

function headLines({ project, command, node }: Verification, paint: Colours): string[] {
  const { framework, runtime } = project
  const parts = [
    paint.bold(framework.name === 'node' ? 'node:http' : titleOf(framework)),
    `Node.js ${node}`,
    `hot-hook ${runtime.hotHookVersion}`,
    command,
  ]
  return [`  ${parts.join(paint.dim(' · '))}`]
}

function requestLines({ requests, files }: Verification, paint: Colours): string[] {
  if (files.length === 0) return ['  No file that the server loads has changed.']
  if (requests.length === 0) {
    return [`  ${paint.yellow('No request')} is known, so only what the start loads is reached. Name some with --url.`]
  }
  const counts = new Map<number, number>()
  for (const { status } of requests) counts.set(status, (counts.get(status) ?? 0) + 1)
  const shown = [...counts].filter(([status]) => status > 0).sort(([a], [b]) => a - b)
  const refused = requests.filter(({ status }) => status === 401 || status === 403).length
  const failing = requests.filter(({ status }) => status === 0 || status === 429 || status >= 500)
  return [
    `  ${paint.bold(count(requests.length, 'request'))}   ${shown.map(([status, number]) => `${status} × ${number}`).join('   ')}`,
    ...(2 * refused > requests.length
      ? [
          `    ${paint.yellow('Most are refused.')} Log in with a header: --header 'Authorization: Bearer …', or Cookie.`,
        ]
      : []),
    ...failing
      .slice(0, FAILING)
      .map(({ request, status }) =>
        status === 0
          ? `    ${request}  ${paint.yellow('gives no answer, so it was left out')}`
          : `    ${request}  ${paint.yellow(`answers ${status}`)} ${paint.dim('before any file is saved')}`,
      ),
  ]
}

function differenceLines({ files }: Verification, paint: Colours): string[] {
  const wrong = files.filter(({ passes }) => !passes)
  const width = Math.max(0, ...wrong.map(({ path }) => widthOf(path)))
  return wrong.map(
    (file) => `  ${paint.red('✗')} ${padded(file.path, width)}  ${paintOutcome(worse(file), paint)}  ${describe(file)}`,
  )
}

function worse({ agrees, observed, predicted }: VerifiedFile): VerifiedFile['predicted'] {
  return agrees === null || observed === 'not-reached' ? predicted : observed
}

function describe({ agrees, observed, predicted, reason, request }: VerifiedFile): string {
  if (agrees === null) return `predicted (${reason}); no answer shows whether the old code is still in use`
  const prediction = agrees ? 'as predicted' : `predicted ${predicted}`
  if (observed === 'stale') {
    return `${prediction}; hot-hook says it is reloaded, and the old code still answers ${request ?? 'requests'}`
  }
  if (observed === 'error') {
    return `${prediction}; ${request === null ? 'the application ends when it is saved' : `${request} fails when it is saved`}`
  }
  return prediction
}

const OUTCOMES = ['hot', 'restart', 'stale', 'error', 'unwatched'] as const

function outcomeLines({ files }: Verification, paint: Colours): string[] {
  if (files.length === 0) return []
  const counts = OUTCOMES.map(
    (outcome) => [outcome, files.filter(({ observed }) => observed === outcome).length] as const,
  )
  const shown = counts
    .filter(([, number]) => number > 0)
    .map(([outcome, number]) => `${paintOutcome(outcome, paint)} ${number}`)
  return [`  ${paint.bold(`${count(files.length, 'file')} saved`)}   ${shown.join('   ')}`]
}

function notReachedLines({ files }: Verification, paint: Colours): string[] {
  const missed = files.filter(({ observed, passes }) => observed === 'not-reached' && passes)
  if (missed.length === 0) return []
  const more = missed.length - NOT_REACHED
  return [
    `  ${paint.yellow(`${count(missed.length, 'file')} not reached`)}   no request has the server load or use ${missed.length === 1 ? 'it' : 'them'}. Name more with --url, such as --url 'POST /users {}'.`,
    ...missed.slice(0, NOT_REACHED).map(({ path, predicted }) => `    ${path}  ${paint.dim(`predicted ${predicted}`)}`),
    ...(more > 0 ? [paint.dim(`    … and ${more} more (--json)`)] : []),
  ]
}

/** How many differences are shown of one kind. */
const DIFFERENCES = 10

function againstLines({ against }: Verification, paint: Colours): string[] {
  if (against === null) return []
  const { version, command, answers, types } = against
  const { differences, varying, same } = answers
  const shown = differences.slice(0, DIFFERENCES)
  const added = types?.added ?? []
  const more = (all: readonly unknown[]): string[] =>
    all.length > DIFFERENCES ? [paint.dim(`    … and ${all.length - DIFFERENCES} more (--json)`)] : []
  return [
    `  ${paint.bold(`Against ${version}`)}   ${paint.dim(command)}`,
    `    ${count(same, 'request')} answered the same${varying.length > 0 ? `, ${varying.length} that vary by themselves: ${varying.join(', ')}` : ''}`,
    ...shown.flatMap(({ request, what, name, before, after }) => [
      `  ${paint.red('✗')} ${request}  ${name ?? what}`,
      `      before  ${before}`,
      `      now     ${after}`,
    ]),
    ...more(differences),
    ...(types === null
      ? [paint.dim('    types were not compared: no TypeScript, or no tsconfig.json')]
      : [
          `    ${types.problem === null ? count(added.length, 'new type error') : paint.yellow(`types were not compared: ${types.problem}`)}`,
        ]),
    ...added
      .slice(0, DIFFERENCES)
      .map(({ path, line, code, message }) => `  ${paint.red('✗')} ${path}:${line}  ${code} ${message.split('\n')[0]}`),
    ...more(added),
  ]
}

function timingLines({ timing }: Verification, paint: Colours): string[] {
  if (timing === null) return []
  const { file, request, rounds, hot, restart, ratio, editsPerDay, secondsPerDay } = timing
  const times = ratio >= 10 ? Math.round(ratio) : Number(ratio.toFixed(1))
  return [
    `  ${paint.bold('Save to fresh response')}   ${paint.green(inMilliseconds(hot.median))}; with a restart ${inMilliseconds(restart.median)}, ${times} times as long`,
    ...(editsPerDay === undefined || secondsPerDay === undefined || secondsPerDay <= 0
      ? []
      : [
          `    at the ${count(Math.round(editsPerDay), 'edit')} of your day in git, that is ${inSeconds(secondsPerDay)} a day`,
        ]),
    paint.dim(`    ${request} after a save of ${file}, medians of ${rounds}`),
    paint.dim(`    restart: ${restart.command} (${restart.source})`),
    ...restart.notes.map((note) => paint.dim(`    ${note}`)),
  ]
}

function inMilliseconds(milliseconds: number): string {
  return `${Math.round(milliseconds).toLocaleString('en-US')} ms`
}

function inSeconds(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`
  return seconds < 120 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`
}

function resultLine({ files, against, passes }: Verification, paint: Colours): string {
  if (files.length === 0 && passes) return `  ${paint.green('Nothing to save.')}`
  const decided = files.filter(({ agrees }) => agrees !== null)
  const right = decided.filter(({ agrees }) => agrees === true).length
  const unstable = files.filter((file) => file.unstable).length
  const missed = files.filter(({ observed }) => observed === 'not-reached').length
  const differing = new Set(against?.answers.differences.map(({ request }) => request)).size
  const text = [
    `${right} of ${count(decided.length, 'file')} as predicted`,
    ...(missed === 0 ? [] : [`${missed} not reached`]),
    ...(unstable === 0 ? [] : [`${unstable} depend on the order of imports, so nothing is promised`]),
    ...(differing === 0 ? [] : [`${count(differing, 'request')} answered differently`]),
    ...(against?.types?.added.length ? [count(against.types.added.length, 'new type error')] : []),
  ].join('; ')
  return `  ${(passes ? paint.green : paint.red)(`${text}.`)}`
}

/** `hot-codemod verify --json`; documented in docs/json.md. */
export function verificationAsJson({ project, passes, ...rest }: Verification): string {
  const { root, framework, runtime } = project
  return `${JSON.stringify(
    { version: 1, root, framework, hotHook: runtime.hotHookVersion, passes, ...rest },
    null,
    2,
  )}\n`
}
