import { symlinkSync } from 'node:fs'
import { join, relative } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { FrameworkInUse, PackageJson } from '../../src/project/project.ts'
import { runtimeOf, type Runtime, type RuntimeOptions } from '../../src/project/runtime.ts'
import { directoryWith } from '../codemods/run.ts'

type Files = Readonly<Record<string, string>>

interface Settings extends RuntimeOptions {
  readonly files?: Files
  readonly manifest?: Readonly<Record<string, unknown>>
  readonly framework?: FrameworkInUse['name']
}

/** The runtime of a project with `scripts`, its entry relative to the root. */
function runtime(
  scripts: Files,
  { files = {}, manifest = {}, framework = 'express', ...options }: Settings = {},
): Runtime {
  const packageJson: PackageJson = { ...manifest, scripts }
  const text = JSON.stringify(packageJson, null, 2)
  const root = directoryWith({ 'package.json': text, ...files })
  const result = runtimeOf(root, packageJson, text, framework, options)
  return { ...result, entry: result.entry && relative(root, result.entry) }
}

const sources: Files = {
  'src/server.ts': '',
  'src/index.ts': '',
  'src/main.ts': '',
  'src/worker.ts': '',
  'src/app.ts': '',
  'app.js': '',
  'server.js': '',
  'bin/www': '',
  'bin/server.ts': '',
  'scripts/copy.js': '',
}

/** `entry runner loader` of a project whose `dev` is `script`; conventions and `main` would give src/lost.ts. */
function dev(script: string, more: Settings = {}): string {
  const { entry, runner, loader } = runtime(
    { dev: script, ...(more.manifest?.['scripts'] as Files | undefined) },
    {
      ...more,
      files: { ...sources, 'src/lost.ts': '', ...more.files },
      manifest: { main: 'src/lost.ts', ...more.manifest },
    },
  )
  return [entry, runner, loader].join(' ')
}

describe('runtimeOf, a script with one command', () => {
  it.each([
    ['node src/server.ts', 'src/server.ts node native'],
    ['node server.js', 'server.js node none'],
    ['node server', 'server.js node none'],
    ['node ./server', 'server.js node none'],
    ['node ./bin/www', 'bin/www node none'],
    ['node src', 'src/index.ts node native'],
    ['node --watch src/server.ts', 'src/server.ts node native'],
    ['node --watch-path=./src --watch-path ./config src/server.ts', 'src/server.ts node native'],
    ['node --env-file=.env --watch src/server.ts --port 3000', 'src/server.ts node native'],
    ['node --env-file .env server.js', 'server.js node none'],
    ['node --inspect=0.0.0.0:9229 --max-old-space-size=4096 server.js', 'server.js node none'],
    ['node --experimental-strip-types --watch src/index.ts', 'src/index.ts node native'],
    ['node --import tsx src/server.ts', 'src/server.ts node tsx'],
    ['node --import=tsx/esm --watch src/server.ts', 'src/server.ts node tsx'],
    ['node --loader ts-node/esm src/index.ts', 'src/index.ts node ts-node'],
    ['node --no-warnings=ExperimentalWarning --loader ts-node/esm src/index.ts', 'src/index.ts node ts-node'],
    ['node --experimental-loader=ts-node/esm src/index.ts', 'src/index.ts node ts-node'],
    ['node -r ts-node/register/transpile-only -r tsconfig-paths/register src/main.ts', 'src/main.ts node ts-node'],
    ['node -r dotenv/config --import @swc-node/register/esm-register src/main.ts', 'src/main.ts node swc'],
    ['node -r @swc-node/register src/main.ts', 'src/main.ts node swc'],
    ['node -r esbuild-register src/main.ts', 'src/main.ts node tsx'],
    ['node ./node_modules/.bin/tsx watch src/server.ts', 'src/server.ts tsx tsx'],
    ['node node_modules/@nestjs/cli/bin/nest.js start --watch', 'src/main.ts other none'],
    ['tsx src/server.ts', 'src/server.ts tsx tsx'],
    ['tsx watch src/server.ts', 'src/server.ts tsx tsx'],
    ['tsx --watch src/server.ts', 'src/server.ts tsx tsx'],
    ['tsx watch --env-file=.env --clear-screen=false src/index.ts', 'src/index.ts tsx tsx'],
    ['tsx watch --ignore "./data/**" --tsconfig tsconfig.dev.json src/index.ts', 'src/index.ts tsx tsx'],
    ['tsx watch --env-file .env src/index.ts | pino-pretty', 'src/index.ts tsx tsx'],
    ['tsx app.js', 'app.js tsx tsx'],
    ['./node_modules/.bin/tsx watch src/server.ts', 'src/server.ts tsx tsx'],
    ['node_modules\\.bin\\tsx watch .\\src\\server.ts', 'src/server.ts tsx tsx'],
    ['npx tsx watch src/server.ts', 'src/server.ts tsx tsx'],
    ['npx -y tsx watch src/server.ts', 'src/server.ts tsx tsx'],
    ['ts-node src/index.ts', 'src/index.ts ts-node ts-node'],
    ['ts-node --esm --project tsconfig.node.json src/index.ts', 'src/index.ts ts-node ts-node'],
    ['ts-node -P tsconfig.dev.json -r tsconfig-paths/register ./src/index.ts', 'src/index.ts ts-node ts-node'],
    ['ts-node-esm src/index.ts', 'src/index.ts ts-node ts-node'],
    ['ts-node-dev --respawn --transpile-only src/server.ts', 'src/server.ts other ts-node'],
    ['ts-node-dev --inspect --exit-child --ignore-watch node_modules src/server.ts', 'src/server.ts other ts-node'],
    ['tsnd --cls --rs -r tsconfig-paths/register --inspect=4321 -- src/index.ts', 'src/index.ts other ts-node'],
    ['swc-node src/index.ts', 'src/index.ts other swc'],
    ['vite-node --watch src/index.ts', 'src/index.ts other tsx'],
    ['node-dev app.js', 'app.js other none'],
    ['bun --hot src/index.ts', 'src/index.ts other native'],
    ['bun run --watch src/index.ts', 'src/index.ts other native'],
    ['deno run -A --watch src/main.ts', 'src/main.ts other native'],
    ['deno run --allow-net src/main.ts', 'src/main.ts other native'],
  ])('%s', (script, expected) => {
    expect(dev(script)).toBe(expected)
  })
})

