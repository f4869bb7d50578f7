import rule from '../../rules/valid-error-middleware-arity.ts'
import { EXPRESS, manifest, runUnderEslint9 } from './express.ts'
import { projectWith, tester } from './project.ts'

const FILES = {
  ...EXPRESS,
  'src/errors.ts': `export const errorHandler = (err, req, res, next) => res.status(500).end()
export const handleError = (err, req, res) => res.status(500).end()
export function notFoundHandler(req, res) { res.status(404).end() }
export function loginErrorHandler(req, res, next) { next() }
export default { errorHandler, handleError }
`,
  'src/auth.ts': 'export const auth = (req, res, next) => next()\n',
  'src/hot.ts': `export function lazy<T extends (...args: never[]) => unknown>(load: () => Promise<T>): T {
  return (async (...args: Parameters<T>) => (await load())(...args)) as T
}
`,
  'src/wrapped.ts': `import asyncHandler from 'express-async-handler'
export const errorHandler = asyncHandler(async (err, req, res, next) => { res.status(500).end() })
`,
}
const inExpress5 = projectWith(FILES)
const inExpress4 = projectWith({ ...FILES, 'package.json': manifest({ dependencies: { express: '^4.21.0' } }) })
const inFastify = projectWith({ ...FILES, 'package.json': manifest({ dependencies: { fastify: '^5.0.0' } }) })
const outside = projectWith({ 'app.ts': '' })
const filename = inExpress5('src/app.ts')
const HEAD = "import express from 'express'\nconst app = express()\n"

/** Registered as normal middleware. */
const normal = (code: string, name: string, length: number, why = '') => ({
  code,
  filename,
  errors: [{ messageId: 'normal', data: { name, length: String(length), why }, suggestions: [] }],
})
const WRAPPED = ', for that of the function around it counts'
const REST = ', for a rest parameter does not count'

