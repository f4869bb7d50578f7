import emitter from '@adonisjs/core/services/emitter'
import UserWelcomed from '#events/user_welcomed'
import WriteWelcomeNote from '#listeners/write_welcome_note'

emitter.on(UserWelcomed, [WriteWelcomeNote, 'handle'])
