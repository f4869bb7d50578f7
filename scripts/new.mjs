#!/usr/bin/env node
// Starts a rule, a codemod or a framework: its file, its test, its page, and its entry in the index.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { codemodHeader, ruleHeader } from './docs.mjs'

const USAGE = `Usage: npm run new <kind> <name>

  npm run new rule no-something
  npm run new codemod some-change
  npm run new framework some-framework
`

const DOCS = 'https://github.com/hot-codemod/hot-codemod/blob/main/docs/rules'

/** What the user asked for cannot be done; the message says why. */
class Refusal extends Error {}

const kinds = {
  rule: {
    plan(name, read) {
      if (!/^(?:no|prefer|require|valid)-/.test(name)) {
        throw new Refusal(`The name of a rule starts with no-, prefer-, require- or valid-: \`${name}\` does not.`)
      }
      return {
        create: {
          [`rules/${name}.ts`]: ruleSource(name),
          [`tests/rules/${name}.test.ts`]: ruleTest(name),
          [`docs/rules/${name}.md`]: rulePage(name),
        },
        edit: {
          'rules/index.ts': addEntry(addImport(read('rules/index.ts'), camelCase(name), name), 'rules', name, 'sorted'),
        },
        next: `npm run build && npx vitest run tests/rules/${name}.test.ts tests/docs.test.ts`,
      }
    },
  },
  codemod: {
    plan(name, read) {
      const index = addImport(read('codemods/index.ts'), `{ ${camelCase(name)} }`, name)
      return {
        create: {
          [`codemods/${name}.ts`]: codemodSource(name),
          [`tests/codemods/${name}.test.ts`]: codemodTest(name),
          [`docs/codemods/${name}.md`]: codemodPage(name),
        },
        edit: { 'codemods/index.ts': addEntry(index, 'codemods', name, 'last') },
        next: `npm run build && npx vitest run tests/codemods/${name}.test.ts tests/docs.test.ts`,
      }
    },
  },
  framework: {
    plan(name, read) {
      const index = addImport(read('src/frameworks/index.ts'), `{ ${camelCase(name)} }`, name)
      return {
        create: {
          [`src/frameworks/${name}.ts`]: frameworkSource(name),
          [`tests/frameworks/${name}.test.ts`]: frameworkTest(name),
          [`docs/frameworks/${name}.md`]: frameworkPage(name),
        },
        edit: {
          'src/frameworks/index.ts': addEntry(index, 'frameworks', name, 'last'),
          'src/frameworks/framework.ts': replaceOnce(
            read('src/frameworks/framework.ts'),
            /readonly name: ('[^\n]*')\n/,
            (_, names) => `readonly name: ${names} | '${name}'\n`,
          ),
        },
        next: `npm run build && npx vitest run tests/frameworks/${name}.test.ts`,
      }
    },
  },
}

/** `index` with an import of `./name.ts`, in alphabetical order. */
function addImport(index, binding, name) {
  const line = `import ${binding} from './${name}.ts'`
  const imports = [...index.matchAll(/^import [^\n]* from '\.\/([^\n]*)\.ts'\n/gm)]
  const next = imports.find(([, other]) => other > name)
  const last = imports.at(-1)
  if (!last) throw new Error('The index has no imports to put this one beside.')
  const at = next ? next.index : last.index + last[0].length
  return `${index.slice(0, at)}${line}\n${index.slice(at)}`
}

/** `index` with an entry in the list or object that it exports as `list`. */
function addEntry(index, list, name, place) {
  const binding = camelCase(name)
  return replaceOnce(
    index,
    new RegExp(`(export const ${list}\\b[^=]*= )([[{])([^\\]}]*)([\\]}])`),
    (_, head, open, body, close) => {
      const entry = open === '[' || binding === name ? binding : `'${name}': ${binding}`
      if (!body.includes('\n')) return `${head}${open} ${[body.trim(), entry].filter(Boolean).join(', ')} ${close}`
      const lines = body
        .trim()
        .split(/,\n\s*/)
        .map((line) => line.replace(/,$/, ''))
      const at =
        place === 'sorted' ? lines.findIndex((line) => line.replaceAll("'", '') > entry.replaceAll("'", '')) : -1
      lines.splice(at === -1 ? lines.length : at, 0, entry)
      return `${head}${open}\n${lines.map((line) => `  ${line},\n`).join('')}${close}`
    },
  )
}

