import { parse } from '@typescript-eslint/parser'
import type { TSESTree } from '@typescript-eslint/utils'
import { parseSync } from 'oxc-parser'
import { describe, expect, it } from 'vitest'
import { disposals, mayMakeResources, moduleResources } from '../../src/graph/resources.ts'

function programs(text: string): TSESTree.Program[] {
  const options = { range: true, preserveParens: false, sourceType: 'module', astType: 'ts' } as const
  const oxc = parseSync('module.ts', text, options)
  expect(oxc.errors).toEqual([])
  const estree = parse(text, { range: true, sourceType: 'module' })
  return [oxc.program as unknown as TSESTree.Program, estree as TSESTree.Program]
}

/** What the tree of each parser gives: `kind name`, in textual order. */
function found(text: string): string[] {
  const [first, second] = programs(text).map((program) =>
    moduleResources(program).map(({ kind, name }) => `${kind} ${name}`),
  )
  expect(second).toEqual(first)
  return first ?? []
}

function undone(text: string): (string | undefined)[] {
  const [first, second] = programs(text).map((program) => moduleResources(program).map(({ undo }) => undo))
  expect(second).toEqual(first)
  return first ?? []
}

describe('resources', () => {
  it.each([
    ['setInterval(tick, 1000)', 'timer setInterval'],
    ["import { setInterval } from 'node:timers'\nsetInterval(tick, 1000)", 'timer setInterval'],
    ['globalThis.setInterval(tick, 1000)', 'timer globalThis.setInterval'],
    ['function tick() { setTimeout(tick, 1000) }\ntick()', 'timer setTimeout'],
    ['const tick = async () => { await work(); setTimeout(() => tick(), 1000) }\nvoid tick()', 'timer setTimeout'],
    ["process.on('SIGTERM', stop)", 'listener process.on'],
    ["import process from 'node:process'\nprocess.once('SIGTERM', stop)", 'listener process.once'],
    ["import { on } from 'node:process'\non('SIGTERM', stop)", 'listener on'],
    [
      "import emitter from '@adonisjs/core/services/emitter'\nemitter.on('user:registered', send)",
      'listener emitter.on',
    ],
    ["import { bus } from './bus.js'\nbus.on('order', send)", 'listener bus.on'],
    ["import { createServer } from 'node:http'\ncreateServer(handle).listen(3000)", 'server createServer().listen'],
    ["import http from 'http'\nconst server = http.createServer(handle)\nserver.listen(3000)", 'server server.listen'],
    ["import express from 'express'\nconst app = express()\napp.listen(3000)", 'server app.listen'],
    ["import Fastify from 'fastify'\nconst app = Fastify()\nawait app.listen({ port: 3000 })", 'server app.listen'],
    ["import app from './app.js'\napp.listen(3000)", 'server app.listen'],
    ["import { serve } from '@hono/node-server'\nserve(app)", 'server serve'],
    ["import { WebSocketServer } from 'ws'\nnew WebSocketServer({ port: 1 })", 'server new WebSocketServer'],
    ["import { Server } from 'socket.io'\nexport const io = new Server(server)", 'server new Server'],
    ["import { Worker } from 'node:worker_threads'\nnew Worker('./w.js')", 'worker new Worker'],
    ["import { fork } from 'child_process'\nfork('./w.js')", 'worker fork'],
    ["import { Worker } from 'bullmq'\nnew Worker('mail', send)", 'worker new Worker'],
    ["import { Queue } from 'bullmq'\nexport const mail = new Queue('mail')", 'pool new Queue'],
    ["import { Pool } from 'pg'\nexport const pool = new Pool()", 'pool new Pool'],
    ["import pg from 'pg'\nexport const pool = new pg.Pool()", 'pool new pg.Pool'],
    ["import pg from 'pg'\nconst { Pool } = pg\nexport const pool = new Pool()", 'pool new Pool'],
    ["import postgres from 'postgres'\nexport const sql = postgres(url)", 'pool postgres'],
    ["import mysql from 'mysql2/promise'\nexport const db = mysql.createPool(url)", 'pool mysql.createPool'],
    [
      "import { PrismaClient } from '@prisma/client'\nexport const prisma = new PrismaClient()",
      'pool new PrismaClient',
    ],
    [
      "import { PrismaClient } from '../generated/prisma/client.js'\nconst prisma = new PrismaClient()",
      'pool new PrismaClient',
    ],
    ["import mongoose from 'mongoose'\nawait mongoose.connect(url)", 'pool mongoose.connect'],
    ["import { connect } from 'mongoose'\nawait connect(url)", 'pool connect'],
    ["import Redis from 'ioredis'\nexport const redis = new Redis()", 'pool new Redis'],
    ["import { createClient } from 'redis'\nexport const redis = createClient()", 'pool createClient'],
    ["import { Sequelize } from 'sequelize'\nexport const db = new Sequelize(url)", 'pool new Sequelize'],
    [
      "import { drizzle } from 'drizzle-orm/node-postgres'\nexport const db = drizzle(process.env.URL!)",
      'pool drizzle',
    ],
    [
      "import { drizzle } from 'drizzle-orm/postgres-js'\nimport postgres from 'postgres'\nexport const db = drizzle(postgres(url))",
      'pool drizzle',
    ],
    ["import { model, Schema } from 'mongoose'\nexport const User = model('User', new Schema({}))", 'model model'],
    ["import mongoose from 'mongoose'\nexport default mongoose.model<User>('User', schema)", 'model mongoose.model'],
    [
      "import client from 'prom-client'\nconst hits = new client.Counter({ name: 'hits', help: 'Hits' })",
      'metric new client.Counter',
    ],
    ["import { collectDefaultMetrics } from 'prom-client'\ncollectDefaultMetrics()", 'metric collectDefaultMetrics'],
    ["import cron from 'node-cron'\ncron.schedule('* * * * *', tick)", 'cron cron.schedule'],
    ["import { CronJob } from 'cron'\nnew CronJob('* * * * *', tick).start()", 'cron new CronJob'],
    ["import { watch } from 'node:fs'\nwatch('.', tick)", 'watcher watch'],
    ["import chokidar from 'chokidar'\nchokidar.watch('.').on('change', tick)", 'watcher chokidar.watch'],
    ["const { Pool } = require('pg')\nconst pool = new Pool()", 'pool new Pool'],
    ["const { Pool } = await import('pg')\nconst pool = new Pool()", 'pool new Pool'],
  ])('%s', (text, expected) => {
    expect(found(text)).toEqual([expected])
    expect(mayMakeResources(text)).toBe(true)
  })

  it.each([
    ['a timer that fires once', 'setTimeout(tick, 1000)'],
    ['a timer in a function that nothing calls', 'export function start() { setInterval(tick, 1000) }'],
    ['a timer in a handler', "app.get('/', () => { setInterval(tick, 1000) })"],
    ['a timer of an instance', 'export class Clock { timer = setInterval(tick, 1000) }'],
    ['setInterval of another module', "import { setInterval } from './clock.js'\nsetInterval(tick, 1000)"],
    ['setInterval of its own', 'function setInterval() {}\nsetInterval(tick, 1000)'],
    ['a recursive setTimeout that nothing starts', 'export function tick() { setTimeout(tick, 1000) }'],
    ['a variable called process', "import { process } from './jobs.js'\nprocess.on('done', tick)"],
    [
      'an emitter of its own',
      "import { EventEmitter } from 'node:events'\nexport const bus = new EventEmitter()\nbus.on('order', send)",
    ],
    ['on() of what is no emitter', "import { page } from './page.js'\npage.on('order', send)"],
    [
      'a server that does not listen',
      "import { createServer } from 'node:http'\nexport const server = createServer(handle)",
    ],
    ['listen() of anything', "import { radio } from './radio.js'\nradio.listen(3000)"],
    ['Pool of another package', "import { Pool } from 'undici'\nconst pool = new Pool(url)"],
    ['Worker of the project', "import { Worker } from './worker.js'\nnew Worker()"],
    ['a type', "import type { Pool } from 'pg'\nexport let pool: Pool"],
    ['a name that the function hides', "import { Pool } from 'pg'\n;((Pool) => new Pool())(Fake)"],
    ['asking for a model', "import mongoose from 'mongoose'\nconst User = mongoose.model('User')"],
    [
      'a model of sequelize, which replaces the one before',
      "import { Sequelize } from 'sequelize'\nconst db = make()\nexport const User = db.define('User', {})",
    ],
    [
      'a metric in a registry of its own',
      "import { Counter, Registry } from 'prom-client'\nconst registry = new Registry()\nconst hits = new Counter({ name: 'hits', help: 'Hits', registers: [registry] })",
    ],
    [
      'a drizzle of a pool made elsewhere',
      "import { drizzle } from 'drizzle-orm/node-postgres'\nimport { pool } from './pool.js'\nexport const db = drizzle(pool)",
    ],
    [
      'a drizzle of a client made elsewhere',
      "import { drizzle } from 'drizzle-orm/node-postgres'\nimport { client } from './pool.js'\nexport const db = drizzle({ client })",
    ],
  ])('not %s', (_, text) => {
    expect(found(text)).toEqual([])
  })
})

