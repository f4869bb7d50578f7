import type { MigratedApp } from './app.ts'

export const nodeHttp: MigratedApp = {
  name: 'node:http',
  packages: {
    'hot-hook': 'hot-hook',
    '@hot-hook/runner': '@hot-hook/runner',
  },
  packageJson: {
    scripts: {
      dev: 'hot-runner --node-args=--import=hot-hook/register src/server.js',
    },
    hotHook: {
      boundaries: ['./src/app.js'],
    },
  },
  entry: 'src/server.js',
  flags: ['--import=hot-hook/register'],
  loader: 'none',
  statuses: {
    '/users': 200,
    '/status': 200,
    '/nowhere': 404,
  },
  expected: {
    'src/server.js': 'restart',
    'src/config.js': 'restart',
    'src/app.js': 'hot',
    'src/middleware/auth.js': 'hot',
    'src/handlers/users.js': 'hot',
    'src/handlers/status.js': 'hot',
    'src/services/names.js': 'hot',
    'test/status.test.js': 'unwatched',
  },
  files: {
    'src/server.js': `import { createServer } from 'node:http'
import { settings } from './config.js'

createServer(async (req, res) => {
  try { await (await import('./app.js')).app(req, res) }
  catch (err) { console.error(err); if (!res.headersSent) res.statusCode = 500; res.end() }
}).listen(Number(process.env.PORT), settings.host)
`,
    'src/config.js': `export const settings = { host: '127.0.0.1', title: 'title=1' }
`,
    'src/app.js': `import { auth } from './middleware/auth.js'
import { list } from './handlers/users.js'
import { status } from './handlers/status.js'

const routes = { '/users': list, '/status': status }

export function app(req, res) {
  res.setHeader('x-app', 'app=1')
  const handler = routes[req.url]
  if (handler) auth(req, res, handler)
  else res.writeHead(404).end('missing app=1')
}
`,
    'src/middleware/auth.js': `export function auth(req, res, next) {
  req.auth = 'auth=1'
  next(req, res)
}
`,
    'src/handlers/users.js': `import { settings } from '../config.js'
import { names } from '../services/names.js'

export const list = (req, res) => res.end(['users=1', names(), req.auth, settings.title].join(' '))
`,
    'src/handlers/status.js': `import { names } from '../services/names.js'

export const status = (req, res) => res.end(['status=1', names()].join(' '))
`,
    'src/services/names.js': `export const names = () => 'names=1'
`,
    'test/status.test.js': `import '../src/services/names.js'
`,
  },
}
