import rule from '../../rules/valid-kickjs-entry.ts'
import { EXPRESS, runUnderEslint9 } from './express.ts'
import { KICKJS, KICKJS_1 } from './kickjs.ts'
import { projectWith, tester } from './project.ts'

const inKickJs = projectWith(KICKJS)
const inKickJs1 = projectWith(KICKJS_1)
const inExpress = projectWith(EXPRESS)
const outside = projectWith({ 'index.ts': '' })
const filename = inKickJs('src/index.ts')
const IMPORT = "import { bootstrap } from '@forinda/kickjs'\n"
const WITHOUT = `${IMPORT}bootstrap({ modules })\n`

/** The text with the suggestion applied. */
const exports = (output: string) => ({ messageId: 'export', suggestions: [{ messageId: 'exportApp', output }] })

const cases = {
  valid: [
    { name: 'as KickJS has it', code: `${IMPORT}export const app = await bootstrap({ modules })\n`, filename },
    { name: 'exported below', code: `${IMPORT}const app = await bootstrap({ modules })\nexport { app }\n`, filename },
    {
      name: 'exported under that name',
      code: `${IMPORT}const server = await bootstrap({ modules })\nexport { server as app }\n`,
      filename,
    },
    { name: 'exported by another module', code: `${WITHOUT}export * from './app.js'\n`, filename },
    { name: 'another function of that name', code: "import { bootstrap } from './boot.js'\nbootstrap()\n", filename },
    { name: 'a module that is not the entry', code: WITHOUT, filename: inKickJs('src/edge.ts') },
    { name: 'on demand', code: `${IMPORT}export const start = () => bootstrap({ modules })\n`, filename },
    { name: 'KickJS 1, which ran the entry', code: WITHOUT, filename: inKickJs1('src/index.ts') },
    {
      name: 'a server on demand',
      code: "import { createServer } from 'node:http'\nexport const start = () => createServer().listen(9090)\n",
      filename: inKickJs('src/metrics.ts'),
    },
    {
      name: 'in production only',
      code: `${IMPORT}export const app = await bootstrap({ modules })\nif (process.env.NODE_ENV === 'production') app.listen(3000)\n`,
      filename: inKickJs('src/metrics.ts'),
    },
    { name: 'another framework', code: WITHOUT, filename: inExpress('src/server.ts') },
    { name: 'no project', code: WITHOUT, filename: outside('index.ts') },
  ],
  invalid: [
    {
      code: WITHOUT,
      filename,
      errors: [
        {
          message:
            '`kick dev` serves the export `app` of this module, and there is none: requests are not answered. Write `export const app = await bootstrap(…)`.',
          line: 2,
          column: 1,
          endColumn: 23,
          suggestions: [
            {
              desc: 'Export it as `app`.',
              output: `${IMPORT}export const app = await bootstrap({ modules })\n`,
            },
          ],
        },
      ],
    },
    {
      name: 'awaited',
      code: `${IMPORT}await bootstrap({ modules })\n`,
      output: `${IMPORT}export const app = await bootstrap({ modules })\n`,
      filename,
      errors: [{ messageId: 'export' }],
    },
    {
      name: 'in a constant',
      code: `${IMPORT}const app = await bootstrap({ modules })\n`,
      output: `${IMPORT}export const app = await bootstrap({ modules })\n`,
      filename,
      errors: [{ messageId: 'export' }],
    },
    {
      name: 'in a constant, not awaited',
      code: `${IMPORT}const app = bootstrap({ modules })\n`,
      filename,
      errors: [exports(`${IMPORT}export const app = await bootstrap({ modules })\n`)],
    },
    {
      name: 'a constant of another name',
      code: `${IMPORT}export const server = await bootstrap({ modules })\n`,
      filename,
      errors: [{ messageId: 'export', suggestions: [] }],
    },
    {
      name: 'the name is taken',
      code: `${IMPORT}import { app } from './app.js'\nawait bootstrap({ modules, app })\n`,
      filename,
      errors: [{ messageId: 'export', suggestions: [] }],
    },
    {
      name: 'in a function that is called at once',
      code: `${IMPORT}async function main() {\n  await bootstrap({ modules })\n}\nvoid main()\n`,
      filename,
      errors: [{ messageId: 'export', suggestions: [] }],
    },
    {
      name: 'a promise',
      code: `${IMPORT}export const app = bootstrap({ modules })\n`,
      filename,
      errors: [
        {
          messageId: 'await',
          suggestions: [
            { messageId: 'awaitApp', output: `${IMPORT}export const app = await bootstrap({ modules })\n` },
          ],
        },
      ],
    },
    {
      name: 'listens',
      code: `${IMPORT}export const app = await bootstrap({ modules })\napp.listen(3000)\n`,
      filename,
      errors: [
        {
          message:
            '`app.listen` runs again with each reload, and the port is taken by then. Under `kick dev` Vite has the server, elsewhere `bootstrap()` listens: leave the call out.',
          line: 3,
          column: 1,
          endColumn: 17,
        },
      ],
    },
    {
      name: 'a server of its own, in another module',
      code: "import { createServer } from 'node:http'\ncreateServer(metrics).listen(9090)\n",
      filename: inKickJs('src/metrics.ts'),
      errors: [{ messageId: 'listen' }],
    },
    {
      name: 'the app of another module',
      code: "import { app } from './index.js'\napp.listen(3000)\n",
      filename: inKickJs('src/start.ts'),
      errors: [{ messageId: 'listen' }],
    },
  ],
}

tester.run('valid-kickjs-entry', rule, cases)
runUnderEslint9('valid-kickjs-entry', rule, cases)
