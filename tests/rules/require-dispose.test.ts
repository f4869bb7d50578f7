import rule from '../../rules/require-dispose.ts'
import { ADONIS, projectWith, tester } from './project.ts'

const inAdonis = projectWith(ADONIS)
const outside = projectWith({ 'clock.ts': '' })
/** Below the users controller, a boundary that is imported on each request. */
const filename = inAdonis('app/services/clock.ts')

/** The text with the suggestion applied. */
const suggests = (output: string) => ({ messageId: 'missing', suggestions: [{ messageId: 'dispose', output }] })

tester.run('require-dispose', rule, {
  valid: [
    { name: 'nothing that stays', code: 'export const now = () => Date.now()', filename },
    { name: 'a timer on demand', code: 'export const start = () => setInterval(tick, 1000)', filename },
    {
      name: 'a dispose',
      code: 'const timer = setInterval(tick, 1000)\nimport.meta.hot?.dispose(() => clearInterval(timer))',
      filename,
    },
    {
      name: 'a dispose above',
      code: 'import.meta.hot?.dispose(stop)\nconst timer = setInterval(tick, 1000)\nfunction stop() {}',
      filename,
    },
    {
      name: 'a guard',
      code: "import { PrismaClient } from '@prisma/client'\nexport const prisma = (globalThis.prisma ??= new PrismaClient())",
      filename,
    },
    { name: 'a module that is not hot', code: 'setInterval(tick, 1000)', filename: inAdonis('start/boot.ts') },
    {
      name: 'a module that nothing loads',
      code: 'setInterval(tick, 1000)',
      filename: inAdonis('app/services/mail.ts'),
    },
    { name: 'a test', code: 'setInterval(tick, 1000)', filename: inAdonis('tests/clock.spec.ts') },
    { name: 'no project', code: 'setInterval(tick, 1000)', filename: outside('clock.ts') },
  ],
  invalid: [
    {
      code: 'const timer = setInterval(tick, 1000)\n',
      filename,
      errors: [
        {
          message:
            'Each hot reload of this module runs `setInterval` again, and the timers of before keep running. Undo it in `import.meta.hot?.dispose()`, or move it to a module that is not hot.',
          line: 1,
          column: 15,
          endColumn: 38,
          suggestions: [
            {
              desc: 'Add `import.meta.hot?.dispose()`.',
              output: 'const timer = setInterval(tick, 1000)\n\nimport.meta.hot?.dispose(() => clearInterval(timer))\n',
            },
          ],
        },
      ],
    },
    {
      name: 'a boundary itself',
      code: 'setInterval(tick, 1000)',
      filename: inAdonis('app/controllers/users_controller.ts'),
      errors: [{ messageId: 'missing', suggestions: [] }],
    },
    {
      name: 'semicolons',
      code: "import { Pool } from 'pg';\nexport const pool = new Pool();\n",
      filename,
      errors: [
        suggests(
          "import { Pool } from 'pg';\nexport const pool = new Pool();\n\nimport.meta.hot?.dispose(() => {\n  pool.end().catch(() => {});\n});\n",
        ),
      ],
    },
    {
      name: 'a comment behind it',
      code: 'const timer = setInterval(tick, 1000) // each second\nexport {}\n',
      filename,
      errors: [
        suggests(
          'const timer = setInterval(tick, 1000) // each second\n\nimport.meta.hot?.dispose(() => clearInterval(timer))\nexport {}\n',
        ),
      ],
    },
    {
      name: 'another statement behind it',
      code: 'const timer = setInterval(tick, 1000); start()\n',
      filename,
      errors: [
        suggests(
          'const timer = setInterval(tick, 1000);\n\nimport.meta.hot?.dispose(() => clearInterval(timer));\n start()\n',
        ),
      ],
    },
    {
      name: 'CRLF',
      code: 'const timer = setInterval(tick, 1000)\r\n',
      filename,
      errors: [
        suggests(
          'const timer = setInterval(tick, 1000)\r\n\r\nimport.meta.hot?.dispose(() => clearInterval(timer))\r\n',
        ),
      ],
    },
    {
      name: 'two of them, one call',
      code: "const timer = setInterval(tick, 1000)\nprocess.on('SIGTERM', stop)\nexport function stop() {}\n",
      filename,
      errors: Array.from({ length: 2 }, () =>
        suggests(
          "const timer = setInterval(tick, 1000)\nprocess.on('SIGTERM', stop)\n\nimport.meta.hot?.dispose(() => {\n  clearInterval(timer)\n  process.off('SIGTERM', stop)\n})\nexport function stop() {}\n",
        ),
      ),
    },
    {
      name: 'one that can be undone, one that cannot',
      code: "const timer = setInterval(tick, 1000)\nprocess.on('SIGTERM', () => {})\n",
      filename,
      errors: [
        suggests(
          "const timer = setInterval(tick, 1000)\n\nimport.meta.hot?.dispose(() => clearInterval(timer))\nprocess.on('SIGTERM', () => {})\n",
        ),
        { messageId: 'missing', suggestions: [] },
      ],
    },
    {
      name: 'a model',
      code: "import mongoose from 'mongoose'\nexport const User = mongoose.model('User', schema)",
      filename,
      errors: [
        {
          message:
            'Each hot reload of this module runs `mongoose.model` again, and Mongoose throws, because there is a model of that name. Undo it in `import.meta.hot?.dispose()`, or move it to a module that is not hot.',
          suggestions: [],
        },
      ],
    },
  ],
})