describe('runtimeOf, nodemon', () => {
  it.each([
    ['nodemon server.js', 'server.js nodemon none'],
    ['nodemon ./bin/www', 'bin/www nodemon none'],
    ['nodemon src/index.ts', 'src/index.ts nodemon ts-node'],
    ['nodemon --watch src --ext ts,json --exec "tsx" src/server.ts', 'src/server.ts nodemon tsx'],
    ['nodemon -w src -e ts -x "tsx src/server.ts"', 'src/server.ts nodemon tsx'],
    ["nodemon --exec 'node --import=tsx' src/server.ts", 'src/server.ts nodemon tsx'],
    ['nodemon --exec ts-node --files src/index.ts', 'src/index.ts nodemon ts-node'],
    ['nodemon --exec ts-node -r tsconfig-paths/register ./src/index.ts', 'src/index.ts nodemon ts-node'],
    ['nodemon -e js --exec "npm run copy && node server.js"', 'server.js nodemon none'],
    ['nodemon --exec "npx tsx" src/server.ts', 'src/server.ts nodemon tsx'],
    ['nodemon --inspect=0.0.0.0:9229 -L --signal SIGTERM app.js', 'app.js nodemon none'],
    ['nodemon --delay 2 --import tsx src/server.ts', 'src/server.ts nodemon tsx'],
    ['nodemon app.js --exec babel-node', 'app.js nodemon none'],
    ['NODE_OPTIONS="--import tsx" nodemon src/server.ts', 'src/server.ts nodemon tsx'],
    ['cross-env NODE_OPTIONS=--loader=ts-node/esm nodemon src/server.ts', 'src/server.ts nodemon ts-node'],
  ])('%s', (script, expected) => {
    expect(dev(script, { manifest: { scripts: { copy: 'node scripts/copy.js' } } })).toBe(expected)
  })

  it('reads nodemon.json', () => {
    const files = { 'nodemon.json': '{"watch": ["src"], "ext": "ts", "exec": "ts-node ./src/server.ts"}' }
    expect(dev('nodemon', { files })).toBe('src/server.ts nodemon ts-node')
  })
  it('runs what nodemon.json says on the file it is given', () => {
    expect(dev('nodemon src/server.ts', { files: { 'nodemon.json': '{"exec": "tsx"}' } })).toBe(
      'src/server.ts nodemon tsx',
    )
  })
  it('reads the execMap with flags', () => {
    const files = { 'nodemon.json': '{"execMap": {"ts": "node --import tsx"}}' }
    expect(dev('nodemon src/server.ts', { files })).toBe(dev('nodemon --exec "node --import tsx" src/server.ts'))
  })
  it('reads the execMap', () => {
    expect(dev('nodemon src/server.ts', { files: { 'nodemon.json': '{"execMap": {"ts": "tsx"}}' } })).toBe(
      'src/server.ts nodemon tsx',
    )
  })
  it('reads the file that --config names', () => {
    const files = { 'config/dev.json': '{"exec": "npm run start:ts"}' }
    const manifest = { scripts: { 'start:ts': 'tsx src/index.ts' } }
    expect(dev('nodemon --config config/dev.json', { files, manifest })).toBe('src/index.ts nodemon tsx')
  })
  it('reads nodemonConfig of package.json', () => {
    expect(dev('nodemon', { manifest: { nodemonConfig: { exec: 'node --import tsx src/app.ts' } } })).toBe(
      'src/app.ts nodemon tsx',
    )
  })
  it('starts main without a file', () => {
    expect(dev('nodemon', { manifest: { main: 'app.js' } })).toBe('app.js nodemon none')
  })
  it('starts the script start without a file and main', () => {
    const { entry, runner } = runtime({ dev: 'nodemon', start: 'node ./bin/www' }, { files: { 'bin/www': '' } })
    expect([entry, runner]).toEqual(['bin/www', 'nodemon'])
  })
})

