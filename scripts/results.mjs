#!/usr/bin/env node
import { spawnSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

/*
 * `npm run results`: what migrate makes of public applications that nobody here wrote, into docs/results.md.
 *
 * Each is taken at the commit below and migrated in a copy. What is hot then is what doctor says of the files on disk,
 * not what migrate promised. None of their code runs, but the TypeScript that they have installed.
 */

const HELP = `usage: node scripts/results.mjs [options] [name …]

  name          of these applications only, by a part of the name; then docs/results.md is not written
  --apps <dir>  copies that are there, with what they have installed: <dir>/<owner>+<name>; others are cloned
  --install     install what the lockfile of a clone names, without scripts; types are checked where that is there
  --target <n>  percent of the files that are to be hot (default 90)
  --json        print the figures as JSON

Needs a build, git, and for clones the network.
`

/**
 * Every public application met so far that starts a server of ten files of its own or more, of ES modules, on a
 * framework that has adapters. None was left out for its figures. `module`: it is written in `import`, and runs as
 * CommonJS for want of "type": "module", which is added.
 */
const APPLICATIONS = [
  app('AdonisJS', 'adocasts/adocasts', '20260849102b2404e440a3e4c8800793f47b28c2'),
  app('AdonisJS', 'batosai/midona', '68ee6b20721bfad8247c4b524a7797b883ddd7f0', { directory: 'apps/server' }),
  app('AdonisJS', 'BolotnikovMS/log-of-completed-work-server-tm-v2', 'cf436f0302b7c33ca5910ee1a1a1cec92cb37206'),
  app('AdonisJS', 'BridgeWise-Tech-Private/library-api-main', '42f464590aede91272c06922dff9559237981b8b'),
  app('AdonisJS', 'Bryanhurtado0006/Trivia_Backend', '5c20b51565d6084892453c8e65811254370a2d1b'),
  app('AdonisJS', 'camerontredoux/studio2stadium', 'f52a904bfb5f939d5b79978c85e4cf93e64f8721', {
    directory: 'apps/backend',
  }),
  app('AdonisJS', 'Crosstalk-Solutions/project-nomad', 'b6c6ff4f30cb21f2d8fe99e02f0385e63ec21bfd', {
    directory: 'admin',
  }),
  app('AdonisJS', 'DanielRicklin/FortiReportWEB', 'b1e58a9d16fba49b67bb876ba4f744ed48bef0cb'),
  app('AdonisJS', 'grangel1987/sigmig_backend', 'bd987024da9672f80acfd2e629b2fe6e294634e5'),
  app('AdonisJS', 'hectoremilio1000/impulsorestauranteromercado', '5eaa6d0ef8f836c83dbd0d649cbe092e9afad9cc'),
  app('AdonisJS', 'MaloLebrin/boat-management', '5e13ad9685b3d1c80eae7fe7a2d8bc8e3408755e'),
  app('AdonisJS', 'Mel-aine/EnjoyBackEnd', '2fc8bac525484a004e1d3ed7638ceca45ea99afc'),
  app('AdonisJS', 'MTES-MCT/vizeau', 'be86fe22659961f35784b93fd964827c43816bc7'),
  app('AdonisJS', 'RomainLanz/romainlanz.com', '9d6823e4c48f950f93169d23b500fa513c738137', {
    directory: 'apps/romainlanz.com',
  }),
  app('AdonisJS', 'SPACED-MAN/adonis-eos-starter', 'bfc91eafb3ea13288379db0d90edf67194a68e01'),
  app('Express', '0xdevcollins/boundless-backend', 'b43c09837db0a006ed15a150f9a7f3f05da1fae1'),
  app('Express', 'data-fair/processings', '5d0bf1229c64d3af58bb742d647f6c7ba8e4b3d2', { directory: 'api' }),
  app('Express', 'edwinhern/express-typescript', 'f795eab920730af950d9983ee6462e40f52f2ce8', {
    module: true,
    tests: ['vitest', 'run'],
  }),
  app('Express', 'HarshitJain2103/Karigar-Mart', 'db9d50165df966e06a9cea526040bf3bfc588eaa', { directory: 'Backend' }),
  app('Express', 'ishfaqmaknoo/express-ts-api-boilerplate', '33650cfab86f70ae11ea77d0a9f32cca6c469cd9'),
  app('Fastify', '256Taras/fastify-drizzle-orm-starter-kit', 'a6260fdc49112e65053c09df490d0a070408b5fd'),
  app('Fastify', 'AsadGG/fastify-boilerplate-typescript', '8c4a671e161578fb81a9825e2cd81fcb875cb4aa'),
  app('Fastify', 'delvedor/fastify-example', 'd87b6586d09d8b083e97f994969e9f0eeec6fcb2'),
  app('Fastify', 'fastify/demo', '1f50cc1dc6c22c27da937eb96a0ce048ebab23a9'),
  app('Fastify', 'flpcovre/fastify-hexagonal-architecture', '4f5065b3cdcbfd218e2267e5e8ab1084ab3a1eaf'),
  app('Fastify', 'marcoturi/fastify-boilerplate', '0bcca6669ec36acde54a7b714d20a766d4758891'),
  app('Fastify', 'YDNeves/ViajaFacil-Back', '14709f5cf6cf9abab7011ac18fa0d4979b0369df'),
  app('Hono', 'allenlin90/hono-drizzle-api', '3641c8008d8e5d9ec86dc83eb2740ec3d794a432'),
  app('Hono', 'constROD/template-hono-prisma-kysely', 'fde785209f6d5e409b564e1385fa1f3023a38fc3'),
  app('Hono', 'langat68/chukuaride3', 'e50f87b34a7e3cd4f2f663e07b705618aa201294'),
  app('Hono', 'w3cj/hono-open-api-starter', '803d5edfb21f7fe5ecff35b62de36ea9413a47b0'),
  app('Hono', 'zzwtsy/hono-openapi-starter', 'd01290687178ecd2a5092fb2dc9f50f97ee58991', { directory: 'apps/backend' }),
  app('Koa', 'capelaum/PeCopa-2022', '3a7f5bf916cb98d7ec9b29bfc47a7f134954efe8', { directory: 'api', module: true }),
  app('Koa', 'cyan0714/coderhub', '8d2221dd1cbcfa726b02136d572d8018d6552fc6'),
  app('Koa', 'eezd/ts-koa-starter', 'b6e4791138c42d734c6500b2d90d343f1b989792', { module: true }),
  app('Koa', 'rosiirao/koa-template', '663325805b667f1bbf7f6a2c0ba0e5535a7de554'),
]

function app(framework, repository, commit, { directory = '.', module = false, tests } = {}) {
  return { framework, repository, commit, directory, module, tests }
}

const root = fileURLToPath(new URL('..', import.meta.url))
/** Not in node_modules: tsconfig's paths do not hold there. */
const cache = join(realpathSync(tmpdir()), 'hot-codemod-results')
const page = join(root, 'docs/results.md')

/** A copy of an application at its commit. @returns its directory, that of the server, and the commit to go back to. */
function checkOut({ repository, commit, directory, module }, { apps, install }) {
  const name = repository.replace('/', '+')
  const copy = join(cache, name)
  const given = apps === undefined ? undefined : join(resolve(apps), name)
  const isGiven = given !== undefined && existsSync(given)
  if (isGiven) {
    rmSync(copy, { recursive: true, force: true })
    cpSync(realpathSync(given), copy, { recursive: true, filter: (path) => basename(path) !== 'node_modules' })
  } else if (!existsSync(copy)) {
    must('git', [
      'clone',
      '--quiet',
      '--filter=blob:none',
      '--no-checkout',
      `https://github.com/${repository}.git`,
      copy,
    ])
  }
  const server = join(copy, directory)
  must('git', ['config', 'core.excludesFile', join(cache, 'ignored')], copy)
  reset(copy, commit)
  const packages = [...new Set([copy, server])]
  if (isGiven) for (const path of packages) linkInstalled(join(given, relative(copy, path)), path)
  else if (install) installIn(server)
  for (const path of packages) linkHotHook(path)
  if (module) {
    const path = join(server, 'package.json')
    writeFileSync(path, readFileSync(path, 'utf8').replace('{', '{\n  "type": "module",'))
    must(
      'git',
      ['-c', 'user.name=results', '-c', 'user.email=results', 'commit', '--quiet', '-anm', 'ES modules'],
      copy,
    )
  }
  return { copy, server, start: must('git', ['rev-parse', 'HEAD'], copy).trim() }
}

function reset(copy, commit) {
  must('git', ['checkout', '--quiet', '--force', '--detach', commit], copy)
  must('git', ['clean', '-fdq'], copy)
}

/** Links each installed package, so that others can be put beside them and nothing is written where they are. */
function linkInstalled(from, to) {
  const source = join(from, 'node_modules')
  if (!existsSync(source)) return
  const target = join(to, 'node_modules')
  rmSync(target, { recursive: true, force: true })
  for (const name of readdirSync(source)) {
    if (name.startsWith('@')) for (const inner of readdirSync(join(source, name))) link(join(name, inner))
    else link(name)
  }

  function link(name) {
    mkdirSync(dirname(join(target, name)), { recursive: true })
    symlinkSync(join(realpathSync(source), name), join(target, name))
  }
}

/** What migrate adds to devDependencies, as in this repository. */
function linkHotHook(path) {
  const installed = join(path, 'node_modules')
  if (!existsSync(installed)) return
  for (const name of ['hot-hook', '@hot-hook/runner']) {
    const target = join(installed, name)
    rmSync(target, { recursive: true, force: true })
    mkdirSync(dirname(target), { recursive: true })
    symlinkSync(realpathSync(join(root, 'node_modules', name)), target)
  }
}

function installIn(server) {
  if (existsSync(join(server, 'node_modules'))) return
  const has = (lockfile) =>
    [server, dirname(server), dirname(dirname(server))].some((at) => existsSync(join(at, lockfile)))
  const [command, ...args] = has('pnpm-lock.yaml')
    ? ['npx', '--yes', 'pnpm@10', 'install', '--frozen-lockfile', '--ignore-scripts']
    : has('yarn.lock')
      ? ['npx', '--yes', 'yarn@1', 'install', '--frozen-lockfile', '--ignore-scripts']
      : ['npm', has('package-lock.json') ? 'ci' : 'install', '--ignore-scripts', '--no-audit', '--no-fund']
  const { status } = run(command, args, server)
  if (status !== 0) process.stderr.write(`${server}: ${command} ${args.join(' ')} exited with ${status}\n`)
}

/** The output of a command of the CLI that was built, with `--json`. */
function cli(command, server, ...args) {
  const { stdout, stderr } = run(process.execPath, [
    join(root, 'bin/hot-codemod.js'),
    command,
    '--json',
    ...args,
    server,
  ])
  try {
    return JSON.parse(stdout)
  } catch {
    return { error: { message: (stderr || stdout).trim() } }
  }
}

/**
 * What TypeScript says of the server, by code and message: files may move, and the properties of a type and the members
 * of a union are listed in the order in which they were met. undefined where it is not installed.
 */
function typeErrors(server) {
  const tsc = [server, dirname(server), dirname(dirname(server))]
    .map((at) => join(at, 'node_modules/typescript/bin/tsc'))
    .find((path) => existsSync(path))
  if (tsc === undefined || !existsSync(join(server, 'tsconfig.json'))) return undefined
  const { stdout } = run(process.execPath, [tsc, '--noEmit', '--pretty', 'false'], server)
  return [...stdout.matchAll(/^[^\s].*?: error (TS\d+: .*)$/gm)].map(([, message]) =>
    message
      .replaceAll(/'[^']*\{[^']*'/g, "'{…}'")
      .replaceAll(/"[^"]*"(?: \| "[^"]*")+/g, (union) => union.split(' | ').sort().join(' | ')),
  )
}

/** How many tests of an application pass, where it has any that ask for no services. */
function testsOf({ tests }, server) {
  if (tests === undefined) return undefined
  const { stdout, stderr } = run('npx', tests, server)
  // The last line of the kind: runners count files first.
  const [, passed] = [...`${stdout}${stderr}`.matchAll(/(\d+) pass(?:ed|ing)?\b/g)].at(-1) ?? []
  return Number(passed ?? 0)
}

/** The errors of `after` that `before` has not, counted. */
function added(before, after) {
  const known = [...before]
  return after.filter((message) => {
    const at = known.indexOf(message)
    if (at >= 0) known.splice(at, 1)
    return at < 0
  })
}

/** One application: today, with lazy handlers, and with what `--target` adds. */
function measure(application, { target, ...options }) {
  const { copy, server, start } = checkOut(application, options)
  const today = cli('doctor', server)
  if (today.error) return { ...application, error: today.error.message }
  const errors = typeErrors(server)
  const tests = testsOf(application, server)
  cli('migrate', server, '--yes')
  const handlers = cli('doctor', server)
  reset(copy, start)
  const report = cli('migrate', server, '--yes', '--target', target)
  if (report.error) return { ...application, ...asItIs(today), error: report.error.message }
  const after = cli('doctor', server)
  const again = cli('migrate', server, '--yes', '--allow-dirty', '--target', target)
  return {
    ...application,
    today: today.coverage,
    handlers: handlers.coverage,
    after: after.coverage,
    promised: report.coverage.after,
    atBoot: filesAtBoot(after),
    level: report.level,
    edits: report.steps.reduce((sum, { edits }) => sum + edits, 0),
    files: report.files.length,
    types: errors && { before: errors.length, added: added(errors, typeErrors(server)) },
    tests: tests && { before: tests, after: testsOf(application, server) },
    second: again.error ? [again.error.message] : again.files.map(({ path }) => path),
  }
}

/** What is refused stays as it is, and counts as that. */
function asItIs(today) {
  const coverage = { today: today.coverage, handlers: today.coverage, after: today.coverage, promised: today.coverage }
  return { ...coverage, atBoot: filesAtBoot(today), edits: 0, files: 0, second: [] }
}

/** How many files a restart is right for: what the server or its framework starts with, and what that uses then. */
function filesAtBoot({ files, imports }) {
  return files.filter(
    ({ outcome, needsRestart, via }) =>
      outcome !== 'hot' && (needsRestart || (via !== null && isAdonisRc(files[imports[via].from]))),
  ).length
}

/** Preloads and providers are named there. */
const isAdonisRc = ({ path }) => /^adonisrc\.[jt]s$/.test(path)

const share = ({ hot, total }) => (total === 0 ? '' : `${Math.floor((100 * hot) / total)} %`)

/** The columns of the table; those after the fourth are empty for what is left as it is. */
const columns = (target) => [
  ['application', nameOf],
  ['framework', ({ framework }) => framework],
  ['files', ({ today }) => today?.files.total ?? ''],
  ['today', ({ today }) => (today ? share(today.files) : '')],
  ['handlers', ({ handlers }) => share(handlers.files)],
  [`target ${target}`, ({ after, promised }) => share(after.files) + broken(after, promised)],
  ['can', (result) => share(possible(result))],
  ['of that', (result) => share(reached(result))],
  ['edits', ({ today, after }) => (after.edits.total === 0 ? '' : `${share(today.edits)} → ${share(after.edits)}`)],
  ['changes', ({ edits, files }) => `${edits} in ${files}`],
  ['new type errors', ({ types }) => (types ? `${bad(types.added.length)} (${types.before})` : '')],
  [
    'tests',
    ({ tests }) => (tests ? `${tests.before} → ${tests.after === tests.before ? '' : '**'}${tests.after}` : ''),
  ],
  ['second run', ({ second }) => (second.length === 0 ? 'nothing' : `**${second.join(', ')}**`)],
]

function nameOf({ repository, directory, commit, module }) {
  const place = directory === '.' ? '' : `/${directory}`
  return `[${repository}${place}](https://github.com/${repository}/tree/${commit}${place})${module ? ' ¹' : ''}`
}

const bad = (count) => (count === 0 ? '0' : `**${count}**`)
const broken = ({ files }, promised) =>
  files.hot === promised.files.hot ? '' : ` (**${share(promised.files)}** promised)`
const possible = ({ after, atBoot }) => ({ hot: after.files.total - atBoot, total: after.files.total })

const reached = ({ after, atBoot }) => ({ hot: after.files.hot, total: after.files.total - atBoot })

const cells = (result, target) => columns(target).map(([, cell], at) => (at < 4 || result.after ? cell(result) : ''))

const table = (head, rows) => [head, head.map(() => '---'), ...rows].map((line) => `| ${line.join(' | ')} |`).join('\n')

function median(shares) {
  const sorted = shares.filter(({ total }) => total > 0).map(({ hot, total }) => (100 * hot) / total)
  sorted.sort((one, other) => one - other)
  const middle = sorted.slice(Math.ceil(sorted.length / 2) - 1, Math.floor(sorted.length / 2) + 1)
  return sorted.length === 0 ? '' : `${Math.floor(middle.reduce((sum, one) => sum + one, 0) / middle.length)} %`
}

function summary(name, results) {
  return [
    name,
    results.length,
    median(results.map(({ today }) => today.files)),
    median(results.map(({ handlers }) => handlers.files)),
    median(results.map(({ after }) => after.files)),
    median(results.map(possible)),
    median(results.map(reached)),
    median(results.map(({ today }) => today.edits)),
    median(results.map(({ after }) => after.edits)),
  ]
}

/** The page. */
function render(results, target) {
  const measured = results.filter(({ after }) => after)
  const refused = results.filter(({ error }) => error)
  const frameworks = [...new Set(results.map(({ framework }) => framework))]
  const versions = `hot-codemod ${versionIn(root)} and hot-hook ${versionIn(join(root, 'node_modules/hot-hook'))}`
  return `# Results

<!-- Written by \`npm run results\`. -->

What \`migrate\` makes of ${results.length} public applications, each at the commit that its name links to. They are all those met so far that start a server of ten files of their own or more, of ES modules; none was left out for its figures. Measured on ${new Date().toISOString().slice(0, 10)} with ${versions}, on Node.js ${process.versions.node}, by [scripts/results.mjs](../scripts/results.mjs).

- **today**: the share of the server's files that hot-reload as it is.
- **handlers**: after \`hot-codemod migrate --yes\`.
- **target ${target}**: after \`hot-codemod migrate --yes --target ${target}\`. Only what is proven is changed; no suggestion is accepted.
- **can**: the share that could be hot. A restart is right for the others: the entry, what the framework loads by itself (configuration, providers, preloads), and what either uses while the server starts, such as the port to listen on, as far as \`doctor\` can tell.
- **of that**: how much of what could be hot is, after the target.
- **edits**: today and after the target, each file weighted by how often the last 500 edits in git changed it.
- **changes**: edits, and the files that they are in.
- **new type errors**: what the project's own TypeScript says more than before, and how much that was; empty where there is none.
- **tests**: how many tests of the application pass, before and after; empty where they ask for services, or there are none.
- **second run**: what the same command changes when it is run again.

${table(
  ['median', 'applications', 'today', 'handlers', `target ${target}`, 'can', 'of that', 'edits today', 'edits after'],
  [
    summary('**all**', measured),
    ...frameworks.map((name) =>
      summary(
        name,
        measured.filter(({ framework }) => framework === name),
      ),
    ),
  ],
)}

${table(
  columns(target).map(([head]) => head),
  results.map((result) => cells(result, target)),
)}

¹ With \`"type": "module"\` added to its package.json first: it is written in \`import\`, and runs as CommonJS.
${refused.length === 0 ? '' : `\nLeft as they are:\n\n${refused.map((result) => `- ${nameOf(result)}: ${result.error.split('\n')[0]}`).join('\n')}\n`}`
}

const versionIn = (path) => JSON.parse(readFileSync(join(path, 'package.json'), 'utf8')).version

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    apps: { type: 'string' },
    install: { type: 'boolean', default: false },
    target: { type: 'string', default: '90' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
})
if (values.help) {
  process.stdout.write(HELP)
  process.exit()
}
mkdirSync(cache, { recursive: true })
writeFileSync(join(cache, 'ignored'), 'node_modules\n')
const chosen = APPLICATIONS.filter(
  ({ repository }) =>
    positionals.length === 0 || positionals.some((part) => repository.toLowerCase().includes(part.toLowerCase())),
)
const results = []
for (const application of chosen) {
  const result = measure(application, values)
  results.push(result)
  process.stderr.write(`${cells(result, values.target).join('  ')}  ${result.error ?? ''}\n`)
}
if (values.json) process.stdout.write(`${JSON.stringify(results, null, 2)}\n`)
else if (positionals.length === 0) writeFileSync(page, render(results, values.target))

function must(command, args, cwd) {
  const { stdout, stderr, status } = run(command, args, cwd)
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} exited with ${status}: ${stderr.trim()}`)
  return stdout
}

function run(command, args, cwd) {
  const options = { cwd, encoding: 'utf8', maxBuffer: 2 ** 28, env: { ...process.env, CI: '1' } }
  const { stdout, stderr, status, error } = spawnSync(command, args, options)
  if (error) throw error
  return { stdout, stderr, status }
}
