import { describe, expect, it } from 'vitest'
import devScript from '../../codemods/dev-script.ts'
import { run, type Result } from './run.ts'

const PRELOADS = '--node-args=--import=tsx --node-args=--import=hot-hook/register'
const TSX = `hot-runner ${PRELOADS} src/server.ts`
const TS_NODE = 'hot-runner --node-args=--loader=ts-node/esm --node-args=--import=hot-hook/register src/server.ts'
const RUNNER =
  'hot-runner restarts the server with SIGKILL, so what it does on SIGTERM or SIGINT does not run then. When the server crashes, a syntax error at its start included, hot-runner ends too: start it again.'

interface Manifest {
  readonly scripts?: Readonly<Record<string, string>>
  readonly hotHook?: Readonly<Record<string, unknown>>
  readonly devDependencies?: Readonly<Record<string, string>>
  readonly [key: string]: unknown
}

/** The package.json after the codemod, and its notes without the one that is always there. */
async function convert(
  manifest: Manifest,
  files: Readonly<Record<string, string>> = { 'src/server.ts': '' },
): Promise<{ manifest: Manifest; notes: readonly string[]; result: Result }> {
  const text = JSON.stringify({ type: 'module', devDependencies: { tsx: '^4.0.0' }, ...manifest })
  const result = await run(devScript, { 'package.json': text, ...files }, { name: 'express', major: 5 })
  return {
    manifest: JSON.parse(result.changed['package.json'] ?? text) as Manifest,
    notes: result.notes.filter((note) => !note.endsWith(RUNNER)),
    result,
  }
}

async function dev(script: string, files?: Readonly<Record<string, string>>): Promise<string | undefined> {
  return (await convert({ scripts: { dev: script } }, files)).manifest.scripts?.['dev']
}