describe('runtimeOf, hot-hook', () => {
  const hotHook = (script: string, files: Files = {}, framework: FrameworkInUse['name'] = 'express'): string =>
    runtime({ dev: script }, { files: { ...sources, ...files }, framework }).hotHook

  it.each([
    ['hot-runner --node-args=--import=tsx --node-args=--import=hot-hook/register src/server.ts', 'register'],
    ['hot-runner --node-args="--import=tsx" --node-args "--import=hot-hook/register" src/server.ts', 'register'],
    ['hot-runner --node-args=--import=tsx src/server.ts', 'none'],
    ['hot-runner "--node-args=--title=a b" --node-args=--import=hot-hook/register src/server.ts', 'register'],
    ['hot-runner --node-args="--import=tsx --import=hot-hook/register" src/server.ts', 'none'],
    ['node --import=hot-hook/register server.js', 'register'],
    ['node --import tsx --import hot-hook/register src/server.ts', 'register'],
    ['NODE_OPTIONS="--import=tsx --import=hot-hook/register" node src/server.ts', 'register'],
    ['tsx --import hot-hook/register src/server.ts', 'register'],
    ['node --import=./node_modules/hot-hook/build/src/register.js server.js', 'register'],
    ['node --import=hot-hooks/register server.js', 'none'],
    ['tsx watch src/server.ts', 'none'],
  ])('%s: %s', (script, expected) => {
    expect(hotHook(script)).toBe(expected)
  })

  it.each([
    ["import { hot } from 'hot-hook'\nawait hot.init({ root: import.meta.filename })\n", 'init'],
    ["const { hot } = await import('hot-hook')\n", 'init'],
    ['await hot.init({})\n', 'init'],
    ["if (process.env.NODE_ENV !== 'production') {\n  await import('hot-hook/register')\n}\n", 'init'],
    ["// import { hot } from 'hot-hook'\n", 'none'],
    ["import 'hot-hooks'\nscreenshot.init()\n", 'none'],
  ])('the entry %j: %s', (text, expected) => {
    expect(hotHook('hot-runner --node-args=--import=tsx src/server.ts', { 'src/server.ts': text })).toBe(expected)
  })

  it.each([
    ["import { hot } from 'hot-hook'\nawait hot.init({})\n", 'init'],
    ["import './app.js'\n", 'register'],
  ])('an entry that is asked for, and not the one of the script, %j: %s', (text, expected) => {
    const files = { 'server.js': '', 'bin/start.js': text }
    const script = 'node --import hot-hook/register server.js'
    expect(runtime({ dev: script }, { files, entry: 'bin/start.js' }).hotHook).toBe(expected)
  })

  it('follows a module of the project that is loaded before', () => {
    const files = { 'dev/hot.js': "import 'hot-hook/register'\n", 'dev/cold.js': '' }
    expect(hotHook('node --import=./dev/hot.js server.js', files)).toBe('register')
    expect(hotHook('node --import=./dev/cold.js server.js', files)).toBe('none')
  })

  it('has the version that is installed', () => {
    const files = { 'node_modules/hot-hook/package.json': '{"version": "1.0.0"}', 'server.js': '' }
    expect(runtime({ dev: 'node server.js' }, { files }).hotHookVersion).toBe('1.0.0')
    expect(runtime({ dev: 'node server.js' }, { files: sources }).hotHookVersion).toBeUndefined()
  })

  it('keeps the order of what is loaded before', () => {
    const script =
      'NODE_OPTIONS="--require ./env.cjs" hot-runner --node-args=--import=hot-hook/register --node-args=--import=tsx --node-args=--loader=x src/server.ts'
    expect(runtime({ dev: script }, { files: sources })).toMatchObject({
      runner: 'hot-runner',
      loader: 'tsx',
      preloads: [
        { flag: 'require', specifier: './env.cjs' },
        { flag: 'import', specifier: 'hot-hook/register' },
        { flag: 'import', specifier: 'tsx' },
        { flag: 'loader', specifier: 'x' },
      ],
    })
  })

  it('is told by a parent where HOT_HOOK_WATCH is false', () => {
    const watcher = (script: string): string => runtime({ dev: script }, { files: sources }).watcher
    expect(watcher('HOT_HOOK_WATCH=false node --import=hot-hook/register server.js')).toBe('parent')
    expect(watcher('HOT_HOOK_WATCH=true node --import=hot-hook/register server.js')).toBe('hot-hook')
  })
})

