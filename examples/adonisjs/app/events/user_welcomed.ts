import { BaseEvent } from '@adonisjs/core/events'
import type { User } from '#services/user_directory'

export default class UserWelcomed extends BaseEvent {
  constructor(readonly user: User) {
    super()
  }
}
