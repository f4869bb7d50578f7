import { rm } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { migrate } from '../../dist/src/api.js'
import { analyseProject } from '../../dist/src/lazy/project-plan.js'
import { openProject } from '../../dist/src/project/open.js'
import { observe } from '../../src/verify/observe.ts'
import { editAndWait, serve } from './adonisjs.ts'
import type { App, WordEdit } from './adonisjs.ts'
import { writeFiles } from './frameworks/app.ts'
import { installAdonisjs6 } from './verify/adonisjs.ts'
import { outcomesOf, shownBy, urlsOf, type Installed } from './verify/installed.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 300_000 })

/** Instances that the routes file makes and binds, one with a client, and a lazy controller that another one extends. */
const files = {
  'start/routes.ts': `import router from '@adonisjs/core/services/router'
import UsersController from '#controllers/users_controller'
import GuestsController from '#controllers/guests_controller'
const PostsController = () => import('#controllers/posts_controller')
const ReportsController = () => import('#controllers/reports_controller')

const users = new UsersController()
const guests = new GuestsController()

router.get('/health', () => ({ pid: process.pid }))
router.get('/users', users.index.bind(users))
router.get('/users/slow', users.slow.bind(users))
router.get('/users/refused', users.refused.bind(users))
router.get('/users/broken', users.broken.bind(users))
router.get('/users/later', users.later)
router.get('/users/:id', users.show.bind(users))
router.get('/users/:id/all', users.all.bind(users))
router.get('/guests', guests.index.bind(guests))
router.get('/guests/refused', guests.refused.bind(guests))
router.get('/posts', [PostsController, 'index'])
router.get('/reports', [ReportsController, 'index'])
`,
  'app/controllers/users_controller.ts': `import type { HttpContext } from '@adonisjs/core/http'
import { Exception } from '@adonisjs/core/exceptions'
import CrudController from '#controllers/crud_controller'
import CrudService from '#services/crud_service'
import { TABLE } from '#services/tables'
import env from '#start/env'

export default class UsersController extends CrudController {
  declare users: CrudService
  #names = ['Ines', 'Ada']
  private where = { level: 'reader' }
  private level = env.get('LOG_LEVEL')

  constructor() {
    super(new CrudService(TABLE))
    this.users = new CrudService(TABLE, env.get('NODE_ENV'))
    this.show = this.show.bind(this)
  }

  async index({ response }: HttpContext) {
    response.header('x-level', this.level)
    return { kind: 'users-one', names: [...this.#names], found: await this.users.list(this.where.level) }
  }

  show({ params }: HttpContext) {
    return { id: params.id, first: this.#names[0], table: this.users.table() }
  }

  async slow({ request }: HttpContext) {
    await new Promise((resolve) => setTimeout(resolve, 30))
    return { asked: request.input('n'), found: await this.users.list(request.input('n')) }
  }

  refused() {
    throw new Exception('not for you', { status: 403, code: 'E_REFUSED' })
  }

  async broken({ response }: HttpContext) {
    response.header('x-before', 'set')
    await this.users.list('a')
    throw new TypeError(\`broken by \${this.#names[1]}\`)
  }

  later = async ({ response }: HttpContext) => response.accepted({ later: this.where.level })
}
`,
  'app/controllers/crud_controller.ts': `import type { HttpContext } from '@adonisjs/core/http'
import type CrudService from '#services/crud_service'

export default class CrudController {
  constructor(protected service: CrudService) {}

  async all({ params }: HttpContext) {
    return { by: 'base-one', found: await this.service.list(params.id) }
  }
}
`,
  'app/services/crud_service.ts': `import { label } from '#services/labels'

export default class CrudService {
  constructor(
    private name: string,
    private mode = 'none',
  ) {}

  table() {
    return \`service-one \${this.name} \${this.mode}\`
  }

  async list(filter: string) {
    return [label(this.name), this.mode, filter]
  }
}
`,
  'app/controllers/guests_controller.ts': `import { Exception } from '@adonisjs/core/exceptions'
import GuestsService from '#services/guests_service'

export default class GuestsController {
  private guests = new GuestsService()

  async index() {
    return { kind: 'guests-one', found: await this.guests.list() }
  }

  refused() {
    throw new Exception('no guests', { status: 403 })
  }
}
`,
  'app/services/guests_service.ts': `import axios from 'axios'
import env from '#start/env'

export default class GuestsService {
  private client: ReturnType<typeof axios.create>

  constructor() {
    const url = env.get('HOST')
    if (!url) throw new Error('HOST is not set')
    this.client = axios.create({ baseURL: url, headers: { accept: 'text/plain' } })
  }

  async list() {
    return ['list-one', await this.client.get('/guests')]
  }
}
`,
  // In the place of the package, which opens nothing either: it counts the clients.
  'app/node_modules/axios/package.json':
    '{ "name": "axios", "version": "1.12.0", "type": "module", "main": "index.js" }\n',
  'app/node_modules/axios/index.js':
    'let made = 0\nexport default { create: (options) => { made += 1; return { get: async (path) => ({ path, made, options }) } } }\n',
  'app/services/labels.ts': 'export const label = (name: string) => `label-one ${name}`\n',
  'app/services/tables.ts': "export const TABLE = 'users'\n",
  'app/controllers/posts_controller.ts': `export default class PostsController {
  index() {
    return { kind: 'posts-one', name: this.constructor.name }
  }
}
`,
  'app/controllers/reports_controller.ts': `import PostsController from '#controllers/posts_controller'

export default class ReportsController extends PostsController {
  index() {
    return { ...super.index(), by: 'reports-one' }
  }
}
`,
}

