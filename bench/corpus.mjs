import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/*
 * A synthetic AdonisJS 6 application of 4,000 modules, the same on every run: 1,000 files of routes with 4,493 imports
 * of controllers, and 3,000 controllers. Each text is written together with what a migration has to make of it, by
 * this file alone: nothing here knows the product.
 *
 * In it: CRLF, BOM, emoji, tabs, both styles of quotes and of semicolons, odd spacing, trailing and leading comments,
 * names shadowed by a parameter, classes that are constructed or used as types, `using`, import attributes.
 */

export const ROUTE_FILES = 1000
export const CONTROLLERS = 3000

const RESOURCES =
  'users posts comments invoices orders carts sessions teams projects tasks labels files uploads reports audits hooks tokens roles plans payments refunds coupons products variants stocks shipments addresses countries taxes events'.split(
    ' ',
  )
const VERBS = ['get', 'post', 'put', 'patch', 'delete']
const ACTIONS = ['index', 'show', 'store', 'update', 'destroy', 'edit', 'archive']

const PACKAGE = {
  name: 'hot-codemod-bench',
  private: true,
  type: 'module',
  imports: {
    '#controllers/*': './app/controllers/*.js',
    '#services/*': './app/services/*.js',
    '#validators/*': './app/validators/*.js',
    '#start/*': './start/*.js',
  },
  dependencies: { '@adonisjs/core': '^6.18.0' },
}

// What @adonisjs/tsconfig says, without being installed.
const TSCONFIG = {
  compilerOptions: {
    target: 'ESNext',
    module: 'NodeNext',
    lib: ['ESNext'],
    strict: true,
    experimentalDecorators: true,
    emitDecoratorMetadata: true,
    skipLibCheck: true,
    rootDir: './',
    outDir: './build',
  },
}

/**
 * Writes the application to `<directory>/app` and its migrated modules to `<directory>/expected`.
 *
 * @param {string} directory
 * @returns how much of what there is.
 */
export function generateCorpus(directory) {
  const stats = {
    files: 0,
    bytes: 0,
    lines: 0,
    imports: 0,
    lazy: 0,
    kept: 0,
    shadowed: 0,
    types: 0,
    crlf: 0,
    bom: 0,
    modern: 0,
  }
  const write = (path, text) => {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
  }
  for (const { name, source, expected } of modules(stats)) {
    write(join(directory, 'app', name), source)
    write(join(directory, 'expected', name), expected)
    stats.files += 1
    stats.bytes += Buffer.byteLength(source)
    stats.lines += source.split('\n').length
  }
  write(join(directory, 'app/package.json'), `${JSON.stringify(PACKAGE, null, 2)}\n`)
  write(join(directory, 'app/tsconfig.json'), `${JSON.stringify(TSCONFIG, null, 2)}\n`)
  return stats
}

/**
 * Compares every module byte by byte.
 *
 * @param {string} application a migrated copy of `<directory>/app`
 * @param {string} expected `<directory>/expected`
 * @returns {{ identical: number, different: string[] }} paths of the modules that differ or are missing.
 */
export function compareCorpus(application, expected) {
  const different = []
  let identical = 0
  for (const name of filesBelow(expected)) {
    let found
    try {
      found = readFileSync(join(application, name))
    } catch {}
    if (found?.equals(readFileSync(join(expected, name)))) identical += 1
    else different.push(name)
  }
  return { identical, different }
}

function filesBelow(directory, below = '') {
  return readdirSync(join(directory, below), { withFileTypes: true }).flatMap((entry) => {
    const name = below === '' ? entry.name : `${below}/${entry.name}`
    return entry.isDirectory() ? filesBelow(directory, name) : [name]
  })
}

