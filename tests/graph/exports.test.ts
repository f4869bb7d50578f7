import { writeFileSync } from 'node:fs'
import { basename, join, relative } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createExports, type Declared, type Exports } from '../../src/graph/exports.ts'
import { createModules } from '../../src/graph/modules.ts'
import { createResolver } from '../../src/graph/resolver.ts'
import { directoryWith } from '../cli/run.ts'

interface Project {
  readonly exports: Exports
  readonly at: (path: string) => string
}

function projectWith(files: Readonly<Record<string, string>>): Project {
  const root = directoryWith({ 'package.json': '{ "type": "module" }', ...files })
  const resolver = createResolver(root)
  return {
    exports: createExports(root, createModules(resolver, 'plain'), resolver),
    at: (path) => join(root, path),
  }
}

/** What `name`, exported by a module with this text, is. */
function exported(text: string, name = 'x'): Declared {
  const { exports, at } = projectWith({ 'a.ts': text })
  return exports.find(at('a.ts'), name)
}

/** Where `name`, exported by index.ts, leads: `file#export kind`. */
function led(files: Readonly<Record<string, string>>, name = 'x'): string {
  const { exports, at } = projectWith(files)
  const { path, exportName, kind } = exports.find(at('index.ts'), name)
  return `${relative(at('.'), path)}#${exportName} ${kind}`
}

describe('kind', () => {
  it.each([
    ['export class x {}', 'class'],
    ['export abstract class x<T> extends y {}', 'class'],
    ['export const x = class {}', 'class'],
    ['export function x() {}', 'function'],
    ['export async function x() {}', 'function'],
    ['export const x = () => 1', 'function'],
    ['export const x = function () {}', 'function'],
    ['export const x = ((req) => req) satisfies Handler as Handler', 'function'],
    ["export const x = () => import('./b.js')", 'lazy'],
    ["export const x = async () => (await import('./b.js')).default", 'function'],
    ['export const x = []', 'array'],
    ['export const x = [a, b] as const', 'array'],
    ['export const x = {}', 'object'],
    ['export const x = Object.freeze({ a: 1 })', 'object'],
    ['export enum x { A }', 'object'],
    ['export const x = 1', 'literal'],
    ['export const x = -1', 'literal'],
    ['export const x = 60 * 60', 'literal'],
    ['export const x = `a${b}`', 'literal'],
    ['export const x = new Users()', 'instance'],
    ['export const x = new Users()!', 'instance'],
    ['export const x = Router()', 'call'],
    ['export const x = express.Router()', 'call'],
    ['export const x = new Hono().get()', 'call'],
    ['const Object = y\nexport const x = Object.freeze({ a: 1 })', 'call'],
    ['export const x = await load()', 'unknown'],
    ['export const x = a ? b : c', 'unknown'],
    ['export const { x } = handlers', 'unknown'],
    ['export type x = string', 'unknown'],
    ['export interface x {}', 'unknown'],
    ['export declare const x: number', 'unknown'],
    ['interface x {}\nexport { x }', 'unknown'],
    ['export const y = 1', 'unknown'],
    ['export const x = (', 'unknown'],
  ])('%s', (text, kind) => {
    expect(exported(text).kind).toBe(kind)
  })

  it.each([
    ['export default class Users {}', 'class', 'Users'],
    ['export default class extends Base {}', 'class', undefined],
    ['export default function list() {}', 'function', 'list'],
    ['export default function () {}', 'function', undefined],
    ['export default (req, res) => {}', 'function', undefined],
    ['const list = function named() {}\nexport default list', 'function', 'named'],
    ['class Users {}\nexport { Users as default }', 'class', 'Users'],
    ['export default { list() {} }', 'object', undefined],
    ['export default new Users()', 'instance', undefined],
    ['export default fp(async (app) => {})', 'call', undefined],
    ['interface Users {}\nexport default Users', 'unknown', undefined],
  ])('%s', (text, kind, name) => {
    expect(exported(text, 'default')).toMatchObject({ kind, name })
  })

  it('a constant that is another name for a constant', () => {
    expect(exported('const list = () => 1\nexport const x = list')).toMatchObject({ kind: 'function', exportName: 'x' })
  })

  it('a name that stands for itself is unknown', () => {
    expect(exported('const a = b\nconst b = a\nexport const x = a').kind).toBe('unknown')
  })

  it('an interface beside a value of the same name does not hide it', () => {
    expect(exported('export interface x {}\nexport const x = () => 1').kind).toBe('function')
  })
})

