import type { PromiseUse } from './promises.ts'

/**
 * What a value is, as far as its declaration says.
 *
 * - `lazy`: a function that returns an `import()`.
 * - `literal`: a primitive or a regular expression.
 * - `instance`: `new X()`. `call`: the result of a call.
 * - `namespace`: `export * as ns`, or an exported `import * as ns`.
 * - `unknown`: not found, outside the project, computed, or a binding that is assigned again.
 */
export type Kind =
  'class' | 'function' | 'lazy' | 'array' | 'object' | 'literal' | 'instance' | 'call' | 'namespace' | 'unknown'

/** A function as it is declared; types are ignored, and so is TypeScript's `this` parameter. */
export interface FunctionFacts {
  readonly arrow: boolean
  readonly async: boolean
  readonly generator: boolean
  /** How many parameters are declared, those with defaults and the rest parameter counted. */
  readonly parameters: number
  /** `length` at run time: parameters before the first that has a default or is a rest parameter. */
  readonly length: number
  readonly hasDefault: boolean
  readonly hasRest: boolean
  /** Some parameter is a pattern: `({ body }, res) => …`. */
  readonly destructured: boolean
  /** Some `return x`, or an expression body; `undefined` and `void x` are no values. */
  readonly returnsValue: boolean
  /** Some way through the body ends without a value, or with one that may be undefined: what another function gives. */
  readonly mayReturnNothing: boolean
  /** Some `return` gives what may be thenable: neither a literal nor what a method of a parameter gives, `res.json([])`. */
  readonly mayReturnThenable: boolean
  /** `this` or `super`, outside of functions in it that have their own. An arrow function has that of its surroundings. */
  readonly usesThis: boolean
  readonly usesArguments: boolean
  readonly usesNewTarget: boolean
  /** It calls `enterWith()` of an AsyncLocalStorage, whose store a function that awaits it does not get. */
  readonly entersContext: boolean
  /** It has type parameters of its own, or overloads. */
  readonly generic: boolean
  /** The name of each parameter; undefined for a pattern. */
  readonly parameterNames: readonly (string | undefined)[]
  /** The type of each parameter as written, spaces dropped; undefined where none is, or where it is a pattern with a default. */
  readonly parameterTypes: readonly (string | undefined)[]
  readonly returnType: string | undefined
  /** What every `return` of it gives, where that is one expression: `(fn) => (req, res, next) => …`, `() => new Hono()`. */
  readonly returned: Value | undefined
  /** Its body is that expression, or nothing but the `return` of it. */
  readonly onlyReturns: boolean
  /** What it does with the promises of the function that it takes: `(fn) => (req, res, next) => fn(req, res).catch(next)`. */
  readonly promises: PromiseUse | undefined
}

/** An import of the module that declares the export. */
export interface Imported {
  readonly specifier: string
  /** `default`, `*`, or the name that is exported there. */
  readonly name: string
}

/** What a `call` calls, or an `instance` is made of. */
export interface Callee {
  /** As written, without arguments and types: `Router`, `factory.createHandlers`, `new Hono().get`. */
  readonly name: string
  /** Where the first name in it comes from; undefined when this module declares it, or nothing does. */
  readonly imported: Imported | undefined
}

/** A value, by the expression that makes it. */
export interface Value {
  readonly kind: Kind
  /** Name of the class or function, where it has one. */
  readonly name: string | undefined
  /**
   * Of a `function` or `lazy`: its own. Of a `call`: of the function that is its first argument, written there or
   * declared by the same module (`asyncHandler(async (req, res) => …)`); what the call makes of it is not known.
   */
  readonly function: FunctionFacts | undefined
  /** Of a `call` and an `instance`. */
  readonly callee: Callee | undefined
  /** The type that the declaration gives it, as written: `RequestHandler` in `const list: RequestHandler = …`. */
  readonly annotation: string | undefined
}

/** A value that is reached through another one. */
export interface Reached extends Value {
  /** The module that it is written in; undefined when that is not known. */
  readonly path: string | undefined
}

/** An element of an array, a property of an object, or a property that the module sets on a function. */
export interface Member extends Value {
  /** undefined in an array, for a computed key, and for a spread. */
  readonly key: string | undefined
  /** `...list`, and what `Object.assign()` adds: how many members it stands for is not known. */
  readonly spread: boolean
  /** The identifier that stands there: `auth` in `[auth]`, `{ auth }` and `{ use: auth }`. */
  readonly local: string | undefined
  /** Where `local` comes from, when it is imported. */
  readonly imported: Imported | undefined
}
