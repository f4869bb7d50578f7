import type { MigratedApp } from './app.ts'
import { express4 } from './express-4.ts'
import { express5 } from './express-5.ts'
import { fastify5 } from './fastify-5.ts'
import { hono } from './hono.ts'
import { koa3 } from './koa-3.ts'
import { nodeHttp } from './node-http.ts'

/** One application for each framework, those of AdonisJS excepted: `../adonisjs.ts`. */
export const migratedApps: readonly MigratedApp[] = [express4, express5, fastify5, hono, koa3, nodeHttp]

export type { MigratedApp } from './app.ts'
