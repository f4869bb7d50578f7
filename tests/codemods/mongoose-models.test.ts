import { describe, expect, it } from 'vitest'
import { hotHookConfig } from '../../codemods/hot-hook-config.ts'
import { mongooseModels } from '../../codemods/mongoose-models.ts'
import { run } from './run.ts'

const SERVER = `import mongoose from 'mongoose'
import express from 'express'

const app = express()
await mongoose.connect(process.env.DB)
app.get('/users', async (req, res) => (await import('./users.js')).list(req, res))
app.get('/posts', async (req, res) => (await import('./posts.js')).list(req, res))
app.listen(3000)
`
const SET = SERVER.replace("'express'\n", "'express'\n\nif (import.meta.hot) mongoose.set('overwriteModels', true)\n")
const USER = `import mongoose from 'mongoose'
export const User = mongoose.model('User', new mongoose.Schema({ name: String }))
`
const POST = `import mongoose from 'mongoose'
export const Post = mongoose.model('Post', new mongoose.Schema({ by: { type: mongoose.Schema.Types.ObjectId, ref: 'User' } }))
`
const USERS = `import { User } from './user.js'
export const list = async (req, res) => res.json(await User.find())
`
const POSTS = `import { Post } from './post.js'
export const list = async (req, res) => res.json(await Post.find())
`

function files(others: Readonly<Record<string, string>> = {}, manifest: object = {}): Record<string, string> {
  return {
    'package.json': `${JSON.stringify({ type: 'module', scripts: { dev: 'node src/server.js' }, dependencies: { express: '^5.1.0', mongoose: '^8.19.0' }, ...manifest }, null, 2)}\n`,
    'src/server.js': SERVER,
    'src/users.js': USERS,
    'src/posts.js': POSTS,
    'src/user.js': USER,
    'src/post.js': POST,
    ...others,
  }
}

const EXPRESS = { name: 'express', major: 5 } as const

describe('overwriteModels', () => {
  const settled = async (others?: Readonly<Record<string, string>>, manifest?: object): Promise<unknown> =>
    (await run(mongooseModels, files(others, manifest), EXPRESS)).changed

  it('is set under hot-hook, in the module that connects', async () => {
    expect(await settled()).toEqual({ 'src/server.js': SET })
    const db = 'import mongoose from "mongoose"; // the ODM\nexport const connect = () => mongoose.connect(\'\')\n'
    const entry = SERVER.replace('await mongoose.connect(process.env.DB)', 'await connect()').replace(
      "import mongoose from 'mongoose'",
      "import { connect } from './db.js'",
    )
    expect(await settled({ 'src/server.js': entry, 'src/db.js': db })).toEqual({
      'src/db.js': db.replace(
        '// the ODM\n',
        '// the ODM\n\nif (import.meta.hot) mongoose.set("overwriteModels", true);\n',
      ),
    })
  })

  it.each<[string, Record<string, string>, object?]>([
    ['mongoose has no such option', {}, { dependencies: { express: '^5.1.0', mongoose: '^5.10.0' } }],
    ['Jest makes CommonJS of the tests', {}, { devDependencies: { jest: '^29.0.0' } }],
    ['two modules register the name', { 'src/post.js': USER.replace('User =', 'Post =') }],
    ['the name is computed', { 'src/user.js': USER.replace("'User'", '`User${process.pid}`') }],
    ['there are discriminators', { 'src/users.js': `${USERS}export const Admin = User.discriminator('Admin', {})\n` }],
    [
      'models are taken out of Mongoose',
      {
        'src/posts.js': `import mongoose from 'mongoose'\nconst { User } = mongoose.models\nexport const list = async (req, res) => res.json(await User.find())\n`,
      },
    ],
    ['there are other connections', { 'src/posts.js': `${POSTS}export const db = () => connection.useDb('x')\n` }],
    [
      'a function registers one again and again',
      {
        'src/posts.js': `import mongoose from 'mongoose'\nimport { logs } from './logs.js'\nexport const list = async (req, res) => res.json(await mongoose.model('Log', logs).find())\n`,
        'src/logs.js': 'export const logs = {}\n',
      },
    ],
    [
      'every model is guarded',
      {
        'src/user.js': USER.replace('mongoose.model', 'mongoose.models.User ?? mongoose.model'),
        'src/post.js': '',
        'src/posts.js': 'export const list = (req, res) => res.end()\n',
      },
    ],
  ])('is not set where %s', async (_, others, manifest) => {
    expect(await settled(others, manifest)).toEqual({})
  })
})

describe('hotHook.restart, once it is set,', () => {
  const restartOf = async (others: Readonly<Record<string, string>> = {}): Promise<unknown> => {
    const { changed } = await run(hotHookConfig, files({ 'src/server.js': SET, ...others }), EXPRESS)
    return (JSON.parse(changed['package.json'] ?? '{}') as { hotHook?: { restart?: unknown } }).hotHook?.restart
  }

  it('names no model that each request evaluates first', async () => {
    expect(await restartOf()).toBeUndefined()
  })

  it('names all where it is set in a module that is not loaded at the start', async () => {
    expect(
      await restartOf({ 'src/server.js': SERVER, 'src/users.js': `mongoose.set('overwriteModels', true)\n${USERS}` }),
    ).toEqual(['.env', 'src/post.js', 'src/user.js'])
  })

  // The request for /posts would be answered with the user of before, as only /users evaluates the new one.
  it.each([
    [
      'populates',
      "import { Post } from './post.js'\nexport const list = async (req, res) => res.json(await Post.find().populate('by'))\n",
    ],
    [
      'asks',
      "import mongoose from 'mongoose'\nexport const list = async (req, res) => res.json(await mongoose.model('User').find())\n",
    ],
    [
      'asks for what data names',
      "import mongoose from 'mongoose'\nexport const list = async (req, res) => res.json(await mongoose.model(req.params.of).find())\n",
    ],
  ])('names a model that another boundary %s by its name', async (_, posts) => {
    expect(await restartOf({ 'src/posts.js': posts })).toContain('src/user.js')
    expect(await restartOf({ 'src/posts.js': `import './user.js'\n${posts}` })).toBeUndefined()
  })

  it('names a model that the server asks for itself', async () => {
    const server = SET.replace('app.listen', "setInterval(() => mongoose.model('User').deleteMany(), 1000)\napp.listen")
    expect(await restartOf({ 'src/server.js': server })).toEqual(['.env', 'src/user.js'])
  })

  it('names a model that another module keeps, or that has a guard', async () => {
    const kept = `import mongoose from 'mongoose'\nimport './user.js'\nconst User = mongoose.model('User')\nexport const list = async (req, res) => res.json(await User.find())\n`
    expect(await restartOf({ 'src/posts.js': kept })).toEqual(['.env', 'src/user.js'])
    const guarded = USER.replace('mongoose.model', 'mongoose.models.User ?? mongoose.model')
    expect(await restartOf({ 'src/user.js': guarded })).toEqual(['.env', 'src/user.js'])
  })
})
