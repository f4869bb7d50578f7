import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { generateCorpus } from './corpus.mjs'
import { both, inRounds, machine, measure, median, printTable, spread } from './measure.mjs'
import { cache, generateApplication } from './real.mjs'

/*
 * `npm run bench:lint`: what our rules cost. ESLint with `recommended` and `strict`, against ESLint with the same
 * parser, on the same files, and no rules; each as a whole process, one after the other in each round.
 */

const HELP = `usage: node bench/lint.mjs [options] [directory …]

  directory      applications to lint (default: the AdonisJS corpus of bench/corpus.mjs, and Payload, from npm)
  --rounds <n>   interleaved rounds (default 5)
  --json         print the figures as JSON
`

/** CPU that the rules may add, in percent. */
const TARGET = 5

const repository = fileURLToPath(new URL('..', import.meta.url))
const eslint = join(repository, 'node_modules/eslint/bin/eslint.js')

const url = (path) => JSON.stringify(pathToFileURL(join(repository, path)).href)
const BASE = `import parser from ${url('node_modules/@typescript-eslint/parser/dist/index.js')}
const base = { files: ['**/*.{js,mjs,ts,mts,tsx}'], languageOptions: { parser, parserOptions: { ecmaFeatures: { jsx: true } } } }
const quiet = { linterOptions: { reportUnusedDisableDirectives: 'off' } }
`
const CONFIGS = {
  none: `${BASE}export default [base, quiet]\n`,
  ours: `${BASE}import plugin from ${url('dist/src/index.js')}
export default [base, quiet, plugin.configs.recommended, plugin.configs.strict]\n`,
}

function lint(directory, config) {
  const figures = measure(
    [process.execPath, eslint, '--config', config, '--no-inline-config', '--format', 'json', '.'],
    directory,
  )
  if (figures.status > 1) throw new Error(`ESLint exited with ${figures.status}:\n${figures.output.slice(-4000)}`)
  const results = JSON.parse(figures.output)
  const fatal = results.flatMap(({ messages }) => messages).filter((message) => message.fatal).length
  const reports = results.reduce((sum, { messages }) => sum + messages.length, 0) - fatal
  return { ...figures, output: '', files: results.length, fatal, reports }
}

function bench(directory, configs, rounds) {
  const tools = Object.entries(configs).map(([name, config]) => ({ title: name, name, config, rounds }))
  const runs = inRounds(tools, ({ config }) => lint(directory, config))
  const [none, ours] = runs.map(({ done }) => done)
  const percent = (key) => {
    const paired = ours.map((run, round) => 100 * (run[key] / none[round][key] - 1))
    return { min: 100 * (spread(ours, key).min / spread(none, key).min - 1), median: median(paired) }
  }
  return {
    directory,
    files: ours[0].files,
    fatal: ours[0].fatal,
    none: { cpu: spread(none, 'cpu'), wall: spread(none, 'wall'), rss: spread(none, 'rss') },
    ours: { cpu: spread(ours, 'cpu'), wall: spread(ours, 'wall'), rss: spread(ours, 'rss'), reports: ours[0].reports },
    added: { cpu: percent('cpu'), wall: percent('wall') },
  }
}

function print(name, { files, fatal, none, ours, added }) {
  console.log(`\n${name}: ${files} files${fatal > 0 ? `, of which ${fatal} do not parse` : ''}\n`)
  const row = (title, { cpu, wall, rss, reports = '' }) => [
    title,
    both(cpu),
    both(wall),
    Number.isNaN(rss.median) ? '' : String(Math.round(rss.median)),
    String(reports),
  ]
  printTable(
    ['min / median', 'CPU s', 'wall s', 'peak MB', 'reports'],
    [row('ESLint, no rules', none), row('ESLint, recommended and strict', ours)],
  )
  const { min, median: typical } = added.cpu
  console.log(
    `\nrules add <= ${TARGET} % CPU (${name}): ${min <= TARGET ? 'yes' : 'no'} (${min.toFixed(1)} %; median of the rounds ${typical.toFixed(1)} %)`,
  )
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '5' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
})
if (values.help) {
  console.log(HELP)
} else {
  if (!existsSync(join(repository, 'dist')))
    throw new Error('There is no dist: build first, with `npx tsc -p tsconfig.json`.')
  const scratch = mkdtempSync(join(tmpdir(), 'hot-codemod-lint-'))
  try {
    const configs = {}
    for (const [name, text] of Object.entries(CONFIGS)) {
      configs[name] = join(scratch, `${name}.config.mjs`)
      writeFileSync(configs[name], text)
    }
    const results = {}
    const run = (name, directory) => {
      results[name] = bench(realpathSync(directory), configs, Number(values.rounds))
    }
    for (const directory of positionals) run(directory, directory)
    if (positionals.length === 0) {
      generateCorpus(scratch)
      run('AdonisJS corpus', join(scratch, 'app'))
      mkdirSync(cache, { recursive: true })
      run('Payload', generateApplication('app-small', 1))
    }
    if (values.json) {
      console.log(JSON.stringify(results, null, 2))
    } else {
      console.log(machine())
      for (const [name, result] of Object.entries(results)) print(name, result)
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}