describe('dev-script, hot-runner', () => {
  it.each([
    ['tsx watch src/server.ts', TSX],
    ['tsx src/server.ts', TSX],
    ['npx tsx watch src/server.ts', TSX],
    ['pnpm exec tsx watch src/server.ts', TSX],
    ['yarn tsx watch src/server.ts', TSX],
    ['node node_modules/tsx/dist/cli.mjs watch src/server.ts', TSX],
    ['tsx watch ./src/server.ts', `hot-runner ${PRELOADS} ./src/server.ts`],
    ['tsx watch --clear-screen=false src/server.ts', `hot-runner --no-clear-screen ${PRELOADS} src/server.ts`],
    ['tsx watch --no-cache src/server.ts', TSX],
    [
      'tsx watch --env-file=.env src/server.ts --port 3000',
      'hot-runner --node-args=--import=tsx --node-args=--env-file=.env --node-args=--import=hot-hook/register --script-args=--port --script-args=3000 src/server.ts',
    ],
    ['tsx watch --tsconfig tsconfig.server.json src/server.ts', `TSX_TSCONFIG_PATH=tsconfig.server.json ${TSX}`],
  ])('from tsx: %s', async (before, after) => {
    expect(await dev(before)).toBe(after)
  })

  it('from tsx, where @fastify/autoload asks what was preloaded', async () => {
    const dependencies = { '@fastify/autoload': '^6.3.0' }
    const convertAutoload = async (dev: string): Promise<string | undefined> =>
      (await convert({ scripts: { dev }, dependencies })).manifest.scripts?.['dev']
    expect(await convertAutoload('tsx watch src/server.ts')).toBe(
      `hot-runner --node-args=--require=tsx/cjs ${PRELOADS} src/server.ts`,
    )
    expect(await convertAutoload('node --watch --import=tsx src/server.ts')).toBe(TSX)
  })

  it.each([
    ['node --watch --import=tsx src/server.ts', TSX],
    ['node --import=tsx --watch src/server.ts', TSX],
    ['node --import tsx --watch-path=./src --watch-path ./config src/server.ts', TSX],
    [
      'node --watch-preserve-output --watch --import=tsx src/server.ts',
      `hot-runner --no-clear-screen ${PRELOADS} src/server.ts`,
    ],
    [
      'node --env-file=.env --inspect=0 --import tsx --watch src/server.ts',
      'hot-runner --node-args=--env-file=.env --node-args=--inspect=0 --node-args=--import=tsx --node-args=--import=hot-hook/register src/server.ts',
    ],
    [
      'node -r dotenv/config --import tsx src/server.ts',
      `hot-runner --node-args=--require=dotenv/config ${PRELOADS} src/server.ts`,
    ],
    ['node --watch src/server.ts', 'hot-runner --node-args=--import=hot-hook/register src/server.ts'],
    [
      'node --watch --experimental-strip-types src/server.ts',
      'hot-runner --node-args=--experimental-strip-types --node-args=--import=hot-hook/register src/server.ts',
    ],
    ['node --loader ts-node/esm src/server.ts', TS_NODE],
    ['node --title="a b" --import=tsx src/server.ts', `hot-runner "--node-args=--title=a b" ${PRELOADS} src/server.ts`],
  ])('from node: %s', async (before, after) => {
    expect(await dev(before)).toBe(after)
  })

  it('from node, in JavaScript', async () => {
    const { manifest } = await convert({ scripts: { dev: 'node --watch src/server.js' } }, { 'src/server.js': '' })
    expect(manifest.scripts).toEqual({ dev: 'hot-runner --node-args=--import=hot-hook/register src/server.js' })
  })

  it.each([
    ['ts-node --esm src/server.ts', TS_NODE],
    [
      'ts-node-esm -r dotenv/config src/server.ts',
      TS_NODE.replace(' --node-args=--import', ' --node-args=--require=dotenv/config --node-args=--import'),
    ],
    [
      'ts-node -T --files -P tsconfig.dev.json src/server.ts',
      `TS_NODE_TRANSPILE_ONLY=true TS_NODE_FILES=true TS_NODE_PROJECT=tsconfig.dev.json ${TS_NODE}`,
    ],
    ['ts-node-dev --respawn --transpile-only src/server.ts', TSX],
    [
      'tsnd --respawn -T -r tsconfig-paths/register -P tsconfig.dev.json src/server.ts',
      `TSX_TSCONFIG_PATH=tsconfig.dev.json ${TSX}`,
    ],
    [
      'ts-node-dev --inspect -T -- src/server.ts',
      `hot-runner --node-args=--import=tsx --node-args=--inspect --node-args=--import=hot-hook/register src/server.ts`,
    ],
  ])('from ts-node: %s', async (before, after) => {
    expect(await dev(before)).toBe(after)
  })

  it.each([
    ['nodemon --exec tsx src/server.ts', TSX],
    ['nodemon --exec "tsx src/server.ts"', TSX],
    ["nodemon --exec 'tsx --no-cache' src/server.ts", TSX],
    ['nodemon -q -w "src/**/*.ts" -e ts,json -i src/gen -d 1 -x "node --import tsx" src/server.ts', TSX],
    ['nodemon --exec "node --loader ts-node/esm" src/server.ts', TS_NODE],
    ['nodemon src/server.ts', TS_NODE],
    ['nodemon --exec "NODE_ENV=development tsx" src/server.ts', `NODE_ENV=development ${TSX}`],
    [
      'nodemon --inspect --exec tsx src/server.ts --port 1 --verbose',
      'hot-runner --node-args=--import=tsx --node-args=--inspect --node-args=--import=hot-hook/register --script-args=--port --script-args=1 src/server.ts',
    ],
    [
      'NODE_OPTIONS="--import tsx" nodemon src/server.ts',
      'NODE_OPTIONS="--import tsx" hot-runner --node-args=--import=hot-hook/register src/server.ts',
    ],
  ])('from nodemon: %s', async (before, after) => {
    expect(await dev(before)).toBe(after)
  })

  it('from the configuration of nodemon', async () => {
    const { manifest, notes } = await convert(
      { scripts: { dev: 'nodemon' } },
      {
        'src/server.ts': '',
        'nodemon.json':
          '{"exec": "tsx src/server.ts", "watch": ["src"], "ext": "ts", "delay": 500, "env": {"NODE_ENV": "development"}}',
      },
    )
    expect(manifest.scripts).toEqual({ dev: `NODE_ENV=development ${TSX}` })
    expect(notes[0]).toBe(
      'info package.json:1 It sets NODE_ENV=development as shells of Unix do. For Windows, put cross-env before it.',
    )
  })

  it('from `nodemonConfig` and `main` of package.json', async () => {
    const { manifest } = await convert({
      main: 'src/server.ts',
      scripts: { dev: 'nodemon' },
      nodemonConfig: { execMap: { ts: 'node --import tsx' } },
    })
    expect(manifest.scripts).toEqual({ dev: TSX })
  })

  it.each([
    ['FOO=bar PORT=1 tsx watch src/server.ts', `FOO=bar PORT=1 ${TSX}`],
    ['cross-env FOO=bar nodemon --exec tsx src/server.ts', `cross-env FOO=bar ${TSX}`],
    ['cross-env FOO=bar ts-node -T src/server.ts', `cross-env TS_NODE_TRANSPILE_ONLY=true FOO=bar ${TS_NODE}`],
    ['dotenv -e .env -- tsx watch src/server.ts', `dotenv -e .env -- ${TSX}`],
    ['dotenv tsx watch src/server.ts', `dotenv ${TSX}`],
    ['cross-env FOO=1 dotenv -e .env tsx src/server.ts', `cross-env FOO=1 dotenv -e .env ${TSX}`],
    ['env-cmd -f .env tsx watch src/server.ts', `env-cmd -f .env ${TSX}`],
    ['prisma generate && tsx watch src/server.ts', `prisma generate && ${TSX}`],
    ['tsx watch src/server.ts 2>&1 | pino-pretty', `${TSX} 2>&1 | pino-pretty`],
  ])('keeps what stands around it: %s', async (before, after) => {
    expect(await dev(before)).toBe(after)
  })

  it('sets variables with cross-env where that is a dependency', async () => {
    const { manifest, notes } = await convert({
      scripts: { dev: 'tsx watch --tsconfig x.json src/server.ts' },
      devDependencies: { 'cross-env': '^10.0.0' },
    })
    expect(manifest.scripts).toEqual({ dev: `cross-env TSX_TSCONFIG_PATH=x.json ${TSX}` })
    expect(notes).toEqual([])
  })

  it('puts hot-hook last where a loader is preloaded after it', async () => {
    const before = 'hot-runner --node-args=--import=hot-hook/register --node-args=--import=tsx src/server.ts'
    expect(await dev(before)).toBe(TSX)
  })
  it('adds hot-hook to hot-runner', async () => {
    expect(await dev('hot-runner --node-args=--import=tsx src/server.ts')).toBe(TSX)
  })
  it.each([
    [TSX, {}],
    [
      'hot-runner --node-args=--import=tsx src/server.ts',
      { 'src/server.ts': "import { hot } from 'hot-hook'\nhot.init({})\n" },
    ],
  ])('leaves %s', async (script, files) => {
    const { result } = await convert({ scripts: { dev: script } }, { 'src/server.ts': '', ...files })
    expect(result.changed).toEqual({})
    expect(result.notes).toEqual([])
  })
  it('takes away what restarts for every edit around hot-hook', async () => {
    expect(await dev('node --watch --import=tsx --import=hot-hook/register src/server.ts')).toBe(TSX)
  })
  it('leaves hot-hook without hot-runner, and says what that lacks', async () => {
    const { result, notes } = await convert({
      scripts: { dev: 'node --import=tsx --import=hot-hook/register src/server.ts' },
    })
    expect(result.changed).toEqual({})
    expect(notes).toEqual([
      `info package.json:1 The script "dev" loads hot-hook without hot-runner, so nothing restarts the server for files that are not hot. With it: \`${TSX}\`.`,
    ])
  })
})

