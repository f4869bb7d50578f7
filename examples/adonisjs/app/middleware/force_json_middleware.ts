import type { HttpContext } from '@adonisjs/core/http'
import type { NextFn } from '@adonisjs/core/types/http'

/** Every answer is JSON, errors included, whatever the client says it accepts. */
export default class ForceJsonMiddleware {
  handle({ request }: HttpContext, next: NextFn) {
    request.headers().accept = 'application/json'
    return next()
  }
}