describe('barrels', () => {
  it('`export *`', () => {
    expect(led({ 'index.ts': "export * from './a.js'", 'a.ts': 'export const x = () => 1' })).toBe('a.ts#x function')
  })

  it('`export *` gives no default', () => {
    const files = { 'index.ts': "export * from './a.js'", 'a.ts': 'export default () => 1' }
    expect(led(files, 'default')).toBe('index.ts#default unknown')
  })

  it('`export *` through another `export *`', () => {
    expect(
      led({
        'index.ts': "export * from './a.js'",
        'a.ts': "export * from './b.js'",
        'b.ts': 'export const x = () => 1',
      }),
    ).toBe('b.ts#x function')
  })

  it('`export { a as b } from`', () => {
    expect(led({ 'index.ts': "export { a as x } from './a.js'", 'a.ts': 'export const a = []' })).toBe('a.ts#a array')
  })

  it('`export { default } from`', () => {
    const files = { 'index.ts': "export { default } from './a.js'", 'a.ts': 'export default new Users()' }
    expect(led(files, 'default')).toBe('a.ts#default instance')
  })

  it('`export { default as x } from`', () => {
    const files = { 'index.ts': "export { default as x } from './a.js'", 'a.ts': 'export default Router()' }
    expect(led(files)).toBe('a.ts#default call')
  })

  it('import, then export', () => {
    const files = { 'index.ts': "import { a } from './a.js'\nexport { a as x }", 'a.ts': 'export const a = {}' }
    expect(led(files)).toBe('a.ts#a object')
  })

  it('import, then `export default`', () => {
    const files = { 'index.ts': "import a from './a.js'\nexport default a", 'a.ts': 'export default () => 1' }
    expect(led(files, 'default')).toBe('a.ts#default function')
  })

  it('import, then another name', () => {
    const files = { 'index.ts': "import { a } from './a.js'\nexport const x = a", 'a.ts': 'export const a = () => 1' }
    expect(led(files)).toBe('a.ts#a function')
  })

  it('`export * as`', () => {
    const files = { 'index.ts': "export * as x from './a.js'", 'a.ts': 'export const a = 1' }
    expect(led(files)).toBe('a.ts#* namespace')
  })

  it('`import * as`, then export', () => {
    const files = { 'index.ts': "import * as a from './a.js'\nexport { a as x }", 'a.ts': 'export const a = 1' }
    expect(led(files)).toBe('a.ts#* namespace')
  })

  it('`import * as`, then `export default`', () => {
    const files = { 'index.ts': "import * as a from './a.js'\nexport default a", 'a.ts': 'export const a = 1' }
    expect(led(files, 'default')).toBe('a.ts#* namespace')
  })

  it('`*` is the namespace of the module itself', () => {
    expect(led({ 'index.ts': 'export const x = 1' }, '*')).toBe('index.ts#* namespace')
  })

  it('names the specifiers on the way', () => {
    const { exports, at } = projectWith({
      'index.ts': "export * from './users/index.js'",
      'users/index.ts': "import { list } from './list.js'\nexport { list }",
      'users/list.ts': 'export const list = () => 1',
    })
    expect(exports.find(at('index.ts'), 'list').through).toEqual(['./users/index.js', './list.js'])
  })

  it('what comes from a package is unknown, and the last module of the project is named', () => {
    const files = { 'index.ts': "export * from './a.js'", 'a.ts': "export { x } from 'express'" }
    expect(led(files)).toBe('a.ts#x unknown')
  })

  it('a name that two `export *` give is found when it is the same', () => {
    const files = {
      'index.ts': "export * from './a.js'\nexport * from './b.js'",
      'a.ts': "export * from './c.js'",
      'b.ts': "export { x } from './c.js'",
      'c.ts': 'export const x = () => 1',
    }
    expect(led(files)).toBe('c.ts#x function')
  })

  it('and unknown when it is not', () => {
    const files = {
      'index.ts': "export * from './a.js'\nexport * from './b.js'",
      'a.ts': 'export const x = () => 1',
      'b.ts': 'export const x = () => 2',
    }
    expect(led(files)).toBe('index.ts#x unknown')
  })

  it('an own export comes before those of `export *`', () => {
    const files = {
      'index.ts': "export * from './a.js'\nexport const x = []",
      'a.ts': 'export const x = () => 1',
    }
    expect(led(files)).toBe('index.ts#x array')
  })

  it('a type of the same name in another `export *` is no conflict', () => {
    const files = {
      'index.ts': "export * from './a.js'\nexport * from './b.js'",
      'a.ts': 'interface x {}\nexport { x }',
      'b.ts': 'export const x = () => 2',
    }
    expect(led(files)).toBe('b.ts#x function')
  })

  it('ends in a cycle', () => {
    const files = { 'index.ts': "export { x } from './a.js'", 'a.ts': "export { x } from './index.js'" }
    expect(led(files)).toBe('index.ts#x unknown')
    const stars = { 'index.ts': "export * from './a.js'", 'a.ts': "export * from './index.js'\nexport const x = 1" }
    expect(led(stars)).toBe('a.ts#x literal')
  })
})

