import * as parser from '@typescript-eslint/parser'
import { ESLint, type Linter } from 'eslint'
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { rules } from '../../rules/index.ts'
import { directoryWith } from '../cli/run.ts'
import { EXPRESS, manifest } from './express.ts'

/** An editor that stays open: every lint of a test is in this process, and shares what is known of the project. */
interface Editor {
  readonly root: string
  /** The rules that report in a file, with the text on disk or with one that is not saved. */
  lint(path: string, unsaved?: string): Promise<string[]>
  save(path: string, text: string): void
  remove(path: string): void
  /** Waits for `lint` to give `expected`: the disk is looked at again from time to time only. */
  settles(path: string, expected: readonly string[]): Promise<void>
}

function open(files: Readonly<Record<string, string>>): Editor {
  const root = directoryWith(files)
  const eslint = new ESLint({
    cwd: root,
    overrideConfigFile: true,
    overrideConfig: {
      files: ['**/*.ts'],
      plugins: { hot: { rules } },
      languageOptions: { parser: parser as Linter.Parser },
      rules: {
        'hot/no-restart-leak': ['error', { minimum: 1 }],
        'hot/no-static-boundary-import': 'error',
        'hot/require-dispose': 'error',
      },
    },
  })
  const lint: Editor['lint'] = async (path, unsaved) => {
    const text = unsaved ?? readFileSync(join(root, path), 'utf8')
    const [result] = await eslint.lintText(text, { filePath: join(root, path) })
    return result?.messages.map(({ ruleId }) => ruleId?.replace('hot/', '') ?? 'syntax') ?? []
  }
  return {
    root,
    lint,
    save(path, text) {
      mkdirSync(dirname(join(root, path)), { recursive: true })
      writeFileSync(join(root, path), text)
    },
    remove: (path) => rmSync(join(root, path)),
    settles: (path, expected) => expect.poll(() => lint(path), { timeout: 20_000, interval: 50 }).toEqual(expected),
  }
}

const LEAK = ['no-restart-leak']
const METRICS = "import { rows } from './services/rows.js'\nexport const metrics = rows\n"
/** src/metrics.ts is loaded at boot, and takes the rows out of what is hot. */
const LEAKING = {
  ...EXPRESS,
  'src/server.ts': "import './metrics.js'\nimport './routes.js'\n",
  'src/metrics.ts': METRICS,
}

describe('a file that an import leads to', () => {
  it('is added', async () => {
    const editor = open({ ...EXPRESS, 'src/routes.ts': "import './controllers/late.js'\n" })
    expect(await editor.lint('src/routes.ts')).toEqual([])
    editor.save('src/controllers/late.ts', 'export {}\n')
    await editor.settles('src/routes.ts', ['no-static-boundary-import'])
  })

  it('is removed', async () => {
    const editor = open({ ...EXPRESS, 'src/routes.ts': "import './controllers/posts.js'\n" })
    expect(await editor.lint('src/routes.ts')).toEqual(['no-static-boundary-import'])
    editor.remove('src/controllers/posts.ts')
    await editor.settles('src/routes.ts', [])
  })

  it('is added below files that are not open', async () => {
    const editor = open({ ...LEAKING, 'src/services/rows.ts': '' })
    editor.remove('src/services/rows.ts')
    expect(await editor.lint('src/metrics.ts')).toEqual([])
    editor.save('src/controllers/other.ts', 'export {}\n')
    await setTimeout(400)
    expect(await editor.lint('src/metrics.ts')).toEqual([])
    editor.save('src/services/rows.ts', 'export const rows = () => []\n')
    await editor.settles('src/metrics.ts', LEAK)
  })

  it('is removed below files that are not open', async () => {
    const editor = open(LEAKING)
    expect(await editor.lint('src/metrics.ts')).toEqual(LEAK)
    editor.remove('src/services/rows.ts')
    await editor.settles('src/metrics.ts', [])
  })

  it('is put before another one of its name', async () => {
    const editor = open({
      ...EXPRESS,
      'src/routes.ts': "import './controllers/late.js'\n",
      'src/controllers/late.js': 'export {}\n',
    })
    expect(await editor.lint('src/routes.ts')).toEqual([])
    editor.save('src/controllers/late.ts', 'export {}\n')
    await editor.settles('src/routes.ts', ['no-static-boundary-import'])
  })

  it('is the entry', async () => {
    const { 'src/server.ts': server, ...files } = LEAKING
    const editor = open(files)
    expect(await editor.lint('src/metrics.ts')).toEqual([])
    editor.save('src/server.ts', server)
    await editor.settles('src/metrics.ts', LEAK)
    editor.remove('src/server.ts')
    await editor.settles('src/metrics.ts', [])
  })
})

