import { join } from 'node:path'
import ts from 'typescript'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { remove, rewrite, writeApp, writeFiles, type Files, type Packages } from './app.ts'

/** What a route file registers, and the first line of each function that moves, without what is in its body. */
type Form = readonly [name: string, registered: string, moved: readonly string[]]

interface World {
  readonly framework: string
  /** With those that hold types only. */
  readonly packages: Packages
  /** The head of a route file. */
  readonly head: string
  readonly forms: readonly Form[]
}

const compilerOptions = {
  strict: true,
  noUnusedLocals: true,
  noImplicitReturns: true,
  verbatimModuleSyntax: true,
  noEmit: true,
  target: 'ES2023',
  module: 'NodeNext',
  skipLibCheck: true,
  types: ['node'],
}

const SERVICE = `export interface User {
  id: string
  name: string
}
export const find = (id: string): User | undefined => ({ id, name: 'Ada' })
export const create = (name: string): User => ({ id: '1', name })
`

const WORLDS: readonly World[] = [
  {
    framework: 'Express',
    packages: { express: 'express', '@types/express': '@types/express', '@types/node': '@types/node' },
    head: "import { Router, type RequestHandler } from 'express'\nexport const router: Router = Router()\n",
    forms: [
      [
        'plain',
        "router.get('/', (req, res) => { res.json(find('1')) })",
        ['getForm = (req: Request, res: Response) =>'],
      ],
      [
        'the parameters of the path',
        "router.get('/:id/:tab', (req, res) => { res.json([find(req.params.id), req.params.tab]) })",
        ['getFormByIdByTab = (req: Request<{ id: string; tab: string }>, res: Response) =>'],
      ],
      [
        'all parameters',
        "router.get('/a', async (req, res, next) => { if (find('1')) return next(); res.json(1) })",
        ['getA = async (req: Request, res: Response, next: NextFunction) =>'],
      ],
      [
        'a parameter without parentheses',
        "router.get('/a', req => { req.res?.json(find('1')) })",
        ['getA = (req: Request) =>'],
      ],
      [
        'a pattern and a default',
        "router.get('/:id', ({ params }, res, next = () => {}) => { next(); res.json(find(params.id)) })",
        ['getFormById = ({ params }: Request<{ id: string }>, res: Response, next: NextFunction = () =>'],
      ],
      [
        'types that are written there',
        "router.post('/', (req: import('express').Request<{}, {}, { name: string }>, res) => { res.json(create(req.body.name)) })",
        ["postForm = (req: import('express').Request<{}, {}, { name: string }>, res: Response) =>"],
      ],
      [
        'an error handler',
        "type Parameters4 = [Error, import('express').Request, import('express').Response, import('express').NextFunction]\nrouter.use((err: Parameters4[0], req: Parameters4[1], res: Parameters4[2], next: Parameters4[3]) => { res.json(find(err.message)); next() })",
        ['handleError = (err: Parameters4[0], req: Parameters4[1], res: Parameters4[2], next: Parameters4[3]) =>'],
      ],
      [
        'behind middleware',
        "const auth: RequestHandler = (req, res, next) => next()\nrouter.get('/a', auth, (req, res) => { res.json(find('1')) })",
        ['getA = (req: Request, res: Response) =>'],
      ],
      [
        'a parameter of the router',
        "router.param('id', (req, res, next, id) => { if (find(id)) next() })",
        ['loadId = (req: Request, res: Response, next: NextFunction, id: any) =>'],
      ],
      [
        'a path of which the pattern decides',
        "router.get('/files/*path', (req, res) => { res.json([req.params.path, find('1')]) })",
        [],
      ],
    ],
  },
  {
    framework: 'Hono',
    packages: { hono: 'hono', '@types/node': '@types/node' },
    head: "import { Hono } from 'hono'\nexport const app = new Hono<{ Variables: { user: string } }>()\n",
    forms: [
      [
        'plain',
        "app.get('/', (c) => c.json(find('1') ?? null))",
        ['getForm = (c: Context<{ Variables: { user: string } }>) =>'],
      ],
      [
        'the parameters of the path',
        "app.get('/:id', (c) => c.json(find(c.req.param('id')) ?? null))",
        ["getFormById = (c: Context<{ Variables: { user: string } }, '/:id'>) =>"],
      ],
      [
        'what the environment has',
        "app.get('/me', (c) => c.json(find(c.get('user')) ?? null))",
        ['getMe = (c: Context<{ Variables: { user: string } }>) =>'],
      ],
      [
        'middleware',
        "app.use(async (c, next) => { c.set('user', find('1')?.name ?? ''); await next() })",
        ['useForm = async (c: Context<{ Variables: { user: string } }>, next: Next) =>'],
      ],
    ],
  },
  {
    framework: 'Koa',
    packages: { koa: 'koa', '@koa/router': '@koa/router', '@types/koa': '@types/koa', '@types/node': '@types/node' },
    head: "import Router from '@koa/router'\nexport const router = new Router()\n",
    forms: [
      [
        'the parameters of the path',
        "router.get('/:id', (ctx) => { ctx.body = find(ctx.params['id'] ?? '') })",
        ['getFormById = (ctx: Context) =>'],
      ],
      [
        'middleware',
        "router.use(async (ctx, next) => { ctx.set('x-user', find('1')?.name ?? ''); await next() })",
        ['useForm = async (ctx: Context, next: Next) =>'],
      ],
    ],
  },
  {
    framework: 'Fastify',
    packages: { fastify: 'fastify', '@types/node': '@types/node' },
    head: "import type { FastifyInstance } from 'fastify'\nexport async function routes(fastify: FastifyInstance) {\n",
    forms: [
      ['plain', "fastify.get('/', async () => find('1'))\n}", ['getForm = async () =>']],
      [
        'a reply',
        "fastify.get('/', async (request, reply) => { reply.code(201); return find('1') })\n}",
        ['getForm = async (request: FastifyRequest, reply: FastifyReply) =>'],
      ],
      [
        'the types of the route',
        "fastify.get<{ Params: { id: string } }>('/:id', async (request) => find(request.params.id))\n}",
        ['getFormById = async (request: FastifyRequest<{ Params: { id: string } }>) =>'],
      ],
      [
        'a hook',
        "fastify.addHook('onRequest', async (request, reply) => { reply.header('x-user', find('1')?.name) })\n}",
        ['onRequest = async (request: FastifyRequest, reply: FastifyReply) =>'],
      ],
      [
        'what only inference tells',
        "fastify.setErrorHandler((error, request, reply) => { reply.send(find('1')) })\n}",
        [],
      ],
    ],
  },
]