describe('function', () => {
  const facts = (text: string): Declared['function'] => exported(text).function

  it('a handler', () => {
    expect(facts('export const x = async (req: Request, res: Response) => { res.json(await list()) }')).toMatchObject({
      arrow: true,
      async: true,
      generator: false,
      parameters: 2,
      length: 2,
      hasDefault: false,
      hasRest: false,
      destructured: false,
      returnsValue: false,
      mayReturnNothing: true,
      usesThis: false,
      usesArguments: false,
      usesNewTarget: false,
      generic: false,
      parameterNames: ['req', 'res'],
      parameterTypes: ['Request', 'Response'],
      returnType: undefined,
      returned: undefined,
      promises: undefined,
    })
  })

  it.each([
    ['export function x(err, req, res, next) {}', 4, 4],
    ['export function x(err, req, res, next?) {}', 4, 4],
    ['export function x(this: FastifyInstance, req, reply) {}', 2, 2],
    ['export function x(req, res = y, next) {}', 3, 1],
    ['export function x(...args) {}', 1, 0],
    ['export const x = ({ body }, res) => {}', 2, 2],
    ['export const x = () => {}', 0, 0],
  ])('parameters and length of %s', (text, parameters, length) => {
    expect(facts(text)).toMatchObject({ parameters, length })
  })

  it.each([
    ['export const x = (a, ...rest) => {}', { hasRest: true, hasDefault: false, destructured: false }],
    ['export const x = (a, ...[b]) => {}', { hasRest: true, hasDefault: false, destructured: true }],
    ['export const x = ({ a } = {}) => {}', { hasRest: false, hasDefault: true, destructured: true }],
    ['export const x = (a: { b: string }) => {}', { hasRest: false, hasDefault: false, destructured: false }],
  ])('form of the parameters of %s', (text, expected) => {
    expect(facts(text)).toMatchObject(expected)
  })

  it.each([
    ['export async function x() {}', { arrow: false, async: true, generator: false }],
    ['export function* x() {}', { arrow: false, async: false, generator: true }],
    ['export async function* x() {}', { arrow: false, async: true, generator: true }],
    ['export const x = function () {}', { arrow: false, async: false, generator: false }],
  ])('%s', (text, expected) => {
    expect(facts(text)).toMatchObject(expected)
  })

  it('overload signatures are no implementation', () => {
    const text = 'export function x(a: string): void\nexport function x(a: number, b?: string): void\n'
    expect(facts(`${text}export function x(a: any, b: any, c: any) {}`)).toMatchObject({ parameters: 3 })
    expect(facts(text)).toBeUndefined()
  })

  it('overload signatures of a default export', () => {
    const text = 'export default function list(a: string): void\nexport default function list(a: any, b: any) {}'
    expect(exported(text, 'default')).toMatchObject({ kind: 'function', function: { parameters: 2 } })
  })

  it.each([
    ['{}', false, true],
    ['{ return }', false, true],
    ['{ return undefined }', false, true],
    ['{ res.json(1) }', false, true],
    ['{ return { a: 1 } }', true, false],
    ['{ if (a) return { a: 1 } }', true, true],
    ['{ return a }', true, true],
    ['{ return a ? 1 : undefined }', true, true],
    ['{ return a ?? [] }', true, false],
    ['{ return a && [] }', true, true],
    ['{ return new Promise((resolve) => resolve()) }', true, false],
    ['{ return Promise.resolve().then(list) }', true, false],
    ['{ if (a) return 1; else return 2 }', true, false],
    ['{ if (a) return; return 2 }', true, true],
    ['{ try { return 1 } catch { return 2 } }', true, false],
    ['{ try { return 1 } catch (e) { next(e) } }', true, true],
    ['{ try { go() } finally { return 1 } }', true, false],
    ['{ switch (a) { case 1: return 1; default: return 2 } }', true, false],
    ['{ switch (a) { case 1: break; default: return 2 } }', true, true],
    ['{ switch (a) { case 1: return 1 } }', true, true],
    ['{ throw new Error() }', false, false],
    ['{ while (true) { return 1 } }', true, false],
    ['{ list(() => { return 1 }) }', false, true],
    ['{ class A { b() { return 1 } } }', false, true],
    ['list()', true, true],
    ['list() as Reply', true, true],
    ['({})', true, false],
    ['void list()', false, true],
  ])('what `() => %s` returns', (body, returnsValue, mayReturnNothing) => {
    expect(facts(`export const x = () => ${body}`)).toMatchObject({ returnsValue, mayReturnNothing })
  })

  it.each([
    ['reply.send(1)', false],
    ['reply.code(201).send(1)', false],
    ['reply.getHeader("a")', true],
    ['req.log(1)', true],
    ['other.send(1)', true],
  ])('what a parameter answers: `(req, reply) => %s` may give nothing: %s', (body, mayReturnNothing) => {
    expect(facts(`export const x = (req, reply) => ${body}`)).toMatchObject({ returnsValue: true, mayReturnNothing })
  })

  it.each([
    ['(req: Request, res: express.Response, next)', ['Request', 'express.Response', undefined]],
    ['(req: Request<{ id: string }>, res: any, next?: unknown)', ['Request<…>', 'any', 'unknown']],
    ['(req: { body: Body }, [a]: string[], ...rest: Rest)', ['…', '…', 'Rest']],
    ['(this: App, { body }: Request, limit: Limit = 1)', ['Request', 'Limit']],
  ])('types of the parameters %s', (parameters, parameterTypes) => {
    expect(facts(`export function x${parameters} {}`)).toMatchObject({ parameterTypes })
  })

  it.each([
    ['export const x = <T>(req: Request) => {}', true],
    ['export function x<T>(req: Request) {}', true],
    ['export const x = (req: Request<T>) => {}', false],
    ['export function x(a: A): void\nexport function x(a: A, b?: B): void {}', true],
    ['export function y(a: A): void\nexport function y(a: A) {}\nexport function x(a: A) {}', false],
  ])('%j is generic: %s', (text, generic) => {
    expect(facts(text)).toMatchObject({ generic })
  })

  it.each([
    ['() => new Hono()', 'instance'],
    ['() => { return Router() }', 'call'],
    ['() => { const router = Router(); router.use(a); return router }', 'call'],
    ['(fn) => (req, res, next) => fn(req)', 'function'],
    ['() => [auth]', 'array'],
    ['() => { if (a) return Router(); return Router() }', undefined],
    ['() => {}', undefined],
  ])('what `%s` returns is followed', (text, kind) => {
    expect(facts(`export const x = ${text}`)?.returned?.kind).toBe(kind)
  })

  it.each([
    ['(fn) => (req, res, next) => Promise.resolve(fn(req, res, next)).catch(next)', 'handled'],
    ['(fn) => (req, res, next) => fn(req, res, next).catch(next)', 'handled'],
    ['(fn) => (req, res, next) => fn(req, res, next)?.catch(next)', 'handled'],
    ['(fn) => (req, res, next) => { fn(req, res).then((a) => res.json(a), next) }', 'handled'],
    ['(fn) => (req, res, next) => fn(req, res).then((a) => res.json(a)).catch(next)', 'handled'],
    ['(fn) => async (req, res, next) => { try { await fn(req, res) } catch (e) { next(e) } }', 'handled'],
    ['(fn) => (req, res, next) => { const made = fn(req, res); return Promise.resolve(made).catch(next) }', 'handled'],
    ['(fn) => (req, res, next) => Promise.resolve().then(() => fn(req, res, next)).catch(next)', 'handled'],
    ['(fn) => function (...args) { return fn.apply(this, args).catch(args[2]) }', 'handled'],
    ['(fn) => (req, res, next) => fn(req, res, next)', 'returned'],
    ['(fn) => { return (req, res) => { return fn(req, res) } }', 'returned'],
    ['(fn) => (req, res, next) => { fn(req, res, next) }', undefined],
    ['(fn) => (req, res, next) => { try { fn(req, res, next) } catch (e) { next(e) } }', undefined],
    ['(fn) => (req, res, next) => { try { return fn(req, res, next) } catch (e) { next(e) } }', undefined],
    ['(fn) => (req, res) => res.json(fn(req))', undefined],
    ['(fn) => (req, res, next) => fn(req, res).then((a) => res.json(a))', 'returned'],
    ['(fn) => (req, res, next) => { fn(req, res).then((a) => res.json(a)) }', undefined],
    ['(fn) => (req, res, next) => fn.length > 2 ? fn(req, res, next) : fn(req, res)', undefined],
    ['(fn) => { count(fn.name); return (req, res) => fn(req, res) }', undefined],
    ['(fn) => { const first = fn(); return () => first }', undefined],
    ['(fn, options) => (req, res) => fn(req, res)', undefined],
    ['async (fn) => (req, res) => fn(req, res)', undefined],
    ['() => (req, res) => list(req, res)', undefined],
  ])('what `%s` does with promises: %s', (text, promises) => {
    expect(facts(`export const x = ${text}`)?.promises).toBe(promises)
  })

  it.each([
    ['{ return this.a }', { usesThis: true, usesArguments: false, usesNewTarget: false }],
    ['{ return () => this.a }', { usesThis: true, usesArguments: false, usesNewTarget: false }],
    ['{ return function () { return this.a } }', { usesThis: false, usesArguments: false, usesNewTarget: false }],
    ['{ return { a() { return this.b } } }', { usesThis: false, usesArguments: false, usesNewTarget: false }],
    ['{ return class { a = this.b }  }', { usesThis: false, usesArguments: false, usesNewTarget: false }],
    ['{ return class { [this.b] = 1 } }', { usesThis: true, usesArguments: false, usesNewTarget: false }],
    ['{ const a: typeof this.b = 1 }', { usesThis: false, usesArguments: false, usesNewTarget: false }],
    ['{ return arguments.length }', { usesThis: false, usesArguments: true, usesNewTarget: false }],
    ['{ return a.arguments }', { usesThis: false, usesArguments: false, usesNewTarget: false }],
    ['{ return { arguments: 1 } }', { usesThis: false, usesArguments: false, usesNewTarget: false }],
    ['{ return { arguments } }', { usesThis: false, usesArguments: true, usesNewTarget: false }],
    ['{ return new.target }', { usesThis: false, usesArguments: false, usesNewTarget: true }],
    ['{ return import.meta.url }', { usesThis: false, usesArguments: false, usesNewTarget: false }],
  ])('what `function () %s` uses', (body, expected) => {
    expect(facts(`export function x() ${body}`)).toMatchObject(expected)
  })

  it('`this` in the default of a parameter', () => {
    expect(facts('export function x(a = this.b) {}')).toMatchObject({ usesThis: true })
  })

  it('a class has none', () => {
    expect(facts('export class x { constructor(a) {} }')).toBeUndefined()
  })
})

