import type { Answers } from './asked.ts'
import type { Answer } from './request.ts'

/** What one version of an application answers and the other does not. */
export interface Difference {
  /** Its text. */
  readonly request: string
  readonly what: 'status' | 'header' | 'body'
  /** Of the header. */
  readonly name?: string
  /** One line, around the first place that differs; `(none)` of a header that is not there. */
  readonly before: string
  readonly after: string
}

export interface Comparison {
  readonly differences: readonly Difference[]
  /** The requests that one version answers now so and now so: nothing can be said of them. */
  readonly varying: readonly string[]
  /** How many requests are answered the same. */
  readonly same: number
}

export interface CompareOptions {
  /** Absolute paths of the copies: they are taken for the same. */
  readonly directories?: readonly string[]
}

/**
 * Compares what two versions of an application answer. Each was asked all requests in two rounds or more: `before[0]`
 * is compared with `after[0]`, and so on; what differs between the rounds of one version shows what varies by itself.
 *
 * Values are compared as they are first. Only where they differ, each word that differs has to be explained
 * - by the rounds;
 * - by what differs between two boots: path of the copy, port of a loopback address, process id, uptime, memory, a
 *   measured duration;
 * - by what it is: a UUID, a hexadecimal or random id, a hash, a token, points in time less than an hour apart;
 * - by what a rewrite moves: the frames of a stack.
 *
 * A fixed date, a count and a configured duration are none of that. Besides:
 * - The order of headers means nothing; that of cookies and that of keys in JSON does.
 * - Of two answers with 500 or above, the message is compared, not the stack; their headers but for those of the body.
 * - A version that answers 5xx, or not at all, in one round where the one before never does, differs.
 */
export function compareAnswers(
  before: readonly Answers[],
  after: readonly Answers[],
  { directories = [] }: CompareOptions = {},
): Comparison {
  const differences: Difference[] = []
  const varying: string[] = []
  const requests = [...new Set([...before, ...after].flatMap((round) => Object.keys(round)))]
  let same = 0
  for (const request of requests) {
    const answersOf = (rounds: readonly Answers[]): Answer[] => rounds.map((round) => round[request] ?? NOT_ASKED)
    const found = compareRequest(request, answersOf(before), answersOf(after), directories)
    differences.push(...found.filter((verdict) => typeof verdict === 'object'))
    if (found.includes('varying')) varying.push(request)
    if (found.length === 0) same++
  }
  return { differences, varying, same }
}

const NOT_ASKED: Answer = { status: 0, headers: {}, body: 'It was not asked.' }

/** Headers whose value says nothing of the code: they have to be there, or not, in both. */
const VOLATILE_HEADERS = new Set([
  ...['age', 'date', 'last-modified', 'retry-after', 'server-timing', 'traceparent'],
  ...['ratelimit', 'ratelimit-reset', 'x-ratelimit-reset', 'x-rate-limit-reset'],
  ...['request-id', 'x-amzn-trace-id', 'x-correlation-id', 'x-request-id', 'x-trace-id'],
  ...['x-process-time', 'x-response-time', 'x-runtime'],
])

/** Headers that follow from the body. */
const BODY_HEADERS = new Set(['content-digest', 'content-length', 'content-md5', 'digest', 'etag'])

function compareRequest(
  request: string,
  before: readonly Answer[],
  after: readonly Answer[],
  directories: readonly string[],
): (Difference | 'varying')[] {
  const status = compareStatus(request, before, after)
  if (status !== undefined) return [status]
  const fails = [...before, ...after].every(isFailure)
  const bodyOf = (answer: Answer): string => (fails ? messageOf(answer.body) : answer.body)
  const bodies: Values = { before: before.map(bodyOf), after: after.map(bodyOf) }
  const hasSameBody = isEqual(bodies)
  const found: (Difference | 'varying')[] = []
  for (const name of headerNames(before, after)) {
    if (BODY_HEADERS.has(name) && fails) continue
    const headers = { before: valuesOf(before, name), after: valuesOf(after, name) }
    const isVolatile = VOLATILE_HEADERS.has(name) || (BODY_HEADERS.has(name) && !hasSameBody)
    if (isVolatile && !isMissing(headers)) continue
    const verdict = compareTexts(headers, directories)
    if (verdict !== 'same') found.push(asDifference(verdict, { request, what: 'header', name }, headers))
  }
  const verdict = compareTexts(bodies, directories)
  if (verdict !== 'same') found.push(asDifference(verdict, { request, what: 'body' }, bodies))
  return found
}