const endpoints = [
  '/users',
  '/users/slow?n=1',
  '/users/refused',
  '/users/broken',
  '/users/later',
  '/users/7',
  '/users/7/all',
  '/guests',
  '/guests/refused',
  '/posts',
  '/reports',
  '/nowhere',
]

const MIGRATION = { with: ['bound-instances', 'hot-reexports'], skip: ['dev-dependencies', 'lint-config'] }

let before: App
let after: App
let migrated: Installed
let predicted: Record<string, string>
const started: App[] = []

beforeAll(async () => {
  const { directory } = await installed()
  before = await start(directory)
  migrated = await installed()
  ;(await migrate({ ...MIGRATION, directory: migrated.directory })).apply()
  predicted = predictedIn(migrated.directory)
  after = await start(migrated.directory)
})

afterAll(async () => {
  for (const app of started) {
    await app.stop()
    await rm(app.dir, { recursive: true })
  }
})

describe('bound instances that are made for each request, and a controller behind a re-export', () => {
  it('answer as before: status, headers, body, errors', async () => {
    for (const path of endpoints) expect(await answerOf(after, path)).toEqual(await answerOf(before, path))
    expect((await answerOf(after, '/users')).body).toContain('users-one')
  })

  it('are all migrated at once: narrower globs leave nothing for a second time', async () => {
    const { changes } = await migrate({ ...MIGRATION, directory: migrated.directory })
    expect(changes).toEqual([])
  })

  it('answer requests at the same time as before', async () => {
    const paths = Array.from({ length: 12 }, (_, index) => [`/users/slow?n=${index}`, '/users/7', '/posts']).flat()
    const [old, now] = await Promise.all(
      [before, after].map(async (app) => Promise.all(paths.map(async (path) => answerOf(app, path)))),
    )
    expect(now).toEqual(old)
  })

  const edits: [string, WordEdit[]][] = [
    ['the controller', [edit('controllers/users_controller', 'users-one', '/users')]],
    ['its base class', [edit('controllers/crud_controller', 'base-one', '/users/7/all')]],
    ['the service that it makes', [edit('services/crud_service', 'service-one', '/users/7')]],
    [
      'what the service imports, for each who makes one',
      [edit('services/labels', 'label-one', '/users'), { ...edit('services/labels', 'label-two', '/users/7/all') }],
    ],
    ['the controller with a client', [edit('controllers/guests_controller', 'guests-one', '/guests')]],
    ['the service that makes the client', [edit('services/guests_service', 'list-one', '/guests')]],
    ['the class behind the re-export', [edit('controllers/posts_controller', 'posts-one', '/posts')]],
    ['the class that extends it', [edit('controllers/reports_controller', 'reports-one', '/reports')]],
  ]
  it.each(edits)('reload %s in the same process', async (_, [first, ...others]) => {
    expect(await editAndWait(after, first!)).toMatchObject({ samePid: true })
    for (const { from, path } of others) expect(JSON.stringify((await after.get(path)).body)).toContain(from)
  })

  it('show an edit behind a re-export to the class that extends it', async () => {
    const { body } = await after.get('/reports')
    expect(body).toMatchObject({ kind: 'posts-two', by: 'reports-two' })
  })

  it('have made a client at boot, and one for each edit', async () => {
    expect((await before.get('/guests')).body).toMatchObject({ found: ['list-one', { made: 1 }] })
    for (let asked = 0; asked < 3; asked += 1)
      expect((await after.get('/guests')).body).toMatchObject({ found: ['list-two', { made: 3 }] })
  })

  it('reload what is predicted', async () => {
    await after.stop()
    const wanted = Object.keys(predicted).filter((file) => /^(?:app\/(?:controllers|services)|start)\//.test(file))
    const edits = wanted.map((file) => ({ file }))
    const seen = await observe(migrated.launch, urlsOf(endpoints), edits)
    const expected = Object.fromEntries(wanted.map((file) => [file, predicted[file]]))
    expect(outcomesOf(seen), shownBy(seen)).toEqual(expected)
    expect(expected).toMatchObject({
      'app/controllers/users_controller.ts': 'hot',
      'app/controllers/crud_controller.ts': 'hot',
      'app/services/crud_service.ts': 'hot',
      'app/services/labels.ts': 'hot',
      'app/controllers/guests_controller.ts': 'hot',
      'app/services/guests_service.ts': 'hot',
      'app/controllers/posts_controller.ts': 'hot',
      'start/routes.ts': 'restart',
    })
  })
})

/** `…-one` becomes `…-two` in a file of the application. */
function edit(file: string, from: string, path: string): WordEdit {
  return { file: `app/${file}.ts`, from, to: from.replace('-one', '-two'), path }
}

async function installed(): Promise<Installed> {
  const found = await installAdonisjs6(24, '1.0.0')
  await writeFiles(found.directory, files)
  return found
}

async function start(directory: string): Promise<App> {
  const app = await serve(directory, { watching: 'started HTTP server' })
  started.push(app)
  return app
}

function predictedIn(directory: string): Record<string, string> {
  const { outcomes } = analyseProject(openProject(directory)).reload()
  return Object.fromEntries([...outcomes].map(([path, outcome]) => [path.slice(directory.length + 1), outcome]))
}

const DIFFERENT = new Set(['date', 'x-request-id', 'content-length'])

/** What is seen of an answer, without what differs from one to the next. */
async function answerOf(app: App, path: string): Promise<{ status: number; headers: object; body: string }> {
  const response = await fetch(app.url + path)
  const headers = Object.fromEntries([...response.headers].filter(([name]) => !DIFFERENT.has(name)))
  const body = JSON.parse(await response.text()) as object
  const known = Object.entries(body).filter(([name]) => name !== 'stack' && name !== 'frames')
  return { status: response.status, headers, body: JSON.stringify(known) }
}
