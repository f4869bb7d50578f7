import { inject } from '@adonisjs/core'
import type UserWelcomed from '#events/user_welcomed'
import NoteBoard from '#services/note_board'

@inject()
export default class WriteWelcomeNote {
  constructor(protected notes: NoteBoard) {}

  handle({ user }: UserWelcomed) {
    this.notes.pin(`Welcome to the newsroom, ${user.name}`)
  }
}
