import type { FrameworkInUse } from '../project/project.ts'

/** The names of frameworks as their makers write them. */
const TITLES = {
  adonisjs: 'AdonisJS',
  express: 'Express',
  fastify: 'Fastify',
  hono: 'Hono',
  koa: 'Koa',
  nestjs: 'NestJS',
  kickjs: 'KickJS',
  node: 'Node.js',
} satisfies Readonly<Record<FrameworkInUse['name'], string>>

/** `Express 5`; without a major version where that is not known. A framework without a title goes by its name. */
export function titleOf({ name, major = 0 }: { readonly name: string; readonly major?: number }): string {
  const title = (TITLES as Readonly<Record<string, string>>)[name] ?? name
  return major > 0 ? `${title} ${major}` : title
}