describe('a file that changes', () => {
  it('stops importing', async () => {
    const editor = open({ ...LEAKING, 'src/metrics.ts': "import './collect.js'\n", 'src/collect.ts': METRICS })
    expect(await editor.lint('src/collect.ts')).toEqual(LEAK)
    editor.save('src/server.ts', "import './routes.js'\n")
    await editor.settles('src/collect.ts', [])
  })

  it('keeps its size and its time', async () => {
    const editor = open(LEAKING)
    const server = join(editor.root, 'src/server.ts')
    const { atime, mtime } = statSync(server)
    expect(await editor.lint('src/metrics.ts')).toEqual(LEAK)
    editor.save('src/server.ts', "import './nothing.js'\nimport './routes.js'\n")
    utimesSync(server, atime, mtime)
    expect(statSync(server).size).toBe(LEAKING['src/server.ts'].length)
    await editor.settles('src/metrics.ts', [])
  })

  it('is written twice in the same moment', async () => {
    const editor = open(LEAKING)
    editor.save('src/server.ts', "import './nothing.js'\nimport './routes.js'\n")
    expect(await editor.lint('src/metrics.ts')).toEqual([])
    editor.save('src/server.ts', LEAKING['src/server.ts'])
    await editor.settles('src/metrics.ts', LEAK)
  })

  it('is replaced by another one', async () => {
    const editor = open(LEAKING)
    expect(await editor.lint('src/metrics.ts')).toEqual(LEAK)
    editor.save('src/server.ts.tmp', "import './routes.js'\n")
    renameSync(join(editor.root, 'src/server.ts.tmp'), join(editor.root, 'src/server.ts'))
    await editor.settles('src/metrics.ts', [])
  })
})

describe('a target', () => {
  it('turns from a boundary to none, and back, by package.json', async () => {
    const editor = open({ ...EXPRESS, 'src/routes.ts': "import './controllers/posts.js'\n" })
    expect(await editor.lint('src/routes.ts')).toEqual(['no-static-boundary-import'])
    editor.save('package.json', manifest({ hotHook: { boundaries: ['./src/controllers/users.ts'] } }))
    await editor.settles('src/routes.ts', [])
    editor.save('package.json', manifest())
    await editor.settles('src/routes.ts', ['no-static-boundary-import'])
  })

  it('does so in a write that keeps size and time of package.json', async () => {
    const editor = open({ ...EXPRESS, 'src/routes.ts': "import './controllers/posts.js'\n" })
    const path = join(editor.root, 'package.json')
    const { atime, mtime } = statSync(path)
    expect(await editor.lint('src/routes.ts')).toEqual(['no-static-boundary-import'])
    writeFileSync(path, manifest().replace('/controllers/', '/controllerz/'))
    utimesSync(path, atime, mtime)
    await editor.settles('src/routes.ts', [])
  })

  it('does so by `hot.init()` in the entry', async () => {
    const entry = (glob: string): string =>
      `import { hot } from 'hot-hook'\nawait hot.init({ root: import.meta.filename, boundaries: ['${glob}'] })\nawait import('./routes.js')\n`
    const editor = open({
      ...EXPRESS,
      'package.json': manifest({ hotHook: undefined, scripts: { dev: 'node --import=tsx src/server.ts' } }),
      'src/server.ts': entry('./controllers/*.ts'),
      'src/routes.ts': "import './controllers/posts.js'\n",
    })
    expect(await editor.lint('src/routes.ts')).toEqual(['no-static-boundary-import'])
    editor.save('src/server.ts', entry('./controllers/users.ts'))
    await editor.settles('src/routes.ts', [])
  })

  it('is another file by the paths of tsconfig.json', async () => {
    const paths = (target: string): string => JSON.stringify({ compilerOptions: { paths: { posts: [target] } } })
    const editor = open({
      ...EXPRESS,
      'src/routes.ts': "import 'posts'\n",
      'tsconfig.json': paths('./src/services/rows.ts'),
    })
    expect(await editor.lint('src/routes.ts')).toEqual([])
    editor.save('tsconfig.json', paths('./src/controllers/posts.ts'))
    await editor.settles('src/routes.ts', ['no-static-boundary-import'])
  })
})