function compareStatus(
  request: string,
  before: readonly Answer[],
  after: readonly Answer[],
): Difference | 'varying' | undefined {
  const statuses: Values = { before: before.map(statusOf), after: after.map(statusOf) }
  if (isEqual(statuses)) return undefined
  const broken = before.some(isFailure) ? undefined : after.find(isFailure)
  const varies = new Set(statuses.before).size > 1 || new Set(statuses.after).size > 1
  const [first, then] = [before[0], broken ?? after[0]]
  if (first === undefined || then === undefined || (varies && broken === undefined)) return 'varying'
  return { request, what: 'status', before: describe(first), after: describe(then) }
}

function statusOf({ status }: Answer): string {
  return String(status)
}

/** Whether it is an error of the application, or no answer. */
function isFailure({ status }: Answer): boolean {
  return status === 0 || status >= 500
}

/** `200`, `500 TypeError: x is not a function`. */
function describe(answer: Answer): string {
  return isFailure(answer) ? excerpt(`${answer.status} ${messageOf(answer.body)}`, 0) : String(answer.status)
}

function headerNames(before: readonly Answer[], after: readonly Answer[]): string[] {
  return [...new Set([...before, ...after].flatMap(({ headers }) => Object.keys(headers)))].sort()
}

const NONE = '(none)'

function valuesOf(answers: readonly Answer[], name: string): string[] {
  return answers.map(({ headers }) => [headers[name] ?? NONE].flat().join('\n'))
}

/** Whether a header is there in one version and not in the other. */
function isMissing({ before, after }: Values): boolean {
  return before.includes(NONE) !== after.includes(NONE)
}

/**
 * The message of an error's answer, without its stack: of JSON, of the page that Express and others write, or the
 * first line. The whole text where it says none.
 */
function messageOf(body: string): string {
  const parsed = jsonOf(body)
  if (parsed !== undefined) return errorMessage(parsed) ?? body
  const page = /<pre>(.*?)(?:<br|\n|<\/pre>)/s.exec(body) ?? /<title>(.*?)<\/title>/s.exec(body)
  return (page?.[1] ?? /\S.*/.exec(body)?.[0] ?? '').trim()
}