describe('callee', () => {
  it.each([
    ["import { Router } from 'express'\nexport const x = Router()", 'Router', 'express', 'Router'],
    ["import express from 'express'\nexport const x = express.Router()", 'express.Router', 'express', 'default'],
    ["import * as e from 'express'\nexport const x = e.Router()", 'e.Router', 'express', '*'],
    ["import { Hono as H } from 'hono'\nexport const x = new H<Env>()", 'H', 'hono', 'Hono'],
    [
      "import { Hono } from 'hono'\nexport const x = new Hono().get('/', a).post('/', b)",
      'new Hono().get().post',
      'hono',
      'Hono',
    ],
    ["import { wrap } from './wrap.js'\nexport const x = wrap(list)", 'wrap', './wrap.js', 'wrap'],
  ])('%s', (text, name, specifier, imported) => {
    expect(exported(text).callee).toEqual({ name, imported: { specifier, name: imported } })
  })

  it.each([
    ['function createRouter() {}\nexport const x = createRouter()', 'createRouter'],
    ['const factory = createFactory()\nexport const x = factory.createHandlers(a)', 'factory.createHandlers'],
    ['export const x = list.bind(users)', 'list.bind'],
    ['export const x = (() => 1)()', '(…)'],
    ["import type { Router } from 'express'\nexport const x = Router()", 'Router'],
  ])('%s', (text, name) => {
    expect(exported(text).callee).toEqual({ name, imported: undefined })
  })

  it('a function has none', () => {
    expect(exported('export const x = () => Router()').callee).toBeUndefined()
  })
})

describe('the function that a call is given', () => {
  it.each([
    ['export const x = asyncHandler(async (req, res) => {})', { async: true, parameters: 2 }],
    ['export const x = asyncHandler<Params>(async function (req, res, next) {})', { async: true, parameters: 3 }],
    ['const list = async (req, res) => {}\nexport const x = asyncHandler(list)', { async: true, parameters: 2 }],
    ['export const x = factory.createHandlers(async (c) => c.json(1), b)', { async: true, parameters: 1 }],
    ['export default defineEventHandler((event) => 1)', { async: false, parameters: 1 }],
  ])('%s', (text, expected) => {
    expect(exported(text, text.includes('default') ? 'default' : 'x')).toMatchObject({
      kind: 'call',
      function: expected,
    })
  })

  it.each([
    ['export const x = Router()'],
    ["export const x = body('email', (value) => value)"],
    ['let list = () => {}\nlist = other\nexport const x = asyncHandler(list)'],
    ['const x = asyncHandler(x)\nexport { x }'],
  ])('none in %s', (text) => {
    expect(exported(text)).toMatchObject({ kind: 'call', function: undefined })
  })
})