const cases = {
  valid: [
    { name: 'four parameters', code: `${HEAD}app.use((err, req, res, next) => next(err))`, filename },
    {
      name: 'four parameters of an imported function',
      code: `${HEAD}import { errorHandler } from './errors.js'\napp.use(errorHandler)`,
      filename,
    },
    {
      name: 'a lazy import in a function of four parameters',
      code: `${HEAD}app.use(async (err, req, res, next) => (await import('./errors.js')).errorHandler(err, req, res, next))`,
      filename,
    },
    { name: 'normal middleware', code: `${HEAD}app.use((req, res, next) => next()) // err`, filename },
    {
      name: 'normal middleware that is called after an error',
      code: `${HEAD}import { loginErrorHandler } from './errors.js'\napp.use('/login', loginErrorHandler)`,
      filename,
    },
    {
      name: 'a last handler',
      code: `${HEAD}import { notFoundHandler } from './errors.js'\napp.use(notFoundHandler)`,
      filename,
    },
    {
      name: 'router.param, which takes four parameters or five',
      code: `${HEAD}app.param('error', (err, res, next) => next())`,
      filename,
    },
    {
      name: 'not known what it is',
      code: `${HEAD}import { errorHandler } from 'some-package'\napp.use(errorHandler)`,
      filename,
    },
    {
      name: 'a factory of error middleware',
      code: `${HEAD}const errorHandler = (log) => (err, req, res, next) => next(err)\napp.use(errorHandler(console.log))`,
      filename,
    },
    {
      name: 'a wrapper around a handler',
      code: `${HEAD}import { lazy } from './hot.js'\nconst errors = () => import('./errors.js')\napp.use(lazy(async () => (await errors()).notFoundHandler))`,
      filename,
    },
    {
      name: 'a listener of an emitter',
      code: `${HEAD}process.on('error', (err) => {})\nemitter.use((err) => {})`,
      filename,
    },
    {
      name: 'a function that calls another with more than its parameters',
      code: `${HEAD}const check = (req, res, next, error) => next(error)\napp.use((req, res, next) => check(req, res, next))`,
      filename,
    },
    {
      name: 'another framework',
      code: "import fastify from 'fastify'\nconst app = fastify()\napp.use((err, req, res) => {})",
      filename: inFastify('src/app.ts'),
    },
    { name: 'a test', code: `${HEAD}app.use((err, req, res) => {})`, filename: inExpress5('tests/app.test.ts') },
  ],
  invalid: [
    {
      code: `${HEAD}app.use((err, req, res) => {\n  res.status(500).end()\n})\n`,
      filename,
      errors: [
        {
          message:
            'Express takes a function for error middleware if its `length` is 4. That of this function is 3, so it runs for requests, as normal middleware, and never for errors.',
          line: 3,
          column: 9,
          endLine: 5,
          endColumn: 2,
          suggestions: [
            {
              desc: 'Add the fourth parameter.',
              output: `${HEAD}app.use((err, req, res, _next) => {\n  res.status(500).end()\n})\n`,
            },
          ],
        },
      ],
    },
    {
      name: 'Express 4, and a body that calls next',
      code: `${HEAD}app.use('/api', (error, req, res) => next(error))\n`,
      filename: inExpress4('src/app.ts'),
      errors: [
        {
          messageId: 'normal',
          suggestions: [
            { messageId: 'add', output: `${HEAD}app.use('/api', (error, req, res, next) => next(error))\n` },
          ],
        },
      ],
    },
    {
      name: 'no project',
      code: `${HEAD}app.use((err, req, res) => {})\n`,
      filename: outside('app.ts'),
      errors: [
        {
          messageId: 'normal',
          suggestions: [{ messageId: 'add', output: `${HEAD}app.use((err, req, res, _next) => {})\n` }],
        },
      ],
    },
    {
      name: 'a default',
      code: `${HEAD}app.use((err, req, res, next = () => {}) => res.end())\n`,
      filename,
      errors: [
        {
          messageId: 'normal',
          data: { name: 'this function', length: '3', why: ', for a parameter with a default does not count' },
          suggestions: [{ messageId: 'drop', output: `${HEAD}app.use((err, req, res, next) => res.end())\n` }],
        },
      ],
    },
    { name: 'a rest parameter', ...normal(`${HEAD}app.use((err, ...rest) => {})`, 'this function', 1, REST) },
    {
      name: 'a rest parameter, by the name',
      ...normal(`${HEAD}const errorHandler = (...args) => {}\napp.use(errorHandler)`, '`errorHandler`', 0, REST),
    },
    {
      name: 'one parameter',
      ...normal(`${HEAD}app.get('/', (err) => {})`, 'this function', 1),
    },
    {
      name: 'a function that is declared',
      code: `${HEAD}app.use([log, onError])\nfunction onError(e, req, res) {}\n`,
      filename,
      errors: [
        {
          messageId: 'normal',
          data: { name: '`onError`', length: '3', why: '' },
          suggestions: [
            { messageId: 'add', output: `${HEAD}app.use([log, onError])\nfunction onError(e, req, res, _next) {}\n` },
          ],
        },
      ],
    },
    {
      name: 'a type',
      code: `${HEAD}import type { ErrorRequestHandler } from 'express'\nconst last: ErrorRequestHandler = (problem, req, res) => {}\napp.use(last)\n`,
      filename,
      errors: [
        {
          messageId: 'normal',
          data: { name: '`last`', length: '3', why: '' },
          suggestions: [
            {
              messageId: 'add',
              output: `${HEAD}import type { ErrorRequestHandler } from 'express'\nconst last: ErrorRequestHandler = (problem, req, res, _next) => {}\napp.use(last)\n`,
            },
          ],
        },
      ],
    },
    {
      name: 'five parameters',
      code: `${HEAD}app.use((err, req, res, next, log) => {})\n`,
      filename,
      errors: [{ messageId: 'never', data: { name: 'this function', length: '5' }, suggestions: [] }],
    },
    {
      name: 'an imported function',
      ...normal(`${HEAD}import { handleError } from './errors.js'\napp.use(handleError)`, '`handleError`', 3),
    },
    {
      name: 'a member of an import',
      ...normal(`${HEAD}import * as errors from './errors.js'\napp.use(errors.handleError)`, '`handleError`', 3),
    },
    {
      name: 'an export that a wrapper makes',
      ...normal(
        `${HEAD}import { errorHandler } from './wrapped.js'\napp.use(errorHandler)`,
        '`errorHandler`',
        0,
        WRAPPED,
      ),
    },
    {
      name: 'a wrapper with a rest parameter',
      ...normal(
        `${HEAD}import { lazy } from './hot.js'\nconst errors = () => import('./errors.js')\napp.use(lazy(async () => (await errors()).errorHandler))`,
        '`lazy(…)`',
        0,
        WRAPPED,
      ),
    },
    {
      name: 'a wrapper of the module, under a name',
      ...normal(
        `${HEAD}const lazy = (load) => async (...args) => (await load())(...args)\nconst errorHandler = lazy(() => import('./errors.js').then((m) => m.errorHandler))\napp.use(errorHandler)`,
        '`errorHandler`',
        0,
        WRAPPED,
      ),
    },
    {
      name: 'express-async-handler around an error handler',
      ...normal(
        `${HEAD}import asyncHandler from 'express-async-handler'\nimport { errorHandler } from './errors.js'\napp.use(asyncHandler(errorHandler))`,
        '`asyncHandler(…)`',
        0,
        WRAPPED,
      ),
    },
    {
      name: 'a wrapper for handlers, around an error handler',
      ...normal(
        `${HEAD}import { errorHandler } from './errors.js'\nconst wrap = (fn) => (req, res, next) => fn(req, res, next).catch(next)\napp.use(wrap(errorHandler))`,
        '`wrap(…)`',
        3,
        WRAPPED,
      ),
    },
    {
      name: 'a function of three parameters around one of four',
      ...normal(
        `${HEAD}const errors = () => import('./errors.js')\napp.use(async (req, res, next) => (await errors()).errorHandler(req, res, next))`,
        'the function around `errorHandler`',
        3,
      ),
    },
    {
      name: 'a function of four parameters around one of three',
      code: `${HEAD}const auth = () => import('./auth.js')\napp.use((err, req, res, next) => { auth().then((m) => m.auth(err, req, res, next)).catch(next) })\n`,
      filename,
      errors: [
        {
          message:
            'Express calls a function with four parameters for errors only, and `auth`, which it calls, takes three: it never runs for a request. Declare `(req, res, next)`.',
          suggestions: [],
        },
      ],
    },
    {
      name: 'a wrapper of four parameters around a function of three',
      code: `${HEAD}import { auth } from './auth.js'\nconst wrap = (fn) => (err, req, res, next) => fn(err, req, res, next).catch(next)\napp.use(wrap(auth))`,
      filename,
      errors: [{ messageId: 'errorsOnly', data: { name: '`auth`' }, suggestions: [] }],
    },
  ],
}

tester.run('valid-error-middleware-arity', rule, cases)
runUnderEslint9('valid-error-middleware-arity', rule, cases)
