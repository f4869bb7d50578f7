import type { HttpContext } from '@adonisjs/core/http'
import type { NextFn } from '@adonisjs/core/types/http'

/** Tells handlers which desk of the press room a request concerns. */
export default class DeskMiddleware {
  handle(ctx: HttpContext, next: NextFn, options: { name: string }) {
    ctx.desk = `Desk of the ${options.name}`
    return next()
  }
}

declare module '@adonisjs/core/http' {
  interface HttpContext {
    desk?: string
  }
}