/** @yields {{ name: string, source: string, expected: string }} */
function* modules(stats) {
  const random = randomNumbers(42)
  const controllers = []
  for (let index = 0; index < CONTROLLERS; index += 1) {
    const resource = RESOURCES[index % RESOURCES.length]
    const folder = `m${String(Math.floor(index / 3)).padStart(4, '0')}`
    const controller = { resource, folder, className: `${capitalized(resource)}Controller` }
    controllers.push(controller)
    const text = controllerText(controller, random)
    yield { name: `app/controllers/${folder}/${resource}_controller.ts`, source: text, expected: text }
  }
  for (let index = 0; index < ROUTE_FILES; index += 1) {
    const { source, expected } = routeTexts(index, controllers, random, stats)
    yield { name: `start/routes/r${String(index).padStart(4, '0')}.ts`, source, expected }
  }
}

function controllerText({ resource, className }, { between }) {
  const service = `${capitalized(resource)}Service`
  const methods = ACTIONS.slice(0, between(3, 7)).map(
    (action) => `  async ${action}({ request, response }: HttpContext): Promise<void> {
    const payload = await request.validateUsing(this.#validator)
    const data = await this.service.${action}(payload, { page: ${between(1, 9)}, at: Date.now() })
    return response.ok({ data, meta: { ok: true as const, n: ${between(1, 999)} } })
  }`,
  )
  return `import { inject } from '@adonisjs/core'
import type { HttpContext } from '@adonisjs/core/http'
import ${service} from '#services/${resource}_service'
import { validator, type Infer } from '#validators/${resource}'

type Input = Infer<typeof validator>

@inject()
export default class ${className} {
  #validator = validator satisfies { parse: (x: unknown) => Input }

  constructor(protected service: ${service}) {}

${methods.join('\n\n')}
}
`
}

