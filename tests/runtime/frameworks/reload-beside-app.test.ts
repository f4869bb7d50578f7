import { testReload } from './reload.ts'

/** A logger whose last line can be asked for. */
const logger = {
  'node_modules/pino/package.json':
    '{ "name": "pino", "version": "9.0.0", "type": "module", "exports": "./index.js" }\n',
  'node_modules/pino/index.js': `export const pino = ({ name }) => ({
  info(text) {
    globalThis.line = \`\${name} \${text}\`
  },
})
`,
}

const server = `import { app, logger } from './app.js'

process.on('asked', () => logger.info('asked'))
app.listen(Number(process.env.PORT), '127.0.0.1', () => logger.info('listening'))
`

/** The entry that imports the application and its logger from `specifier`. */
const after = (specifier: string): string => `import { createServer } from 'node:http'
const loadApp = () => import('${specifier}')
let { logger } = await loadApp()

process.on('asked', () => logger.info('asked'))
createServer(async (req, res) => {
  try { ({ logger } = await loadApp()).app(req, res) }
  catch (err) { console.error(err); if (!res.headersSent) res.statusCode = 500; res.end() }
}).listen(Number(process.env.PORT), '127.0.0.1', () => logger.info('listening'))
`

const app = `import express from 'express'
import { pino } from 'pino'
import { greet } from './service.js'

export const logger = pino({ name: 'log=1' })
export const app = express()
app.get('/', (req, res) => {
  process.emit('asked')
  res.send([globalThis.line, greet()].join(' '))
})
`

testReload([
  {
    name: 'a logger beside the application is the one of the last request',
    packages: { express: 'express' },
    migration: { with: ['app-boundary'] },
    files: {
      ...logger,
      'src/server.js': server,
      'src/app.js': app,
      'src/service.js': "export const greet = () => 'greet=1'\n",
    },
    after: { 'src/server.js': after('./app.js') },
    urls: ['/'],
    expected: { 'src/service.js': 'hot', 'src/app.js': 'hot', 'src/server.js': 'restart' },
  },
  {
    name: 'a logger of the application that the modules below it import too',
    packages: { express: 'express' },
    migration: { with: ['hot-reexports'] },
    files: {
      ...logger,
      'src/server.js': server,
      'src/app.js': app,
      'src/service.js': `import { logger } from './app.js'

export const greet = () => {
  logger.info('greeted')
  return ['greet=1', globalThis.line].join(' ')
}
`,
    },
    after: {
      'src/app.hot.js': `// A hot-hook boundary: what imports it lazily is not restarted for edits of app.js.
export * from './app.js'
`,
      'src/server.js': after('./app.hot.js'),
    },
    urls: ['/'],
    expected: { 'src/service.js': 'hot', 'src/app.js': 'hot', 'src/app.hot.js': 'hot', 'src/server.js': 'restart' },
  },
])
