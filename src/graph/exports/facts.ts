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
  /** Some way through the body ends without a value: a bare `return`, or the end of the body. */
  readonly mayReturnNothing: boolean
  /** `this` or `super`, outside of functions in it that have their own. An arrow function has that of its surroundings. */
  readonly usesThis: boolean
  readonly usesArguments: boolean
  readonly usesNewTarget: boolean
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