describe('at module level', () => {
  it.each([
    ['a function called where it stands', '(() => { setInterval(tick, 1000) })()'],
    ['a condition', 'if (process.env.CLOCK) setInterval(tick, 1000)'],
    ['a condition on tests', "if (process.env.NODE_ENV !== 'test') setInterval(tick, 1000)"],
    ['a loop', 'for (const tick of jobs) setInterval(tick, 1000)'],
    ['a static block', 'class Clock { static { setInterval(tick, 1000) } }'],
    ['forEach()', 'jobs.forEach((tick) => { setInterval(tick, 1000) })'],
    ['then()', 'connect().then(() => setInterval(tick, 1000))'],
    ['new Promise()', 'await new Promise((resolve) => { setInterval(resolve, 1000) })'],
    ['a function that the module calls', 'function start() { setInterval(tick, 1000) }\nstart()'],
    ['an exported function that the module calls', 'export function start() { setInterval(tick, 1000) }\nstart()'],
    [
      'a function called by one that the module calls',
      'const a = () => setInterval(tick, 1000)\nconst b = () => a()\nb()',
    ],
  ])('is %s', (_, text) => {
    expect(found(text)).toEqual(['timer setInterval'])
  })
})

describe('what is made once', () => {
  it.each([
    [
      '??',
      "import { PrismaClient } from '@prisma/client'\nexport const prisma = globalThis.prisma ?? new PrismaClient()",
    ],
    [
      '||',
      "import { PrismaClient } from '@prisma/client'\nconst g = globalThis as any\nexport const prisma = g.prisma || new PrismaClient()",
    ],
    [
      '??=',
      "import { PrismaClient } from '@prisma/client'\nexport const prisma = (globalThis.prisma ??= new PrismaClient())",
    ],
    ['if', "import { Pool } from 'pg'\nif (!globalThis.pool) globalThis.pool = new Pool()"],
    [
      'if with a constant',
      "import { Pool } from 'pg'\nconst g = global as any\nif (g.pool === undefined) { g.pool = new Pool() }",
    ],
    [
      'mongoose.models',
      "import mongoose from 'mongoose'\nexport const User = mongoose.models.User ?? mongoose.model('User', schema)",
    ],
    [
      'a conditional on models',
      "import { model, models } from 'mongoose'\nexport const User = models.User ? models.User : model('User', schema)",
    ],
    ['production', "if (process.env.NODE_ENV === 'production') setInterval(tick, 1000)"],
    ['else of production', "if (process.env.NODE_ENV !== 'production') {} else setInterval(tick, 1000)"],
    ['&&', "process.env.NODE_ENV === 'production' && setInterval(tick, 1000)"],
    ['import.meta.main', 'if (import.meta.main) setInterval(tick, 1000)'],
    ['process.argv', 'if (import.meta.url === pathToFileURL(process.argv[1]).href) setInterval(tick, 1000)'],
  ])('is left out: %s', (_, text) => {
    expect(found(text)).toEqual([])
  })

  it.each([
    ['an assignment to globalThis', "import { Pool } from 'pg'\nglobalThis.pool = new Pool()"],
    [
      'a condition on something else',
      "import { Pool } from 'pg'\nif (!process.env.FAKE) { exports.pool = new Pool() }",
    ],
  ])('is not %s', (_, text) => {
    expect(found(text)).toEqual(['pool new Pool'])
  })
})

