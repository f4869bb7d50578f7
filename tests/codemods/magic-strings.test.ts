import { describe, expect, it } from 'vitest'
import { magicStrings } from '../../codemods/magic-strings.ts'
import { cases } from '../fixtures/world.ts'
import { run } from './run.ts'

const ROUTER = "import router from '@adonisjs/core/services/router'\n"

function app(routes: string): Record<string, string> {
  const controller = 'export default class Some { index() {} store() {} }\n'
  return {
    'package.json': `${JSON.stringify({ name: 'app', type: 'module', imports: { '#controllers/*': './app/controllers/*.js', '#listeners/*': './app/listeners/*.js' } })}\n`,
    'start/routes.ts': routes,
    'app/controllers/users_controller.ts': controller,
    'app/controllers/admin/users_controller.ts': controller,
    'app/controllers/functional.ts': 'export const index = () => {}\n',
    'app/listeners/send_email.ts': controller,
  }
}

async function routesAfter(routes: string, major = 6): Promise<string | undefined> {
  return (await run(magicStrings, app(routes), { major })).changed['start/routes.ts']
}

describe('magic-strings', () => {
  it('turns a magic string into a lazy import', async () => {
    const { input, expected } = cases.find(({ id }) => id === 'C51-magic-string')!
    expect(await routesAfter(input)).toBe(expected.codemodOutput)
  })

  it('makes one constant for each controller', async () => {
    expect(
      await routesAfter(
        `${ROUTER}\nrouter.get('/a', '#controllers/users_controller.index')\nrouter.post('/a', '#controllers/users_controller.store')\n`,
      ),
    ).toBe(
      `${ROUTER}const UsersController = () => import('#controllers/users_controller')\n\nrouter.get('/a', [UsersController, 'index'])\nrouter.post('/a', [UsersController, 'store'])\n`,
    )
  })

  it('reuses a lazy import of the same specifier', async () => {
    const lazy = "const Users = () => import('#controllers/users_controller')\n"
    expect(await routesAfter(`${ROUTER}${lazy}\nrouter.get('/a', '#controllers/users_controller.index')\n`)).toBe(
      `${ROUTER}${lazy}\nrouter.get('/a', [Users, 'index'])\n`,
    )
  })

  it('does not reuse one that is declared below', async () => {
    const { changed, notes } = await run(
      magicStrings,
      app(
        `${ROUTER}\nrouter.get('/a', '#controllers/users_controller.index')\nconst Users = () => import('#controllers/users_controller')\n`,
      ),
      { major: 6 },
    )
    expect(changed).toEqual({})
    expect(notes[0]).toContain('`Users` is declared below it')
  })

  it('does not reuse one on AdonisJS 7 that would rename the route', async () => {
    const lazy = "const UC = () => import('#controllers/users_controller')\n"
    const { changed, notes } = await run(
      magicStrings,
      app(`${ROUTER}${lazy}\nrouter.get('/a', '#controllers/users_controller.index')\n`),
      { major: 7 },
    )
    expect(changed).toEqual({})
    expect(notes[0]).toContain('`UC` would give its route another name')
  })

  it('names the second of two controllers of one name after its directory', async () => {
    expect(
      await routesAfter(
        `${ROUTER}\nrouter.get('/a', '#controllers/users_controller.index')\nrouter.get('/b', '#controllers/admin/users_controller.index')\n`,
      ),
    ).toBe(
      `${ROUTER}const UsersController = () => import('#controllers/users_controller')\nconst AdminUsersController = () => import('#controllers/admin/users_controller')\n\nrouter.get('/a', [UsersController, 'index'])\nrouter.get('/b', [AdminUsersController, 'index'])\n`,
    )
  })

  it('turns the controller of a resource', async () => {
    expect(await routesAfter(`${ROUTER}\nrouter.resource('users', '#controllers/users_controller')\n`)).toBe(
      `${ROUTER}const UsersController = () => import('#controllers/users_controller')\n\nrouter.resource('users', UsersController)\n`,
    )
  })

  it('keeps double quotes and semicolons', async () => {
    expect(
      await routesAfter(
        'import router from "@adonisjs/core/services/router";\n\nrouter.get("/a", "#controllers/users_controller.index");\n',
      ),
    ).toBe(
      'import router from "@adonisjs/core/services/router";\nconst UsersController = () => import("#controllers/users_controller");\n\nrouter.get("/a", [UsersController, "index"]);\n',
    )
  })

  it('leaves strings that are no handlers', async () => {
    expect(await routesAfter(`${ROUTER}\nrouter.get('/a/b.html', () => 'x/y.z')\n`)).toBeUndefined()
  })

  it('leaves a method that the class does not have, which would no longer typecheck', async () => {
    const { changed, notes } = await run(
      magicStrings,
      app(`${ROUTER}\nrouter.get('/a', '#controllers/users_controller.gone')\n`),
      { major: 6 },
    )
    expect(changed).toEqual({})
    expect(notes).toEqual([
      "info start/routes.ts:3 '#controllers/users_controller.gone' stays a magic string: its class has no method `gone`.",
    ])
  })

  it('leaves a controller without a default class, and says why', async () => {
    const { changed, notes } = await run(
      magicStrings,
      app(`${ROUTER}\nrouter.get('/a', '#controllers/functional.index')\n`),
      { major: 6 },
    )
    expect(changed).toEqual({})
    expect(notes).toEqual([
      "info start/routes.ts:3 '#controllers/functional.index' stays a magic string: its module has no default class.",
    ])
  })
})
