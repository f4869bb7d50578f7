import { Exception } from '@adonisjs/core/exceptions'

export interface User {
  id: number
  name: string
  role: string
}

const users: User[] = [
  { id: 1, name: 'Ines', role: 'reporter' },
  { id: 2, name: 'Tomas', role: 'photographer' },
]

/** The people who write for the press room, kept in memory. */
export default class UserDirectory {
  all() {
    return users
  }

  find(id: number) {
    const user = users.find((candidate) => candidate.id === id)
    if (!user) {
      throw new Exception(`No user has the id ${id}`, { status: 404, code: 'E_USER_NOT_FOUND' })
    }
    return user
  }

  add(name: string) {
    const user = { id: users.length + 1, name, role: 'trainee' }
    users.push(user)
    return user
  }
}