describe('undo', () => {
  it.each([
    ['const timer = setInterval(tick, 1000)', 'clearInterval(timer)'],
    ['const timer = setInterval(tick, 1000).unref()', 'clearInterval(timer)'],
    ['let timer\ntimer = setInterval(tick, 1000)', 'clearInterval(timer)'],
    ["process.on('SIGTERM', stop)\nfunction stop() {}", "process.off('SIGTERM', stop)"],
    [
      "import { bus } from './bus.js'\nimport { send } from './send.js'\nbus.on('order', send)",
      "bus.off('order', send)",
    ],
    ["import http from 'http'\nconst server = http.createServer(handle)\nserver.listen(3000)", 'server.close()'],
    ["import http from 'http'\nconst server = http.createServer(handle).listen(3000)", 'server.close()'],
    ["import express from 'express'\nconst app = express()\nconst server = app.listen(3000)", 'server.close()'],
    ["import Fastify from 'fastify'\nconst app = Fastify()\nawait app.listen({ port: 3000 })", 'app.close()'],
    ["import { Pool } from 'pg'\nexport const pool = new Pool()", 'pool.end().catch(() => {})'],
    ["import { PrismaClient } from '@prisma/client'\nexport const prisma = new PrismaClient()", 'prisma.$disconnect()'],
    [
      "import { createClient } from 'redis'\nconst redis = await createClient().on('error', log).connect()",
      'redis.disconnect().catch(() => {})',
    ],
    ["import mongoose from 'mongoose'\nawait mongoose.connect(url)", 'mongoose.disconnect()'],
    ["import { Worker } from 'node:worker_threads'\nconst worker = new Worker('./w.js')", 'worker.terminate()'],
  ])('%s', (text, expected) => {
    expect(undone(text)).toEqual([expected])
  })

  it.each([
    ['a timer without a name', 'setInterval(tick, 1000)'],
    ['a variable of a block', '{ const timer = setInterval(tick, 1000) }'],
    ['a variable of a function', 'function start() { const timer = setInterval(tick, 1000) }\nstart()'],
    ['a property', 'state.timer = setInterval(tick, 1000)'],
    ['a listener without a name', "process.on('SIGTERM', () => {})"],
    ['a computed event', 'process.on(signal, stop)\nfunction stop() {}'],
    ['express without its server', "import express from 'express'\nconst app = express()\napp.listen(3000)"],
    ['a metric', "import { Counter } from 'prom-client'\nconst hits = new Counter({ name: 'hits', help: 'Hits' })"],
  ])('is not known of %s', (_, text) => {
    expect(undone(text)).toEqual([undefined])
  })
})

