import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { both, inRounds, machine, measure, printTable, printTarget, ratioTo, spread } from './measure.mjs'
import { cache, generateApplication, run } from './real.mjs'

/*
 * `npm run bench:doctor`: `hot-codemod doctor --json` as a whole process, on real code of about 500 and about 5,000
 * modules, against a floor that starts Node and reads the same files, and against what else draws a module graph.
 *
 * The code is that of Payload, a server: the source maps of its npm package hold its TypeScript sources. 5,000 modules
 * are ten copies of it. Each application has a git history of 1,000 commits. Names of other directories are taken too,
 * by --small and --large: applications that `hot-codemod doctor` accepts.
 */

const HELP = `usage: node bench/doctor.mjs [options]

  --small <directory>   an application of about 500 modules (default: Payload, from npm)
  --large <directory>   an application of about 5,000 modules (default: ten copies of it)
  --rounds <n>          interleaved rounds of floor and doctor (default 11)
  --slow-rounds <n>     rounds of the others (default 1; 0 leaves them out)
  --only <names>        comma-separated, of: floor, start, doctor, knip, madge, skott, dependency-cruiser, typescript
  --bin <file>          another build of the CLI (default: bin/hot-codemod.js)
  --json                print the figures as JSON

Peers and code are installed from npm into node_modules/.cache/hot-codemod-bench, applications are generated into
hot-codemod-bench in the directory for temporary files.
`

/** Times the floor's, CPU and wall. */
const TARGETS = { small: 3, large: 4 }
const COPIES = 10

const PEERS = {
  'dependency-cruiser': '17.4.3',
  knip: '6.44.2',
  madge: '8.0.0',
  skott: '0.35.12',
  // The newest that madge takes. The Program is that of the repository's own TypeScript.
  typescript: '5.9.3',
}

const repository = fileURLToPath(new URL('..', import.meta.url))
const peer = (path) => join(cache, 'peers/node_modules', path)

/** What a peer's API takes; run from the peers' directory, they print how many modules they found. */
const SCRIPTS = {
  'skott.mjs': `
    import skott from 'skott'
    const [, , entrypoint] = process.argv
    const { getStructure } = await skott({ entrypoint, cwd: process.cwd(), tsConfigPath: 'tsconfig.json', verbose: false })
    console.log(Object.keys(getStructure().graph).length)
    process.exit(0)
  `,
  'typescript.mjs': `
    import ts from ${JSON.stringify(pathToFileURL(join(repository, 'node_modules/typescript/lib/typescript.js')).href)}
    const [, , entry] = process.argv
    const { config } = ts.readConfigFile('tsconfig.json', ts.sys.readFile)
    const { options } = ts.parseJsonConfigFileContent(config, { ...ts.sys, readDirectory: () => [] }, process.cwd())
    const program = ts.createProgram([entry], { ...options, noLib: true, types: [] })
    console.log(program.getSourceFiles().filter(({ isDeclarationFile }) => !isDeclarationFile).length)
  `,
}

/**
 * - `command` gives the arguments of node; the working directory is that of the application.
 * - `count` reads from the output how many modules were found.
 */
const tools = [
  {
    name: 'start',
    title: 'node, nothing else',
    command: () => ['-e', '0'],
    slow: false,
  },
  {
    name: 'floor',
    title: 'floor: node, read the same files',
    command: ({ list }) => [
      '-e',
      'const { readFileSync } = require("fs"); for (const path of readFileSync(process.argv[1], "utf8").split("\\n")) readFileSync(path, "utf8")',
      list,
    ],
    slow: false,
  },
  {
    name: 'doctor',
    title: 'hot-codemod doctor --json',
    command: ({ directory }, { bin }) => [bin, 'doctor', directory, '--json'],
    // With 1 something is left to do.
    exits: [0, 1],
    count: (output) => JSON.parse(output).files?.length,
    slow: false,
  },
  {
    name: 'typescript',
    title: 'TypeScript Program, no types checked',
    command: ({ entry }) => [peer('../typescript.mjs'), entry],
    count: Number,
    slow: true,
  },
  {
    name: 'knip',
    title: 'knip (finds more than a graph)',
    command: () => [peer('knip/bin/knip.js'), '--reporter', 'json', '--no-exit-code', '--no-config-hints'],
    slow: true,
  },
  {
    name: 'madge',
    title: 'madge',
    command: ({ entry }) => [
      peer('madge/bin/cli.js'),
      '--json',
      '--no-spinner',
      '--extensions',
      'ts,tsx,js',
      '--ts-config',
      'tsconfig.json',
      entry,
    ],
    count: (output) => Object.keys(JSON.parse(output)).length,
    slow: true,
  },
  {
    name: 'skott',
    title: 'skott',
    command: ({ entry }) => [peer('../skott.mjs'), entry],
    count: (output) => Number(output.trim().split('\n').at(-1)),
    slow: true,
  },
  {
    name: 'dependency-cruiser',
    title: 'dependency-cruiser, types told apart',
    command: ({ entry }) => [
      peer('dependency-cruiser/bin/dependency-cruise.mjs'),
      '--no-config',
      '--ts-config',
      'tsconfig.json',
      '--ts-pre-compilation-deps',
      '--do-not-follow',
      'node_modules',
      '--output-type',
      'json',
      entry,
    ],
    count: (output) =>
      JSON.parse(output).modules.filter(({ couldNotResolve, coreModule }) => !couldNotResolve && !coreModule).length,
    slow: true,
  },
]

