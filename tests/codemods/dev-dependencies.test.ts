import { describe, expect, it } from 'vitest'
import devDependencies, { addDevDependency } from '../../codemods/dev-dependencies.ts'
import { keyAfter } from '../../codemods/key-after.ts'
import { run } from './run.ts'

const install = 'info package.json Run `npm install` to install hot-hook (no packageManager field and no lockfile).'

describe('dev-dependencies, hot-hook is missing', () => {
  it('adds it in alphabetical order', async () => {
    const { changed, summary, edits, notes } = await run(devDependencies, {
      'package.json':
        '{\n  "devDependencies": {\n    "@adonisjs/assembler": "^8.5.2",\n    "eslint": "^10.0.0",\n    "vite": "^8.0.0"\n  }\n}\n',
    })
    expect(changed['package.json']).toBe(
      '{\n  "devDependencies": {\n    "@adonisjs/assembler": "^8.5.2",\n    "eslint": "^10.0.0",\n    "hot-hook": "^1.0.0",\n    "vite": "^8.0.0"\n  }\n}\n',
    )
    expect(summary).toBe('hot-hook ^1.0.0 added')
    expect(edits).toBe(1)
    expect(notes).toEqual([install])
  })

  it('adds it last where the others are not in alphabetical order', async () => {
    const { changed } = await run(devDependencies, {
      'package.json': '{"devDependencies":{"vite":"^8.0.0","@adonisjs/assembler":"^8.5.2"}}',
    })
    expect(changed['package.json']).toBe(
      '{"devDependencies":{"vite":"^8.0.0","@adonisjs/assembler":"^8.5.2","hot-hook":"^1.0.0"}}',
    )
  })

  it('adds devDependencies after dependencies', async () => {
    const { changed } = await run(devDependencies, {
      'package.json': '{\n\t"dependencies": {},\n\t"prettier": "x"\n}',
    })
    expect(changed['package.json']).toBe(
      '{\n\t"dependencies": {},\n\t"devDependencies": {\n\t\t"hot-hook": "^1.0.0"\n\t},\n\t"prettier": "x"\n}',
    )
  })

  it('follows neighbours with exact versions', async () => {
    const { changed } = await run(devDependencies, {
      'package.json': '{"devDependencies":{"@adonisjs/assembler":"8.5.2","vite":"8.0.0","zod":"^4.0.0"}}',
    })
    expect(changed['package.json']).toContain('"hot-hook":"1.0.0"')
  })

  it('follows neighbours with a tilde', async () => {
    const { changed } = await run(devDependencies, {
      'package.json': '{"devDependencies":{"@adonisjs/assembler":"~8.5.2","vite":"~8.0.0","zod":"^4.0.0"}}',
    })
    expect(changed['package.json']).toContain('"hot-hook":"~1.0.0"')
  })

  it('adds 1.0 for AdonisJS 6 too, and says what is different there', async () => {
    const { changed, notes } = await run(
      devDependencies,
      { 'package.json': '{"devDependencies":{"@adonisjs/assembler":"^7.8.2"}}' },
      { major: 6 },
    )
    expect(changed['package.json']).toBe('{"devDependencies":{"@adonisjs/assembler":"^7.8.2","hot-hook":"^1.0.0"}}')
    expect(notes).toEqual([
      "info hot-hook 1.0 restarts the server for a module that a file imports lazily below an `import type` of the same path. Write `import('…').default` for the type there.",
      'info hot-hook 1.0 depends on parse-imports 3, which asks for Node.js 22. It runs on 20, but Yarn 1, and npm or pnpm with engine-strict, refuse to install it there: use ^0.4.0 in that case.',
      install,
    ])
  })

  it('names the package manager of the workspace', async () => {
    const { notes } = await run(
      devDependencies,
      { 'pnpm-lock.yaml': '', 'apps/api/package.json': '{}' },
      { directory: 'apps/api' },
    )
    expect(notes).toEqual([
      'info apps/api/package.json Run `pnpm install` to install hot-hook (pnpm-lock.yaml in <root>).',
    ])
  })

  it('says how to use the catalog that the others use', async () => {
    const { changed, notes } = await run(devDependencies, {
      'package.json': '{"devDependencies":{"vite":"catalog:"}}',
      'pnpm-workspace.yaml': 'catalog:\n  vite: ^8.0.0\n',
    })
    expect(changed).toEqual({ 'package.json': '{"devDependencies":{"hot-hook":"^1.0.0","vite":"catalog:"}}' })
    expect(notes[0]).toBe(
      'info pnpm-workspace.yaml:2 Other devDependencies come from a catalog. To have hot-hook there too, write `hot-hook: ^1.0.0` in it, and "hot-hook": "catalog:" in package.json.',
    )
  })
})

