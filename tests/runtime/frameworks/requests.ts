import { createHash } from 'node:crypto'
import { Agent, request, type IncomingMessage } from 'node:http'

/** What is sent with a request line such as `GET /users`. */
export interface Sent {
  readonly headers?: Readonly<Record<string, string>>
  readonly json?: unknown
  readonly body?: string | Buffer
}

/** `GET /users`, the status it has to have, and what is sent with it. */
export type Row = readonly [line: string, status: number, sent?: Sent]

export interface Reply {
  readonly status: number
  /** In the order of the response, without those of the connection and the date. */
  readonly headers: readonly string[]
  /** A long body is given by its length and digest. */
  readonly body: string
  /** Whether the connection broke off inside the body. */
  readonly aborted: boolean
}

const LEFT_OUT = /^(?:date|connection|keep-alive)$/i

/** Sends a request to 127.0.0.1 and gives all of the response that a client can see. */
export function ask(port: number, line: string, { headers, json, body }: Sent = {}, agent?: Agent): Promise<Reply> {
  const [method, path] = line.split(' ')
  const payload = json === undefined ? body : JSON.stringify(json)
  const all = { ...(json !== undefined && { 'content-type': 'application/json' }), ...headers }
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, method, path, headers: all, agent: agent ?? false })
    sent.on('response', (response) => resolve(read(response)))
    sent.on('error', reject)
    sent.end(payload)
  })
}

async function read(response: IncomingMessage): Promise<Reply> {
  const chunks: Buffer[] = []
  let aborted = false
  try {
    for await (const chunk of response) chunks.push(chunk as Buffer)
  } catch {
    aborted = true
  }
  const body = Buffer.concat(chunks)
  const headers: string[] = []
  for (let at = 0; at < response.rawHeaders.length; at += 2) {
    const [name, value] = [response.rawHeaders[at]!, response.rawHeaders[at + 1]!]
    if (!LEFT_OUT.test(name)) headers.push(`${name}: ${value}`)
  }
  const digest = createHash('sha256').update(body).digest('hex')
  return {
    status: response.statusCode ?? 0,
    headers,
    body: body.length > 10_000 ? `${body.length} bytes, sha256 ${digest}` : body.toString('utf8'),
    aborted,
  }
}

/** Sends the head and the start of a body, and breaks the connection off when the response begins. */
export function abort(port: number, line: string): Promise<void> {
  const [method, path] = line.split(' ')
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, method, path, agent: false })
    sent.on('error', reject)
    sent.on('response', (response) => {
      response.on('error', () => {}).on('close', resolve)
      sent.destroy()
    })
    sent.write('start of a body that never ends')
  })
}
