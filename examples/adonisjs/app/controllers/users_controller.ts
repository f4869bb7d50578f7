import { inject } from '@adonisjs/core'
import type { HttpContext } from '@adonisjs/core/http'
import BaseController from '#controllers/base_controller'
import UserWelcomed from '#events/user_welcomed'
import NoteBoard from '#services/note_board'
import UserDirectory from '#services/user_directory'

@inject()
export default class UsersController extends BaseController {
  constructor(
    protected users: UserDirectory,
    protected notes: NoteBoard,
  ) {
    super()
  }

  index() {
    return { title: 'Contributors', ...this.list('user', this.users.all()) }
  }

  show({ params }: HttpContext) {
    return { title: 'Contributor', user: this.users.find(Number(params.id)) }
  }

  async store({ request, response }: HttpContext) {
    const user = this.users.add(request.input('name', 'Unnamed'))
    await UserWelcomed.dispatch(user)
    response.created({ user, note: this.notes.latest() })
  }

  async welcome({ params }: HttpContext) {
    await UserWelcomed.dispatch(this.users.find(Number(params.id)))
    return { note: this.notes.latest() }
  }
}
