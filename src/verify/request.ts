import { request as requestHttp, type IncomingHttpHeaders, type IncomingMessage } from 'node:http'
import { request as requestHttps } from 'node:https'

/** What is asked of an application. */
export interface Request {
  readonly method: string
  /** With the query: `/users?page=1`. */
  readonly path: string
  readonly body?: string
  /** By their names; they come before ours. */
  readonly headers?: Readonly<Record<string, string>>
}

export interface Answer {
  /** 0 when there was none: `body` says why. */
  readonly status: number
  /** Names in lower case. */
  readonly headers: IncomingHttpHeaders
  readonly body: string
  /** No answer came in time. */
  readonly timedOut?: boolean
}

/** Where an application listens. */
export interface Origin {
  readonly host: string
  readonly port: number
  readonly tls: boolean
}

const METHOD = /^(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) /

/**
 * Reads a request as a person writes it: `/users`, `POST /users {"name":"x"}`.
 *
 * @param text a path, before it a method, after it a body; the body is sent as JSON, else as a form.
 * @throws {RangeError} when the path does not start with `/`.
 */
export function parseRequest(text: string): Request {
  const method = METHOD.exec(text)?.[0].trim() ?? 'GET'
  const [, path = '', body = ''] = /^(\S*)\s*(.*)$/s.exec(text.replace(METHOD, '').trim()) ?? []
  if (!path.startsWith('/'))
    throw new RangeError(`${text}: write a path, \`/users\`, or a method, a path and a body: \`POST /users {"a":1}\`.`)
  return { method, path, ...(body !== '' && { body }) }
}

/**
 * Sends a request over a connection of its own and reads the whole answer. Redirects are not followed, and the
 * certificate of a server on this machine is not checked.
 *
 * @param timeout milliseconds.
 * @returns status 0 when the connection fails, breaks off, or nothing comes in time.
 */
export function send(
  origin: Origin,
  { method, path, body, headers: own = {} }: Request,
  timeout: number,
): Promise<Answer> {
  const { host, port, tls } = origin
  return new Promise((resolve) => {
    const limit = AbortSignal.timeout(timeout)
    const fail = (error: Error): void => {
      const { aborted: timedOut } = limit
      const body = timedOut ? `No whole answer in ${timeout} ms.` : String(error)
      resolve({ status: 0, headers: {}, body, ...(timedOut && { timedOut }) })
    }
    const headers = {
      accept: '*/*',
      connection: 'close',
      ...(body !== undefined && { 'content-type': typeOf(body), 'content-length': Buffer.byteLength(body) }),
      ...own,
    }
    const options = { host, port, method, path, headers, agent: false, signal: limit }
    const sent = tls ? requestHttps({ ...options, rejectUnauthorized: false }, read) : requestHttp(options, read)
    sent.on('error', fail).end(body)

    function read(response: IncomingMessage): void {
      const chunks: Buffer[] = []
      response
        .on('data', (chunk: Buffer) => chunks.push(chunk))
        .on('error', fail)
        .on('end', () => {
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(chunks).toString('utf8'),
          })
        })
    }
  })
}

function typeOf(body: string): string {
  return /^\s*[[{"]/.test(body) ? 'application/json' : 'application/x-www-form-urlencoded'
}