/** What the keys hold by which frameworks name the message, the outermost first. */
function errorMessage(value: unknown): string | undefined {
  if (typeof value === 'string') return /.*/.exec(value)?.[0]
  if (typeof value !== 'object' || value === null) return undefined
  const found = new Map(Object.entries(value))
  const keys = Array.isArray(value) ? ['0'] : ['message', 'detail', 'error', 'errors', 'title', 'stack']
  return keys.map((key) => errorMessage(found.get(key))).find((message) => message !== undefined)
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

/** By round. */
interface Values {
  readonly before: readonly string[]
  readonly after: readonly string[]
}

/** Where the first rounds differ, in UTF-16 units from the start of each; or how they compare. */
type Verdict = 'same' | 'varying' | { readonly before: number; readonly after: number }

function asDifference(
  verdict: Exclude<Verdict, 'same'>,
  place: Pick<Difference, 'request' | 'what' | 'name'>,
  { before, after }: Values,
): Difference | 'varying' {
  if (verdict === 'varying') return 'varying'
  const [was, is] = [before[0] ?? '', after[0] ?? '']
  return { ...place, before: excerpt(was, verdict.before), after: excerpt(is, verdict.after) }
}

/** One line of at most some 100 characters, around `offset`. */
function excerpt(text: string, offset: number): string {
  const start = text.length <= 100 ? 0 : Math.max(0, offset - 30)
  const shown = text
    .slice(start, start + 100)
    .replace(/\s+/g, ' ')
    .trim()
  return `${start > 0 ? '…' : ''}${shown}${start + 100 < text.length ? '…' : ''}`
}

/** The same in each round; or `after` answers nothing that `before` has not answered too. */
function isEqual({ before, after }: Values): boolean {
  return after.every((value, round) => value === before[round]) || after.every((value) => before.includes(value))
}

function compareTexts(values: Values, directories: readonly string[]): Verdict {
  if (isEqual(values)) return 'same'
  const before = values.before.map((text) => tokensOf(text, directories))
  const after = values.after.map((text) => tokensOf(text, directories))
  if (before.every((tokens, round) => isExplained(tokens, after[round] ?? []))) return 'same'
  if (!isAligned(before) || !isAligned(after)) return 'varying'
  const [first = [], then = []] = [before[0], after[0]]
  const length = Math.max(first.length, then.length)
  for (let index = 0; index < length; index++) {
    if (!isSameAt(before, after, index)) {
      return { before: offsetOf(first, index), after: offsetOf(then, index) }
    }
  }
  return 'same'
}

/** A word or what stands between words. */
interface Token {
  readonly text: string
  readonly offset: number
}

function offsetOf(tokens: readonly Token[], index: number): number {
  return tokens[index]?.offset ?? tokens.at(-1)?.offset ?? 0
}

/** Whether the rounds of one version have as many words. */
function isAligned(rounds: readonly (readonly Token[])[]): boolean {
  return rounds.every(({ length }) => length === rounds[0]?.length)
}

/** Whether every word of two answers is the same, or explained by what it is. */
function isExplained(before: readonly Token[], after: readonly Token[]): boolean {
  return before.length === after.length && before.every((_, index) => isLike(before, after, index))
}

function isSameAt(before: readonly (readonly Token[])[], after: readonly (readonly Token[])[], index: number): boolean {
  if (before.every((tokens, round) => isLike(tokens, after[round] ?? [], index))) return true
  const [was, is] = [before, after].map((rounds) => new Set(rounds.map((tokens) => tokens[index]?.text)))
  if (was === undefined || is === undefined || was.has(undefined) || is.has(undefined)) return false
  if (was.size > 1 && is.size > 1) return true
  if (was.size === 1 && is.size === 1) return false
  // What varies in one version, and did not happen to in the other.
  const all = [...was, ...is]
  return all.every((text) => NUMBER.test(text ?? '')) || [...is].some((text) => was.has(text))
}

/** A point in time, written as `toISOString`, `toUTCString` and `toString` of `Date` do, or SQL; the time of a day. */
const TIME = [
  String.raw`\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?`,
  String.raw`(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? (?:\d\d[ -]\w{3}|\w{3} \d\d)[ -]\d{4} \d\d:\d\d:\d\d(?: GMT(?:[+-]\d{4})?)?`,
  String.raw`\b\d{1,2}:\d\d:\d\d\b(?:\.\d+)?`,
].join('|')
const LOOPBACK = String.raw`(?:\blocalhost|\b127\.0\.0\.1|\b0\.0\.0\.0|\[::1?\]):\d{2,5}\b`
const JWT = String.raw`\beyJ[\w-]+\.[\w-]+\.[\w-]*`
const BCRYPT = String.raw`\$2[aby]\$\d\d\$[./A-Za-z0-9]{53}`
/** Signed by cookie-signature, or in the three parts of others. */
const SIGNED = String.raw`\bs%3A[\w.%-]+`
const BASE64 = String.raw`(?<![\w+/])(?=[A-Za-z+/]*\d)(?=[a-z\d+/]*[A-Z])(?=[A-Z\d+/]*[a-z])[\w+/-]{22,}={0,2}`
const WORD = String.raw`[\p{L}\p{N}_%-]+(?:\.\d+\p{L}*)?`
const TOKEN = new RegExp([TIME, LOOPBACK, JWT, BCRYPT, SIGNED, BASE64, WORD, String.raw`\s+`, '.'].join('|'), 'gsu')

const NUMBER = /^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/

/** The frames of a stack as `Error` writes them: in text, in a string of JSON, in a page. */
const STACK = String.raw`(?:(?:\\n|\n|<br ?/?>)(?:\s|&nbsp;)*at (?:(?!\\n|<br|</)[^\n"])+(?:(?<!\d):\d+:\d+|<anonymous>|&lt;anonymous&gt;)\)?)+`

function tokensOf(text: string, directories: readonly string[]): Token[] {
  const found: Token[] = []
  let end = 0
  // One token, which is the same in every copy.
  for (const match of text.matchAll(placesIn(directories))) {
    const offset = match.index
    found.push(...plainTokens(text.slice(end, offset), end), { text: match[1] ? '<directory>' : '<stack>', offset })
    end = offset + match[0].length
  }
  return [...found, ...plainTokens(text.slice(end), end)]
}

/** Finds a stack, and in its first group one of the directories, where it is not the beginning of a longer name. */
function placesIn(directories: readonly string[]): RegExp {
  const paths = directories.flatMap(writings).sort((a, b) => b.length - a.length)
  const names = paths.map((path) => path.replace(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`)).join('|') || '(?!)'
  return new RegExp(`${STACK}|(${names})(?![\\w.-]*[\\w-])`, 'g')
}

function plainTokens(text: string, start: number): Token[] {
  return [...text.matchAll(TOKEN)].map((match) => ({ text: match[0], offset: start + match.index }))
}

/** A path as it is, in a URL, and in JSON. */
function writings(path: string): string[] {
  return [...new Set([path, encodeURI(path), encodeURIComponent(path), JSON.stringify(path).slice(1, -1)])]
}

/** Whether two words at a place are the same, or of a kind that differs between two boots. */
function isLike(before: readonly Token[], after: readonly Token[], index: number): boolean {
  const [was, is] = [before[index]?.text, after[index]?.text]
  if (was === undefined || is === undefined) return false
  if (was === is) return true
  if (areNear(was, is) || KINDS.some((kind) => kind.test(was) && kind.test(is)) || areFileTags(was, is)) return true
  if (was.length === is.length && isRandom(was) && isRandom(is)) return true
  const [unit, key] = [wordAfter(before, index), wordBefore(before, index)]
  if (areMeasured(was, is, unit)) return true
  return NUMBER.test(was) && NUMBER.test(is) && PROCESS_KEY.test(key)
}

const KINDS = [
  /^[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}$/i,
  ...[JWT, BCRYPT, SIGNED, LOOPBACK].map((source) => new RegExp(`^${source}$`)),
]

/** What Node.js tells of its process, and how long something took. */
const PROCESS_KEY =
  /^(?:p?pid|process_?id|up_?time|rss|heap_?(?:total|used)|external|array_?buffers|(?:free|used|total)_?mem(?:ory)?|mem(?:ory)?|load_?avg|cpu|elapsed|took|duration|latency|response_?time|port)(?:_?ms)?$/i

/** Two points in time, written alike and less than an hour apart; not those of a plan, which are whole minutes. */
function areNear(before: string, after: string): boolean {
  const formOf = (text: string): string => text.replace(/\d+/g, '0').replace(/[A-Z][a-z]{2}/g, 'Abc')
  const [was, is] = [timeOf(before), timeOf(after)]
  if (formOf(before) !== formOf(after)) return false
  if (was === undefined || is === undefined || Math.abs(was - is) >= 3_600_000) return false
  return was % 60_000 !== 0 || is % 60_000 !== 0
}

const ONE_TIME = new RegExp(`^(?:${TIME})$`)

/** Milliseconds; of a time, or of a number that counts seconds or milliseconds since 1970, from 2017 to 2033. */
function timeOf(text: string): number | undefined {
  if (/^1[5-9]\d{8}(?:\.\d+)?$/.test(text)) return Number(text) * 1000
  if (/^1[5-9]\d{11}(?:\.\d+)?$/.test(text)) return Number(text)
  if (!ONE_TIME.test(text)) return undefined
  const time = Date.parse(/^\d{1,2}:/.test(text) ? `2000-01-01T${text.padStart(8, '0').slice(0, 8)}Z` : text)
  return Number.isNaN(time) ? undefined : time
}

/** Ids such as those of nanoid, cuid, ULID and ObjectId, hashes, and keys in base64; not a path or a name. */
function isRandom(text: string): boolean {
  if (/^[\da-f]{16,}$/i.test(text)) return /\d/.test(text) && /[a-f]/i.test(text)
  if (/^(?:[a-z\d]{20,}|[A-Z\d]{20,})$/.test(text)) return text.replace(/\D/g, '').length >= 3 && /[a-z]/i.test(text)
  if (!/^[\w+/-]{16,}={0,2}$/.test(text) || /^\/|(?:^|\/)[a-z]{3,}(?:\/|$)/.test(text)) return false
  return /\d.*[^\d].*\d/.test(text) && /[a-z]/.test(text) && /[A-Z]/.test(text)
}

/** A duration that was measured: not a round one, which is configured. */
function areMeasured(before: string, after: string, unit: string): boolean {
  const [was, is] = [before, after].map((text) => /^(\d+(?:\.\d+)?)(ms|µs|μs|us|ns)?$/.exec(text))
  if (!was || !is || was[2] !== is[2]) return false
  const isTime = was[2] !== undefined || /^(?:ms|milliseconds|µs|μs|ns)$/.test(unit)
  return isTime && ![was[1], is[1]].every((number) => Number(number) >= 100 && Number(number) % 100 === 0)
}

/** `size-mtime` of an ETag that a file's times make, as `send` and `@fastify/send` do: copies have times of their own. */
function areFileTags(before: string, after: string): boolean {
  const [was, is] = [before, after].map((text) => /^([\da-f]+)-[\da-f]{11}$/.exec(text)?.[1])
  return was !== undefined && was === is
}

function wordBefore(tokens: readonly Token[], index: number): string {
  const near = tokens.slice(Math.max(0, index - 5), index).map(({ text }) => text)
  return near.findLast((text) => /^\p{L}/u.test(text)) ?? ''
}

function wordAfter(tokens: readonly Token[], index: number): string {
  const near = tokens.slice(index + 1, index + 3).map(({ text }) => text)
  return near.find((text) => /^\p{L}/u.test(text)) ?? ''
}
