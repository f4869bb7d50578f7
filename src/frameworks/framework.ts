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

/** A module that the framework, or a plugin that loads files, imports by itself. */
export interface Root {
  /** Absolute. */
  readonly path: string
  /** Who loads it, for people: `AdonisJS`, `@fastify/autoload in src/app.ts:12`. */
  readonly by: string
}

/** Everything the planner knows of a framework. Adding a framework is writing one of these. */
export interface Framework {
  readonly name: 'adonisjs' | 'express' | 'fastify' | 'hono' | 'koa' | 'nestjs' | 'kickjs' | 'node'
  readonly receivers: readonly Receiver[]
  readonly typeModules: RegExp
  readonly registrations: readonly Registration[]
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