describe('disposals', () => {
  const lines = (text: string): string[] => {
    const [first, second] = programs(text).map((program) => disposals(program).map(({ range }) => text.slice(...range)))
    expect(second).toEqual(first)
    return first ?? []
  }

  it.each(['import.meta.hot?.dispose(stop)', 'import.meta.hot.dispose(stop)', 'import.meta.hot!.dispose(stop)'])(
    '%s',
    (text) => {
      expect(lines(text)).toEqual([text])
    },
  )

  it.each([
    ['in an if', 'if (import.meta.hot) { import.meta.hot.dispose(stop) }', 'import.meta.hot.dispose(stop)'],
    ['of a constant', 'const { hot } = import.meta\nconst h = import.meta.hot\nh?.dispose(stop)', 'h?.dispose(stop)'],
    [
      'in a function that the module calls',
      'function init() { import.meta.hot?.dispose(stop) }\ninit()',
      'import.meta.hot?.dispose(stop)',
    ],
  ])('%s', (_, text, expected) => {
    expect(lines(text)).toEqual([expected])
  })

  it.each([
    ['decline()', 'import.meta.hot?.decline()'],
    ['dispose() of something else', 'scene.dispose(stop)'],
    ['in a function that nothing calls', 'export function init() { import.meta.hot?.dispose(stop) }'],
  ])('not %s', (_, text) => {
    expect(lines(text)).toEqual([])
  })
})