describe('dev-script, which script', () => {
  it('changes the one that `dev` runs', async () => {
    const { manifest } = await convert({
      scripts: { dev: 'concurrently "npm:dev:*"', 'dev:css': 'tailwind -w', 'dev:server': 'tsx watch src/server.ts' },
    })
    expect(manifest.scripts).toMatchObject({ dev: 'concurrently "npm:dev:*"', 'dev:server': TSX })
  })
  it('changes `start` when it watches', async () => {
    const { manifest } = await convert({ scripts: { start: 'tsx watch src/server.ts' } })
    expect(manifest.scripts).toEqual({ start: TSX })
  })
  it('adds `dev` beside a `start` that does not', async () => {
    const { manifest, result } = await convert({
      scripts: { build: 'tsc', start: 'cross-env NODE_ENV=production node --env-file=.env dist/server.js' },
    })
    const command =
      'hot-runner --node-args=--import=tsx --node-args=--env-file=.env --node-args=--import=hot-hook/register src/server.ts'
    expect(manifest.scripts).toEqual({
      build: 'tsc',
      dev: command,
      start: 'cross-env NODE_ENV=production node --env-file=.env dist/server.js',
    })
    expect(result.summary).toBe(`"dev": "${command}" added`)
  })
  it('adds `dev` where no script starts the server', async () => {
    const { manifest } = await convert({ devDependencies: {} })
    expect(manifest.scripts).toEqual({ dev: TSX })
  })
  it('adds it with the loader that is a dependency', async () => {
    const { manifest } = await convert({ devDependencies: { 'ts-node': '^10.0.0' } })
    expect(manifest.scripts).toEqual({ dev: TS_NODE })
  })
  it.each([
    ['watch-node', 'nodemon --watch dist dist/server.js'],
    ['watch', 'node --watch dist/server.js'],
  ])('adds it beside %s, which starts what a compiler wrote', async (name, script) => {
    const { manifest } = await convert({ scripts: { [name]: script } })
    expect(manifest.scripts).toEqual({ dev: TSX, [name]: script })
  })
  it('adds none beside one that is for development by its name', async () => {
    const { result } = await convert({ scripts: { 'start:dev': 'node --watch dist/server.js' } })
    expect(result.changed).toEqual({})
  })
  it('adds it without one in JavaScript', async () => {
    const { manifest } = await convert({}, { 'server.js': '' })
    expect(manifest.scripts).toEqual({ dev: 'hot-runner --node-args=--import=hot-hook/register server.js' })
  })
  it('tells what it did, with the line', async () => {
    const { result } = await convert({ scripts: { dev: 'tsx watch src/server.ts' } })
    expect(result.summary).toBe(`tsx watch src/server.ts → ${TSX}`)
    expect(result.edits).toBe(1)
    expect(result.notes).toEqual([`info package.json:1 ${RUNNER}`])
  })
})

