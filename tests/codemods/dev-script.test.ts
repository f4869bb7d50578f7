import { describe, expect, it } from 'vitest'
import devScript from '../../codemods/dev-script.ts'
import { hmrScript } from '../../codemods/dev-script/ace.ts'
import { run } from './run.ts'

describe('hmrScript', () => {
  it.each([
    ['node ace serve --watch', 'node ace serve --hmr'],
    ['node ace serve -w', 'node ace serve --hmr'],
    ['node ace serve -wp', 'node ace serve -p --hmr'],
    ['node ace serve --watch=true', 'node ace serve --hmr'],
    ['node ace serve', 'node ace serve --hmr'],
    ['node ace.js serve --watch', 'node ace.js serve --hmr'],
    ['node ./ace serve --watch', 'node ./ace serve --hmr'],
    ['node ace --no-ansi serve --watch', 'node ace --no-ansi serve --hmr'],
    ['node  ace  serve  --watch  --no-clear', 'node  ace  serve  --hmr  --no-clear'],
    ['node ace serve --assets', 'node ace serve --assets --hmr'],
    ['node ace serve --assets-args="--debug --watch"', 'node ace serve --assets-args="--debug --watch" --hmr'],
    ["node ace serve --assets-args '--port 80' --watch", "node ace serve --assets-args '--port 80' --hmr"],
    ['NODE_ENV=development node ace serve --watch', 'NODE_ENV=development node ace serve --hmr'],
    ['ENV_PATH=../../ node ace serve --watch', 'ENV_PATH=../../ node ace serve --hmr'],
    ['cross-env NODE_ENV=development node ace serve --watch', 'cross-env NODE_ENV=development node ace serve --hmr'],
    ['npx cross-env PORT=1 node ace serve --watch', 'npx cross-env PORT=1 node ace serve --hmr'],
    ['set NODE_ENV=development&& node ace serve --watch', 'set NODE_ENV=development&& node ace serve --hmr'],
    ['node --max-old-space-size=4096 ace serve --watch', 'node --max-old-space-size=4096 ace serve --hmr'],
    ['node -r dotenv/config ace serve --watch', 'node -r dotenv/config ace serve --hmr'],
    ['node --inspect --import tsx ace serve --watch', 'node --inspect --import tsx ace serve --hmr'],
    ['dotenvx run -- node ace serve --watch', 'dotenvx run -- node ace serve --hmr'],
    [
      'pnpm exec dotenvx run -f .env -- node ace serve --watch',
      'pnpm exec dotenvx run -f .env -- node ace serve --hmr',
    ],
    ['npm run build:css && node ace serve --watch', 'npm run build:css && node ace serve --hmr'],
    ['vite build && node ace serve --watch', 'vite build && node ace serve --hmr'],
    ['vite build --watch & node ace serve', 'vite build --watch & node ace serve --hmr'],
    ['node ace serve & vite build --watch', 'node ace serve --hmr & vite build --watch'],
    ['node ace serve | pino-pretty', 'node ace serve --hmr | pino-pretty'],
    ['node ace serve > log.txt 2>&1', 'node ace serve --hmr > log.txt 2>&1'],
    ['(node ace serve)', '(node ace serve --hmr)'],
    ['node ace serve -- --watch', 'node ace serve --hmr -- --watch'],
    ['concurrently "vite" "node ace serve --watch"', 'concurrently "vite" "node ace serve --hmr"'],
    [
      "concurrently 'vite --watch' 'PORT=3333 node ace serve'",
      "concurrently 'vite --watch' 'PORT=3333 node ace serve --hmr'",
    ],
    [
      'npx concurrently -k "npm:css" "node ace serve --watch" "vite"',
      'npx concurrently -k "npm:css" "node ace serve --hmr" "vite"',
    ],
    ['sh -c "concurrently \\"node ace serve --watch\\" vite"', 'sh -c "concurrently \\"node ace serve --hmr\\" vite"'],
    ['sh -c "concurrently \\"node ace serve\\" vite"', 'sh -c "concurrently \\"node ace serve --hmr\\" vite"'],
    ['echo "don\'t stop" && node ace serve --watch', 'echo "don\'t stop" && node ace serve --hmr'],
    [
      'node ace migration:run; node ace serve --watch; node ace serve',
      'node ace migration:run; node ace serve --hmr; node ace serve --hmr',
    ],
  ])('%s', (before, after) => {
    expect(hmrScript(before)).toBe(after)
    expect(hmrScript(after)).toBe(after)
  })

  it.each([
    ['node ace serve --hmr'],
    ['node --max-old-space-size=4096 ace serve --hmr'],
    ['concurrently "npm run css" "PORT=3333 node ace serve --hmr"'],
    ['node ace serve --hmr --no-clear'],
    ['node ace serve --watch --no-hmr'],
    ['node ace test --watch'],
    ['node ace build'],
    ['node ace queue:serve --watch'],
    ['node ace list serve'],
    ['node bin/server.js'],
    ['node build/bin/server.js'],
    ['node server.js ace serve'],
    ['tsx watch bin/server.ts'],
    ['vite --watch'],
    ['NODE_ENV=production node ace serve --watch'],
    ['nodemon --exec "node ace serve"'],
    ['nodemon ace.js serve'],
    ['node --watch ace serve'],
    ['pnpm exec node ace serve --watch'],
    ['pnpm --filter api exec node ace serve --watch'],
    ['yarn workspace api node ace serve --watch'],
    ['npm run ace serve -- --watch'],
    ['bun ace serve --watch'],
    ['tsx ace.ts serve --watch'],
    ['ace serve --watch'],
    [''],
    ['"'],
  ])('leaves %s', (script) => {
    expect(hmrScript(script)).toBe(script)
  })
})

