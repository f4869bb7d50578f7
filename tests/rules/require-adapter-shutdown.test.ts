import rule from '../../rules/require-adapter-shutdown.ts'
import { EXPRESS, runUnderEslint9 } from './express.ts'
import { KICKJS } from './kickjs.ts'
import { projectWith, tester } from './project.ts'

const inKickJs = projectWith(KICKJS)
const inExpress = projectWith(EXPRESS)
const outside = projectWith({ 'adapter.ts': '' })
const filename = inKickJs('src/adapters/redis.adapter.ts')

const REDIS = "import { defineAdapter } from '@forinda/kickjs'\nimport { createClient } from 'redis'\n"
const SOCKETS = "import { defineAdapter } from '@forinda/kickjs'\nimport { Server } from 'socket.io'\n"
const WITHOUT = `${REDIS}export const Redis = defineAdapter({
  name: 'Redis',
  build: () => {
    const client = createClient()
    return { beforeStart: () => client.connect() }
  },
})
`

/** An adapter with Socket.IO on the server of KickJS, and that `shutdown()`. */
const sockets = (shutdown: string): string => `${SOCKETS}export const Sockets = defineAdapter({
  name: 'Sockets',
  build: () => {
    let io
    return {
      afterStart({ server }) {
        io = new Server(server)
      },
      async shutdown() {
        ${shutdown}
      },
    }
  },
})
`