function replaceOnce(text, pattern, replace) {
  const result = text.replace(pattern, replace)
  if (result === text)
    throw new Error(
      `${pattern} was not found. Was the file rewritten? Add the entry by hand, and mend scripts/new.mjs.`,
    )
  return result
}

function camelCase(name) {
  return name.replace(/-([a-z0-9])/g, (_, letter) => letter.toUpperCase())
}

function words(name) {
  return name.replaceAll('-', ' ')
}

function ruleSource(name) {
  return `import type { Rule } from 'eslint'

const rule: Rule.RuleModule = {
  meta: {
    type: 'suggestion',
    docs: {
      description: '${ruleDescription(name)}',
      recommended: false,
      url: '${DOCS}/${name}.md',
    },
    languages: ['js/js'],
    schema: [],
    messages: {
      found: 'TODO: name what was found, and why it matters.',
    },
  },
  create(context) {
    return {
      ImportDeclaration(node) {
        // TODO: what the rule is about. This stands in for it, so that the test and the page have something to show.
        if (node.source.value === 'todo') context.report({ node, messageId: 'found' })
      },
    }
  },
}

export default rule
`
}

function ruleDescription(name) {
  const verb = name.startsWith('no-') ? 'Disallow' : name.startsWith('require-') ? 'Require' : 'Enforce'
  return `${verb} ${words(name.replace(/^(?:no|prefer|require)-/, ''))} (TODO)`
}

function ruleTest(name) {
  return `import { RuleTester } from 'eslint'
import { describe, it } from 'vitest'
import rule from '../../rules/${name}.ts'

RuleTester.describe = describe
RuleTester.it = it

new RuleTester().run('${name}', rule, {
  valid: ["import 'something'"],
  invalid: [{ code: "import 'todo'", errors: [{ messageId: 'found' }] }],
})
`
}

function rulePage(name) {
  const header = ruleHeader(name, { docs: { description: ruleDescription(name), recommended: false } })
  return `${header}
## What it reports

TODO

## Why it costs

TODO

## Examples

\`\`\`ts incorrect
// start/routes.ts
import 'todo'
\`\`\`

\`\`\`ts correct
// start/routes.ts
import 'something'
\`\`\`

## Options

None.
`
}

function codemodDescription(name) {
  return `Set ${words(name)} (TODO)`
}

function codemodSource(name) {
  return `import type { Codemod } from './codemod.ts'

/** TODO: what it changes, and when it leaves things alone. */
export const ${camelCase(name)}: Codemod = {
  name: '${name}',
  description: '${codemodDescription(name)}',
  optIn: true,
  run(project, tree) {
    const path = project.packageJsonPath
    const before = tree.read(path) ?? ''
    // TODO: the new text. Run on its own result, the codemod must change nothing.
    const after = before
    if (after === before) return { codemod: '${name}', summary: '', files: [], edits: 0, notes: [] }
    tree.write(path, after)
    return { codemod: '${name}', summary: 'TODO', files: [path], edits: 1, notes: [] }
  },
}
`
}

function codemodTest(name) {
  return `import { expect, it } from 'vitest'
import { ${camelCase(name)} } from '../../codemods/${name}.ts'
import { run } from './run.ts'

it('leaves a project alone that has nothing to change', async () => {
  const { changed, edits } = await run(${camelCase(name)}, { 'package.json': '{}\\n' })
  expect(changed).toEqual({})
  expect(edits).toBe(0)
})
`
}

function codemodPage(name) {
  const header = codemodHeader({ name, description: codemodDescription(name), optIn: true })
  return `${header}
## What it changes

TODO

\`\`\`json before
{
  "name": "todo"
}
\`\`\`

\`\`\`json unchanged
{
  "name": "todo"
}
\`\`\`

## When it leaves things alone

TODO

## Running it twice

The second run changes nothing.

## Running it alone

\`\`\`sh
npx hot-codemod migrate --only ${name}
\`\`\`
`
}

