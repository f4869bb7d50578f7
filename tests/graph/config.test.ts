import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { configProblems, type ConfigProblem } from '../../src/graph/config.ts'
import { createPlaces } from '../../src/graph/places.ts'
import { listSourceFiles } from '../../src/project/files.ts'
import type { Runtime } from '../../src/project/runtime.ts'
import { serverOf } from './server.ts'

const FILES = {
  'src/main.ts': "import './routes.js'\nimport './service.js'\n",
  'src/routes.ts': "export const users = () => import('./ctl/users.js')\n",
  'src/ctl/users.ts': 'export {}\n',
  'src/service.ts': 'export {}\n',
  'data/seed.js': 'export {}\n',
}

/** tsx with hooks that hide static imports from hot-hook. */
const HIDING: Runtime = {
  entry: undefined,
  script: undefined,
  runner: 'hot-runner',
  loader: 'tsx',
  loaderVersion: '4.23.0',
  preloads: [],
  node: '24.21.0',
  hotHook: 'register',
  hotHookVersion: '1.0.0',
  watcher: 'hot-hook',
}

/** The problems of a `hotHook` in the server above. */
function problemsOf(
  hotHook: unknown,
  files: Readonly<Record<string, string>> = {},
  runtime?: Runtime,
): readonly ConfigProblem[] {
  const { boundaries = [] } = hotHook as { boundaries?: string[] }
  const server = serverOf({ ...FILES, ...files }, { hotHook: { boundaries }, runtime })
  const places = createPlaces(server.root, server.modules)
  return configProblems(
    { hotHook },
    {
      root: server.root,
      files: () => listSourceFiles(server.root),
      model: server.reload(),
      isBoot: (path) => path === join(server.root, 'src/main.ts'),
      place: (importer) => places.of(importer),
    },
  )
}

/** `code at change`, for each problem. */
function say(problems: readonly ConfigProblem[]): string[] {
  return problems.map(({ code, at, change }) =>
    [
      code,
      at.join('.'),
      ...(change ? [change.kind, JSON.stringify(change.to), change.sure ? 'sure' : 'unsure'] : []),
    ].join(' '),
  )
}

describe('the block', () => {
  it.each(['hot-hook', 'hothook', 'hot_hook', 'HotHook', 'hotHooks'])('is not %s', (key) => {
    expect(say(configProblems({ [key]: {} }, undefined))).toEqual([`misspelt-key ${key} rename "hotHook" sure`])
  })

  it.each(['hot', 'hooks', 'hotHookConfig'])('is not meant by %s', (key) => {
    expect(configProblems({ [key]: {} }, undefined)).toEqual([])
  })

  it('is right beside one that is not', () => {
    expect(configProblems({ hotHook: {}, 'hot-hook': {} }, undefined)).toEqual([])
  })

  it.each([[null], [[]], ['./src/*.ts'], [true]])('is no %j', (hotHook) => {
    expect(say(configProblems({ hotHook }, undefined))).toEqual(['wrong-type hotHook'])
  })
})

describe('the options', () => {
  it.each(['boundaries', 'ignore', 'restart', 'root', 'throwWhenBoundariesAreNotDynamicallyImported', 'watch'])(
    'have %s',
    (option) => {
      const value = { boundaries: [], ignore: ['**/node_modules/**'], restart: [] }[option] ?? true
      expect(problemsOf({ [option]: value })).toEqual([])
    },
  )

  it.each([
    ['boundary', 'boundaries'],
    ['boundarys', 'boundaries'],
    ['Boundaries', 'boundaries'],
    ['ignored', 'ignore'],
    ['restarts', 'restart'],
    ['roots', 'root'],
    ['throwWhenBoundariesAreNotDynamicalyImported', 'throwWhenBoundariesAreNotDynamicallyImported'],
  ])('mean %s by another name', (key, meant) => {
    expect(say(problemsOf({ [key]: 1 }))).toEqual([`misspelt-key hotHook.${key} rename "${meant}" sure`])
  })

  it.each(['include', 'rootDirectory', 'onFullReloadAsked', 'port', 'path', 'exclude'])('have no %s', (key) => {
    expect(say(problemsOf({ [key]: [] }))).toEqual([`unknown-option hotHook.${key}`])
  })

  it('are not renamed to one that is there', () => {
    expect(say(problemsOf({ restart: [], restarts: [] }))).toEqual(['unknown-option hotHook.restarts'])
  })

  it('come in the order of the text', () => {
    expect(say(problemsOf({ restart: ['*'], include: [], boundaries: ['!x'] }))).toEqual([
      'restart-glob hotHook.restart.0',
      'unknown-option hotHook.include',
      'negated-glob hotHook.boundaries.0',
    ])
  })
})

