import rule from '../../rules/require-error-forwarding.ts'
import { EXPRESS, manifest, runUnderEslint9 } from './express.ts'
import { projectWith, tester } from './project.ts'

const FOUR: Readonly<Record<string, string>> = {
  ...EXPRESS,
  'package.json': manifest({ dependencies: { express: '^4.21.0' } }),
}
const inExpress4 = projectWith(FOUR)
const inExpress5 = projectWith(EXPRESS)
const withAsyncErrors = projectWith({
  ...FOUR,
  'src/server.ts': `import 'express-async-errors'\n${FOUR['src/server.ts']}`,
})
const ofUnknownVersion = projectWith({ ...FOUR, 'package.json': manifest({ dependencies: { express: 'latest' } }) })
const withoutFramework = projectWith({ ...FOUR, 'package.json': manifest({ dependencies: {} }) })
const outside = projectWith({ 'server.ts': '' })
const filename = inExpress4('src/routes.ts')

const HEAD =
  "import { Router } from 'express'\nconst users = () => import('./controllers/users.js')\nconst router = Router()\n"
const HTTP = "import { createServer } from 'node:http'\n"

/** The module with these lines below the router, and the same fixed. */
const next = (lines: string, fixed: string) => ({
  code: HEAD + lines,
  output: HEAD + fixed,
  filename,
  errors: [{ messageId: 'next' }],
})
/** Reported, with that suggestion. */
const suggests = (output: string) => ({ messageId: 'next', suggestions: [{ messageId: 'forward', output }] })

