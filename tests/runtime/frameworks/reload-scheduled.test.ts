import { testReload } from './reload.ts'

testReload([
  {
    name: 'a job that a timer calls, and that was not async',
    packages: { express: 'express' },
    migration: { with: ['deferred-imports'] },
    files: {
      'src/server.js': `import { once } from 'node:events'
import express from 'express'
import { clean } from './clean.js'

const app = express()
setInterval(() => {
  clean().catch(console.error)
}, 20)
app.get('/', async (req, res) => {
  // The first may have begun before the request.
  await once(process, 'cleaned')
  await once(process, 'cleaned')
  res.send(globalThis.cleaned)
})
app.listen(Number(process.env.PORT), '127.0.0.1')
`,
      'src/clean.js': `import { old } from './files.js'

export const clean = async () => {
  globalThis.cleaned = ['clean=1', old()].join(' ')
  process.emit('cleaned')
}
`,
      'src/files.js': "export const old = () => 'old=1'\n",
    },
    after: {
      'src/server.js': `import { once } from 'node:events'
import express from 'express'

const app = express()
setInterval(async () => {
  const { clean } = await import('./clean.js')
  clean().catch(console.error)
}, 20)
app.get('/', async (req, res) => {
  // The first may have begun before the request.
  await once(process, 'cleaned')
  await once(process, 'cleaned')
  res.send(globalThis.cleaned)
})
app.listen(Number(process.env.PORT), '127.0.0.1')
`,
    },
    urls: ['/'],
    expected: { 'src/clean.js': 'hot', 'src/files.js': 'hot', 'src/server.js': 'restart' },
  },
])
