import { cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { both, inRounds, machine, measure, printTable, spread } from './measure.mjs'

/*
 * `npm run bench:start`: how long a person waits for a command to begin, and for a small application (examples/express,
 * ten files, a git repository) to be done. Whole processes, in rounds, beside a node that runs an empty file.
 */

const HELP = `usage: node bench/start.mjs [options]

  --rounds <n>    interleaved rounds (default 21)
  --bin <file>    another build of the CLI (default: bin/hot-codemod.js)
  --json          print the figures as JSON
`

/** Milliseconds of wall time, the median: over that of the empty file for what only prints, else in total. */
const TARGETS = { '--help': 60, '--version': 60, migrate: 300 }

const repository = fileURLToPath(new URL('..', import.meta.url))
const COMMANDS = ['--help', '--version', 'migrate --help', 'migrate', 'migrate --dry-run', 'doctor']

function bench(rounds, bin) {
  const scratch = mkdtempSync(join(tmpdir(), 'hot-codemod-bench-start-'))
  try {
    const application = join(scratch, 'application')
    cpSync(join(repository, 'examples/express'), application, { recursive: true })
    const author = ['-c', 'user.name=bench', '-c', 'user.email=bench@example.com']
    for (const args of [['init'], ['add', '--all'], [...author, 'commit', '--message', 'All']]) {
      measure(['git', ...args], application)
    }
    const empty = join(scratch, 'empty.js')
    writeFileSync(empty, '')
    const tools = [
      { title: 'node empty.js', command: [empty], rounds },
      ...COMMANDS.map((title) => ({ title, command: [bin, ...title.split(' ')], rounds })),
    ]
    return inRounds(tools, ({ title, command }) => {
      const run = measure([process.execPath, ...command], application)
      // With 1 something is left to do.
      if (run.status !== 0 && run.status !== 1) throw new Error(`${title} exited with ${run.status}:\n${run.output}`)
      return { wall: 1000 * run.wall, cpu: 1000 * run.cpu }
    }).map(({ tool, done }) => ({ title: tool.title, wall: spread(done, 'wall'), cpu: spread(done, 'cpu') }))
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

function print(results) {
  const [floor] = results
  const whole = ({ min, median }) => both({ min, median }, 0)
  printTable(
    ['ms, least / median', 'wall', 'over node', 'CPU'],
    results.map(({ title, wall, cpu }) => [
      title,
      whole(wall),
      (wall.median - floor.wall.median).toFixed(0),
      whole(cpu),
    ]),
  )
  console.log(`\n${machine()}`)
  for (const [name, target] of Object.entries(TARGETS)) {
    const { wall } = results.find(({ title }) => title === name)
    const isOver = name.startsWith('--')
    const figure = isOver ? wall.median - floor.wall.median : wall.median
    const what = isOver ? `${name}, over node` : `${name}, in total`
    console.log(`${what} <= ${target} ms: ${figure <= target ? 'yes' : 'no'} (${figure.toFixed(0)})`)
  }
}

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '21' },
    bin: { type: 'string', default: 'bin/hot-codemod.js' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
})
if (values.help) {
  console.log(HELP)
} else {
  const bin = values.bin === 'bin/hot-codemod.js' ? join(repository, values.bin) : resolve(values.bin)
  if (!existsSync(join(repository, 'dist'))) throw new Error('There is no dist: build first, with `npm run build`.')
  const results = bench(Number(values.rounds), bin)
  if (values.json) console.log(JSON.stringify(results, null, 2))
  else print(results)
}