describe('runtimeOf, the loader', () => {
  it('is the one that a preloaded module registers', () => {
    const files = {
      'tsnode.esm.js': "import { register } from 'node:module'\nregister('ts-node/esm', import.meta.url)\n",
    }
    expect(dev('node --import=./tsnode.esm.js src/server.ts', { files })).toBe('src/server.ts node ts-node')
  })
  it('is that of the first preload that strips types', () => {
    expect(dev('node -r dotenv/config --import=tsx --import=@poppinss/ts-exec src/server.ts')).toBe(
      'src/server.ts node tsx',
    )
    expect(dev('node --import=@poppinss/ts-exec src/server.ts')).toBe('src/server.ts node ts-exec')
  })
  it('is not that of a package whose name ends alike', () => {
    expect(dev('node --import=not-tsx src/server.ts')).toBe('src/server.ts node native')
  })
  it('is what the person says', () => {
    expect(dev('node src/server.ts', { loader: 'swc' })).toBe('src/server.ts node swc')
  })
  it('has the version that is installed', () => {
    const files = {
      ...sources,
      'node_modules/tsx/package.json': '{"version": "4.23.15"}',
      'node_modules/ts-node/package.json': '{"version": "10.9.2"}',
      'node_modules/ts-node-maintained/package.json': '{"version": "10.9.6"}',
    }
    const version = (script: string): string | undefined => runtime({ dev: script }, { files }).loaderVersion
    expect(version('tsx src/server.ts')).toBe('4.23.15')
    expect(version('ts-node src/server.ts')).toBe('10.9.2')
    expect(version('node --import=ts-node-maintained/register/esm src/server.ts')).toBe('10.9.6')
    expect(version('node src/server.ts')).toBeUndefined()
  })
})

describe('runtimeOf, a script that runs others', () => {
  const scripts = {
    'dev:css': 'tailwindcss -w',
    'dev:server': 'tsx watch src/server.ts',
    'dev:worker': 'tsx watch src/worker.ts',
    'start:ts': 'ts-node src/index.ts',
    'watch:node': 'nodemon server.js',
    'watch:ts': 'tsc -w',
    loop: 'npm run dev',
  }
  it.each([
    ['npm run dev:server', 'src/server.ts tsx tsx'],
    ['npm --silent run dev:server', 'src/server.ts tsx tsx'],
    ['npm run dev:server -- --port 3', 'src/server.ts tsx tsx'],
    ['pnpm dev:server', 'src/server.ts tsx tsx'],
    ['pnpm run dev:server', 'src/server.ts tsx tsx'],
    ['yarn dev:server', 'src/server.ts tsx tsx'],
    ['yarn run -s dev:server', 'src/server.ts tsx tsx'],
    ['bun run dev:server', 'src/server.ts tsx tsx'],
    ['node --run dev:server', 'src/server.ts tsx tsx'],
    ['yarn tsx watch src/index.ts', 'src/index.ts tsx tsx'],
    ['pnpm exec tsx watch src/index.ts', 'src/index.ts tsx tsx'],
    ['npm exec -- tsx watch src/index.ts', 'src/index.ts tsx tsx'],
    ['yarn nodemon --watch src --exec "ts-node src/index.ts"', 'src/index.ts nodemon ts-node'],
    ['run-p dev:css dev:server', 'src/server.ts tsx tsx'],
    ['run-p dev:*', 'src/server.ts tsx tsx'],
    ['npm-run-all --parallel watch:ts watch:node', 'server.js nodemon none'],
    ['run-p --race "watch:*"', 'server.js nodemon none'],
    ['concurrently "npm:dev:*"', 'src/server.ts tsx tsx'],
    ['concurrently npm:watch:ts npm:watch:node', 'server.js nodemon none'],
    ['concurrently -k -n ts,node -c "yellow.bold,cyan.bold" "tsc -w" "node --watch server.js"', 'server.js node none'],
    ['concurrently "npm run dev:css" "npm run dev:server"', 'src/server.ts tsx tsx'],
    ["concurrently 'vite' 'PORT=3333 tsx watch src/index.ts'", 'src/index.ts tsx tsx'],
    ['concurrently "tsx watch src/worker.ts" "tsx watch src/index.ts"', 'src/index.ts tsx tsx'],
    ['npx concurrently "tsx watch src/index.ts" "tsx watch src/app.ts"', 'src/index.ts tsx tsx'],
    ['NODE_ENV=development yarn concurrently "tsx watch src/index.ts"', 'src/index.ts tsx tsx'],
    ['cross-env NODE_ENV=development tsx watch src/server.ts', 'src/server.ts tsx tsx'],
    ['npx cross-env PORT=1 NODE_ENV=development nodemon server.js', 'server.js nodemon none'],
    ['cross-env NODE_OPTIONS="--import tsx" node src/server.ts', 'src/server.ts node tsx'],
    ['cross-env-shell "tsx watch src/server.ts"', 'src/server.ts tsx tsx'],
    ['env PORT=1 node server.js', 'server.js node none'],
    ['env-cmd -f .env.local tsx watch src/server.ts', 'src/server.ts tsx tsx'],
    ['dotenv -e .env.local -- tsx watch src/server.ts', 'src/server.ts tsx tsx'],
    ['dotenv -- npm run dev:server', 'src/server.ts tsx tsx'],
    ['dotenvx run -f .env -- node server.js', 'server.js node none'],
    ['infisical run --env=dev -- nodemon server.js', 'server.js nodemon none'],
    ['doppler run --command="node server.js"', 'server.js node none'],
    ['sh -c "tsx watch src/server.ts"', 'src/server.ts tsx tsx'],
    ['sh -c "concurrently \\"tsx watch src/server.ts\\" vite"', 'src/server.ts tsx tsx'],
    ['export NODE_OPTIONS="--import tsx" && node src/server.ts', 'src/server.ts node tsx'],
    ['set NODE_OPTIONS=--import tsx && node src/server.ts', 'src/server.ts node tsx'],
    ['set NODE_ENV=development&& node server.js', 'server.js node none'],
    ['rimraf dist && tsx watch src/server.ts', 'src/server.ts tsx tsx'],
    ['node scripts/copy.js && tsx src/server.ts', 'src/server.ts tsx tsx'],
    ['node server.js & tailwindcss -w', 'server.js node none'],
    ['docker compose up -d; tsx watch src/server.ts', 'src/server.ts tsx tsx'],
    ['prisma generate && npm run dev:server', 'src/server.ts tsx tsx'],
    ['cd src && tsx watch server.ts', 'src/server.ts tsx tsx'],
  ])('%s', (script, expected) => {
    expect(dev(script, { manifest: { scripts } })).toBe(expected)
  })

  it.each([
    ['turbo run dev'],
    ['pnpm -r --parallel api'],
    ['pnpm --filter api api'],
    ['yarn workspace api api'],
    ['npm run api -w api'],
    ['npm run api --workspace=api'],
    ['npm --prefix api run api'],
    ['npm run missing'],
    ['npm run loop'],
    ['cd api && npm run api'],
    ['next dev'],
    ['node scripts/copy.js'],
    ['node -e "require(\'./server.js\')"'],
    ['node --test src/server.ts'],
    ['tsx'],
    ['node missing.js'],
    ['ng serve'],
    ['tsc -w -p tsconfig.json'],
    [''],
  ])('%s tells nothing', (script) => {
    const others = { loop: 'npm run dev', api: 'tsx src/server.ts' }
    expect(runtime({ dev: script, ...others }, { files: sources }).script).toBeUndefined()
  })
})

