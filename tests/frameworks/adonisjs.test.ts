import { relative } from 'node:path'
import { expect, it } from 'vitest'
import { adonisjs } from '../../src/frameworks/adonisjs.ts'
import { directoryWith } from '../codemods/run.ts'

const files = {
  'package.json': '{}',
  'adonisrc.ts': '',
  'bin/server.ts': '',
  'bin/test.ts': '',
  'config/app.ts': '',
  'config/auth/guards.ts': '',
  'config/types.d.ts': '',
  'config/data.json': '',
  'start/routes.ts': '',
}

function loads(entry?: string): string[] {
  const root = directoryWith(files)
  const roots = adonisjs.loads(root, () => undefined, entry === undefined ? undefined : `${root}/${entry}`)
  return roots.map(({ path, by }) => `${relative(root, path)} by ${by}`)
}

it('loads adonisrc.ts and config beside the entry', () => {
  expect(loads('bin/server.ts')).toEqual([
    'adonisrc.ts by AdonisJS',
    'config/app.ts by AdonisJS',
    'config/auth/guards.ts by AdonisJS',
  ])
})

it('starts with bin/server.ts where no entry is known', () => {
  expect(loads()[0]).toBe('bin/server.ts by `node ace serve`')
  expect(loads()).toHaveLength(4)
})

it('loads nothing where there is nothing', () => {
  expect(adonisjs.loads(directoryWith({}), () => undefined, undefined)).toEqual([])
})
