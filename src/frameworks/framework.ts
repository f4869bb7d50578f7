/** What a module is to the framework: decides which rule reports its import, and whether it may be a boundary. */
export type Role = 'controller' | 'middleware' | 'listener' | 'error-handler'

/** An object of the framework that request-time code is registered on. */
export interface Receiver {
  readonly name: string
  /** Modules whose default export is the receiver. */
  readonly modules: readonly string[]
  /** Type names, imported from a module that `typeModules` matches, that annotate the receiver as a parameter. */
  readonly types: readonly string[]
  /** Names under which an IoC container resolves it: `await container.make('router')`. */
  readonly bindings: readonly string[]
  /** What makes one when called or instantiated, as `<module>#<export path>`: `express#default.Router`. */
  readonly factories?: readonly string[]
  /** Types of functions that take one as their first parameter; the same modules as `types`. */
  readonly pluginTypes?: readonly string[]
  /** The names that parameters have by convention, where nothing else says what they are. */
  readonly names?: readonly string[]
  /** Methods that return another receiver, or this one though they register nothing. */
  readonly returns?: Readonly<Record<string, string>>
  /** Methods that take a function whose first parameter is one. */
  readonly plugins?: readonly string[]
}

/** A call that registers request-time code in one of its arguments. */
export interface Registration {
  readonly receiver: string
  readonly methods: readonly string[]
  /** Index of the argument that holds the handler. */
  readonly argument: number
  /**
   * Where the handler stands in that argument: the argument itself, the first element of a tuple,
   * every element of a list, or every value of a record.
   */
  readonly shape: 'value' | 'tuple' | 'list' | 'record'
  readonly role: Role
  /**
   * `binding`: the framework takes a class or a lazy import, so `const X = () => import('…')` keeps every use as it is.
   * `inline`: it takes a lazy import only, so the use itself becomes one.
   */
  readonly form: 'binding' | 'inline'
  /** The framework derives the route's name from the handler's, so the local name must not change it. */
  readonly namesRoute?: true
}

/**
 * How the framework calls a function that is registered, and what becomes of its result.
 *
 * - `awaited`: a rejection is an error of the request, as a throw is (Express 5, Koa, Hono).
 * - `forwarded`: what is returned is dropped; errors go to the last parameter (Express 4, hooks of Fastify with `done`).
 * - `reply`: awaited, and a result other than undefined is sent; `this` is the instance (Fastify handlers).
 * - `hook`: `forwarded` when the function takes all parameters, else awaited; `this` is the instance (Fastify hooks).
 */
export type ResultUse = 'awaited' | 'forwarded' | 'reply' | 'hook'

/** A call that registers functions: each can be replaced by one that imports it when it is called. */
export interface FunctionRegistration {
  readonly receiver: string
  readonly methods: readonly string[]
  /** Index of the first argument that may hold a function. */
  readonly argument: number
  /** Every argument behind it may, too; arrays of them are looked into. */
  readonly rest?: true
  /** Only those whose first argument is one of these strings. */
  readonly events?: readonly string[]
  /** The functions are values of these properties of the argument. */
  readonly properties?: readonly string[]
  /** `position`: the last argument is a controller, those before it are middleware. */
  readonly role: Role | 'position'
  /** What the framework passes. */
  readonly parameters: readonly string[]
  readonly result: ResultUse | ((major: number) => ResultUse)
  /** The framework asks for `length`: a function with exactly this many parameters is an error handler, `parameters` of which are these. */
  readonly errorParameters?: readonly string[]
}

/** The type that TypeScript gives a parameter of a function which is written where it is registered. */
export interface ParameterType {
  readonly name: string
  /** Where it is imported from; undefined for a type of TypeScript's own. */
  readonly module?: string
  /** What its type arguments say, where they are more than their defaults. */
  readonly of?: 'path parameters' | 'environment and path' | 'route'
}

/** A framework whose handlers are plain functions. */
export interface FunctionRouting {
  readonly registrations: readonly FunctionRegistration[]
  /** By the names that `parameters` of a registration have; a parameter without one is typed by inference only. */
  readonly parameterTypes?: Readonly<Record<string, ParameterType>>
  /** Type names of parameters that say nothing of the route: a wrapper gets these without being told. */
  readonly plainTypes: readonly string[]
  /** Types of whole functions that say nothing of the route, and how many parameters a call of one needs. */
  readonly functionTypes: Readonly<Record<string, number>>
  /** Calls whose result is a sub-router, not a handler, as `factories` of a receiver. */
  readonly routers: readonly string[]
  /** Packages' functions that take a handler and return one, as `factories` of a receiver. */
  readonly wrappers?: readonly string[]
  /** The type of an error handler, and the module it comes from: its wrapper needs it named. */
  readonly errorType?: { readonly name: string; readonly module: string }
}

/** A module that the framework, or a plugin that loads files, imports by itself. */
export interface Root {
  /** Absolute. */
  readonly path: string
  /** Who loads it, for people: `AdonisJS`, `@fastify/autoload in src/app.ts:12`. */
  readonly by: string
  /** The module that has it loaded, each time that it is evaluated; undefined for what is loaded once. */
  readonly from?: Loading
}

/** A module that calls a package that imports modules of the project. */
export interface Loading {
  /** Absolute. */
  readonly path: string
  /** All modules that import that package, absolute: the importers of what it imports, for hot-hook. */
  readonly users: readonly string[]
}

/** Everything the planner knows of a framework. Adding a framework is writing one of these. */
export interface Framework {
  readonly name: 'adonisjs' | 'express' | 'fastify' | 'hono' | 'koa' | 'nestjs' | 'kickjs' | 'node'
  readonly receivers: readonly Receiver[]
  readonly typeModules: RegExp
  readonly registrations: readonly Registration[]
  /** Undefined where handlers are classes, or nothing is known of them. */
  readonly functions?: FunctionRouting
  /** Specifiers of generated modules that already hold lazy imports. */
  readonly generated: RegExp
  /** The role of a file by where it stands, for imports that no registration explains. */
  roleOf(path: string): Role | undefined
  /** `hotHook.boundaries` of its starter kits. */
  readonly defaultBoundaries: readonly string[]
  /** Files, relative to the project root, that never run in the server process. */
  readonly outsideServer: RegExp
  /** Files, relative to the project root, that run once at boot: never a boundary. */
  readonly boot: RegExp
  /** Modules, relative to the project root, whose `import()`s run once, at boot. */
  readonly importsOnce: RegExp
  /**
   * The modules that are loaded though no module of the project imports them, each once, in the order in which they
   * are found.
   *
   * @param root absolute.
   * @param read the text of a file of the project; undefined when there is no such file.
   * @param entry the module that node starts with, absolute; undefined when it is not known.
   */
  loads(root: string, read: (path: string) => string | undefined, entry: string | undefined): readonly Root[]
  /** The name the framework gives to a route whose handler is called `name`, without the method. */
  routeName(name: string): string
}
