import { testReload } from './reload.ts'

testReload([
  {
    name: 'a type that the loader kept, and one module of a barrel',
    packages: { express: 'express' },
    migration: { with: ['type-imports', 'direct-imports'] },
    files: {
      'tsconfig.json': '{ "compilerOptions": { "module": "nodenext", "verbatimModuleSyntax": true } }\n',
      'src/server.ts': `import { app } from './app.js'

app.listen(Number(process.env.PORT), '127.0.0.1')
`,
      'src/app.ts': `import express from 'express'
import { User } from './models/user.js'
import { clock } from './services/index.js'
import { list } from './controllers/users.js'

export const app = express()
export const online: User[] = []
app.use((req, res, next) => {
  res.locals.clock = clock()
  next()
})
app.get('/users', list)
`,
      'src/controllers/users.ts': `import type { Request, Response } from 'express'
import { User } from '../models/user.js'
import { names } from '../services/index.js'

export const list = (req: Request, res: Response) => {
  res.send(['list=1', names(), new User().label, res.locals.clock].join(' '))
}
`,
      'src/models/user.ts': `export class User {
  label = 'user=1'
}
`,
      'src/services/index.ts': `export * from './clock.js'
export { all as names } from './users.js'
`,
      'src/services/clock.ts': `export const clock = (): string => 'clock=1'
`,
      'src/services/users.ts': `export const all = (): string => 'names=1'
`,
    },
    after: {
      'src/app.ts': `import express from 'express'
import type { User } from './models/user.js'
import { clock } from './services/clock.js'
const users = () => import('./controllers/users.js')

export const app = express()
export const online: User[] = []
app.use((req, res, next) => {
  res.locals.clock = clock()
  next()
})
app.get('/users', async (req, res) => (await users()).list(req, res))
`,
    },
    urls: ['/users'],
    expected: {
      'src/controllers/users.ts': 'hot',
      'src/models/user.ts': 'hot',
      'src/services/index.ts': 'hot',
      'src/services/users.ts': 'hot',
      'src/services/clock.ts': 'restart',
    },
  },
])