const cases = {
  valid: [
    {
      name: 'what it opens is closed',
      code: WITHOUT.replace('client.connect() }', 'client.connect(), shutdown: () => client.quit() }'),
      filename,
    },
    {
      name: 'nothing is opened',
      code: "import { defineAdapter } from '@forinda/kickjs'\nexport const Health = defineAdapter({ name: 'Health', build: () => ({ beforeMount({ app }) { app.get('/health', ok) } }) })\n",
      filename,
    },
    {
      name: 'made for a request',
      code: "import { defineAdapter } from '@forinda/kickjs'\nexport const Slow = defineAdapter({ name: 'Slow', build: () => ({ middleware: () => [{ handler: (req, res) => setInterval(() => res.write('.'), 100) }] }) })\n",
      filename,
    },
    {
      name: 'what it returns comes from elsewhere',
      code: WITHOUT.replace('return { ', 'return { ...base, '),
      filename,
    },
    {
      name: 'another function of that name',
      code: WITHOUT.replace("'@forinda/kickjs'", "'./adapters.js'"),
      filename,
    },
    {
      name: 'kept on globalThis',
      code: WITHOUT.replace('createClient()', '(globalThis.redis ??= createClient())'),
      filename,
    },
    {
      name: 'Socket.IO detached',
      code: sockets('io.disconnectSockets(true)\n        io.engine.close()\n        io.removeAllListeners()'),
      filename,
    },
    {
      name: 'a server of its own',
      code: sockets('io.close()').replace('new Server(server)', 'new Server(3001)'),
      filename,
    },
    {
      name: 'a handle that is forgotten',
      code: sockets('await io.quit()\n        io = undefined').replace(
        'io = new Server(server)',
        'io ??= new Server(3001)',
      ),
      filename,
    },
    {
      name: 'a class that closes',
      code: "import type { AppAdapter } from '@forinda/kickjs'\nimport Redis from 'ioredis'\nexport class RedisAdapter implements AppAdapter {\n  client = new Redis()\n  async shutdown() { await this.client.quit() }\n}\n",
      filename,
    },
    {
      name: 'a class of a base class',
      code: "import type { AppAdapter } from '@forinda/kickjs'\nimport Redis from 'ioredis'\nexport class RedisAdapter extends Base implements AppAdapter {\n  client = new Redis()\n}\n",
      filename,
    },
    { name: 'another framework', code: WITHOUT, filename: inExpress('src/services/rows.ts') },
    { name: 'no project', code: WITHOUT, filename: outside('adapter.ts') },
  ],
  invalid: [
    {
      code: WITHOUT,
      filename,
      errors: [
        {
          message:
            'KickJS builds its adapters again with each reload, and this one runs `createClient` and has no `shutdown()`: that of before is never undone. Add a `shutdown()` that undoes it.',
          line: 6,
          column: 20,
          endColumn: 34,
          suggestions: [],
        },
      ],
    },
    {
      name: 'opened at start',
      code: "import { defineAdapter } from '@forinda/kickjs'\nexport const Clock = defineAdapter({ name: 'Clock', build: () => ({ afterStart() { setInterval(tick, 1000) } }) })\n",
      filename,
      errors: [{ messageId: 'missing', data: { name: 'setInterval' } }],
    },
    {
      name: 'a plugin',
      code: WITHOUT.replaceAll('defineAdapter', 'definePlugin'),
      filename,
      errors: [{ messageId: 'missing', data: { name: 'createClient' } }],
    },
    {
      name: 'a class',
      code: "import type { AppAdapter } from '@forinda/kickjs-core'\nimport Redis from 'ioredis'\nexport class RedisAdapter implements AppAdapter {\n  private client!: Redis\n  async beforeStart() { this.client = new Redis() }\n}\n",
      filename,
      errors: [{ messageId: 'missing', data: { name: 'new Redis' } }],
    },
    {
      name: 'Socket.IO closes the server',
      code: sockets('await io.close()'),
      filename,
      errors: [
        {
          message:
            '`io.close()` closes the server that KickJS hands to all adapters, with each reload, and nothing opens it again. Close only what the adapter owns.',
          line: 12,
          column: 15,
          endColumn: 25,
          suggestions: [
            {
              desc: 'Detach Socket.IO from the server.',
              output: sockets('io.disconnectSockets(true)\n        io.engine.close()\n        io.removeAllListeners()'),
            },
          ],
        },
      ],
    },
    {
      name: 'Socket.IO, where it may not be there',
      code: sockets('io?.close()'),
      filename,
      errors: [
        {
          messageId: 'closesServer',
          suggestions: [
            {
              messageId: 'detach',
              output: sockets(
                'io?.disconnectSockets(true)\n        io?.engine.close()\n        io?.removeAllListeners()',
              ),
            },
          ],
        },
      ],
    },
    {
      name: 'Socket.IO with a callback',
      code: sockets('await new Promise((resolve) => io.close(() => resolve()))'),
      filename,
      errors: [{ messageId: 'closesServer', suggestions: [] }],
    },
    {
      name: 'the server itself, from the context',
      code: "import { defineAdapter } from '@forinda/kickjs'\nlet http\nexport const Sockets = defineAdapter({\n  name: 'Sockets',\n  build: () => ({\n    afterStart(context) { http = context.server },\n    shutdown() { http.close() },\n  }),\n})\n",
      filename,
      errors: [{ messageId: 'closesServer', suggestions: [] }],
    },
    {
      name: 'Socket.IO in a field',
      code: "import type { AppAdapter } from '@forinda/kickjs'\nimport { Server } from 'socket.io'\nexport class Sockets implements AppAdapter {\n  io?: Server\n  afterStart({ server }) { this.io = new Server(server) }\n  shutdown() { this.io?.close() }\n}\n",
      filename,
      errors: [
        {
          messageId: 'closesServer',
          suggestions: [
            {
              messageId: 'detach',
              output:
                "import type { AppAdapter } from '@forinda/kickjs'\nimport { Server } from 'socket.io'\nexport class Sockets implements AppAdapter {\n  io?: Server\n  afterStart({ server }) { this.io = new Server(server) }\n  shutdown() { this.io?.disconnectSockets(true); this.io?.engine.close(); this.io?.removeAllListeners() }\n}\n",
            },
          ],
        },
      ],
    },
    {
      name: 'a handle that is used again',
      code: `${REDIS}let client\nexport const Redis = defineAdapter({\n  name: 'Redis',\n  build: () => ({\n    beforeStart() { if (!client) { client = createClient() } },\n    async shutdown() { await client.quit() },\n  }),\n})\n`,
      filename,
      errors: [{ messageId: 'keepsHandle', data: { name: 'client' }, suggestions: [] }],
    },
  ],
}

tester.run('require-adapter-shutdown', rule, cases)
runUnderEslint9('require-adapter-shutdown', rule, cases)