describe('runtimeOf, the script', () => {
  it('is the one that holds the command, with its line', () => {
    const { script } = runtime(
      { build: 'tsc', dev: 'npm run dev:server', 'dev:server': 'tsx src/server.ts' },
      { files: sources },
    )
    expect(script).toEqual({ name: 'dev:server', command: 'tsx src/server.ts', line: 5 })
  })
  it.each([
    [{ start: 'node app.js', 'start:dev': 'node --watch app.js' }, 'start:dev'],
    [{ start: 'node app.js', develop: 'node --watch app.js' }, 'develop'],
    [{ start: 'node app.js', serve: 'node --watch app.js' }, 'serve'],
    [{ start: 'node app.js', watch: 'nodemon app.js' }, 'watch'],
    [{ watch: 'tsc -w', start: 'node app.js' }, 'start'],
    [{ dev: 'next dev', start: 'node app.js' }, 'start'],
    [{ start: 'turbo start', 'dev:api': 'nodemon app.js' }, 'dev:api'],
    [{ 'start:prod': 'node app.js', server: 'nodemon app.js' }, 'server'],
    [{ develop: 'nodemon app.js', dev: 'node app.js' }, 'dev'],
    [{ serve: 'node app.js', 'watch-server': 'nodemon app.js' }, 'watch-server'],
    [{ start: 'node app.js', 'dev:api': 'node --watch app.js', 'dev:old': 'nodemon app.js' }, 'dev:api'],
    [{ start: 'node app.js', 'dev:api': 'node app.js' }, 'start'],
  ])('of %j is %s', (scripts, expected) => {
    expect(runtime(scripts, { files: { 'app.js': '' } }).script?.name).toBe(expected)
  })
  it.each([{ 'start:prod': 'node app.js' }, { 'test:server': 'node app.js' }, { build: 'node app.js' }])(
    'is none of %j',
    (scripts) => {
      expect(runtime(scripts, { files: { 'app.js': '' } }).script).toBeUndefined()
    },
  )
})

