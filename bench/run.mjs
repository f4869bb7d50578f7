import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { compareCorpus, generateCorpus } from './corpus.mjs'
import { both, inRounds, machine, measure, printTable, printTarget, ratioTo, spread } from './measure.mjs'

/*
 * `npm run bench`: the CLI, the same rewrite under the linters and jscodeshift, and a floor that only reads and parses,
 * each as a whole process over its own copy of the corpus. What each leaves behind is compared byte by byte with what
 * the corpus demands. CPU is user and system time of the process and its children, so that it does not depend on
 * how many cores were free; still, compare ratios from one run, not seconds from two.
 */

const HELP = `usage: node bench/run.mjs [options]

  --rounds <n>        interleaved rounds of the fast ones (default 5)
  --slow-rounds <n>   rounds of ESLint and jscodeshift (default 1)
  --only <names>      comma-separated, of: read, floor, ours, oxlint, eslint, jscodeshift
  --in <directory>    where the copies go (default: the system's directory for temporary files)
  --json              print the figures as JSON

CPU includes what the file system takes to write: compare runs on the same one. On ext4, replacing the 1,000 files
that change costs more than parsing them; on tmpfs (--in /dev/shm) next to nothing.
`

/** CPU of the CLI may be this many times that of reading and parsing every file. */
const TARGET = 2

const repository = fileURLToPath(new URL('..', import.meta.url))
const installed = (path) => join(repository, 'node_modules', path)
const rule = 'hot-codemod/prefer-lazy-controller-import'

/**
 * - `command` gives the arguments of node for a copy of the corpus; the working directory is that copy.
 * - `passes` is how often it has to run until nothing is left to fix.
 * - `writes` is false for what leaves the copy as it is.
 * - `exits` are the exit codes of a run that did its work.
 */
const tools = [
  {
    name: 'read',
    title: 'floor: read every file',
    command: (copy) => [join(repository, 'bench/floor.mjs'), 'read', copy],
    writes: false,
    exits: [0],
    slow: false,
  },
  {
    name: 'floor',
    title: 'floor: read and parse (oxc-parser, module record)',
    command: (copy) => [join(repository, 'bench/floor.mjs'), 'parse', copy],
    writes: false,
    exits: [0],
    slow: false,
  },
  {
    name: 'ours',
    title: 'hot-codemod migrate',
    command: (copy) => [
      join(repository, 'bin/hot-codemod.js'),
      'migrate',
      copy,
      '--only',
      'lazy-imports',
      '--yes',
      '--allow-dirty',
    ],
    writes: true,
    exits: [0],
    slow: false,
  },
  {
    name: 'oxlint',
    title: 'oxlint --fix three times, our plugin',
    command: (copy, scratch) => {
      const config = join(scratch, 'oxlintrc.json')
      const plugin = { name: 'hot-codemod', specifier: join(repository, 'dist/src/index.js') }
      writeFileSync(
        config,
        JSON.stringify({ categories: { correctness: 'off' }, jsPlugins: [plugin], rules: { [rule]: 'error' } }),
      )
      return [installed('oxlint/bin/oxlint'), '-c', config, '--fix', '.']
    },
    writes: true,
    // A run makes one pass, and the fix of an import whose class is a type too reaches down to that type, over others.
    passes: 3,
    // The imports that have to stay are reported.
    exits: [0, 1],
    slow: false,
  },
  {
    name: 'eslint',
    title: 'ESLint --fix, our plugin',
    command: () => [
      installed('eslint/bin/eslint.js'),
      '--config',
      join(repository, 'bench/eslint.config.mjs'),
      '--fix',
      '.',
    ],
    writes: true,
    exits: [0, 1],
    slow: true,
  },
  {
    name: 'jscodeshift',
    title: 'jscodeshift, our transform',
    command: (copy, scratch) => {
      // As a user has it: below node_modules, where jscodeshift's Babel leaves the transform alone.
      const packages = join(scratch, 'node_modules')
      mkdirSync(packages, { recursive: true })
      if (!existsSync(join(packages, 'hot-codemod'))) symlinkSync(repository, join(packages, 'hot-codemod'), 'dir')
      const transform = join(packages, 'hot-codemod/dist/codemods/lazy-imports.js')
      return [installed('jscodeshift/bin/jscodeshift.js'), '--extensions=ts', '--fail-on-error', '-t', transform, copy]
    },
    writes: true,
    exits: [0],
    slow: true,
  },
]