describe('dev-script', () => {
  it('replaces --watch and nothing else', async () => {
    const { changed, summary, edits, notes } = await run(devScript, {
      'package.json':
        '{\r\n\t"scripts": {\r\n\t\t"start": "node bin/server.js",\r\n\t\t"dev": "node ace serve --watch"\r\n\t}\r\n}',
    })
    expect(changed).toEqual({
      'package.json':
        '{\r\n\t"scripts": {\r\n\t\t"start": "node bin/server.js",\r\n\t\t"dev": "node ace serve --hmr"\r\n\t}\r\n}',
    })
    expect(summary).toBe('node ace serve --watch → node ace serve --hmr')
    expect(edits).toBe(1)
    expect(notes).toEqual([])
  })

  it('leaves a project that is done', async () => {
    const { changed, summary } = await run(devScript, { 'package.json': '{"scripts":{"dev":"node ace serve --hmr"}}' })
    expect(changed).toEqual({})
    expect(summary).toBe('')
  })

  it('changes every script that runs ace serve', async () => {
    const { changed, summary, edits } = await run(devScript, {
      'package.json':
        '{"scripts":{"dev":"npm run start:dev","start:dev":"node ace serve --watch","start":"PORT=1 node ace serve --watch","test":"node ace test --watch"}}',
    })
    expect(changed['package.json']).toBe(
      '{"scripts":{"dev":"npm run start:dev","start:dev":"node ace serve --hmr","start":"PORT=1 node ace serve --hmr","test":"node ace test --watch"}}',
    )
    expect(summary).toBe('--hmr in start:dev, start')
    expect(edits).toBe(2)
  })

  it('keeps escaped quotes', async () => {
    const { changed } = await run(devScript, {
      'package.json':
        '{"scripts": {"dev": "concurrently \\"vite\\" \\"PORT=3333 node ace serve --watch\\" -n \\"a,b\\""}}\n',
    })
    expect(changed['package.json']).toBe(
      '{"scripts": {"dev": "concurrently \\"vite\\" \\"PORT=3333 node ace serve --hmr\\" -n \\"a,b\\""}}\n',
    )
  })

  it('adds a dev script when no script runs ace serve', async () => {
    const { changed, summary } = await run(devScript, {
      'package.json': '{\n  "scripts": {\n    "build": "node ace build",\n    "start": "node bin/server.js"\n  }\n}\n',
    })
    expect(changed['package.json']).toBe(
      '{\n  "scripts": {\n    "build": "node ace build",\n    "dev": "node ace serve --hmr",\n    "start": "node bin/server.js"\n  }\n}\n',
    )
    expect(summary).toBe('"dev": "node ace serve --hmr" added')
  })

  it('adds it at the end of scripts that are not in alphabetical order', async () => {
    const { changed } = await run(devScript, {
      'package.json': '{"scripts":{"start":"node bin/server.js","build":"node ace build"}}',
    })
    expect(changed['package.json']).toBe(
      '{"scripts":{"start":"node bin/server.js","build":"node ace build","dev":"node ace serve --hmr"}}',
    )
  })

  it('adds the scripts themselves', async () => {
    const { changed } = await run(devScript, { 'package.json': '\uFEFF{\n    "name": "x"\n}\n' })
    expect(changed['package.json']).toBe(
      '\uFEFF{\n    "name": "x",\n    "scripts": {\n        "dev": "node ace serve --hmr"\n    }\n}\n',
    )
  })

  it('adds none when another script runs ace serve', async () => {
    const { changed } = await run(devScript, { 'package.json': '{"scripts":{"serve":"node ace serve --hmr"}}' })
    expect(changed).toEqual({})
  })

  it('leaves a dev script that runs something else', async () => {
    const { changed, notes } = await run(devScript, {
      'package.json': '{\n  "scripts": {\n    "dev": "sh dev.sh"\n  }\n}',
    })
    expect(changed).toEqual({})
    expect(notes).toEqual([
      'manual package.json:3 The script "dev" does not run `ace serve`, and no other script does. Start the development server with `node ace serve --hmr` there.',
    ])
  })

  it('leaves a start script without --watch', async () => {
    const { changed, notes } = await run(devScript, { 'package.json': '{"scripts":{"start":"node ace serve"}}' })
    expect(changed).toEqual({})
    expect(notes).toEqual([
      'manual package.json:1 The script "start" runs `ace serve` without --watch and its name is not that of a development script, so it is left alone. If it is one, add --hmr to it.',
    ])
  })

  it('leaves a script under nodemon, even with --hmr', async () => {
    const { changed, notes } = await run(devScript, {
      'package.json': '{"scripts":{"dev":"nodemon --exec \'node ace serve --hmr\'"}}',
    })
    expect(changed).toEqual({})
    expect(notes).toEqual([
      'manual package.json:1 The script "dev" is left alone: nodemon restarts the server on every change, so nothing is reloaded in place. Run `node ace serve --hmr` without it.',
    ])
  })

  it('leaves a script behind a package runner', async () => {
    const { notes } = await run(devScript, {
      'package.json': '{"scripts":{"dev":"pnpm --filter api exec node ace serve --watch"}}',
    })
    expect(notes).toEqual([
      'manual package.json:1 The script "dev" is left alone: pnpm runs `ace serve`, perhaps in another package. Add --hmr to it, in place of --watch, if it is this one.',
    ])
  })

  it('says nothing about a package runner that has --hmr', async () => {
    const { notes } = await run(devScript, {
      'package.json': '{"scripts":{"dev":"pnpm ace serve --hmr","again":"npm run ace serve -- --hmr"}}',
    })
    expect(notes).toEqual([])
  })

  it('leaves a script for another runtime', async () => {
    const { notes } = await run(devScript, { 'package.json': '{"scripts":{"dev":"tsx ace.ts serve --watch"}}' })
    expect(notes).toEqual([
      'manual package.json:1 The script "dev" is left alone: it does not run `ace serve` with node. Run `node ace serve --hmr` instead.',
    ])
  })

  it('leaves a script for production', async () => {
    const { notes } = await run(devScript, {
      'package.json': '{"scripts":{"dev":"node ace serve --hmr","live":"NODE_ENV=production node ace serve"}}',
    })
    expect(notes).toEqual([
      'info package.json:1 The script "live" is left alone: it sets NODE_ENV=production, so it is not for development.',
    ])
  })

  it('says that --poll is lost', async () => {
    const { changed, notes } = await run(devScript, {
      'package.json': '{"scripts":{"dev":"node ace serve --watch --poll"}}',
    })
    expect(changed['package.json']).toBe('{"scripts":{"dev":"node ace serve --hmr --poll"}}')
    expect(notes).toEqual([
      'info package.json:1 The script "dev" has --poll, which has no effect with --hmr. Where the file system reports no changes (some Docker and WSL mounts), set CHOKIDAR_USEPOLLING=true.',
    ])
  })

  it('asks for a newer @adonisjs/core when --hmr is unknown to it', async () => {
    const { changed, notes } = await run(devScript, {
      'package.json': '{"scripts":{"dev":"node ace serve --watch"}}',
      'node_modules/@adonisjs/core/package.json': '{"version":"6.7.1"}',
    })
    expect(changed).toEqual({})
    expect(notes).toEqual([
      'manual package.json @adonisjs/core 6.7.1 is installed, and `ace serve --hmr` exists from 6.8.0 on. Update @adonisjs/core and @adonisjs/assembler, and run again.',
    ])
  })

  it('goes on with the first @adonisjs/core that has it', async () => {
    const { edits } = await run(devScript, {
      'package.json': '{"scripts":{"dev":"node ace serve --watch"}}',
      'node_modules/@adonisjs/core/package.json': '{"version":"6.8.0"}',
    })
    expect(edits).toBe(1)
  })

  it('ignores scripts that are not strings', async () => {
    const { changed } = await run(devScript, {
      'package.json': '{"scripts":{"//":["node ace serve --watch"],"dev":"node ace serve --watch"}}',
    })
    expect(changed['package.json']).toBe('{"scripts":{"//":["node ace serve --watch"],"dev":"node ace serve --hmr"}}')
  })
})