describe('mutable', () => {
  it.each([
    ['export let x = () => 1\nx = () => 2'],
    ['export let x\nexport function start() { x = 1 }'],
    ['export function x() {}\nx = wrap(x)'],
    ['export class x {}\nx = wrap(x)'],
    ['class X {}\nX = wrap(X)\nexport { X as x }'],
    ['export let x = 1\nexport const more = () => x++'],
    ['export let x = 1\n;({ a: x } = y)'],
    ['export let x = 1\n;[x] = y'],
    ['export let x = 1\nfor (x of y) {}'],
    ['export let x = 1\n;(x as any) = 2'],
  ])('%s', (text) => {
    expect(exported(text)).toMatchObject({ kind: 'unknown', mutable: true })
  })

  it.each([
    ['export let x = () => 1', 'function'],
    ['export var x = []', 'array'],
    ['export let x = () => 1\nexport function f(x) { x = 2 }', 'function'],
    ['export function x() {}\nx.schema = {}', 'function'],
    ['export class x { a() { this.x = 1 } }', 'class'],
    ['export class x {}\nexport function f() { let x = 1; x = 2 }', 'class'],
    ['export const x = 1\nexport const y = x === 1', 'literal'],
    ['let a = 1\na = 2\nexport const x = a', 'unknown'],
    ['let a = 1\na = 2\nexport { a as y }\nexport const x = {}', 'object'],
  ])('not %s', (text, kind) => {
    expect(exported(text)).toMatchObject({ kind, mutable: false })
  })

  it('`export default x` exports the value, `export { x as default }` the binding', () => {
    expect(exported('let a = 1\na = 2\nexport default a', 'default').mutable).toBe(false)
    expect(exported('let a = 1\na = 2\nexport { a as default }', 'default').mutable).toBe(true)
    expect(exported('export default function a() {}\na = b', 'default').mutable).toBe(true)
  })

  it('behind a barrel', () => {
    const { exports, at } = projectWith({ 'b.ts': "export * from './a.js'", 'a.ts': 'export let x = 1\nx++' })
    expect(exports.find(at('b.ts'), 'x').mutable).toBe(true)
  })
})

describe('members of an array', () => {
  const elements = (text: string): unknown[] =>
    exported(text).members.map(({ local, kind, spread }) => [local, kind, spread])

  it('identifiers, functions, calls and spreads', () => {
    const text = `
function auth(req, res, next) {}
const more = [auth]
export const x = [auth, (req, res) => {}, body('email').isEmail(), ...more, other, , 1]`
    expect(elements(text)).toEqual([
      ['auth', 'function', false],
      [undefined, 'function', false],
      [undefined, 'call', false],
      ['more', 'array', true],
      ['other', 'unknown', false],
      [undefined, 'unknown', false],
      [undefined, 'literal', false],
    ])
  })

  it('an imported element is followed, and its import named', () => {
    const { exports, at } = projectWith({
      'guards.ts': "import { auth } from './index.js'\nimport cors from 'cors'\nexport const x = [auth, cors]",
      'index.ts': "export * from './auth.js'",
      'auth.ts': 'export const auth = (req, res, next) => {}',
    })
    expect(exports.find(at('guards.ts'), 'x').members).toMatchObject([
      { kind: 'function', function: { parameters: 3 }, imported: { specifier: './index.js', name: 'auth' } },
      { kind: 'unknown', function: undefined, imported: { specifier: 'cors', name: 'default' } },
    ])
  })

  it('ends in a cycle', () => {
    const { exports, at } = projectWith({
      'a.ts': "import { b } from './b.js'\nexport const a = [b]",
      'b.ts': "import { a } from './a.js'\nexport const b = [a]",
    })
    expect(exports.find(at('a.ts'), 'a').members).toMatchObject([{ kind: 'array' }])
  })
})

describe('members of an object', () => {
  const keys = (text: string, name = 'x'): Record<string, string> =>
    Object.fromEntries(exported(text, name).members.map(({ key, kind }) => [key ?? '?', kind]))

  it('methods, functions, values and shorthands', () => {
    const text = `
async function show(req, res) {}
export default { list(req, res) {}, create: async () => {}, show, 'odd-name': 1, ['computed']: [], [key]: 2, auth: wrap(() => {}) }`
    expect(keys(text, 'default')).toEqual({
      list: 'function',
      create: 'function',
      show: 'function',
      'odd-name': 'literal',
      computed: 'array',
      '?': 'literal',
      auth: 'call',
    })
  })

  it('a getter is unknown, a method of the same form is not', () => {
    expect(keys('export const x = { get a() { return () => 1 }, b() { return () => 1 } }')).toEqual({
      a: 'unknown',
      b: 'function',
    })
  })

  it('`this` in methods', () => {
    const { members } = exported('export const x = { a() { return this.b() }, b() { return 1 }, c: () => this }')
    expect(members.map((member) => [member.key, member.function?.usesThis])).toEqual([
      ['a', true],
      ['b', false],
      ['c', true],
    ])
  })

  it('a spread is one, of unknown keys', () => {
    expect(exported('export const x = { ...base, a() {} }').members).toMatchObject([
      { key: undefined, spread: true, local: 'base' },
      { key: 'a', spread: false },
    ])
  })

  it('the later of two equal keys', () => {
    expect(keys('export const x = { a: 1, a() {} }')).toEqual({ a: 'function' })
  })

  it('what the module sets afterwards', () => {
    const text = 'const users = {}\nusers.list = async (req, res) => {}\nexport default users'
    expect(keys(text, 'default')).toEqual({ list: 'function' })
    expect(keys('const x = {}\nObject.assign(x, { a() {} }, more)\nexport { x }')).toEqual({
      a: 'function',
      '?': 'unknown',
    })
    expect(keys('const x = { a: 1 }\nother.a = () => {}\nexport { x }')).toEqual({ a: 'literal' })
  })

  it('properties of a function', () => {
    expect(keys('export function x(req, reply) {}\nx.schema = { body: {} }')).toEqual({ schema: 'object' })
    expect(keys('export function x(req, reply) { x.calls = 1 }')).toEqual({})
  })

  it('an object that holds itself', () => {
    expect(keys('export const x = {}\nx.self = x')).toEqual({ self: 'object' })
  })

  it('an imported property is followed', () => {
    const { exports, at } = projectWith({
      'a.ts': "import { show } from './b.js'\nimport * as posts from './b.js'\nexport default { show, posts }",
      'b.ts': 'export async function show(req, res) {}',
    })
    expect(exports.find(at('a.ts'), 'default').members).toMatchObject([
      { key: 'show', kind: 'function', function: { async: true } },
      { key: 'posts', kind: 'namespace' },
    ])
  })
})