describe('boundaries', () => {
  it('may be a string or a list', () => {
    expect(problemsOf({ boundaries: './src/ctl/*.ts' })).toEqual([])
    expect(problemsOf({ boundaries: ['./src/ctl/*.ts'] })).toEqual([])
  })

  it.each([[1], [{}], [null], [[1]], [['./src/ctl/*.ts', null]]])('are not %j', (boundaries) => {
    expect(say(configProblems({ hotHook: { boundaries } }, undefined))).toEqual(['wrong-type hotHook.boundaries'])
  })

  it('do not take a directory', () => {
    expect(say(problemsOf({ boundaries: ['./src/ctl'] }))).toEqual([
      'directory-glob hotHook.boundaries.0 set "./src/ctl/*.ts" unsure',
    ])
  })

  it('take the extensions of a directory, and all below it when it has no file itself', () => {
    expect(say(problemsOf({ boundaries: ['src/ctl/'] }, { 'src/ctl/a.js': '' }))).toEqual([
      'directory-glob hotHook.boundaries.0 set "src/ctl/*.{js,ts}" unsure',
    ])
    expect(say(problemsOf({ boundaries: ['./lib'] }, { 'lib/a/b.ts': '' }))).toEqual([
      'directory-glob hotHook.boundaries.0 set "./lib/**/*.ts" unsure',
    ])
  })

  it('match something', () => {
    expect(say(problemsOf({ boundaries: ['./src/ctl/*.js'] }))).toEqual([
      'matches-nothing hotHook.boundaries.0 set "./src/ctl/*.ts" sure',
    ])
    expect(say(problemsOf({ boundaries: ['./data/*.ts'] }))).toEqual([
      'matches-nothing hotHook.boundaries.0 set "./data/*.js" sure',
    ])
    expect(say(problemsOf({ boundaries: ['./src/ctl/*.ts', './controllers/*.ts'] }))).toEqual([
      'matches-nothing hotHook.boundaries.1',
    ])
  })

  it('may match files that nothing imports yet', () => {
    expect(problemsOf({ boundaries: ['./data/*.js'] })).toEqual([])
  })

  it('match no file that runs at boot', () => {
    expect(say(problemsOf({ boundaries: ['./src/main.ts'] }))).toEqual(['matches-boot hotHook.boundaries.0'])
  })

  it('match no file that is imported statically', () => {
    const [problem, ...more] = problemsOf({ boundaries: ['./src/ctl/*.ts', './src/service.ts'] })
    expect(say(problem ? [problem] : [])).toEqual(['matches-static hotHook.boundaries.1'])
    expect(problem?.message).toContain('`src/service.ts` by `src/main.ts:2`')
    expect(more).toEqual([])
  })

  it('match one that is imported lazily, where the loader hides static imports from hot-hook', () => {
    expect(say(problemsOf({ boundaries: ['./src/service.ts'] }, {}, HIDING))).toEqual([
      'matches-no-lazy hotHook.boundaries.0',
    ])
    expect(problemsOf({ boundaries: ['./src/ctl/*.ts'] }, {}, HIDING)).toEqual([])
  })

  it('are not negated', () => {
    expect(say(problemsOf({ boundaries: ['!./src/ctl/users.ts'] }))).toEqual(['negated-glob hotHook.boundaries.0'])
    expect(problemsOf({ boundaries: ['./src/ctl/!(base).ts'] })).toEqual([])
  })
})

describe('restart and ignore', () => {
  it('restart names files', () => {
    expect(problemsOf({ restart: ['.env', 'config/app.yaml'] })).toEqual([])
    expect(say(problemsOf({ restart: ['.env', 'config/*.yaml', '{a,b}.env'] }))).toEqual([
      'restart-glob hotHook.restart.1',
      'restart-glob hotHook.restart.2',
    ])
    expect(say(problemsOf({ restart: '.env' }))).toEqual(['wrong-type hotHook.restart'])
  })

  it('ignore keeps node_modules out', () => {
    expect(problemsOf({ ignore: ['**/node_modules/**', '**/*.log'] })).toEqual([])
    expect(say(problemsOf({ ignore: ['**/*.log'] }))).toEqual([
      'ignore-node-modules hotHook.ignore set ["**/node_modules/**","**/*.log"] sure',
    ])
    expect(say(problemsOf({ ignore: '**/*.log' }))).toEqual(['wrong-type hotHook.ignore'])
  })
})

describe('without the project', () => {
  it('only package.json itself is looked at', () => {
    const hotHook = { boundaries: ['!a', './nothing/*.ts'], restart: ['*'], ignore: [], include: 1 }
    expect(say(configProblems({ hotHook }, undefined))).toEqual([
      'negated-glob hotHook.boundaries.0',
      'restart-glob hotHook.restart.0',
      'ignore-node-modules hotHook.ignore set ["**/node_modules/**"] sure',
      'unknown-option hotHook.include',
    ])
  })
})
