import type { Files } from './app.ts'
import { testReload } from './reload.ts'

/** What only the lazy controller imports does something when it is imported, which another route needs. */
const files: Files = {
  'src/server.js': `import { app } from './app.js'

app.listen(Number(process.env.PORT), '127.0.0.1')
`,
  'src/app.js': `import express from 'express'
import users from './routes/users.js'
import { models } from './models.js'

export const app = express()
app.get('/models', (req, res) => res.send([...models.keys()].join(' ')))
app.use('/users', users)
`,
  'src/models.js': `export const models = new Map()
`,
  'src/routes/users.js': `import { Router } from 'express'
import { list } from '../controllers/users.js'

const router = Router()
router.get('/', list)

export default router
`,
  'src/controllers/users.js': `import '../models/user.js'
import { names } from '../services/users.js'

export async function list(req, res) {
  res.send(['list=1', names()].join(' '))
}
`,
  'src/models/user.js': `import { models } from '../models.js'

models.set('User', { name: 'String' })
`,
  'src/services/users.js': `export const names = () => 'names=1'
`,
}

testReload([
  {
    name: 'a controller that is loaded at the start too',
    packages: { express: 'express' },
    files,
    after: {
      'src/routes/users.js': `import { Router } from 'express'
const users = () => import('../controllers/users.js')
await users()

const router = Router()
router.get('/', async (req, res) => (await users()).list(req, res))

export default router
`,
    },
    // Asked first: without the import at the start, no model would be there.
    urls: ['/models', '/users'],
    expected: {
      'src/server.js': 'restart',
      'src/app.js': 'restart',
      'src/models.js': 'restart',
      'src/routes/users.js': 'restart',
      'src/controllers/users.js': 'hot',
      'src/models/user.js': 'hot',
      'src/services/users.js': 'hot',
    },
    node: [20, 22, 24],
  },
])