/** The functions that move have the types that they had, by the real compiler and the types of the real framework. */
describe.each(WORLDS)('handlers of $framework that move', ({ packages, head, forms }) => {
  const directories: string[] = []
  let changed: Files
  let program: ts.Program

  const nameAt = (at: number): string => `form-${at}/form`
  const routes = (at: number, registered: string): string =>
    `import { create, find } from './service.js'\n${head}${registered}\nexport const form = ${at}\n`
      .replace(/create, (?=find)/, registered.includes('create(') ? '$&' : '')
      .replace(/, find\b/, registered.includes('find(') ? '$&' : '')
      .replace(', type RequestHandler', registered.includes('RequestHandler =') ? '$&' : '')

  beforeAll(async () => {
    const files: Record<string, string> = { 'tsconfig.json': JSON.stringify({ compilerOptions }) }
    for (const [at, [, registered]] of forms.entries()) {
      files[`${nameAt(at)}.ts`] = routes(at, registered)
      files[`form-${at}/service.ts`] = SERVICE
    }
    files['server.ts'] = forms.map((_, at) => `import './${nameAt(at)}.js'\n`).join('')
    const scripts = { dev: 'tsx server.ts' }
    for (let count = 0; count < 2; count++) directories.push(await writeApp(files, packages, { scripts }))
    changed = await rewrite(directories[1]!, { only: ['extract-handlers', 'lazy-imports'] })
    const paths = directories.flatMap((root) =>
      forms.map((_, at) => join(root, `${nameAt(at)}.ts`)).concat(join(root, 'server.ts')),
    )
    const options = ts.convertCompilerOptionsFromJson(compilerOptions, directories[0]!).options
    program = ts.createProgram(paths, options)
  }, 120_000)

  afterAll(async () => {
    for (const directory of directories) await remove(directory)
  })

  function errorsIn(root: string, path: string): string[] {
    const file = program.getSourceFile(join(root, path))
    if (!file) return []
    return ts
      .getPreEmitDiagnostics(program, file)
      .map(({ code, messageText }) => `TS${code} ${ts.flattenDiagnosticMessageText(messageText, ' ')}`)
  }

  it.each(forms.map(([form, , moved], at) => [form, nameAt(at), moved] as const))('%s', (_, name, moved) => {
    const module = `${name}.handlers.ts`
    const found = [...(changed[module] ?? '').matchAll(/^export const (.*?=>)/gm)].map(([, line]) => line)
    expect(found).toEqual(moved)
    expect(errorsIn(directories[0]!, `${name}.ts`)).toEqual([])
    expect(errorsIn(directories[1]!, `${name}.ts`)).toEqual([])
    expect(errorsIn(directories[1]!, module)).toEqual([])
    expect(program.getSourceFile(join(directories[1]!, module)) !== undefined).toBe(moved.length > 0)
  })
})

it('a handler whose types only TypeScript knows stays', async () => {
  const packages = { fastify: 'fastify', '@types/node': '@types/node' }
  const files = {
    'tsconfig.json': JSON.stringify({ compilerOptions }),
    'server.ts': "import './users.js'\n",
    'service.ts': `import type { FastifyBaseLogger, FastifyInstance, FastifyTypeProvider, RawServerDefault } from 'fastify'
import type { IncomingMessage, ServerResponse } from 'node:http'
interface Named extends FastifyTypeProvider {
  validator: { name: string }
}
export type App = FastifyInstance<RawServerDefault, IncomingMessage, ServerResponse, FastifyBaseLogger, Named>
`,
    'users.service.ts': SERVICE,
    'users.ts': `import type { App } from './service.js'
import { create, find } from './users.service.js'
export async function routes(fastify: App) {
  fastify.get('/:id', async () => find('1'))
  fastify.post('/', { schema: { body: {} } }, async (request) => create(request.body.name))
}
`,
  }
  const directory = await writeApp(files, packages, { scripts: { dev: 'tsx server.ts' } })
  try {
    expect(await rewrite(directory, { only: ['extract-handlers'] })).toEqual({})
    await writeFiles(directory, {
      'users.ts': files['users.ts'].replace('create(request.body.name)', "create('Ada')"),
    })
    expect(Object.keys(await rewrite(directory, { only: ['extract-handlers'] }))).toEqual([
      'users.handlers.ts',
      'users.ts',
    ])
  } finally {
    await remove(directory)
  }
}, 120_000)