describe('dev-script leaves alone, with the command to use,', () => {
  const BESIDE = TSX.replace('hot-runner', 'hot-runner --no-clear-screen')
  it.each([
    [
      'concurrently "PORT=1 tsx watch src/server.ts" "vite"',
      'the server is started in an argument of concurrently.',
      `PORT=1 ${BESIDE}`,
    ],
    ['cd src && tsx watch server.ts', 'it changes the directory.', TSX],
    [
      'tsc -w & node --watch --env-file=.env dist/server.js',
      'it starts what a compiler wrote, and hot-hook reloads what the server runs.',
      TSX.replace(' --node-args=--import=hot', ' --node-args=--env-file=.env --node-args=--import=hot'),
    ],
    ['tsup --watch --onSuccess "node dist/server.js"', 'the server is started in an argument of tsup.', BESIDE],
    ['bun --hot src/server.ts', 'bun runs the server, and hot-hook works on Node.js only.', TSX],
    ['vite-node --watch src/server.ts', 'it starts the server in a way that is not known.', TSX],
    ['nodemon --exec "npm run build && node dist/server.js"', 'nodemon runs several commands.', TSX],
    ['nodemon --on-change-only --exec tsx src/server.ts', "it has nodemon's flag --on-change-only.", TSX],
    ['ts-node --swc src/server.ts', "it has ts-node's flag --swc, and the loader takes none.", TSX],
    ['tsx watch src/server.ts -- --foo', 'it hands `--` on to the server.', TSX],
    ["tsx watch src/server.ts 'a*'", 'a shell may read `a*` in another way.', TSX],
    ['dotenv -- nodemon --exec "A=1 tsx" src/server.ts', 'dotenv would take what it sets for a program.', TSX],
    ['NODE_OPTIONS=--inspect tsx watch src/server.ts', 'NODE_OPTIONS opens an inspector, in hot-runner too.', TSX],
  ])('%s', async (script, reason, command) => {
    const { result, notes } = await convert({ scripts: { dev: script } })
    expect(result.changed).toEqual({})
    expect(notes).toEqual([
      `manual package.json:1 The script "dev" is left alone: ${reason} Start the server with \`${command}\` in its place.`,
    ])
  })

  it.each(['turbo dev', 'pm2 start ecosystem.config.js', './dev.sh'])('%s', async (script) => {
    const { result, notes } = await convert({ scripts: { dev: script } })
    expect(result.changed).toEqual({})
    expect(notes).toEqual([
      `manual package.json:1 The script "dev" is left alone: it does not start the server with a program that is known. Start the server with \`${TSX}\` there.`,
    ])
  })
  it('ts-node-dev where decorators need metadata', async () => {
    const { notes } = await convert(
      { scripts: { dev: 'ts-node-dev src/server.ts' } },
      { 'src/server.ts': '', 'tsconfig.json': '{"compilerOptions": {"emitDecoratorMetadata": true}}' },
    )
    expect(notes[0]).toContain('tsconfig.json has emitDecoratorMetadata, which tsx')
  })
  it('fastify-cli, which makes the server itself', async () => {
    const { result, notes } = await convert({ scripts: { dev: 'fastify start -w app.js' } }, { 'app.js': '' })
    expect(result.changed).toEqual({})
    expect(notes).toEqual([
      'manual package.json:1 The script "dev" is left alone: fastify-cli makes the server, of which the application is a plugin. Write a module that makes it, registers the plugin and listens, have the script start that, and run again.',
    ])
  })
  it('nodemon with events', async () => {
    const { notes } = await convert(
      { scripts: { dev: 'nodemon --exec tsx src/server.ts' } },
      { 'src/server.ts': '', 'nodemon.json': '{"events": {"start": "echo"}}' },
    )
    expect(notes[0]).toContain('nodemon\'s configuration has "events".')
  })
  it('a project without an entry', async () => {
    const { result, notes } = await convert({ scripts: { dev: 'tsx watch src/server.ts' } }, {})
    expect(result.changed).toEqual({})
    expect(notes).toEqual([
      'manual package.json:1 No module was found that the server starts with, so the development script is left alone.',
    ])
  })
  it('hot-hook that the entry starts, below a program that restarts it', async () => {
    const { notes } = await convert(
      { scripts: { dev: 'tsx watch src/server.ts' } },
      { 'src/server.ts': "import { hot } from 'hot-hook'\nawait hot.init({})\n" },
    )
    expect(notes).toEqual([
      'manual package.json:1 The script "dev" restarts the server for every edit, so hot-hook, which its entry starts, has nothing to reload. Start it without.',
    ])
  })
})