describe('dev-dependencies, hot-hook is there', () => {
  it.each([
    ['{"devDependencies":{"@adonisjs/assembler":"^8.5.2","hot-hook":"^1.0.0"}}'],
    ['{"devDependencies":{"@adonisjs/assembler":"^8.5.2","hot-hook":">=0.4.0"}}'],
    ['{"devDependencies":{"@adonisjs/assembler":"^8.5.2","hot-hook":"^0.4.0 || ^1.0.0"}}'],
    ['{"devDependencies":{"@adonisjs/assembler":"^8.5.2","hot-hook":"*"}}'],
    ['{"devDependencies":{"@adonisjs/assembler":"^8.5.2","hot-hook":"latest"}}'],
    ['{"devDependencies":{"@adonisjs/assembler":"^7.8.2","hot-hook":"1.0.0"}}'],
    ['{"dependencies":{"hot-hook":"~1.0.0"}}'],
    ['{"devDependencies":{"hot-hook":"workspace:*"}}'],
  ])('leaves %s', async (text) => {
    const { changed, summary, notes } = await run(devDependencies, { 'package.json': text })
    expect(changed).toEqual({})
    expect(summary).toBe('')
    expect(notes).toEqual([])
  })

  it.each([
    ['{"devDependencies":{"@adonisjs/assembler":"^8.5.2","hot-hook":"^0.4.0"}}', '^1.0.0'],
    ['{"devDependencies":{"@adonisjs/assembler":"^8.5.2","hot-hook":"^0.4.1-next.4"}}', '^1.0.0'],
    ['{"devDependencies":{"@adonisjs/assembler":"^8.5.2","hot-hook":"~0.4.0"}}', '~1.0.0'],
    ['{"devDependencies":{"@adonisjs/assembler":"^8.5.2","hot-hook":"0.4.0"}}', '1.0.0'],
    ['{"devDependencies":{"@adonisjs/assembler":"^8.5.2","hot-hook":">=0.2.0 <1.0.0"}}', '^1.0.0'],
    ['{"devDependencies":{"@adonisjs/assembler":"^7.8.2","hot-hook":"^0.3.1"}}', '^1.0.0'],
    ['{"devDependencies":{"@adonisjs/assembler":"^7.8.2","hot-hook":"^0.2.5"}}', '^1.0.0'],
    ['{"dependencies":{"@adonisjs/assembler":"^8.5.2","hot-hook":"^0.4.0"}}', '^1.0.0'],
    ['{"devDependencies":{"@adonisjs/assembler":"^8.5.2","hot-hook":"npm:hot-hook@^0.4.0"}}', 'npm:hot-hook@^1.0.0'],
  ])('raises %s to %s', async (text, range) => {
    const { changed, notes } = await run(devDependencies, { 'package.json': text })
    expect(changed['package.json']).toBe(text.replace(/("hot-hook":")[^"]+/, `$1${range}`))
    expect(notes).toEqual([install])
  })

  it('leaves 0.4 with assembler 7, and says what 1.0 does more', async () => {
    const { changed, notes } = await run(
      devDependencies,
      { 'package.json': '{"devDependencies":{"@adonisjs/assembler":"^7.8.2","hot-hook":"^0.4.0"}}' },
      { major: 6 },
    )
    expect(changed).toEqual({})
    expect(notes).toEqual([
      'info package.json:1 hot-hook ^0.4.0 works, but 1.0.0 does more: it also reloads controllers in magic strings and imports whose path is computed, and does not keep old code where a file imports a module both statically and lazily.',
    ])
  })

  it('takes the installed assembler for the one in package.json', async () => {
    const { changed } = await run(devDependencies, {
      'package.json': '{"devDependencies":{"@adonisjs/assembler":">=7.0.0","hot-hook":"^0.4.0"}}',
      'node_modules/@adonisjs/assembler/package.json': '{"version":"8.5.2"}',
    })
    expect(changed['package.json']).toBe('{"devDependencies":{"@adonisjs/assembler":">=7.0.0","hot-hook":"^1.0.0"}}')
  })

  it('says that an old one is installed', async () => {
    const { changed, notes } = await run(devDependencies, {
      'package.json': '{"devDependencies":{"@adonisjs/assembler":"^8.5.2","hot-hook":">=0.2.0"}}',
      'node_modules/hot-hook/package.json': '{"version":"0.4.0"}',
      'package-lock.json': '{}',
    })
    expect(changed).toEqual({})
    expect(notes).toEqual([
      'manual package.json:1 @adonisjs/assembler 8 needs hot-hook 1.0.0 or later; package.json allows it, but 0.4.0 is installed. Update it with npm.',
    ])
  })

  it('leaves a catalog that fits', async () => {
    const { changed, notes } = await run(devDependencies, {
      'package.json': '{"devDependencies":{"hot-hook":"catalog:"}}',
      'pnpm-workspace.yaml': 'catalog:\n  hot-hook: ^1.0.0\n',
    })
    expect(changed).toEqual({})
    expect(notes).toEqual([])
  })

  it('names the line of a catalog that is too old', async () => {
    const { changed, notes } = await run(devDependencies, {
      'package.json': '{"devDependencies":{"hot-hook":"catalog:dev"}}',
      'pnpm-workspace.yaml': "catalogs:\n  dev:\n    'hot-hook': ~0.4.0 # old\n",
    })
    expect(changed).toEqual({})
    expect(notes).toEqual([
      'manual pnpm-workspace.yaml:3 @adonisjs/assembler 8 needs hot-hook 1.0.0 or later, and "catalog:dev" stands for ~0.4.0. Set that to ~1.0.0 and install.',
    ])
  })

  it('leaves a catalog that cannot be found, and a fork', async () => {
    const { changed, notes } = await run(devDependencies, {
      'package.json': '{"devDependencies":{"hot-hook":"github:me/hot-hook"}}',
    })
    expect(changed).toEqual({})
    expect(notes).toEqual([
      'info package.json:1 hot-hook is "github:me/hot-hook" in package.json, which is left as it is. @adonisjs/assembler 8 needs hot-hook 1.0.0 or later: check that this is one.',
    ])
  })
})