describe('runtimeOf, build output', () => {
  const compiled = (script: string, files: Files): string => dev(script, { files })

  it.each([
    ['tsc && node dist/server.js', 'src/server.ts node none'],
    ['node dist/server', 'src/server.ts node none'],
    ['node dist', 'src/index.ts node none'],
    ['node ./build/src/server.js', 'src/server.ts node none'],
    ['tsc-watch --onSuccess "node ./dist/index.js"', 'src/index.ts node none'],
    ['tsup --watch --onSuccess="node dist/index.js"', 'src/index.ts node none'],
    ['concurrently "tsc -w" "nodemon dist/server.js"', 'src/server.ts nodemon none'],
    ['cd dist && node server.js', 'src/server.ts node none'],
  ])('%s', (script, expected) => {
    expect(compiled(script, { 'dist/server.js': '', 'dist/index.js': '' })).toBe(expected)
    expect(compiled(script, {})).toBe(expected)
  })

  it.each([
    ['{"compilerOptions": {"outDir": "lib", "rootDir": "server"}}', 'server/api/start.ts'],
    ['{"compilerOptions": {/* comment */ "outDir": "./lib/", "rootDir": "./server",}}', 'server/api/start.ts'],
    ['{"compilerOptions": {"outDir": "lib"}}', 'src/api/start.ts'],
    ['{"extends": "./tsconfig.base.json", "compilerOptions": {"rootDir": "server"}}', 'server/api/start.ts'],
    ['{"extends": "not-installed", "compilerOptions": {"outDir": "lib", "rootDir": "server"}}', 'server/api/start.ts'],
    ['{"compilerOptions": {"rootDir": "server"}}', 'lib/api/start.js'],
    ['{"compilerOptions": {"outDir": "."}}', 'lib/api/start.js'],
    ['not json', 'lib/api/start.js'],
  ])('with the tsconfig %s is %s', (tsconfig, expected) => {
    const files = {
      'tsconfig.json': tsconfig,
      'tsconfig.base.json': '{"compilerOptions": {"outDir": "lib"}}',
      'lib/api/start.js': '',
      'server/api/start.ts': '',
      'src/api/start.ts': '',
    }
    // tsconfig.base.json would give its `outDir` to all of them.
    const { 'tsconfig.base.json': base, ...rest } = files
    const used = tsconfig.includes('tsconfig.base.json') ? { ...rest, 'tsconfig.base.json': base } : rest
    expect(runtime({ dev: 'node lib/api/start.js' }, { files: used }).entry).toBe(expected)
  })

  it('of tsconfig.build.json', () => {
    const files = {
      'tsconfig.build.json': '{"compilerOptions": {"outDir": "lib"}}',
      'lib/app.js': '',
      'src/app.ts': '',
    }
    expect(runtime({ dev: 'node lib/app.js' }, { files }).entry).toBe('src/app.ts')
  })
  it('whose source is missing is no entry', () => {
    expect(runtime({ dev: 'node dist/bundle.js' }, { files: { 'dist/bundle.js': '' } }).entry).toBeUndefined()
  })
  it('is plain JavaScript copied from src', () => {
    expect(runtime({ dev: 'node dist/app.js' }, { files: { 'dist/app.js': '', 'src/app.js': '' } }).entry).toBe(
      'src/app.js',
    )
  })
  it('of .mjs is .mts', () => {
    const files = { 'src/app.ts': '', 'src/app.mts': '' }
    expect(runtime({ dev: 'node dist/app.mjs' }, { files }).entry).toBe('src/app.mts')
  })
  it('named for a TypeScript loader is loaded by it', () => {
    expect(dev('tsx src/server.js')).toBe('src/server.ts tsx tsx')
  })
})