describe('dev-script, files that are no modules', () => {
  const watched =
    'info package.json:1 nodemon restarted the server for every file it watched. hot-runner does for ES modules that the server imports, and for what hotHook.restart names: no longer for CommonJS, and for data that is read with fs.'
  const files = {
    'src/server.ts': '',
    'src/views/a.hbs': '',
    'src/data.json': '',
    'config/app.yaml': '',
    'notes.txt': '',
  }

  it('are named in hotHook.restart, beside the default', async () => {
    const { manifest, notes, result } = await convert(
      {
        scripts: { dev: 'nodemon -w src -w config/app.yaml -e ts,json,hbs --exec tsx src/server.ts' },
        hotHook: { boundaries: ['./src/c/*.ts'] },
      },
      files,
    )
    expect(manifest.hotHook).toEqual({
      boundaries: ['./src/c/*.ts'],
      restart: ['.env', 'config/app.yaml', 'src/views/a.hbs'],
    })
    expect(notes).toEqual([
      watched,
      'info package.json:1 config/app.yaml, src/views/a.hbs: added to hotHook.restart, since nodemon watched them.',
    ])
    expect(result.edits).toBe(2)
  })
  it('are added to those that are there', async () => {
    const { manifest } = await convert(
      {
        scripts: { dev: 'tsx watch --include ./config/app.yaml --include notes.txt src/server.ts' },
        hotHook: { restart: ['./notes.txt'] },
      },
      files,
    )
    expect(manifest.hotHook).toEqual({ restart: ['./notes.txt', 'config/app.yaml'] })
  })
  it('are left out where nodemon ignored them, or its extensions do not name them', async () => {
    const { manifest, notes } = await convert(
      { scripts: { dev: 'nodemon -e ts,hbs -i src/views --exec tsx src/server.ts' } },
      files,
    )
    expect(manifest.hotHook).toBeUndefined()
    expect(notes).toEqual([watched])
  })
  it('are found by a glob', async () => {
    const { manifest } = await convert(
      { scripts: { dev: 'nodemon -w "src/**/*.hbs" -e hbs --exec tsx src/server.ts' } },
      files,
    )
    expect(manifest.hotHook).toEqual({ restart: ['.env', 'src/views/a.hbs'] })
  })
  it('are found in what node watches', async () => {
    const { manifest } = await convert(
      { scripts: { dev: 'node --watch-path=config --watch-path=src/server.ts --import=tsx src/server.ts' } },
      files,
    )
    expect(manifest.hotHook).toEqual({ restart: ['.env', 'config/app.yaml'] })
  })
  it('are counted where they are many', async () => {
    const many = Object.fromEntries(Array.from({ length: 11 }, (_, index) => [`src/views/${index}.hbs`, '']))
    const { manifest, notes } = await convert(
      { scripts: { dev: 'nodemon -e ts,hbs --exec tsx src/server.ts' } },
      { 'src/server.ts': '', ...many },
    )
    expect(manifest.hotHook).toBeUndefined()
    expect(notes).toEqual([
      watched,
      'info package.json:1 nodemon also watched more than 10 files (.hbs) that are no modules. Name those in hotHook.restart that need a restart; globs do not work there.',
    ])
  })
  it('need nothing where the file system was polled', async () => {
    const { notes } = await convert({ scripts: { dev: 'nodemon -L --exec tsx src/server.ts' } })
    expect(notes).toEqual([
      'info package.json:1 nodemon polled. Where the file system reports no changes, set CHOKIDAR_USEPOLLING=true.',
      watched,
    ])
  })
})