function installPeers() {
  const directory = join(cache, 'peers')
  mkdirSync(directory, { recursive: true })
  const manifest = `${JSON.stringify({ private: true, type: 'module', dependencies: PEERS }, null, 2)}\n`
  const path = join(directory, 'package.json')
  if (!existsSync(join(directory, 'node_modules')) || readFileSync(path, 'utf8') !== manifest) {
    writeFileSync(path, manifest)
    run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], directory)
  }
  for (const [name, text] of Object.entries(SCRIPTS)) writeFileSync(join(directory, name), text)
}

/** What doctor reads of an application: the floor reads the same files. */
function survey(directory, bin) {
  const root = realpathSync(directory)
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, 'doctor', root, '--json'], {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  })
  if (status !== 0 && status !== 1) throw new Error(`doctor exited with ${status} on ${root}:\n${stderr}`)
  const report = JSON.parse(stdout)
  const paths = report.files.map(({ path }) => resolve(root, path))
  const list = join(cache, `${createHash('sha256').update(root).digest('hex').slice(0, 12)}.txt`)
  writeFileSync(list, paths.join('\n'))
  const bytes = paths.reduce((sum, path) => sum + readFileSync(path).length, 0)
  const entry = report.files.find(({ reason }) => reason === 'entry')?.path ?? report.files[0].path
  return { directory: root, list, entry, files: paths.length, bytes }
}

function bench(application, chosen, options) {
  const runs = inRounds(
    chosen.map((tool) => ({ ...tool, rounds: tool.slow ? options.slowRounds : options.rounds })),
    ({ name, command, exits = [0], count }) => {
      const figures = measure([process.execPath, ...command(application, options)], application.directory)
      if (!exits.includes(figures.status)) {
        return { ...figures, failed: `exited with ${figures.status}: ${figures.output.trim().slice(-300)}` }
      }
      return { ...figures, modules: counted(name, count, figures.output) }
    },
  )
  return runs.map(({ tool: { name, title }, done }) => ({
    name,
    title,
    rounds: done.length,
    cpu: spread(done, 'cpu'),
    wall: spread(done, 'wall'),
    rss: spread(done, 'rss'),
    modules: done[0].modules,
    failed: done.find(({ failed }) => failed)?.failed,
  }))
}

function counted(name, count, output) {
  if (!count) return undefined
  try {
    return count(output)
  } catch (error) {
    throw new Error(`What ${name} printed cannot be read (${error.message}):\n${output.slice(0, 500)}`)
  }
}

function print(size, { files, bytes, directory }, measured) {
  console.log(`\n${size}: ${files} modules, ${(bytes / 1e6).toFixed(1)} MB, ${directory}\n`)
  const floor = measured.find(({ name }) => name === 'floor')
  const ratio = (key, tool) => (floor ? both(ratioTo(floor[key], tool[key])) : '')
  printTable(
    ['min / median', 'rounds', 'CPU s', 'CPU / floor', 'wall s', 'wall / floor', 'peak MB', 'modules'],
    measured.map((tool) => [
      tool.title,
      String(tool.rounds),
      both(tool.cpu),
      ratio('cpu', tool),
      both(tool.wall),
      ratio('wall', tool),
      Number.isNaN(tool.rss.median) ? '' : String(Math.round(tool.rss.median)),
      tool.failed ? 'failed' : String(tool.modules ?? ''),
    ]),
  )
  for (const { title, failed } of measured) if (failed) console.log(`${title} ${failed}`)
}

const { values } = parseArgs({
  options: {
    small: { type: 'string' },
    large: { type: 'string' },
    rounds: { type: 'string', default: '11' },
    'slow-rounds': { type: 'string', default: '1' },
    only: { type: 'string' },
    bin: { type: 'string', default: join(repository, 'bin/hot-codemod.js') },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
})
if (values.help) {
  console.log(HELP)
} else {
  const names = values.only?.split(',')
  const unknown = names?.find((name) => !tools.some((tool) => tool.name === name))
  if (unknown !== undefined) throw new RangeError(`There is no \`${unknown}\` to measure.\n${HELP}`)
  const options = { rounds: Number(values.rounds), slowRounds: Number(values['slow-rounds']), bin: resolve(values.bin) }
  const chosen = tools.filter(
    ({ name, slow }) => (names?.includes(name) ?? true) && !(slow && options.slowRounds === 0),
  )
  mkdirSync(cache, { recursive: true })
  if (chosen.some(({ slow }) => slow)) installPeers()
  const results = {}
  for (const size of ['small', 'large']) {
    const directory = values[size] ?? generateApplication(`app-${size}`, size === 'small' ? 1 : COPIES)
    const application = survey(directory, options.bin)
    results[size] = { ...application, tools: bench(application, chosen, options) }
  }
  if (values.json) {
    console.log(JSON.stringify(results, null, 2))
  } else {
    console.log(machine())
    for (const [size, { tools: measured, ...application }] of Object.entries(results))
      print(size, application, measured)
    console.log()
    for (const [size, { files, tools: measured }] of Object.entries(results)) {
      const floor = measured.find(({ name }) => name === 'floor')
      const doctor = measured.find(({ name }) => name === 'doctor')
      if (!floor || !doctor) continue
      for (const key of ['cpu', 'wall']) {
        const label = key === 'cpu' ? 'CPU' : 'wall'
        printTarget(`doctor / floor, ${label} (${files} modules)`, TARGETS[size], ratioTo(floor[key], doctor[key]))
      }
    }
  }
}