function frameworkSource(name) {
  return `import type { Framework } from './framework.ts'

/**
 * TODO: the versions this holds for, and where each signature below was read.
 */
export const ${camelCase(name)}: Framework = {
  name: '${name}',
  // TODO: the objects that request-time code is registered on.
  receivers: [],
  // TODO: the modules whose types annotate them.
  typeModules: /^${name}$/,
  // TODO: the calls that register it: which argument, which shape, which lazy form.
  registrations: [],
  // TODO: generated modules that hold lazy imports already. This matches none.
  generated: /(?!)/,
  // TODO: the role of a file by its path, for imports that no registration explains.
  roleOf: () => undefined,
  // TODO: \`hotHook.boundaries\` for a project that has none.
  defaultBoundaries: [],
  // TODO: files that never run in the server process.
  outsideServer: /^(?:tests?|__tests__|scripts)[\\\\/]|\\.(?:spec|test)\\.[cm]?[jt]sx?$|\\.d\\.[cm]?ts$/,
  // TODO: files that run once at boot. This matches none.
  boot: /(?!)/,
  // TODO: modules whose import()s run once, at boot, wherever in them they stand. This matches none.
  importsOnce: /(?!)/,
  // TODO: the modules that are loaded though no module of the project imports them.
  loads: () => [],
  // TODO: the name of a route whose handler is called \`name\`, if the framework derives one.
  routeName: (name) => name,
}
`
}

function frameworkTest(name) {
  return `import { expect, it } from 'vitest'
import { frameworks } from '../../src/frameworks/index.ts'

const framework = frameworks${name === camelCase(name) ? `.${name}` : `['${name}']`}

it('is registered under its name', () => {
  expect(framework.name).toBe('${name}')
})

it.todo('knows where request-time code is registered')

it('leaves tests out of the server', () => {
  expect(framework.outsideServer.test('tests/users.spec.ts')).toBe(true)
  expect(framework.outsideServer.test('src/users.ts')).toBe(false)
})
`
}

function frameworkPage(name) {
  return `# ${name}

TODO: which versions are supported.

## How hot reload works

TODO

## What is lazy by design

TODO

## What migrate does

TODO

## What still restarts

TODO
`
}

function main(args) {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { root: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
  })
  if (values.help) return process.stdout.write(USAGE)
  const [kind, name, ...more] = positionals
  if (kind === undefined || name === undefined || more.length > 0) throw new Refusal(USAGE.trimEnd())
  if (!Object.hasOwn(kinds, kind))
    throw new Refusal(`There is no kind \`${kind}\`. There are: ${Object.keys(kinds).join(', ')}.`)
  if (!/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/.test(name)) {
    throw new Refusal(`\`${name}\` is not a name in kebab-case: small letters and digits, words joined by one hyphen.`)
  }
  if (!isBindable(camelCase(name)))
    throw new Refusal(`\`${camelCase(name)}\` is a reserved word of JavaScript. Choose another name.`)

  const root = values.root === undefined ? fileURLToPath(new URL('..', import.meta.url)) : resolve(values.root)
  const read = (path) => {
    if (!existsSync(join(root, path)))
      throw new Refusal(`${join(root, path)} is missing: is ${root} a copy of this repository?`)
    return readFileSync(join(root, path), 'utf8')
  }
  const { create, edit, next } = plan(kind, name, read, root)
  for (const [path, text] of Object.entries({ ...create, ...edit })) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  const list = (head, paths) => `${head}\n${paths.map((path) => `  ${path}\n`).join('')}`
  process.stdout.write(
    `${list('Made', Object.keys(create))}${list('Changed', Object.keys(edit))}Next: fill in the places marked TODO, then run\n  ${next}\n`,
  )
}

/** What is to be written. Nothing has been, when this refuses. */
function plan(kind, name, read, root) {
  const { create, edit, next } = kinds[kind].plan(name, read)
  const existing = Object.keys(create).find((path) => existsSync(join(root, path)))
  if (existing)
    throw new Refusal(`There is a ${kind} \`${name}\` already, or something else of that name: ${existing} exists.`)
  const binding = camelCase(name)
  const bound = new RegExp(`^(?:import (?:type )?(?:\\{ )?|export const )${binding}\\b`, 'm')
  const taken = Object.keys(edit).find((path) => path.endsWith('index.ts') && bound.test(read(path)))
  if (taken) throw new Refusal(`The name \`${binding}\` is taken in ${taken}. Choose another name.`)
  return { create, edit, next }
}

function isBindable(name) {
  try {
    new Function(`'use strict'; const ${name} = 0`)
    return true
  } catch {
    return false
  }
}

try {
  main(process.argv.slice(2))
} catch (error) {
  if (!(error instanceof Refusal) && error.code?.startsWith('ERR_PARSE_ARGS') !== true) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 2
}