describe('origin', () => {
  const FILES = {
    'index.ts': `export { a as b } from './a.js'
export * from './more.js'
export * as all from './a.js'
export { z } from 'zod'
import { a as imported } from './a.js'
import fallback from './default.js'
export { imported, fallback }
export const copy = imported
export const own = 1
`,
    'a.ts': 'export const a = 1\n',
    'default.ts': 'export default 1\n',
    'more.ts': "export { a as c } from './a.js'\nexport const d = 1\n",
  }

  it.each([
    ['another name', 'b', 'a.ts#a'],
    ['several modules', 'c', 'a.ts#a'],
    ['export *', 'd', 'more.ts#d'],
    ['a namespace', 'all', 'a.ts#*'],
    ['an import that is exported', 'imported', 'a.ts#a'],
    ['a default that is imported', 'fallback', 'default.ts#default'],
    ['a copy is another binding', 'copy', 'index.ts#copy'],
    ['its own', 'own', 'index.ts#own'],
    ['a package', 'z', undefined],
    ['nothing', 'none', undefined],
  ])('%s', (_, name, expected) => {
    const { exports, at } = projectWith(FILES)
    const origin = exports.origin(at('index.ts'), name)
    expect(origin && `${basename(origin.path)}#${origin.exportName}`).toBe(expected)
  })
})

describe('exportNames', () => {
  const names = (files: Readonly<Record<string, string>>): readonly string[] => {
    const { exports, at } = projectWith(files)
    return exports.exportNames(at('index.ts')).names
  }

  it('own names, types left out', () => {
    const text = `
export const a = 1
export default class {}
export type T = 1
export interface I {}
interface L {}
export { L, a as b }
export { type U, c } from './c.js'
export const { d, e: [f] } = a
`
    expect(names({ 'index.ts': text, 'c.ts': 'export type U = 1\nexport const c = 1' })).toEqual([
      'a',
      'default',
      'b',
      'c',
      'd',
      'f',
    ])
  })

  it('names of `export *`, without its default', () => {
    expect(
      names({
        'index.ts': "export * from './a.js'\nexport * as ns from './a.js'",
        'a.ts': "export default 1\nexport const a = 1\nexport * from './b.js'",
        'b.ts': 'export const b = 1',
      }),
    ).toEqual(['ns', 'a', 'b'])
  })

  it('a name that two `export *` give differently is none', () => {
    const files = {
      'index.ts': "export * from './a.js'\nexport * from './b.js'",
      'a.ts': 'export const x = 1\nexport const a = 1',
      'b.ts': 'export const x = 2\nexport const b = 1',
    }
    expect(names(files)).toEqual(['a', 'b'])
    expect(names({ ...files, 'index.ts': `${files['index.ts']}\nexport const x = 3` })).toEqual(['x', 'a', 'b'])
  })

  it('a name that two `export *` give alike is one', () => {
    expect(
      names({
        'index.ts': "export * from './a.js'\nexport * from './b.js'",
        'a.ts': "export { x } from './c.js'",
        'b.ts': "export { y as x } from './c.js'\nexport { x as z } from './c.js'",
        'c.ts': 'export const x = 1\nexport { x as y }',
      }),
    ).toEqual(['z'])
    expect(
      names({
        'index.ts': "export * from './a.js'\nexport * from './b.js'",
        'a.ts': "export { x } from './c.js'",
        'b.ts': "export * from './c.js'",
        'c.ts': 'export const x = 1',
      }),
    ).toEqual(['x'])
  })

  it('a type that is exported again as if it were a value is none', () => {
    const files = { 'index.ts': "export { T, x } from './a.js'", 'a.ts': 'export type T = 1\nexport const x = 1' }
    expect(names(files)).toEqual(['x'])
  })

  it('of a package, JSON and CommonJS', () => {
    const files = {
      'index.ts': `
export { z } from 'zod'
export { default as a } from './a.json'
export { b } from './b.cjs'
export { c } from './c.js'
export { d } from './missing.js'`,
      'a.json': '{ "a": 1 }',
      'b.cjs': 'exports.b = 1',
      'c.ts': 'export {}',
    }
    expect(names(files)).toEqual(['z', 'a', 'b', 'd'])
  })

  it('of a package, behind `export *`', () => {
    const files = {
      'index.ts': "export * from './a.js'\nexport * from './b.js'",
      'a.ts': "export { z } from 'zod'\nexport { y } from 'yup'",
      'b.ts': "export { z } from 'zod'\nexport { string as y } from 'yup'",
    }
    expect(names(files)).toEqual(['z'])
  })

  it('in a cycle', () => {
    expect(
      names({
        'index.ts': "export * from './a.js'\nexport const x = 1",
        'a.ts': "export * from './index.js'\nexport const a = 1",
      }),
    ).toEqual(['x', 'a'])
  })

  it.each([
    ["export * from './a.js'", true],
    ["export { z } from 'zod'", true],
    ["export * as z from 'zod'", true],
    ["export * from 'zod'", false],
    ["export * from './missing.js'", false],
    ["export * from './b.cjs'", false],
    ["export type * from 'zod'", true],
  ])('complete: %s', (text, complete) => {
    const { exports, at } = projectWith({
      'index.ts': text,
      'a.ts': 'export const a = 1',
      'b.cjs': 'exports.b = 1',
    })
    expect(exports.exportNames(at('index.ts')).complete).toBe(complete)
  })
})