function bench(chosen, rounds, parent) {
  const directory = mkdtempSync(join(parent, 'hot-codemod-bench-'))
  try {
    const corpus = generateCorpus(directory)
    const runs = inRounds(
      chosen.map((tool) => ({ ...tool, rounds: tool.slow ? rounds.slow : rounds.fast })),
      (tool) => runOnce(tool, directory),
    )
    return { corpus, tools: runs.map(({ tool, done }) => summary(tool, done)) }
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

/** One run over a fresh copy of the corpus; the copy is not part of the figures. */
function runOnce({ name, command, passes = 1, writes, exits }, directory) {
  const copy = join(directory, 'copy')
  rmSync(copy, { recursive: true, force: true })
  cpSync(join(directory, 'app'), copy, { recursive: true })
  const figures = { wall: 0, cpu: 0, rss: 0 }
  for (let pass = 0; pass < passes; pass += 1) {
    const { status, output, wall, cpu, rss } = measure([process.execPath, ...command(copy, directory)], copy)
    if (!exits.includes(status)) throw new Error(`${name} exited with ${status}:\n${output.slice(-4000)}`)
    figures.wall += wall
    figures.cpu += cpu
    figures.rss = Math.max(figures.rss, rss)
  }
  return writes ? { ...figures, ...compareCorpus(copy, join(directory, 'expected')) } : figures
}

function summary({ name, title, writes }, runs) {
  return {
    name,
    title,
    rounds: runs.length,
    cpu: spread(runs, 'cpu'),
    wall: spread(runs, 'wall'),
    rss: spread(runs, 'rss'),
    ...(writes
      ? { identical: Math.min(...runs.map(({ identical }) => identical)), different: runs.at(-1).different.slice(0, 3) }
      : {}),
  }
}

function print({ corpus, tools: measured }) {
  const floor = measured.find(({ name }) => name === 'floor')
  console.log(machine())
  console.log(
    `${corpus.files} files, ${(corpus.bytes / 1e6).toFixed(1)} MB, ${corpus.lines} lines; of ${corpus.imports} imports of controllers ${corpus.lazy} become lazy\n`,
  )
  const rows = measured.map(({ title, rounds, cpu, wall, rss, identical }) => [
    title,
    String(rounds),
    both(cpu),
    floor ? both(ratioTo(floor.cpu, cpu)) : '',
    both(wall),
    Number.isNaN(rss.median) ? '' : String(Math.round(rss.median)),
    identical === undefined ? '' : `${identical} of ${corpus.files}`,
  ])
  const head = ['min / median', 'rounds', 'CPU s', 'CPU / floor', 'wall s', 'peak MB', 'as expected']
  printTable(head, rows)
  for (const { title, different = [] } of measured) {
    if (different.length > 0) console.log(`\n${title}: not as expected: ${different.join(', ')}, …`)
  }
  const ours = measured.find(({ name }) => name === 'ours')
  if (!floor || !ours) return
  console.log()
  printTarget('ours / floor', TARGET, ratioTo(floor.cpu, ours.cpu))
}

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    'slow-rounds': { type: 'string', default: '1' },
    only: { type: 'string' },
    in: { type: 'string', default: tmpdir() },
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
  if (!existsSync(join(repository, 'dist')))
    throw new Error('There is no dist: build first, with `npx tsc -p tsconfig.json`.')
  const chosen = tools.filter(({ name }) => names?.includes(name) ?? true)
  const results = bench(chosen, { fast: Number(values.rounds), slow: Number(values['slow-rounds']) }, values.in)
  if (values.json) console.log(JSON.stringify(results, null, 2))
  else print(results)
  if (results.tools.some(({ identical }) => identical !== undefined && identical !== results.corpus.files))
    process.exitCode = 1
}