describe('runtimeOf, frameworks with a command', () => {
  it('nest start', () => {
    expect(dev('nest start --watch', { framework: 'nestjs' })).toBe('src/main.ts other none')
  })
  it('nest start with swc', () => {
    expect(dev('nest start -b swc -w', { framework: 'nestjs' })).toBe('src/main.ts other swc')
    const files = { 'nest-cli.json': '{"compilerOptions": {"builder": "swc"}}' }
    expect(dev('nest start', { framework: 'nestjs', files })).toBe('src/main.ts other swc')
    const typed = { 'nest-cli.json': '{"compilerOptions": {"builder": {"type": "swc"}}}' }
    expect(dev('nest start', { framework: 'nestjs', files: typed })).toBe('src/main.ts other swc')
  })
  it('nest start of another root', () => {
    const files = { 'nest-cli.json': '{"sourceRoot": "server", "entryFile": "boot"}', 'server/boot.ts': '' }
    expect(dev('nest start --debug --watch', { framework: 'nestjs', files })).toBe('server/boot.ts other none')
  })
  it('nest start of one of several projects', () => {
    const files = {
      'nest-cli.json': '{"sourceRoot": "apps/a/src", "projects": {"b": {"sourceRoot": "apps/b/src"}}}',
      'apps/a/src/main.ts': '',
      'apps/b/src/main.ts': '',
    }
    expect(dev('nest start b --watch', { framework: 'nestjs', files })).toBe('apps/b/src/main.ts other none')
    expect(dev('nest start --watch', { framework: 'nestjs', files })).toBe('apps/a/src/main.ts other none')
    expect(dev('node dist/apps/b/main', { framework: 'nestjs', files })).toBe('apps/b/src/main.ts node none')
  })
  it('nest build is no start', () => {
    expect(runtime({ dev: 'nest build' }, { files: sources, framework: 'nestjs' }).script).toBeUndefined()
  })
  it('kick dev', () => {
    expect(dev('kick dev', { framework: 'kickjs' })).toBe('src/index.ts other swc')
    expect(dev('kick dev:debug', { framework: 'kickjs' })).toBe('src/index.ts other swc')
    expect(runtime({ dev: 'kick build' }, { files: sources, framework: 'kickjs' }).script).toBeUndefined()
  })
  it('fastify start', () => {
    expect(dev('fastify start -w -l info -P app.js', { framework: 'fastify' })).toBe('app.js other none')
    expect(dev('fastify start --watch src/app.ts --port 3001', { framework: 'fastify' })).toBe(
      'src/app.ts other native',
    )
    expect(dev('fastify start -r ts-node/register src/app.ts', { framework: 'fastify' })).toBe(
      'src/app.ts other ts-node',
    )
    expect(dev('fastify start -i tsx src/app.ts', { framework: 'fastify' })).toBe('src/app.ts other tsx')
  })
  it('fastify start of what fastify-cli generates', () => {
    const manifest = {
      scripts: {
        'build:ts': 'tsc',
        'watch:ts': 'tsc -w',
        'dev:start': 'fastify start --ignore-watch=.ts$ -w -l info -P dist/app.js',
      },
    }
    const script =
      'npm run build:ts && concurrently -k -p "[{name}]" -n "TypeScript,App" -c "yellow.bold,cyan.bold" "npm:watch:ts" "npm:dev:start"'
    expect(dev(script, { framework: 'fastify', manifest })).toBe('src/app.ts other none')
  })
  it('fastify print-routes is no start', () => {
    expect(runtime({ dev: 'fastify print-routes app.js' }, { files: sources }).script).toBeUndefined()
  })
})

describe('runtimeOf, AdonisJS', () => {
  const six = { dependencies: { '@adonisjs/core': '^6.18.0' }, devDependencies: { '@adonisjs/assembler': '^7.8.2' } }
  const seven = { dependencies: { '@adonisjs/core': '^7.0.0' }, devDependencies: { '@adonisjs/assembler': '^8.5.2' } }
  const files = { 'bin/server.ts': '', 'src/server.ts': '', 'ace.js': '' }
  const adonis = (scripts: Files, manifest: Settings['manifest'] = six, more: Files = {}): Runtime =>
    runtime(scripts, { manifest, files: { ...files, ...more }, framework: 'adonisjs' })

  it('6 runs with ts-node', () => {
    expect(adonis({ dev: 'node ace serve --hmr' })).toMatchObject({
      entry: 'bin/server.ts',
      runner: 'ace',
      loader: 'ts-node',
      hotHook: 'ace',
      watcher: 'hot-hook',
    })
  })
  it('7 runs with ts-exec, and watches files itself', () => {
    expect(adonis({ dev: 'node ace serve --hmr' }, seven)).toMatchObject({
      entry: 'bin/server.ts',
      runner: 'ace',
      loader: 'ts-exec',
      hotHook: 'ace',
      watcher: 'parent',
    })
  })
  it('7 leaves watching to a hot-hook that does not know better', () => {
    const hotHook = (version: string): Files => ({ 'node_modules/hot-hook/package.json': `{"version": "${version}"}` })
    const watcher = (version: string): string =>
      adonis({ dev: 'node ace serve --hmr' }, seven, hotHook(version)).watcher
    expect(watcher('0.4.0')).toBe('hot-hook')
    expect(watcher('0.4.1-next.4')).toBe('parent')
    expect(watcher('1.0.0')).toBe('parent')
  })
  it('without an assembler is told by its own version, and that of no package by ace.js', () => {
    const core = { dependencies: { '@adonisjs/core': '^7.0.0' } }
    expect(adonis({ dev: 'node ace serve' }, core).loader).toBe('ts-exec')
    const unknown = { dependencies: { '@adonisjs/core': 'latest' } }
    expect(adonis({ dev: 'node ace serve' }, unknown, { 'ace.js': "import '@poppinss/ts-exec'\n" }).loader).toBe(
      'ts-exec',
    )
    expect(adonis({ dev: 'node ace serve' }, unknown, { 'ace.js': "import 'ts-node/esm'\n" }).loader).toBe('ts-node')
  })
  it.each([
    ['node ace serve --watch', 'none'],
    ['node ace serve', 'none'],
    ['node ace serve --hmr=false', 'none'],
    ['node ace.js serve --hmr', 'ace'],
    ['NODE_ENV=development node --max-old-space-size=4096 ace serve --hmr', 'ace'],
    ['dotenvx run -- node ace serve --hmr', 'ace'],
    ['concurrently "vite" "PORT=3333 node ace serve --hmr"', 'ace'],
    ['npx react-dsfr update-icons && node ace serve --hmr', 'ace'],
    ['node ace --inspect serve --hmr', 'ace'],
  ])('%s: %s', (script, hotHook) => {
    expect(adonis({ dev: script })).toMatchObject({ runner: 'ace', entry: 'bin/server.ts', hotHook })
  })
  it('is started by the script that runs ace, not by the one for production', () => {
    expect(adonis({ start: 'node bin/server.js', 'dev:app': 'node ace serve --hmr' }).script?.name).toBe('dev:app')
  })
  it('without such a script has its entry all the same', () => {
    expect(adonis({ start: 'node bin/server.js', dev: 'turbo dev' })).toMatchObject({
      entry: 'bin/server.ts',
      runner: 'ace',
      loader: 'ts-node',
      script: undefined,
      hotHook: 'none',
    })
  })
  it('may be started otherwise', () => {
    expect(adonis({ dev: 'tsx watch bin/server.ts', start: 'node bin/server.js' })).toMatchObject({
      entry: 'bin/server.ts',
      runner: 'tsx',
      loader: 'tsx',
    })
  })
  it('node ace migration:run is no start', () => {
    expect(adonis({ dev: 'node ace migration:run' }).script).toBeUndefined()
  })
})

