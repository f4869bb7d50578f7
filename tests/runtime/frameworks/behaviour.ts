import { Agent } from 'node:http'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Session } from '../../../src/verify/session.ts'
import { remove, rewrite, start, writeApp, type Files, type Packages } from './app.ts'
import { abort, ask, type Row } from './requests.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 })

/** An application as it is, and what a fix makes of it. */
export interface Case {
  readonly packages: Packages
  /** `src/server.js` listens on the port `PORT`. */
  readonly files: Files
  /** The new text of each file that changes. */
  readonly after: Files
  /** The codemods that run. Default: `lazy-imports`. */
  readonly only?: readonly string[]
  readonly requests: readonly Row[]
  /** The first request of a process that answers no other before it: a body of 3 MB. */
  readonly upload: string
  /** A request whose body breaks off, and the one that is answered when the server has seen that. */
  readonly broken: readonly [post: string, get: string]
}

/** The rewritten application answers every request as the one before it. */
export function testBehaviour(
  name: string,
  { packages, files, after, only = ['lazy-imports'], requests, upload, broken }: Case,
): void {
  describe(name, () => {
    const directories: string[] = []
    const sessions: Session[] = []
    let before: Session
    let rewritten: Session
    let changed: Files

    async function serve(directory: string): Promise<Session> {
      const session = await start(directory)
      sessions.push(session)
      return session
    }

    beforeAll(async () => {
      for (let count = 0; count < 2; count++) directories.push(await writeApp(files, packages))
      changed = await rewrite(directories[1]!, { only })
      before = await serve(directories[0]!)
      rewritten = await serve(directories[1]!)
    })

    afterAll(async () => {
      for (const session of sessions) await session.stop()
      for (const directory of directories) await remove(directory)
    })

    it('is rewritten', () => {
      expect(changed).toEqual(after)
    })

    it('is not rewritten twice', async () => {
      expect(await rewrite(directories[1]!, { only })).toEqual({})
    })

    it.each(requests.map(([line, status, sent]) => ({ line, status, sent })))(
      '$line answers $status as before',
      async ({ line, status, sent }) => {
        const expected = await ask(before.port, line, sent)
        expect(await ask(rewritten.port, line, sent)).toEqual(expected)
        expect(expected.status).toBe(status)
      },
    )

    it('answers over one connection as before', async () => {
      const [one, other] = [before, rewritten].map(() => new Agent({ keepAlive: true, maxSockets: 1 }))
      try {
        for (const [line, , sent] of requests.filter(isRepeatable)) {
          expect(await ask(rewritten.port, line, sent, other)).toEqual(await ask(before.port, line, sent, one))
        }
      } finally {
        one!.destroy()
        other!.destroy()
      }
    })

    it('answers 20 first requests at once as before', async () => {
      const lines = requests.filter(isRepeatable)
      const answers = []
      for (const directory of directories) {
        const { port } = await serve(directory)
        answers.push(await Promise.all(lines.slice(0, 20).map(([line, , sent]) => ask(port, line, sent))))
      }
      expect(answers[1]).toEqual(answers[0])
    })

    it('reads a body of 3 MB in the first request as before', async () => {
      const sent = { headers: { 'content-type': 'application/octet-stream' }, body: Buffer.alloc(3_000_000, 'body') }
      const answers = []
      for (const directory of directories) answers.push(await ask((await serve(directory)).port, upload, sent))
      expect(answers[1]).toEqual(answers[0])
      expect(answers[0]!.status).toBe(200)
    })

    it('sees a request that breaks off as before', async () => {
      const answers = []
      for (const { port } of [before, rewritten]) {
        await abort(port, broken[0])
        answers.push(await ask(port, broken[1]))
      }
      expect(answers[1]).toEqual(answers[0])
      expect(answers[0]!.status).toBe(200)
    })
  })
}

/** Whether the answer is the same however often, and beside which others, it is asked for. */
function isRepeatable([line]: Row): boolean {
  return !line.includes('/count')
}
