import type { MigratedApp } from './app.ts'

export const hono: MigratedApp = {
  name: 'Hono',
  packages: {
    hono: 'hono',
    '@hono/node-server': '@hono/node-server',
    'hot-hook': 'hot-hook',
    '@hot-hook/runner': '@hot-hook/runner',
  },
  packageJson: {
    scripts: {
      dev: 'hot-runner --node-args=--import=hot-hook/register src/server.js',
    },
    hotHook: {
      boundaries: ['./src/handlers/**/*.js', './src/middleware/**/*.js'],
    },
  },
  entry: 'src/server.js',
  flags: ['--import=hot-hook/register'],
  loader: 'none',
  statuses: {
    '/books': 200,
    '/books/broken': 418,
    '/authors': 200,
    '/nowhere': 404,
    'POST /books {"title":"Ines"}': 201,
  },
  expected: {
    'src/server.js': 'restart',
    'src/config.js': 'restart',
    'src/app.js': 'restart',
    'src/routes/books.js': 'restart',
    'src/routes/authors.js': 'restart',
    'src/middleware/timing.js': 'hot',
    'src/middleware/auth.js': 'hot',
    'src/handlers/errors.js': 'hot',
    'src/handlers/not-found.js': 'hot',
    'src/handlers/books.js': 'hot',
    'src/handlers/authors.js': 'hot',
    'src/services/library.js': 'hot',
    'scripts/shelve.js': 'unwatched',
  },
  files: {
    'src/server.js': `import { serve } from '@hono/node-server'
import { app } from './app.js'
import { settings } from './config.js'

serve({ fetch: app.fetch, port: Number(process.env.PORT), hostname: settings.host })
`,
    'src/config.js': `export const settings = { host: '127.0.0.1', title: 'title=1' }
`,
    'src/app.js': `import { Hono } from 'hono'
const loadNotFound = () => import('./handlers/not-found.js')
const errors = () => import('./handlers/errors.js')
const loadTiming = () => import('./middleware/timing.js')
import { books } from './routes/books.js'
import { authors } from './routes/authors.js'

export const app = new Hono()
app.onError(async (err, c) => (await errors()).onError(err, c))
app.notFound(async (c) => (await loadNotFound()).notFound(c))
app.use(async (c, next) => (await loadTiming()).timing(c, next))
app.route('/books', books)
app.route('/authors', authors)
`,
    'src/routes/books.js': `import { Hono } from 'hono'
const handlersBooks = () => import('../handlers/books.js')
const loadAuth = () => import('../middleware/auth.js')

export const books = new Hono()
books.get('/', async (c, next) => (await loadAuth()).auth(c, next), async (c) => (await handlersBooks()).list(c))
books.get('/broken', async () => (await handlersBooks()).broken())
books.post('/', async (c) => (await handlersBooks()).create(c))
`,
    'src/routes/authors.js': `import { Hono } from 'hono'
const handlersAuthors = () => import('../handlers/authors.js')

export const authors = new Hono()
authors.get('/', async (c) => (await handlersAuthors()).list(c))
`,
    'src/middleware/timing.js': `export async function timing(c, next) {
  c.set('timing', 'timing=1')
  await next()
}
`,
    'src/middleware/auth.js': `export async function auth(c, next) {
  c.set('auth', 'auth=1')
  await next()
}
`,
    'src/handlers/errors.js': `export const onError = (error, c) => c.text('error=1 ' + error.message, 418)
`,
    'src/handlers/not-found.js': `export const notFound = (c) => c.text('missing=1 ' + c.req.path, 404)
`,
    'src/handlers/books.js': `import { settings } from '../config.js'
import { titles } from '../services/library.js'

export const list = (c) => c.text(['books=1', titles(), c.get('auth'), c.get('timing'), settings.title].join(' '))
export const create = async (c) => c.json(await c.req.json(), 201)
export const broken = () => {
  throw new Error('broken')
}
`,
    'src/handlers/authors.js': `import { titles } from '../services/library.js'

export const list = (c) => c.json({ authors: 'authors=1', titles: titles() })
`,
    'src/services/library.js': `export const titles = () => 'library=1'
`,
    'scripts/shelve.js': `import { titles } from '../src/services/library.js'

console.log(titles())
`,
  },
}
