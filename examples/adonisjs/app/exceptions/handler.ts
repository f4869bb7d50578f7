import app from '@adonisjs/core/services/app'
import { ExceptionHandler, type HttpContext } from '@adonisjs/core/http'
import type { HttpError } from '@adonisjs/core/types/http'

export default class HttpExceptionHandler extends ExceptionHandler {
  protected debug = !app.inProduction

  async renderErrorAsJSON(error: HttpError, { response }: HttpContext) {
    response.status(error.status).send({ error: { code: error.code, message: error.message } })
  }
}