describe('dev-dependencies, other frameworks', () => {
  const express = { name: 'express', major: 5 } as const
  const files = { 'src/server.ts': '' }
  const hot = (loader: string): string => `hot-runner ${loader}--node-args=--import=hot-hook/register src/server.ts`
  const tsx = hot('--node-args=--import=tsx ')

  it('adds hot-hook, the runner, and the loader that its command preloads', async () => {
    const { changed, summary, edits, notes } = await run(
      devDependencies,
      { ...files, 'package.json': `{"scripts":{"dev":"${tsx}"},"devDependencies":{"typescript":"^6.0.0"}}` },
      express,
    )
    expect(JSON.parse(changed['package.json']!)).toMatchObject({
      devDependencies: {
        '@hot-hook/runner': '^1.0.0',
        'hot-hook': '^1.0.0',
        tsx: '^4.23.15',
        typescript: '^6.0.0',
      },
    })
    expect(summary).toBe('hot-hook ^1.0.0 added, @hot-hook/runner ^1.0.0 added, tsx ^4.23.15 added')
    expect(edits).toBe(3)
    expect(notes.at(-1)).toBe(
      'info package.json Run `npm install` to install hot-hook, @hot-hook/runner, tsx (no packageManager field and no lockfile).',
    )
  })
  it.each([
    ['JavaScript', 'node --watch src/server.js', { 'src/server.js': '' }, ['@hot-hook/runner', 'hot-hook']],
    ['a script that is converted by hand', 'turbo dev', files, ['@hot-hook/runner', 'hot-hook', 'tsx']],
    ['another loader', hot('--node-args=--loader=ts-node/esm '), files, ['@hot-hook/runner', 'hot-hook']],
    [
      'hot-hook without hot-runner',
      'node --import=./x.js --import=hot-hook/register src/server.js',
      { 'src/server.js': '' },
      ['hot-hook'],
    ],
  ])('adds what %s needs', async (_, dev, own, names) => {
    const { changed } = await run(
      devDependencies,
      { ...own, 'package.json': JSON.stringify({ scripts: { dev } }) },
      express,
    )
    const { devDependencies: added } = JSON.parse(changed['package.json']!) as { devDependencies: object }
    expect(Object.keys(added)).toEqual(names)
  })
  it('takes the loader of the workspace', async () => {
    const { changed } = await run(
      devDependencies,
      {
        'package.json': '{"devDependencies":{"tsx":"^4.0.0"}}',
        'apps/api/package.json': `{"scripts":{"dev":"${tsx}"}}`,
        'apps/api/src/server.ts': '',
      },
      { ...express, directory: 'apps/api' },
    )
    expect(changed['apps/api/package.json']).not.toContain('"tsx"')
  })
  it('raises a tsx that cannot be preloaded', async () => {
    const text = `{"scripts":{"dev":"${tsx}"},"devDependencies":{"@hot-hook/runner":"^1.0.0","hot-hook":"^1.0.0","tsx":"~3.12.0"}}`
    const { changed, summary } = await run(devDependencies, { ...files, 'package.json': text }, express)
    expect(changed['package.json']).toBe(text.replace('~3.12.0', '~4.23.15'))
    expect(summary).toBe('tsx ~3.12.0 → ~4.23.15')
  })
  it.each(['^1.0.0', 'latest', '>=0.4.0'])('leaves hot-hook %s', async (range) => {
    const text = `{"scripts":{"dev":"${tsx}"},"devDependencies":{"@hot-hook/runner":"1.0.0","hot-hook":"${range}","tsx":"^4.0.0"}}`
    const { changed, notes } = await run(devDependencies, { ...files, 'package.json': text }, express)
    expect(changed).toEqual({})
    expect(notes).toEqual([])
  })
  it('raises a hot-hook that keeps old code', async () => {
    const text = `{"scripts":{"dev":"${tsx}"},"devDependencies":{"@hot-hook/runner":"1.0.0","hot-hook":"^0.3.0","tsx":"^4.0.0"}}`
    const { changed } = await run(devDependencies, { ...files, 'package.json': text }, express)
    expect(changed['package.json']).toBe(text.replace('^0.3.0', '^1.0.0'))
  })
  it('says what 1.0 does more than 0.4', async () => {
    const text = `{"scripts":{"dev":"${tsx}"},"devDependencies":{"@hot-hook/runner":"1.0.0","hot-hook":"^0.4.0","tsx":"^4.0.0"}}`
    const { changed, notes } = await run(devDependencies, { ...files, 'package.json': text }, express)
    expect(changed).toEqual({})
    expect(notes).toEqual([
      'info package.json:1 hot-hook ^0.4.0 works, but 1.0.0 does more: it also reloads imports whose path is computed, and does not keep old code where a file imports a module both statically and lazily.',
    ])
  })
})