describe('runtimeOf without a script', () => {
  it.each([
    [{ main: 'lib/start.js' }, ['lib/start.js', 'src/index.ts'], 'lib/start.js'],
    [{ main: 'dist/app.js' }, ['src/app.ts', 'src/server.ts'], 'src/app.ts'],
    [{ main: 'missing.js', module: './lib/app.mjs' }, ['lib/app.mjs', 'index.js'], 'lib/app.mjs'],
    [{ exports: './lib/app.js' }, ['lib/app.js', 'index.js'], 'lib/app.js'],
    [{ exports: { '.': { types: './x.d.ts', import: './lib/app.js' } } }, ['lib/app.js', 'index.js'], 'lib/app.js'],
    [{ exports: { './x': './lib/app.js' } }, ['lib/app.js', 'index.js'], 'index.js'],
    [{ main: 'types.d.ts' }, ['types.d.ts', 'index.js'], 'index.js'],
    [{ main: 'data.json' }, ['data.json', 'index.js'], 'index.js'],
    [{}, ['src/index.ts', 'src/server.ts', 'server.ts'], 'src/server.ts'],
    [{}, ['src/main.mts', 'src/app.ts'], 'src/main.mts'],
    [{}, ['server.js', 'index.js'], 'server.js'],
    [{}, ['src/bin/www.ts', 'app.js'], 'src/bin/www.ts'],
    [{}, ['bin/www'], 'bin/www'],
    [{}, ['bin/server.ts'], 'bin/server.ts'],
    [{}, ['lib/other.ts'], undefined],
    [{}, ['node_modules/x/index.js'], undefined],
  ])('%j with %j starts with %s', (manifest, files, expected) => {
    const texts = Object.fromEntries(files.map((file) => [file, '']))
    expect(runtime({}, { manifest, files: texts }).entry).toBe(expected)
  })

  it.each([
    [{ devDependencies: { tsx: '^4' } }, 'tsx'],
    [{ dependencies: { 'ts-node': '^10' } }, 'ts-node'],
    [{ devDependencies: { 'ts-node-dev': '^2' } }, 'ts-node'],
    [{ devDependencies: { '@swc-node/register': '^1' } }, 'swc'],
    [{}, 'native'],
  ])('%j loads TypeScript with %s', (manifest, expected) => {
    expect(runtime({}, { manifest, files: { 'src/server.ts': '' } })).toMatchObject({
      loader: expected,
      runner: 'node',
    })
    expect(runtime({}, { manifest, files: { 'src/server.js': '' } }).loader).toBe('none')
  })
})

describe('runtimeOf, what the person says', () => {
  it('is the entry', () => {
    expect(runtime({ dev: 'tsx src/server.ts' }, { files: sources, entry: 'src/worker.ts' })).toMatchObject({
      entry: 'src/worker.ts',
      runner: 'tsx',
    })
  })
  it('may be no file', () => {
    expect(runtime({ dev: 'tsx src/server.ts' }, { files: sources, entry: 'src/none.ts' }).entry).toBeUndefined()
  })
  it('is the version of Node.js', () => {
    expect(runtime({}, { node: '24.11.1' }).node).toBe('24.11.1')
    expect(runtime({}).node).toBe(process.versions.node)
  })
})

describe('runtimeOf, the entry', () => {
  it('is real', () => {
    const root = directoryWith({ 'package.json': '{"scripts": {"dev": "tsx app/server.ts"}}', 'src/server.ts': '' })
    symlinkSync(join(root, 'src'), join(root, 'app'))
    const text = '{"scripts": {"dev": "tsx app/server.ts"}}'
    expect(runtimeOf(root, JSON.parse(text) as PackageJson, text, 'node').entry).toBe(join(root, 'src/server.ts'))
  })
})