describe('text that is not saved', () => {
  const TIMER = 'setInterval(() => {}, 1000)\n'

  it('counts in its own file', async () => {
    const editor = open(LEAKING)
    expect(await editor.lint('src/metrics.ts', 'export const metrics = 1\n')).toEqual([])
    expect(await editor.lint('src/metrics.ts', "import './controllers/posts.js'\n")).toEqual([
      'no-static-boundary-import',
    ])
    expect(await editor.lint('src/metrics.ts')).toEqual(LEAK)
  })

  it('takes no import away from another file', async () => {
    const editor = open(LEAKING)
    expect(await editor.lint('src/server.ts', "import './routes.js'\n")).toEqual([])
    expect(await editor.lint('src/metrics.ts')).toEqual(LEAK)
    await setTimeout(400)
    expect(await editor.lint('src/server.ts', "import './routes.js'\n")).toEqual([])
    expect(await editor.lint('src/metrics.ts')).toEqual(LEAK)
  })

  it('makes no other file restart', async () => {
    const editor = open({ ...EXPRESS, 'src/services/rows.ts': `${TIMER}export const rows = () => []\n` })
    expect(await editor.lint('src/routes.ts', "import './services/rows.js'\n")).toEqual([])
    expect(await editor.lint('src/services/rows.ts')).toEqual(['require-dispose'])
    editor.save('src/server.ts', `import './services/rows.js'\n${EXPRESS['src/server.ts']}`)
    await editor.settles('src/services/rows.ts', [])
  })
})

describe('on doubt, nothing is hot', () => {
  const TIMER = 'setInterval(() => {}, 1000)\nexport const rows = () => []\n'

  it('while an importer is half-written', async () => {
    const editor = open({ ...LEAKING, 'src/services/rows.ts': TIMER })
    expect(await editor.lint('src/services/rows.ts')).toEqual([])
    editor.save('src/metrics.ts', "import { rows } from './services/rows.js'\nexport const metrics = `\n")
    await setTimeout(1500)
    expect(await editor.lint('src/services/rows.ts')).toEqual([])
    editor.save('src/metrics.ts', 'export const metrics = 1\n')
    await editor.settles('src/services/rows.ts', ['require-dispose'])
  })

  it('while package.json cannot be read', async () => {
    const editor = open({ ...EXPRESS, 'src/services/rows.ts': TIMER })
    expect(await editor.lint('src/services/rows.ts')).toEqual(['require-dispose'])
    editor.save('package.json', manifest().slice(0, -10))
    await editor.settles('src/services/rows.ts', [])
    editor.save('package.json', manifest())
    await editor.settles('src/services/rows.ts', ['require-dispose'])
  })

  it('while the server has no entry', async () => {
    const editor = open({ ...EXPRESS, 'src/services/rows.ts': TIMER })
    expect(await editor.lint('src/services/rows.ts')).toEqual(['require-dispose'])
    editor.remove('src/server.ts')
    await editor.settles('src/services/rows.ts', [])
  })
})