describe('keyAfter', () => {
  it('finds the place among keys in alphabetical order', () => {
    expect(keyAfter(['@japa/runner', 'eslint', 'vite'], 'hot-hook')).toBe('vite')
  })
  it('is the end for the last', () => {
    expect(keyAfter(['a', 'b'], 'hot-hook')).toBeUndefined()
  })
  it('is the end for keys in another order', () => {
    expect(keyAfter(['vite', 'eslint'], 'hot-hook')).toBeUndefined()
  })
  it('knows the order of npm, where upper case does not come first', () => {
    expect(keyAfter(['a', 'B', 'c'], 'b1')).toBe('c')
  })
  it('knows the order of pnpm, where it does', () => {
    expect(keyAfter(['B', 'a', 'c'], 'b1')).toBe('c')
  })
})

describe('addDevDependency', () => {
  it('fills an empty section', () => {
    expect(addDevDependency('{\n  "devDependencies": {}\n}', '/package.json', 'x', '^1.0.0')).toBe(
      '{\n  "devDependencies": {\n    "x": "^1.0.0"\n  }\n}',
    )
  })
  it('adds the section at the end without dependencies', () => {
    expect(addDevDependency('{"name":"y"}', '/package.json', 'x', '^1.0.0')).toBe(
      '{"name":"y","devDependencies":{"x":"^1.0.0"}}',
    )
  })
})