describe('moduleState', () => {
  const state = (text: string): string | undefined => {
    const { exports, at } = projectWith({ 'src/a.ts': text })
    return exports.moduleState(at('src/a.ts'))
  }

  it.each([
    ['let hits = 0\nexport const x = () => hits++', '`hits` (`src/a.ts:1`)'],
    ['\nlet db\nexport function x() { return (db ??= connect()) }', '`db` (`src/a.ts:2`)'],
    ['let a, b\nexport const x = () => { [a] = list() }', '`a` (`src/a.ts:1`)'],
    ['const seen = new Set()\nexport const x = (id) => seen.add(id)', '`seen` (`src/a.ts:1`)'],
    ['const seen = new Map<string, number>()\nexport class X { y() { seen.delete(1) } }', '`seen` (`src/a.ts:1`)'],
    ['const seen = new LRUCache({})\nexport const x = (id) => seen.set(id, 1)', '`seen` (`src/a.ts:1`)'],
    ['const list = []\nexport const x = (id) => { list.push(id) }', '`list` (`src/a.ts:1`)'],
    ['const list: string[] = [] as string[]\nexport const x = () => { list.length = 0 }', '`list` (`src/a.ts:1`)'],
    ['const byId = {}\nexport const x = (id) => { byId[id] = 1 }', '`byId` (`src/a.ts:1`)'],
    ['const byId = {}\nexport const x = (id) => { delete byId[id] }', '`byId` (`src/a.ts:1`)'],
    ['const byId = {}\nexport const x = (more) => { Object.assign(byId, more) }', '`byId` (`src/a.ts:1`)'],
    ['const store = { items: [] }\nexport const x = (id) => { store.items.push(id) }', '`store` (`src/a.ts:1`)'],
    [
      'const store = { items: [] }\nexport const x = (id) => { (store as any).items[0] = id }',
      '`store` (`src/a.ts:1`)',
    ],
    ['export class X { static hits = 0\n static y() { this.hits++ } }', '`X.hits` (`src/a.ts:1`)'],
    ['class X { static seen = new Map() }\nexport const x = () => X.seen.set(1, 2)', '`X` (`src/a.ts:1`)'],
    ['export function x() { x.calls = 1 }', '`x` (`src/a.ts:1`)'],
    ['const a = 1\nlet b = 1\nlet c = 1\nexport const x = () => { c = 2; b = 2 }', '`b` (`src/a.ts:2`)'],
    ['const seen = new Set()\nlist.forEach((y) => on(y, () => seen.add(y)))', '`seen` (`src/a.ts:1`)'],
  ])('%s', (text, expected) => {
    expect(state(text)).toBe(expected)
  })

  it.each([
    ['let hits = 0\nhits++\nexport const x = () => hits'],
    ['const seen = new Set([1])\nexport const x = (id) => seen.has(id)'],
    ['const seen = new Set()\nexport const x = (seen) => seen.add(1)'],
    ['export const x = () => { const seen = new Set(); seen.add(1) }'],
    ['export const x = () => { let hits = 0; hits++ }'],
    ['const byId = {}\nlist.forEach((item) => { byId[item.id] = item })\nexport const x = () => byId'],
    ['const byId = {}\n;(() => { byId.a = 1 })()\nexport const x = () => byId'],
    ['const list = [1]\nexport const x = () => list.map((y) => y)'],
    ['const api = axios.create()\nexport const x = () => api.delete(1)'],
    ['const redis = new Redis()\nexport const x = () => redis.set(1, 2)'],
    ["import { config } from './config.js'\nexport const x = () => { config.a = 1 }"],
    ['const env = process.env\nexport const x = () => { env.A = 1 }'],
    ['export class X { hits = 0\n y() { this.hits++ } }'],
    ['export const x = (req) => { req.user = 1 }'],
    ['const x = ('],
  ])('none in %s', (text) => {
    expect(state(text)).toBeUndefined()
  })
})

describe('text that changes', () => {
  it('is asked anew', () => {
    const root = directoryWith({ 'a.ts': 'export const x = () => 1' })
    const path = join(root, 'a.ts')
    const resolver = createResolver(root)
    const modules = createModules(resolver, 'plain')
    const exports = createExports(root, modules, resolver)
    expect(exports.find(path, 'x').kind).toBe('function')
    writeFileSync(path, 'let hits = 0\nexport const x = [() => hits++]')
    modules.refresh()
    expect(exports.find(path, 'x').kind).toBe('array')
    expect(exports.moduleState(path)).toBe('`hits` (`a.ts:1`)')
  })
})

