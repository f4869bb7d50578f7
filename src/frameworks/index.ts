import { adonisjs } from './adonisjs.ts'
import { express } from './express.ts'
import { fastify } from './fastify.ts'
import type { Framework } from './framework.ts'
import { hono } from './hono.ts'
import { kickjs } from './kickjs.ts'
import { koa } from './koa.ts'
import { nestjs } from './nestjs.ts'
import { node } from './node.ts'

/** Every framework that is known, by name. */
export const frameworks: Readonly<Record<Framework['name'], Framework>> = {
  adonisjs,
  express,
  fastify,
  hono,
  koa,
  nestjs,
  kickjs,
  node,
}