/** One module of routes, before and after. The order in which random numbers are drawn is part of the corpus. */
function routeTexts(index, controllers, { next, between, chance }, stats) {
  const count = between(3, 6)
  const picked = pickControllers(controllers, Math.floor((index * controllers.length) / ROUTE_FILES), count)
  const q = chance(0.25) ? '"' : "'"
  const semi = chance(0.3) ? ';' : ''
  const indent = chance(0.15) ? '\t' : '  '
  const modern = chance(0.02)
  const rule = '-'.repeat(74)
  const header = chance(0.5) ? `/*\n|${rule}\n| Routes ${index} — licence: keep this header ✂️\n|${rule}\n*/\n\n` : ''

  // Pairs of a text before and after the migration; one text where they are the same.
  const imports = [[`import router from ${q}@adonisjs/core/services/router${q}${semi}`]]
  if (chance(0.6)) imports.push([`import { middleware } from ${q}#start/kernel${q}${semi}`])
  if (chance(0.4)) imports.push([`import type { HttpContext } from ${q}@adonisjs/core/http${q}${semi}`])
  if (modern) imports.push([`import pkg from ${q}../../package.json${q} with { type: ${q}json${q} }${semi}`])
  const body = []
  for (const { resource, folder, className } of picked) {
    const use = useOf(next())
    const aliased = chance(0.5)
    const specifier =
      q +
      (aliased
        ? `#controllers/${folder}/${resource}_controller`
        : `../../app/controllers/${folder}/${resource}_controller.js`) +
      q
    const after = semi + (chance(0.1) ? ` // 🚀 ${resource}` : '')
    const before = chance(0.08) ? `// ${capitalized(resource)} live here\n` : ''
    const eager = `${before}import ${className} from ${specifier}${after}`
    const lazy = `${before}const ${className} = () => import(${specifier})${after}`
    imports.push(use === 'constructed' ? [eager] : [eager, lazy])
    stats.imports += 1
    stats[use === 'constructed' ? 'kept' : 'lazy'] += 1
    if (use === 'constructed') {
      body.push([`export const ${resource}Instance = new ${className}(undefined as never)${semi}`])
    } else if (use === 'typed') {
      stats.types += 1
      const instance = (type) => `export type ${capitalized(resource)}Ctl = InstanceType<${type}>${semi}`
      body.push([instance(`typeof ${className}`), instance(`(typeof import(${specifier}))['default']`)])
    } else if (use === 'shadowed') {
      stats.shadowed += 1
      body.push([
        `function pick${capitalized(resource)}(${className}: string) {\n${indent}return ${className}.length   +   1\n}`,
      ])
    }
  }
  if (chance(0.3)) imports.reverse()

  body.push(['router'], [`${indent}.group(() => {`])
  const inner = indent + indent
  for (const { resource, className } of picked) {
    const routes = between(3, 8)
    for (let route = 0; route < routes; route += 1) {
      const verb = VERBS[between(0, 4)]
      const action = q + ACTIONS[route % ACTIONS.length] + q
      const path = (rest) => q + `/${resource}/${rest}` + q
      const style = between(0, 3)
      if (style === 0) {
        const name = q + `${resource}.${ACTIONS[route % ACTIONS.length]}` + q
        body.push([`${inner}router.${verb}(${path(route)}, [${className}, ${action}]).as(${name})${semi}`])
      } else if (style === 1) {
        body.push([
          `${inner}router.${verb}(${path(`:id/${route}`)},   [ ${className},${action} ])${semi}   // odd   spacing`,
        ])
      } else if (style === 2) {
        const deep = inner + inner
        body.push([
          `${inner}router\n${inner}${indent}.${verb}(${path(`x${route}`)}, [\n${deep}${className},\n${deep}${action},\n${inner}${indent}])`,
        ])
      } else {
        body.push([`${inner}router.${verb}(${path(`b${route}`)}, [${className}, ${action}])${semi}`])
      }
    }
    if (chance(0.2)) body.push([`${inner}router.resource(${q}${resource}${q}, ${className}).apiOnly()${semi}`])
  }
  body.push([`${indent}})`], [`${indent}.prefix(${q}/v${between(1, 3)}/m${index}${q})${semi}`], [''])
  body.push([
    `router.get(${q}/health/${index}${q}, async ({ response }) => response.ok({ up: true, n: ${index}, re: /[\\p{L}--[a-z]]/v.test(${q}é${q}) }))${semi}`,
  ])
  if (modern) {
    stats.modern += 1
    body.push([
      `export async function dispose() {\n${indent}await using res = await open()\n${indent}return res satisfies unknown\n}\ndeclare function open(): Promise<AsyncDisposable>`,
    ])
  }

  const lines = [...imports, [''], ...body]
  const crlf = chance(0.1)
  const bom = chance(0.02)
  if (crlf) stats.crlf += 1
  if (bom) stats.bom += 1
  const finish = (texts) => {
    const text = `${header}${texts.join('\n')}\n`
    return (bom ? '\ufeff' : '') + (crlf ? text.replaceAll('\n', '\r\n') : text)
  }
  return {
    source: finish(lines.map(([source]) => source)),
    expected: finish(lines.map(([source, expected = source]) => expected)),
  }
}

/** What a module does with a class beside registering it. */
function useOf(share) {
  if (share < 0.9) return 'registered'
  if (share < 0.94) return 'constructed'
  return share < 0.97 ? 'typed' : 'shadowed'
}

/** `count` controllers from `start` on, each resource once. */
function pickControllers(controllers, start, count) {
  const picked = new Map()
  for (let offset = 0; picked.size < count; offset += 1) {
    const controller = controllers[(start + offset) % controllers.length]
    if (!picked.has(controller.resource)) picked.set(controller.resource, controller)
  }
  return [...picked.values()]
}

function capitalized(word) {
  return word[0].toUpperCase() + word.slice(1)
}

/** A linear congruential generator: the same numbers on every machine. */
function randomNumbers(seed) {
  let state = seed
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
  return {
    next,
    between: (low, high) => low + Math.floor(next() * (high - low + 1)),
    chance: (share) => next() < share,
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [, , directory] = process.argv
  if (directory === undefined) {
    console.error('usage: node bench/corpus.mjs <directory>   writes <directory>/app and <directory>/expected')
    process.exitCode = 2
  } else {
    console.log(generateCorpus(directory))
  }
}
