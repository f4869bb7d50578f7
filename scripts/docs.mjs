#!/usr/bin/env node
// Writes what the documentation takes from the code: page headers, the tables of README.md, the reasons, and runs of the
// CLI on examples/express.
// `--check` writes nothing and exits with 1 when something is stale. Needs a build: it reads dist/.
import { existsSync, mkdirSync, readFileSync, readdirSync, realpathSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { asSvg, asText, captures } from './capture.mjs'
import { tables as outcomeTables } from './outcomes-page.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))

const END_OF_HEADER = '<!-- end of the generated header -->'

/** The top of a rule's page, from the rule's `meta`. @param kickjsRules the names of those for KickJS only. */
export function ruleHeader(name, meta, kickjsRules = []) {
  const { docs, fixable, hasSuggestions } = meta
  const badges = [
    {
      recommended: 'Recommended',
      strict: 'In `strict` only',
      kickjs: 'For KickJS, in `kickjs`',
      'package.json': 'For package.json',
    }[presetOf(name, meta, kickjsRules)],
    ...(fixable ? ['Fixable with `--fix`'] : []),
    ...(hasSuggestions ? ['Has suggestions'] : []),
  ]
  return `# hot-codemod/${name}\n\n${docs.description}.\n\n${badges.join(' · ')}\n\n${END_OF_HEADER}\n`
}

/** The smallest preset a rule is in; the file it is for where it is in none. */
function presetOf(name, { docs, languages = ['js/js'] }, kickjsRules) {
  if (!languages.includes('js/js')) return 'package.json'
  if (kickjsRules.includes(name)) return 'kickjs'
  return docs.recommended ? 'recommended' : 'strict'
}

/** The top of a codemod's page. */
export function codemodHeader({ name, description, optIn }) {
  const when = optIn ? `Opt-in: runs with \`--with ${name}\` or \`--only ${name}\`` : 'Runs by default'
  return `# ${name}\n\n${description}.\n\n${when}\n\n${END_OF_HEADER}\n`
}

/** What a person can do about a reason. Its sentence is in src/lazy/reasons.ts. */
const REMEDIES = {
  'every-use-is-lazy': 'Nothing. `--fix` and `migrate` rewrite it.',
  'type-beside-lazy': "Nothing. The fix writes `type X = import('…').X` in place of the type import.",
  'already-lazy': 'Nothing.',
  'mixed-declaration': 'Move that export to a module of its own and import it from there. The rest is then fixed.',
  'also-static': 'Make the other import lazy, or move what it needs to a module of its own. Then this one is fixed.',
  'opaque-cast': 'Remove the cast. If it has to stay, accept the suggestion and check the types.',
  indirect: 'Look at every place that reads the variable. If they all hand it to AdonisJS, accept the suggestion.',
  unused: 'Accept the suggestion: it removes the import.',
  unresolved: 'Correct the path, or `imports` in package.json.',
  'not-a-class':
    'If it is a class that was not recognised, accept the suggestion. If it is a function, see `used-as-value`.',
  'route-name': 'Import it under the name of the class. Or accept the suggestion and name its routes with `.as()`.',
  'named-export': 'Make the class the default export of its module. Then it is fixed.',
  directive: 'Remove the comment if it is not needed. Or accept the suggestion if it may apply to the new line.',
  'side-effects':
    'Move the code that runs on import to a provider or a preload file. Or accept the suggestion if it may run at the first request.',
  'in-decorator':
    'A model turns hot where no module that restarts imports it, nor the models around it: change those imports. `explain` shows the chain.',
  'side-effect-import': 'Import it where the server starts, and what it exports where that is used.',
  'kept-instance':
    'Make what it keeps a constant of a module (`const client = createClient(…)`), or register the class and the name of the method yourself where an instance for each request is right.',
  'bound-instance':
    'On AdonisJS 6, run `npx hot-codemod migrate --only bound-instances`. Elsewhere, register the class and the name of the method yourself.',
  constructed: 'Register the class and the name of the method. Move what other code needs of it to a service.',
  'import-cycle': 'Take the cycle apart, or accept the suggestion and see that the server starts and answers.',
  generated: 'Change what generates it.',
  vendored: 'Register its handlers in a file of your own, or accept that it restarts.',
  regressed: 'Look at what differs, and migrate the file by hand, or accept that it restarts.',
  declined: 'Nothing. To have it lazy after all, remove the `eslint-disable-next-line` comment above the import.',
  unlexable: 'Move the routes to a file without JSX.',
  'function-handler': "Make it a method of a controller class, and register `[Controller, 'method']`.",
  'static-member': 'Move the member to a module of its own.',
  'used-as-value':
    'Move what is used to a module of its own. A function that handles requests: make it a method of a controller, or import its module inside the handler.',
  're-exported': 'Import the class from its own module where it is used, and drop the re-export.',
  namespace: 'Import the classes by name. For functions, see `used-as-value`.',
  'decorator-metadata': 'Inject a service in place of it.',
  'qualified-type': "Export the type under a name of its own, or write `import('…').Name` in its place.",
  'import-attributes': 'Remove them, and list the file in `hotHook.boundaries`.',
  'comment-inside': 'Move the comment out of the import.',
  'used-as-types': 'Nothing. The codemod type-imports rewrites it.',
  'behind-barrel': 'Nothing. The codemod direct-imports rewrites it.',
  'drops-side-effects':
    'Import the module that runs code in the entry, by itself. Or accept the suggestion if it need not run at boot.',
  'evaluation-order': 'Accept the suggestion if the order of the modules does not matter.',
  'between-boundaries':
    'Run `npx hot-codemod migrate --only hot-hook-config`: it takes the imported file out of the globs.',
}

/** The same for what only handlers that are functions have: Express, Fastify, Hono, Koa, node:http. */
const REMEDIES_OF_FUNCTIONS = {
  'app-split': 'Nothing. The codemod app-boundary splits the file.',
  'runs-before-app': 'Look at whether the order matters. If not, accept the suggestion.',
  'adds-elsewhere':
    'Make it in the module itself (a router of its own, that the other one mounts), or have the other module import it.',
  'adds-later': 'Wait for it at the top level of the module: `await connect()`.',
  'memory-state': 'Give it a store (a database, Redis). Or accept the suggestion if it may be lost when you edit.',
  'built-and-served': 'Build the application at the top level of the file, and leave only the start in the function.',
  'shared-declaration': 'Move it to a module of its own, which both import.',
  'made-with-server': 'Move it to a module of its own that gets the server when it starts.',
  'names-file': 'Use `import.meta.dirname`, which stays the same.',
  'entry-imported': 'Export the application from a module of its own, and import it from there.',
  'made-value': 'Nothing. The codemod made-values rewrites it.',
  'kept-server': 'Nothing.',
  preloaded: 'Nothing. The fix adds `await usersController()` behind the constant.',
  'typed-handler': 'Give its parameters types by name, without a rest parameter.',
  deferred: 'Nothing. The codemod deferred-imports rewrites it.',
  'through-reexport': 'Nothing. The codemod hot-reexports rewrites it.',
  'unknown-caller': 'See when the function is called. If it is called after the start too, accept the suggestion.',
  'runs-before-await': 'Await the call. Or accept the suggestion if nothing depends on what the function does first.',
  'kept-value': 'Make it where it is used, or accept the suggestion and restart after an edit of that module.',
  'used-at-load': 'Move what needs it while the module is loaded to a module of its own.',
  'sync-function': 'Make the function `async` if its callers await it.',
  'runs-at-boot': 'Nothing: what runs at boot only needs a restart.',
  'reassigned-export': 'Export a function that gives the value.',
  assertion: 'Nothing, or import the function in a module that is hot.',
  'acts-after-next':
    'Write `return next()`, or `await next()` in Koa, or do what follows in `res.on("finish", …)`. Then it is fixed.',
  'enters-context': 'Use `run()` of the AsyncLocalStorage in its place.',
  thenable: 'Give that export another name.',
  'generic-handler': 'Drop its type parameters, or make the router hot: `--level mount`.',
  'app-unknown': 'Export what `express()`, `new Hono()` or `new Koa()` gives, by itself.',
  'top-level-await': 'Set `module` to `nodenext` or `esnext`, and `target` to `es2022` or later.',
  factory:
    'Run `migrate --with made-values` if it may be made again after an edit. Or make the router hot, with all that it registers: `--level mount` or `--level app`.',
  'constructed-here':
    'Export the instance from the module of its class: `export const users = new UsersController()`. Or run `migrate --with made-values` if it may be made again after an edit.',
  'not-made':
    'Pass it literals and constants of the file, and use it for registrations only. Or make the router hot: `--level mount`.',
  spread: 'Make the router hot: `--level mount`.',
  'not-a-function': 'Nothing, or make the router hot: `--level mount`.',
  'unknown-target': 'Export a function, or make the router hot: `--level mount`.',
  'unknown-wrapper': 'Wrap it in its own module, and export the result.',
  'uses-this': 'Bind it: `users.list.bind(users)`, or make it an arrow function.',
  'uses-arguments': 'Declare the parameters.',
  'never-called': 'Take the parameters away that Express does not pass.',
  'hook-arity': 'Make it `async`, or declare `done`.',
  'function-metadata': 'Pass the properties to the registration.',
  commonjs: 'Make it an ES module.',
  'used-at-start': 'Move it to the module of the application.',
  'app-factory': 'Export the application itself.',
  'app-in-class': 'Return the application from a function, and start the server in the module that calls it.',
  'fastify-server': 'Use the handler level.',
  'fastify-localhost': "Write `host: '127.0.0.1'`, or `'0.0.0.0'`.",
  'fastify-connections': 'Close the application when it is replaced, as it says, or accept them while you develop.',
  'shared-container': 'Make a container for each application.',
  'listen-error': 'Write `createServer(app).listen(port)` and listen to `error`.',
  resource: 'Move it to the entry, or add `import.meta.hot?.dispose(() => …)`.',
  'goes-stale': 'Look at `npx hot-codemod explain` for that file.',
  'sub-app': 'Make it a `Router()`, if it needs no settings of its own.',
  'walks-routes': 'Use the handler level.',
  'static-middleware': 'Run without `--no-middleware`.',
  'closes-over': 'Move it to a module that both import, or use it in the handler only.',
  'loaded-by-name': 'Move the handlers to another directory by hand.',
}

const OF_EVERY_ROLE = {
  directive: '@ts-expect-error',
  mark: '@generated',
  directory: 'vendor',
  why: '`UsersController` stays an instance: it keeps state between requests (`app/controllers/users_controller.ts:4`).',
}

/** What the sentences are about in the tables, for each role: by reason, else by the name of their parameter. */
const EXAMPLES = {
  controller: {
    name: 'UsersController',
    where: '`app/services/pages.ts:1`',
    specifier: '#controllers/users_controller',
    'mixed-declaration': 'USERS_PER_PAGE',
    'type-beside-lazy': 'UserRow',
    declined: 'it keeps a cache',
    regressed: '/users answers 500 in place of 200',
    'side-effects': '`app/controllers/users_controller.ts:3`',
  },
  middleware: {
    name: 'LogMiddleware',
    where: '`providers/log_provider.ts:1`',
    specifier: '#middleware/log_middleware',
    'mixed-declaration': 'LOG_FORMAT',
    'side-effects': '`app/middleware/log_middleware.ts:3`',
  },
  listener: {
    name: 'SendEmail',
    where: '`app/services/mail.ts:1`',
    specifier: '#listeners/send_email',
    'mixed-declaration': 'SENDER',
    'side-effects': '`app/listeners/send_email.ts:3`',
  },
}

const EXAMPLES_OF_FUNCTIONS = {
  name: 'list',
  where: '`src/models/user.ts:12`',
  specifier: './users.controller.cjs',
  'through-reexport': 'users.hot.ts',
  call: "requireRole('admin')",
  what: '`new Pool` in `src/db.ts:3`',
  'acts-after-next': '`src/middleware/log.ts:8`',
  'constructed-here': 'UsersController',
  'app-unknown': 'app',
  'used-at-start': 'app',
  'app-factory': 'createApp',
  'app-in-class': '`Server` (`src/server.ts:12`)',
  'fastify-server': '`src/live.ts:3`',
  'fastify-localhost': '`src/app.ts:3`',
  'shared-container': '`src/di.ts:1`',
  'fastify-connections': '`src/app.ts:3`',
  'adds-elsewhere': '`src/users.ts:4`',
  'adds-later': '`src/app.ts:8`',
  'kept-server': 'app',
  'listen-error': 'app',
  'sub-app': 'admin',
  'static-middleware': 'auth',
  'closes-over': 'cache',
  'loaded-by-name': '@fastify/autoload in src/app.ts:12',
}

/** Reasons that only apply to routes. */
const OF_ROUTES = ['route-name', 'named-export']

/** Reasons that no rule of a role gives: only a run can tell, the rule is switched off there, or they are of other imports. */
const OF_MIGRATE = ['regressed', 'declined', 'used-as-types', 'behind-barrel', 'drops-side-effects', 'evaluation-order']

/** Code, verdict group and parameter of every reason, in the order of src/lazy/reasons.ts. */
function reasonsIn(source) {
  const reasons = []
  let group
  for (const line of source.split('\n')) {
    group = /^ {2}\/\/ (fix|done|suggest|leave)$/.exec(line)?.[1] ?? group
    const found = /^ {2}'?([a-z]+(?:-[a-z]+)*)'?: \((?:(\w+): string)?\) =>/.exec(line)
    if (found && group) reasons.push({ code: found[1], group, parameter: found[2] })
  }
  const codes = reasons.map(({ code }) => code)
  const known = [...Object.keys(REMEDIES), ...Object.keys(REMEDIES_OF_FUNCTIONS)]
  const strangers = [...codes.filter((code) => !known.includes(code)), ...known.filter((code) => !codes.includes(code))]
  if (strangers.length > 0) {
    throw new Error(`REMEDIES in scripts/docs.mjs and src/lazy/reasons.ts do not agree on: ${strangers.join(', ')}.`)
  }
  return reasons
}

function reasonsTable(reasons, explainReason, role) {
  const rows = reasons.map(({ code, group, parameter }) => {
    const examples = code in REMEDIES_OF_FUNCTIONS ? EXAMPLES_OF_FUNCTIONS : EXAMPLES[role ?? 'controller']
    const sentence = explainReason(code, examples[code] ?? examples[parameter] ?? OF_EVERY_ROLE[parameter])
    const remedy = REMEDIES[code] ?? REMEDIES_OF_FUNCTIONS[code]
    return role ? [`\`${code}\``, sentence, remedy] : [`\`${code}\``, `\`${group}\``, sentence, remedy]
  })
  return table(
    role ? ['Reason', 'The report says', 'What to do'] : ['Reason', 'Verdict', 'Sentence', 'What to do'],
    rows,
  )
}

function table(head, rows) {
  const line = (cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

/** `text` with `content` between `<!-- name -->` and `<!-- /name -->`; as it is where it has no such markers. */
function between(text, name, content) {
  const [open, close] = [`<!-- ${name} -->`, `<!-- /${name} -->`]
  const start = text.indexOf(open)
  const end = text.indexOf(close, start)
  if (start === -1 || end === -1) return text
  return `${text.slice(0, start + open.length)}\n\n${content}\n\n${text.slice(end)}`
}

function withHeader(text, header) {
  const end = text.indexOf(END_OF_HEADER)
  return header + (end === -1 ? `\n${text}` : text.slice(end + END_OF_HEADER.length + 1))
}

/** Path and text of every page that is partly generated. @throws when a page is missing. */
async function pages() {
  const load = (path) => import(pathToFileURL(join(root, 'dist', path)).href)
  const [{ rules, kickjsRules }, { codemods }, { explainReason }] = await Promise.all(
    ['rules/index.js', 'codemods/index.js', 'src/lazy/reasons.js'].map(load),
  )
  const reasons = reasonsIn(readFileSync(join(root, 'src/lazy/reasons.ts'), 'utf8'))
  const found = new Map()
  const edit = (path, change) => {
    if (!existsSync(join(root, path))) throw new Error(`${path} is missing.`)
    found.set(path, change(found.get(path) ?? readFileSync(join(root, path), 'utf8')))
  }

  for (const [name, { meta }] of Object.entries(rules)) {
    edit(`docs/rules/${name}.md`, (text) => {
      let page = withHeader(text, ruleHeader(name, meta, kickjsRules))
      for (const role of Object.keys(EXAMPLES)) {
        for (const group of ['suggest', 'leave']) {
          const rows = reasons.filter(
            ({ code, group: own }) =>
              own === group &&
              code in REMEDIES &&
              !OF_MIGRATE.includes(code) &&
              (role === 'controller' || !OF_ROUTES.includes(code)),
          )
          page = between(page, `${role} reasons: ${group}`, reasonsTable(rows, explainReason, role))
        }
      }
      return page
    })
  }
  for (const codemod of codemods) {
    edit(`docs/codemods/${codemod.name}.md`, (text) => withHeader(text, codemodHeader(codemod)))
  }
  for (const { page, name, text: content } of await outcomeTables()) edit(page, (text) => between(text, name, content))
  const isOfFunctions = ({ code }) => code in REMEDIES_OF_FUNCTIONS
  edit('docs/reasons.md', (text) => {
    const rest = reasons.filter((reason) => !isOfFunctions(reason))
    const page = between(text, 'reasons', reasonsTable(rest, explainReason))
    return between(page, 'reasons of functions', reasonsTable(reasons.filter(isOfFunctions), explainReason))
  })
  if (existsSync(join(root, 'README.md'))) {
    edit('README.md', (text) =>
      between(between(text, 'rules', rulesTable(rules, kickjsRules)), 'codemods', codemodsTable(codemods)),
    )
  }
  if (existsSync(join(root, 'examples/express'))) {
    for (const [name, capture] of Object.entries(await captures())) {
      found.set(`docs/images/${name}.svg`, asSvg(capture, `hot-codemod ${name}, on examples/express`))
      edit('README.md', (text) => between(text, `capture of ${name}`, asText(capture)))
    }
  }
  return found
}

function rulesTable(rules, kickjsRules) {
  const mark = (value) => (value ? 'yes' : '')
  const rows = Object.entries(rules).map(([name, { meta }]) => [
    `[${name}](docs/rules/${name}.md)`,
    meta.docs.description,
    presetOf(name, meta, kickjsRules),
    mark(meta.fixable),
    mark(meta.hasSuggestions),
    (meta.schema ?? []).flatMap(({ properties = {} }) => Object.keys(properties).map((key) => `\`${key}\``)).join(', '),
  ])
  return table(['Rule', 'Description', 'Preset', 'Fixable', 'Suggestions', 'Options'], rows)
}

function codemodsTable(codemods) {
  const rows = codemods.map(({ name, description, optIn }) => [
    `[${name}](docs/codemods/${name}.md)`,
    description,
    optIn ? 'opt-in' : 'by default',
  ])
  return table(['Codemod', 'Description', 'Runs'], rows)
}

/** Pages of rules and codemods that do not exist (any more). */
function orphans(known) {
  return ['docs/rules', 'docs/codemods'].flatMap((directory) =>
    readdirSync(join(root, directory))
      .map((name) => `${directory}/${name}`)
      .filter((path) => path.endsWith('.md') && basename(path) !== 'README.md' && !known.has(path)),
  )
}

async function main(check) {
  if (!existsSync(join(root, 'dist/rules/index.js'))) {
    throw new Error('There is no dist/. Build first: npm run build')
  }
  const found = await pages()
  const stale = [...found].filter(([path, text]) => {
    const file = join(root, path)
    return !existsSync(file) || readFileSync(file, 'utf8') !== text
  })
  const extra = orphans(found).map((path) => `${path} documents nothing that exists. Delete it.\n`)
  process.stderr.write(extra.join(''))
  for (const [path, text] of stale) {
    if (!check) {
      mkdirSync(dirname(join(root, path)), { recursive: true })
      writeFileSync(join(root, path), text)
    }
    process.stdout.write(check ? `${path} is stale. Run: npm run docs\n` : `${path} written.\n`)
  }
  return extra.length > 0 || (check && stale.length > 0) ? 1 : 0
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  try {
    process.exitCode = await main(process.argv.includes('--check'))
  } catch (error) {
    process.stderr.write(`${error.message}\n`)
    process.exitCode = 2
  }
}