describe('annotation', () => {
  it.each([
    ['export const x: RequestHandler = (req, res) => {}', 'RequestHandler'],
    ['export const x: express.RequestHandler = (req, res) => {}', 'express.RequestHandler'],
    ['export const x: RequestHandler<{ id: string }> = (req, res) => {}', 'RequestHandler<…>'],
    ['export const x: (req: Request) => void = (req) => {}', '…'],
    ['export const x = ((req, res) => {}) as RequestHandler', 'RequestHandler'],
    ['export const x = (<RequestHandler>((req, res) => {}))!', 'RequestHandler'],
    ['export const x = ((req, res) => {}) as unknown as RequestHandler', 'RequestHandler'],
    ['export const x = ((req, res) => {}) satisfies RequestHandler', undefined],
    ['export const x = { a: 1 } as const', undefined],
    ['export const x = (req, res) => {}', undefined],
    ['const list: RequestHandler = (req, res) => {}\nexport { list as x }', 'RequestHandler'],
    ['const list: RequestHandler = (req, res) => {}\nexport const x = list', 'RequestHandler'],
    ['export function x(req: Request): RequestHandler {}', undefined],
  ])('%j: %s', (text, annotation) => {
    expect(exported(text).annotation).toBe(annotation)
  })
})

describe('member', () => {
  const member = (text: string, wanted = 'list', name = 'x', more: Readonly<Record<string, string>> = {}) => {
    const { exports, at } = projectWith({ 'a.ts': text, ...more })
    return exports.member(at('a.ts'), name, wanted)
  }

  it.each([
    ['export const x = { list: async (req) => {} }'],
    ['export const x = { list(req) {} }'],
    ['const list = (req) => {}\nexport const x = { list }'],
    ['export const x = {}\nx.list = (req) => {}'],
    ['export class x { static list(req) {} }'],
    ['export class x { static list = (req) => {} }'],
    ['class Users { list(req) {} }\nexport const x = new Users()'],
    ['class Users { list = (req) => {} }\nexport const x = new Users()'],
    ['class Base { list(req) {} }\nclass Users extends Base {}\nexport const x = new Users()'],
    ['class Users { constructor() { this.list = this.list.bind(this) } list(req) {} }\nexport const x = new Users()'],
  ])('a function: %j', (text) => {
    expect(member(text)).toMatchObject({ kind: 'function', function: { parameters: 1 } })
  })

  it('of a namespace, and of an instance of a class of another module', () => {
    const users = 'export class Users { list(req) {} }\nexport const list = (req, res) => {}'
    expect(member("export * as x from './b.js'", 'list', 'x', { 'b.ts': users })?.function?.parameters).toBe(2)
    const made = "import { Users } from './b.js'\nexport const x = new Users()"
    expect(member(made, 'list', 'x', { 'b.ts': users })?.function?.parameters).toBe(1)
  })

  it.each([
    ['export class x { list(req) {} }'],
    ['class Users { static list(req) {} }\nexport const x = new Users()'],
    ['class Users extends Missing {}\nexport const x = new Users()'],
    ['class Users { constructor(list) { this.list = list } list(req) {} }\nexport const x = new Users()'],
    ['export const x = { ["list"]: 1 }', 'other'],
    ['export const x = () => {}'],
    ['export const x = makeUsers()'],
  ])('none: %j', (text, wanted?: string) => {
    expect(member(text, wanted)).toBeUndefined()
  })

  it.each([
    ['export const x = { list(req) {}, ...more }'],
    ['export const x = { get list() { return other } }'],
    ['export const x = { list(req) {}, [key]: other }'],
    ['class Users { get list() { return other } }\nexport const x = new Users()'],
  ])('not known: %j', (text) => {
    expect(member(text)?.kind ?? 'unknown').not.toBe('function')
  })

  it('works without its instance when the constructor binds it', () => {
    const bound = 'class Users { constructor() { this.list = this.list.bind(this) } list() { return this } }'
    expect(member(`${bound}\nexport const x = new Users()`)?.function?.usesThis).toBe(false)
    const free = 'class Users { list() { return this } }'
    expect(member(`${free}\nexport const x = new Users()`)?.function?.usesThis).toBe(true)
  })

  it.each([
    ['export const x = { list: ((req) => {}) as RequestHandler }', 'RequestHandler'],
    ['const list: RequestHandler = (req) => {}\nexport const x = { list }', 'RequestHandler'],
    ['class Users { list: RequestHandler = (req) => {} }\nexport const x = new Users()', 'RequestHandler'],
    ['export const x: Record<string, RequestHandler> = { list(req) {} }', '…'],
    ['class Users { list(req) {} }\nexport const x: UsersLike = new Users()', '…'],
    ['export const x = { list(req) {} }', undefined],
  ])('type of %j: %s', (text, annotation) => {
    expect(member(text)).toMatchObject({ kind: 'function', annotation })
  })
})

describe('resultOf', () => {
  const result = (text: string, more: Readonly<Record<string, string>> = {}): string | undefined => {
    const { exports, at } = projectWith({ 'a.ts': text, ...more })
    const { callee } = exports.find(at('a.ts'), 'x')
    return callee && exports.resultOf(at('a.ts'), callee)?.kind
  }
  const wrap = 'export const wrap = (fn) => (req, res) => fn(req, res)'

  it('of a function of the same module, of another one, and of a namespace', () => {
    expect(result(`${wrap}\nexport const x = wrap(list)`)).toBe('function')
    const files = { 'b.ts': wrap }
    expect(result("import { wrap } from './b.js'\nexport const x = wrap(list)", files)).toBe('function')
    expect(result("import * as b from './b.js'\nexport const x = b.wrap(list)", files)).toBe('function')
  })

  it('of a function that gives a list', () => {
    expect(result('const both = () => [a, b]\nexport const x = both()')).toBe('array')
  })

  it.each([
    ["import { wrap } from 'some-package'\nexport const x = wrap(list)"],
    ['const wrap = (fn) => { if (a) return fn; return (req) => {} }\nexport const x = wrap(list)'],
    ['export const x = wrap(list)'],
    ['const made = { wrap: (fn) => fn }\nexport const x = made.wrap(list)'],
  ])('not known: %j', (text) => {
    expect(result(text)).toBeUndefined()
  })
})
