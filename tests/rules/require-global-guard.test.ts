import rule from '../../rules/require-global-guard.ts'
import { EXPRESS, runUnderEslint9 } from './express.ts'
import { KICKJS, KICKJS_1 } from './kickjs.ts'
import { projectWith, tester } from './project.ts'

const inKickJs = projectWith(KICKJS)
const inKickJs1 = projectWith(KICKJS_1)
const inExpress = projectWith(EXPRESS)
const outside = projectWith({ 'clock.ts': '' })
const filename = inKickJs('src/modules/users/users.controller.ts')
const script = inKickJs('src/modules/users/users.controller.js')

/** The text with the suggestion applied. */
const keeps = (output: string) => ({ messageId: 'missing', suggestions: [{ messageId: 'keep', output }] })
const asks = (output: string) => ({ messageId: 'model', suggestions: [{ messageId: 'ask', output }] })

const cases = {
  valid: [
    { name: 'nothing that stays', code: 'export const now = () => Date.now()', filename },
    { name: 'a timer on demand', code: 'export const start = () => setInterval(tick, 1000)', filename },
    {
      name: 'a timer in a method',
      code: "import { Get } from '@forinda/kickjs'\nexport class Stats {\n  @Get('/') stream() { return setInterval(tick, 1000) }\n}",
      filename,
    },
    {
      name: 'a timer that is cleared first',
      code: 'const g = globalThis as { __tick?: NodeJS.Timeout }\nclearInterval(g.__tick)\ng.__tick = setInterval(tick, 1000)',
      filename,
    },
    {
      name: 'a timer that is made once',
      code: 'globalThis.timer ??= setInterval(tick, 1000)',
      filename,
    },
    {
      name: 'a listener that is removed first',
      code: "const g = globalThis as { stop?: () => void }\nif (g.stop) process.off('SIGTERM', g.stop)\nprocess.on('SIGTERM', (g.stop = () => {}))",
      filename,
    },
    {
      name: 'a client that is made once',
      code: "import { PrismaClient } from '@prisma/client'\nconst g = globalThis as { prisma?: PrismaClient }\nexport const prisma = g.prisma ?? new PrismaClient()\ng.prisma = prisma",
      filename,
    },
    {
      name: 'a model that is asked for first',
      code: "import mongoose from 'mongoose'\nexport const User = mongoose.models.User || mongoose.model('User', schema)",
      filename,
    },
    {
      name: 'a model that is only asked for',
      code: "import mongoose from 'mongoose'\nmongoose.model('User')",
      filename,
    },
    {
      name: 'a timeout that is waited for',
      code: 'await new Promise((resolve) => setTimeout(resolve, 100))',
      filename,
    },
    {
      name: 'a server, which another rule is for',
      code: "import express from 'express'\nexpress().listen(3000)",
      filename,
    },
    { name: 'a test', code: 'setInterval(tick, 1000)', filename: inKickJs('tests/users.test.ts') },
    { name: 'a script of the database', code: 'setInterval(tick, 1000)', filename: inKickJs('src/db/seed.ts') },
    {
      name: 'a script that ends the process',
      code: "import mongoose from 'mongoose'\nawait mongoose.connect(url)\nprocess.exit(0)",
      filename: inKickJs('src/db/reset.ts'),
    },
    { name: 'another framework', code: 'setInterval(tick, 1000)', filename: inExpress('src/services/rows.ts') },
    { name: 'no project', code: 'setInterval(tick, 1000)', filename: outside('clock.ts') },
  ],
  invalid: [
    {
      code: 'setInterval(tick, 1000)',
      filename,
      errors: [
        {
          message:
            'Each reload of this module by KickJS runs `setInterval` again, and the timers of before keep running. Keep it on `globalThis`, or make it in an adapter that undoes it in `shutdown()`.',
          line: 1,
          column: 1,
          endColumn: 24,
          suggestions: [
            {
              desc: 'Keep it on `globalThis`.',
              output:
                'const g = globalThis as { __tick?: NodeJS.Timeout }\nclearInterval(g.__tick)\ng.__tick = setInterval(tick, 1000)',
            },
          ],
        },
      ],
    },
    {
      name: 'KickJS 1',
      code: 'setInterval(() => tick(), 1000);\n',
      filename: inKickJs1('src/modules/users/users.controller.ts'),
      errors: [
        keeps(
          'const g = globalThis as { __timer?: NodeJS.Timeout };\nclearInterval(g.__timer);\ng.__timer = setInterval(() => tick(), 1000);\n',
        ),
      ],
    },
    {
      name: 'JavaScript',
      code: 'setInterval(tick, 1000)\n',
      filename: script,
      errors: [keeps('clearInterval(globalThis.__tick)\nglobalThis.__tick = setInterval(tick, 1000)\n')],
    },
    {
      name: 'a timer with a name, and a name that is taken',
      code: 'const g = 1\nexport const timer = setInterval(tick, 1000)\n',
      filename,
      errors: [
        keeps(
          'const g = 1\nconst kept = globalThis as { __timer?: NodeJS.Timeout }\nclearInterval(kept.__timer)\nexport const timer = (kept.__timer = setInterval(tick, 1000))\n',
        ),
      ],
    },
    {
      name: 'a timeout',
      code: 'setTimeout(warmUp, 1000)\r\n',
      filename,
      errors: [
        keeps(
          'const g = globalThis as { __warmUp?: NodeJS.Timeout }\r\nclearTimeout(g.__warmUp)\r\ng.__warmUp = setTimeout(warmUp, 1000)\r\n',
        ),
      ],
    },
    {
      name: 'a timer in a function that is called at once',
      code: 'function start() { setInterval(tick, 1000) }\nstart()',
      filename,
      errors: [{ messageId: 'missing', suggestions: [] }],
    },
    {
      name: 'a listener',
      code: "process.on('SIGTERM', () => {})",
      filename,
      errors: [{ messageId: 'missing', suggestions: [] }],
    },
    {
      name: 'a listener that ends the process, in a module of the server',
      code: "process.on('SIGTERM', () => process.exit(0))",
      filename,
      errors: [{ messageId: 'missing', suggestions: [] }],
    },
    {
      name: 'a listener of another module',
      code: "import { emitter } from '../emitter.js'\nemitter.on('user', () => {})",
      filename,
      errors: [{ messageId: 'missing', suggestions: [] }],
    },
    {
      name: 'a worker',
      code: "import { Worker } from 'node:worker_threads'\nexport const worker = new Worker('./worker.js')",
      filename,
      errors: [{ messageId: 'missing', suggestions: [] }],
    },
    {
      name: 'a client',
      code: "import { PrismaClient } from '@prisma/client'\nexport const prisma = new PrismaClient()\n",
      filename,
      errors: [
        keeps(
          "import { PrismaClient } from '@prisma/client'\nconst g = globalThis as { prisma?: PrismaClient }\nexport const prisma = (g.prisma ??= new PrismaClient())\n",
        ),
      ],
    },
    {
      name: 'a client that a function makes',
      code: "import { createClient } from 'redis'\nconst redis = createClient({ url: 'redis://localhost' })\n",
      filename,
      errors: [
        keeps(
          "import { createClient } from 'redis'\nconst g = globalThis as { redis?: ReturnType<typeof createClient> }\nconst redis = (g.redis ??= createClient({ url: 'redis://localhost' }))\n",
        ),
      ],
    },
    {
      name: 'a client of a type that is not written there',
      code: "import { Kysely, PostgresDialect } from 'kysely'\nimport { Pool } from 'pg'\nexport const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: new Pool() }) })\n",
      filename,
      errors: [{ messageId: 'missing', suggestions: [] }],
    },
    {
      name: 'a model',
      code: "import mongoose from 'mongoose'\nexport const User = mongoose.model('User', schema)",
      filename,
      errors: [
        {
          message:
            'Each reload of this module by KickJS runs `mongoose.model` again, and Mongoose throws, because there is a model of that name. Ask `mongoose.models` for it first.',
          suggestions: [
            {
              messageId: 'ask',
              output:
                "import mongoose from 'mongoose'\nexport const User = mongoose.models.User ?? mongoose.model('User', schema)",
            },
          ],
        },
      ],
    },
    {
      name: 'a model as the default export',
      code: "import * as db from 'mongoose'\nexport default db.model<User>('User', schema)",
      filename,
      errors: [asks("import * as db from 'mongoose'\nexport default db.models.User ?? db.model<User>('User', schema)")],
    },
    {
      name: 'a model by its own import',
      code: "import { model } from 'mongoose'\nexport const User = model('User', schema)",
      filename,
      errors: [{ messageId: 'model', suggestions: [] }],
    },
  ],
}

tester.run('require-global-guard', rule, cases)
runUnderEslint9('require-global-guard', rule, cases)