const cases = {
  valid: [
    {
      name: 'Express 5, which awaits the promise',
      code: `${HEAD}router.get('/', async (req, res) => (await users()).list(req, res))`,
      filename: inExpress5('src/routes.ts'),
    },
    {
      name: 'Express 5, a promise that floats',
      code: `${HEAD}router.get('/', (req, res) => { users().then((m) => m.list(req, res)) })`,
      filename: inExpress5('src/routes.ts'),
    },
    {
      name: 'forwarded',
      code: `${HEAD}router.get('/', (req, res, next) => { users().then((m) => m.list(req, res)).catch(next) })`,
      filename,
    },
    {
      name: 'caught',
      code: `${HEAD}router.get('/', async (req, res, next) => {\n  try {\n    await (await users()).list(req, res)\n  } catch (error) {\n    next(error)\n  }\n})`,
      filename,
    },
    {
      name: 'in a wrapper that forwards',
      code: `import asyncHandler from 'express-async-handler'\n${HEAD}router.get('/', asyncHandler(async (req, res) => (await users()).list(req, res)))`,
      filename,
    },
    {
      name: 'in a wrapper of the project',
      code: `import { catchAsync } from './catch-async.js'\n${HEAD}router.get('/', catchAsync(async (req, res) => (await users()).list(req, res)))`,
      filename,
    },
    {
      name: 'express-async-errors, imported by the entry',
      code: `${HEAD}router.get('/', async (req, res) => (await users()).list(req, res))`,
      filename: withAsyncErrors('src/routes.ts'),
    },
    {
      name: 'a router that forwards',
      code: "import Router from 'express-promise-router'\nconst users = () => import('./controllers/users.js')\nRouter().get('/', async (req, res) => (await users()).list(req, res))",
      filename,
    },
    {
      name: 'no lazy import',
      code: `${HEAD}router.get('/', async (req, res) => { res.json(await rows()) })`,
      filename,
    },
    {
      name: 'a package',
      code: `${HEAD}router.get('/', async (req, res) => { res.send((await import('marked')).marked('x')) })`,
      filename,
    },
    {
      name: 'no handler',
      code: `${HEAD}export const list = async (req, res) => (await users()).list(req, res)`,
      filename,
    },
    {
      name: 'handed to something else',
      code: `${HEAD}router.get('/', (req, res) => { queue.add(users()) })`,
      filename,
    },
    {
      name: 'not known which version',
      code: `${HEAD}router.get('/', async (req, res) => (await users()).list(req, res))`,
      filename: ofUnknownVersion('src/routes.ts'),
    },
    {
      name: 'no project',
      code: `${HEAD}router.get('/', async (req, res) => (await users()).list(req, res))`,
      filename: outside('server.ts'),
    },
    {
      name: 'a test',
      code: `${HEAD}router.get('/', async (req, res) => (await users()).list(req, res))`,
      filename: inExpress4('tests/routes.test.ts'),
    },
    {
      name: 'node:http, caught',
      code: `${HTTP}createServer(async (req, res) => {\n  try { (await import('./app.js')).app(req, res) }\n  catch (error) { res.end() }\n})`,
      filename,
    },
    {
      name: 'node:http, another event',
      code: `${HTTP}createServer().on('upgrade', async () => { await import('./app.js') })`,
      filename,
    },
    {
      name: 'Fastify of that name',
      code: "import { createServer } from './http.js'\ncreateServer(async (req, res) => (await import('./app.js')).app(req, res))",
      filename,
    },
  ],
  invalid: [
    {
      ...next(
        "router.get('/', async (req, res) => (await users()).list(req, res))\n",
        "router.get('/', (req, res, next) => { users().then((m) => m.list(req, res)).catch(next) })\n",
      ),
      errors: [
        {
          message:
            '`./controllers/users.js` fails to load with each syntax error that is saved. Express 4 drops the promise of this handler, so the rejection ends the process, and hot-runner does not start it again. Forward it with `.catch(next)`.',
          line: 4,
          column: 44,
          endColumn: 51,
        },
      ],
    },
    {
      name: 'next is a parameter already, of another name',
      ...next(
        "router.get('/', async (req, res, done) => (await users()).list(req, res, done))\n",
        "router.get('/', (req, res, done) => { users().then((m) => m.list(req, res, done)).catch(done) })\n",
      ),
    },
    {
      name: 'a block',
      ...next(
        "router.get('/', async (req, res) => {\n  await (await users()).list(req, res)\n})\n",
        "router.get('/', (req, res, next) => { users().then((m) => m.list(req, res)).catch(next) })\n",
      ),
    },
    {
      name: 'import() in the handler, of a default export',
      ...next(
        "router.get('/', async (req, res) => (await import('./controllers/users.js')).default.list(req, res))\n",
        "router.get('/', (req, res, next) => { import('./controllers/users.js').then((m) => m.default.list(req, res)).catch(next) })\n",
      ),
    },
    {
      name: 'an argument of the name that the fix would take',
      ...next(
        "router.get('/', async (req, res) => (await users()).list(m, res))\n",
        "router.get('/', (req, res, next) => { users().then((loaded) => loaded.list(m, res)).catch(next) })\n",
      ),
    },
    {
      name: 'then, which floats',
      ...next(
        "router.get('/', (req, res) => { users().then((m) => m.list(req, res)) })\n",
        "router.get('/', (req, res, next) => { users().then((m) => m.list(req, res)).catch(next) })\n",
      ),
    },
    {
      name: 'then, with a callback for the import alone',
      ...next(
        "router.get('/', (req, res, next) => { users().then((m) => m.list(req, res), next) })\n",
        "router.get('/', (req, res, next) => { users().then((m) => m.list(req, res), next).catch(next) })\n",
      ),
    },
    {
      name: 'then, returned',
      ...next(
        "router.get('/', (req, res, next) => users().then((m) => m.list(req, res, next)))\n",
        "router.get('/', (req, res, next) => users().then((m) => m.list(req, res, next)).catch(next))\n",
      ),
    },
    {
      name: 'then, awaited at the end',
      ...next(
        "router.get('/', async (req, res, next) => {\n  log(req)\n  await users().then((m) => m.list(req, res, next))\n})\n",
        "router.get('/', async (req, res, next) => {\n  log(req)\n  await users().then((m) => m.list(req, res, next)).catch(next)\n})\n",
      ),
    },
    {
      name: 'in an array, in route(), and in use()',
      code: `${HEAD}router.route('/').get([async (req, res) => (await users()).list(req, res)])\nrouter.use(async (req, res, next) => (await users()).auth(req, res, next))\n`,
      output: `${HEAD}router.route('/').get([(req, res, next) => { users().then((m) => m.list(req, res)).catch(next) }])\nrouter.use((req, res, next) => { users().then((m) => m.auth(req, res, next)).catch(next) })\n`,
      filename,
      errors: [{ messageId: 'next' }, { messageId: 'next' }],
    },
    {
      name: 'an error handler, whose next is its fourth parameter',
      ...next(
        'router.use(async (err, req, res, next) => (await users()).onError(err, req, res, next))\n',
        'router.use((err, req, res, next) => { users().then((m) => m.onError(err, req, res, next)).catch(next) })\n',
      ),
    },
    {
      name: 'router.param',
      ...next(
        "router.param('id', async (req, res, next, id) => (await users()).find(req, res, next, id))\n",
        "router.param('id', (req, res, next, id) => { users().then((m) => m.find(req, res, next, id)).catch(next) })\n",
      ),
    },
    {
      name: 'express-async-errors, which does not see a promise that floats',
      ...next(
        "router.get('/', (req, res) => { users().then((m) => m.list(req, res)) })\n",
        "router.get('/', (req, res, next) => { users().then((m) => m.list(req, res)).catch(next) })\n",
      ),
      filename: withAsyncErrors('src/routes.ts'),
    },
    {
      name: 'parameters with types, and next among them',
      ...next(
        "router.get('/', async (req: Request, res: Response, next: NextFunction) => (await users()).list(req, res))\n",
        "router.get('/', (req: Request, res: Response, next: NextFunction) => { users().then((m) => m.list(req, res)).catch(next) })\n",
      ),
    },
    {
      name: 'parameters with types, to which next would be added',
      code: `${HEAD}router.get('/', async (req: Request, res: Response) => (await users()).list(req, res))\n`,
      filename,
      errors: [
        suggests(
          `${HEAD}router.get('/', (req: Request, res: Response, next) => { users().then((m) => m.list(req, res)).catch(next) })\n`,
        ),
      ],
    },
    {
      name: 'a handler by its name, which may be called elsewhere',
      code: `${HEAD}const list = async (req, res) => (await users()).list(req, res)\nrouter.get('/', list)\nrouter.get('/all', list)\n`,
      filename,
      errors: [
        suggests(
          `${HEAD}const list = (req, res, next) => { users().then((m) => m.list(req, res)).catch(next) }\nrouter.get('/', list)\nrouter.get('/all', list)\n`,
        ),
      ],
    },
    {
      name: 'more than a call',
      code: `${HEAD}router.get('/', async (req, res) => {\n  const { list } = await users()\n  await list(req, res)\n})\n`,
      filename,
      errors: [{ messageId: 'next', suggestions: [] }],
    },
    {
      name: 'a catch that throws again',
      code: `${HEAD}router.get('/', async (req, res) => {\n  try {\n    await (await users()).list(req, res)\n  } catch (error) {\n    log(error)\n    throw error\n  }\n})\n`,
      filename,
      errors: [{ messageId: 'next', suggestions: [] }],
    },
    {
      name: 'finally',
      code: `${HEAD}router.get('/', async (req, res) => {\n  try { await (await users()).list(req, res) } finally { log() }\n})\n`,
      filename,
      errors: [{ messageId: 'next', suggestions: [] }],
    },
    {
      name: 'two at once, reported once',
      code: `${HEAD}router.get('/', async (req, res) => {\n  const [a, b] = await Promise.all([users(), import('./controllers/posts.js')])\n  a.list(b)\n})\n`,
      filename,
      errors: [{ messageId: 'next', suggestions: [] }],
    },
    {
      name: 'a comment in it',
      code: `${HEAD}router.get('/', async (req, res) => /* why */ (await users()).list(req, res))\n`,
      filename,
      errors: [{ messageId: 'next', suggestions: [] }],
    },
    {
      name: 'next is something else there',
      code: `${HEAD}router.get('/', async (req, res) => (await users()).list(req, next))\n`,
      filename,
      errors: [{ messageId: 'next', suggestions: [] }],
    },
    {
      name: 'a type of what it returns',
      code: `${HEAD}router.get('/', async (req, res): Promise<void> => (await users()).list(req, res))\n`,
      filename,
      errors: [{ messageId: 'next', suggestions: [] }],
    },
    {
      name: 'node:http',
      code: `${HTTP}createServer(async (req, res) => (await import('./app.js')).app(req, res)).listen(3000)\n`,
      filename: withoutFramework('src/server.ts'),
      errors: [
        {
          message:
            '`./app.js` fails to load with each syntax error that is saved. node:http drops the promise of this listener, so the rejection ends the process, and hot-runner does not start it again. Catch it, and answer.',
          line: 2,
          column: 41,
          endColumn: 59,
          suggestions: [
            {
              desc: 'Catch it, and answer with status 500.',
              output: `${HTTP}createServer(async (req, res) => {\n  try { await (await import('./app.js')).app(req, res) }\n  catch (err) { console.error(err); if (!res.headersSent) res.statusCode = 500; res.end() }\n}).listen(3000)\n`,
            },
          ],
        },
      ],
    },
    {
      name: 'node:http by its default import, and a promise that floats',
      code: "import http from 'node:http'\nhttp.createServer((req, res) => { import('./app.js').then((m) => m.app(req, res)) })\n",
      filename,
      errors: [{ messageId: 'answer', suggestions: [] }],
    },
    {
      name: 'node:http, without a project, by the event',
      code: "import * as http from 'http'\nconst server = http.createServer()\nserver.on('request', async (req, res) => {\n  const { app } = await import('./app.js')\n  app(req, res)\n})\n",
      filename: outside('server.ts'),
      errors: [{ messageId: 'answer', suggestions: [] }],
    },
    {
      name: 'node:https, in a server on Express 5',
      code: "import { createServer } from 'node:https'\nasync function listener(req, res) {\n  await (await import('./app.js')).app(req, res)\n}\ncreateServer(options, listener)\n",
      filename: inExpress5('src/server.ts'),
      errors: [
        {
          messageId: 'answer',
          data: { specifier: './app.js', who: 'node:https', next: '' },
          suggestions: [
            {
              messageId: 'catch',
              output:
                "import { createServer } from 'node:https'\nasync function listener(req, res) {\n  try { await (await import('./app.js')).app(req, res) }\n  catch (err) { console.error(err); if (!res.headersSent) res.statusCode = 500; res.end() }\n}\ncreateServer(options, listener)\n",
            },
          ],
        },
      ],
    },
  ],
}

tester.run('require-error-forwarding', rule, cases)
runUnderEslint9('require-error-forwarding', rule, cases)
