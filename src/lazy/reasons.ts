/**
 * Why a candidate has its verdict. The codes are part of `--json` and stay stable; the sentences may change.
 * Each sentence names the fact and, where a person can do something about it, what.
 */
const SENTENCES = {
  // fix
  'every-use-is-lazy': () => 'Every use of it accepts a lazy import.',
  'type-beside-lazy': (name: string) =>
    `The type import of \`${name}\` stands above a lazy import of the same module, and hot-hook 1.0 takes the first import it reads: hot reload is off for that module.`,
  preloaded: (where: string) =>
    `${where} runs code when it is imported, so it is loaded at boot as before, and once more after an edit.`,
  'kept-server': (name: string) =>
    `\`${name}\` listens as before, and each request is handled by the newest application. Options of the server, and what runs on close, stay those of boot.`,

  'app-split': (file: string) =>
    `It moves to \`${file}\` with what builds the application, which is imported for each request.`,

  'made-value': (name: string) =>
    `What \`${name}\` makes is made at the first request, and again after an edit of its module: by \`fromModule\`, in a file of yours.`,

  'through-reexport': (name: string) =>
    `Hot modules import it statically too, so it is imported through \`${name}\`, which exports it again and is a boundary.`,
  deferred: () => 'It is used only in async functions that run after boot: each imports it when it is called.',
  'used-as-types': (name: string) =>
    `\`${name}\` is used as a type only, but the loader keeps the import; it drops an \`import type\`.`,
  'behind-barrel': (name: string) =>
    `\`${name}\` can be imported from the module that declares it, without all else that the barrel imports.`,

  // done
  'already-lazy': () => 'It is already lazy.',

  // suggest
  'mixed-declaration': (name: string) =>
    `\`${name}\` comes from the same module and is used as a value, so the module stays statically imported: move \`${name}\` to a module of its own.`,
  'also-static': (where: string) =>
    `The module is also imported statically by ${where}; that importer would keep the old code after a hot reload.`,
  'opaque-cast': (name: string) => `\`${name}\` is cast at its use, so the lazy form cannot be proven to fit.`,
  indirect: (name: string) =>
    `\`${name}\` is stored in a variable or an object before it is registered; check that nothing else reads it.`,
  unused: (name: string) => `\`${name}\` is never used; the import can go.`,
  unresolved: (specifier: string) =>
    `\`${specifier}\` does not resolve to a file of this project, so its exports are unknown.`,
  'not-a-class': (name: string) =>
    `\`${name}\` is not known to be a class, and only a class can be replaced by a lazy import.`,
  'route-name': (name: string) =>
    `AdonisJS 7 names routes after the class, \`${name}\`; a lazy import under another name renames them.`,
  'named-export': (name: string) =>
    `AdonisJS 7 generates route types from a default export; make \`${name}\` the default export of its module.`,
  directive: (directive: string) => `The \`${directive}\` comment above would apply to the rewritten line.`,
  'side-effects': (where: string) =>
    `${where} runs code when it is imported; it would run at the first request instead of at boot.`,

  'drops-side-effects': (where: string) =>
    `${where} runs code when it is imported, and nothing else would import it when the server starts.`,
  'evaluation-order': (where: string) =>
    `${where} would be evaluated at another place among the modules that the server loads, and could notice.`,
  'import-cycle': (where: string) =>
    `${where} is part of an import cycle that is evaluated in another order when the import is lazy.`,
  'typed-handler': (name: string) =>
    `\`${name}\` takes the route's own types, and a lazy import of it cannot be given them.`,
  'acts-after-next': (where: string) =>
    `The middleware at ${where} goes on after it called \`next()\`, and a handler that is imported lazily is not done then. Return or await \`next()\`.`,
  'enters-context': (name: string) =>
    `\`${name}\` calls \`enterWith()\`, and what runs after a lazy import of it does not get that store. Use \`run()\`.`,
  'generic-handler': (name: string) => `\`${name}\` has type parameters, which a lazy import of it would lose.`,
  'app-unknown': (name: string) =>
    `\`${name}\` is not known to be an application of the framework: what makes it cannot be followed.`,
  'top-level-await': () =>
    'What is imported runs code that boot needs, and `module` or `target` in tsconfig.json does not allow `await` at the top level of a module.',

  'unknown-caller': (name: string) =>
    `Nothing shows when \`${name}\` is called: if that is while the server starts only, an edit of what it imports would not be seen.`,
  'runs-before-await': (where: string) =>
    `${where} goes on before the function is done, which would do later what it does before its first \`await\`.`,
  'kept-value': (name: string) =>
    `What comes of \`${name}\` is kept when the function is done: it would be that of the old module after an edit.`,
  'runs-before-app': (where: string) =>
    `${where} would run after what builds the application, and runs before some of it as it is.`,
  'adds-later': (where: string) =>
    `${where} adds to the application after its module has run, and nothing waits for it: the first request after an edit could come before.`,
  'adds-elsewhere': (where: string) =>
    `${where} adds to something that stays when the module is loaded again, such as a router of another module: after an edit what was added before is still there, and comes first.`,
  'fastify-connections': (where: string) =>
    `${where} opens connections with each application, and those of the one before stay open after an edit. Have it closed: \`import.meta.hot?.dispose(() => { if (!app.server.listening) app.close() })\`.`,
  'memory-state': (what: string) =>
    `${what} is kept in memory by what builds the application, and would be lost at each edit below that. Keep it in a store.`,

  // leave
  'used-at-load': (name: string) => `\`${name}\` is used while this module is loaded.`,
  'in-decorator': (name: string) => `\`${name}\` is used in a decorator, which cannot wait for an import.`,
  'side-effect-import': (specifier: string) =>
    `\`${specifier}\` is imported for what it does when it is loaded, which the server needs at its start.`,
  'sync-function': (name: string) =>
    `\`${name}\` is used in a function that is not async, which cannot wait for an import. Make it \`async\` if its callers await it.`,
  'runs-at-boot': (name: string) =>
    `\`${name}\` runs while the server starts only, so that an edit of what it imports would not be seen.`,
  'reassigned-export': (name: string) =>
    `\`${name}\` is assigned again in its module, and a constant would not follow.`,
  assertion: (name: string) => `TypeScript takes what \`${name}\` asserts from an import that is static only.`,
  'bound-instance': (name: string) =>
    `\`${name}\` is instantiated here and its methods are bound: \`hot-codemod migrate --only bound-instances\` turns that into \`[${name}, 'method']\`.`,
  'kept-instance': (why: string) => why,
  constructed: (name: string) => `\`new ${name}()\` needs the class itself.`,
  'static-member': (name: string) => `\`${name}\` is read as a value; only the class has that member.`,
  'used-as-value': (name: string) => `\`${name}\` is also used as a value outside a registration.`,
  're-exported': (name: string) => `\`${name}\` is exported again; its importers expect it as it is.`,
  namespace: (name: string) =>
    `\`${name}\` is a namespace import; AdonisJS takes lazy imports of classes only. Import a controller class by its name.`,
  'function-handler': (name: string) =>
    `\`${name}\` is registered as a function; AdonisJS takes lazy imports of classes only. Make it a method of a controller.`,
  'decorator-metadata': (name: string) => `\`${name}\` is emitted as decorator metadata, which needs the class.`,
  'qualified-type': (name: string) => `A member of \`${name}\` is used as a type.`,
  factory: (name: string) =>
    `\`${name}(…)\` makes what is registered, once; made anew for each request it would forget what it keeps. If it may be made again after an edit: --with made-values. Or make the router hot: --level mount.`,
  'constructed-here': (name: string) =>
    `\`new ${name}(…)\` is made once, at boot; made anew for each request it would forget what it keeps. Export the instance from the module of its class; or, if it may be made again after an edit: --with made-values.`,
  'not-made': (name: string) =>
    `What \`${name}\` makes cannot be made at a request: what it is is not known, or its arguments or other uses need it at boot. Make the router hot: --level mount.`,
  spread: (name: string) => `\`${name}\` is a list that the registration needs.`,
  'not-a-function': (name: string) => `\`${name}\` is no function: the registration needs the value itself.`,
  'unknown-target': (name: string) =>
    `What \`${name}\` is cannot be read from its module, so how the framework calls it is not known. Export a function.`,
  thenable: (name: string) => `\`${name}\` has a \`then\`, which \`await import()\` would call.`,
  'unknown-wrapper': (name: string) => `What calls \`${name}\` is not known.`,
  'uses-this': (name: string) => `\`${name}\` uses \`this\`, which a lazy import of it would change.`,
  'uses-arguments': (name: string) => `\`${name}\` reads \`arguments\`.`,
  'never-called': (name: string) => `\`${name}\` declares more parameters than Express passes, which never calls it.`,
  'hook-arity': (name: string) =>
    `\`${name}\` neither is async nor takes all parameters of the hook, so when it is done is not known.`,
  'function-metadata': (name: string) => `\`${name}\` has properties, which a function around it would not have.`,
  commonjs: (specifier: string) =>
    `\`${specifier}\` is CommonJS when it runs, and hot-hook reloads ES modules only. Make it an ES module.`,
  'used-at-start': (name: string) =>
    `\`${name}\` is also used while the server starts, on the one application that there is then. Move that to the module of the application.`,
  'built-and-served': (where: string) =>
    `${where} builds the application and starts the server in one statement. Build it in a module of its own.`,
  'shared-declaration': (what: string) =>
    `${what} is used by what builds the application and by what starts the server. Move it to a module of its own.`,
  'made-with-server': (what: string) =>
    `${what} is made with the server, which stays when the application is built anew, and the application uses it.`,
  'names-file': (where: string) =>
    `${where} asks for the name of this file, and would get that of the module of the application.`,
  'entry-imported': (where: string) =>
    `${where} imports the application from the module that starts the server. Export it from a module of its own.`,
  'app-factory': (name: string) =>
    `\`${name}\` builds the application; built for each request it would forget what it keeps. Export the application itself from its module.`,
  'app-in-class': (what: string) =>
    `${what} builds the application and starts the server with it, so that its object goes on with that one. Build the application in a function that returns it, and start the server where that is called.`,
  'fastify-server': (where: string) =>
    `${where} has to do with the server itself, and that stays with the application that is made at boot: after an edit the code there would go on unchanged. Make the handlers lazy.`,
  'fastify-localhost': (where: string) =>
    `${where} is HTTP/2, and \`listen()\` may listen on \`localhost\`: Fastify then makes a second server for its other address, which would go on with the application of boot. Give it another \`host\`.`,
  'shared-container': (where: string) =>
    `${where} takes the container that @fastify/awilix has for the whole process: after an edit it would go on with the singletons of before. Give each application its own: \`createContainer()\`.`,
  'listen-error': (name: string) =>
    `Express 5 calls the callback of \`${name}.listen()\` with the error when the port cannot be had; a server of node:http emits \`error\`. Call \`createServer(${name}).listen()\` and listen to \`error\` yourself.`,
  resource: (what: string) =>
    `${what} would be made again after each edit. Move it to the module that starts the server, or undo it in \`import.meta.hot.dispose()\`.`,
  'goes-stale': (where: string) => `Edits of ${where} would be reported as hot, and its old code would go on running.`,
  'sub-app': (name: string) =>
    `\`${name}\` is an application of its own, which gets its settings and a \`mount\` event when it is mounted. Make it a Router.`,
  'walks-routes': (where: string) =>
    `${where} reads the routes of routers, and would not find those of a router behind a function.`,
  'static-middleware': (name: string) => `--no-middleware leaves \`${name}\` as it is.`,
  generated: (mark: string) => `The file is generated (\`${mark}\`), and what generates it would undo the edit.`,
  vendored: (directory: string) => `The file is a copy of another project's (\`${directory}/\`).`,
  regressed: (what: string) => `The file is left as it is: with lazy imports in it, ${what}.`,
  declined: (why: string) => `It is left as it is by choice${why === '' ? '' : `: ${why}`}.`,
  'closes-over': (name: string) =>
    `The function uses \`${name}\` of the file that registers it, so it cannot move. Move \`${name}\` to a module of its own, or pass it in.`,
  'loaded-by-name': (by: string) =>
    `${by} loads every file of that directory, so a new one there would be loaded as well.`,
  unlexable: () => 'hot-hook cannot lex this file (JSX text), and a lazy import of a boundary in it would fail.',
  'import-attributes': () => 'The import has attributes.',
  'comment-inside': () => 'There is a comment inside the import that would be lost.',

  'between-boundaries': (name: string) =>
    `One boundary imports another; edits of \`${name}\` restart the server until the boundary globs leave it out.`,
} satisfies Record<string, (detail: string) => string>

export type Reason = keyof typeof SENTENCES

/** Whether `text` is the code of a reason. */
export function isReason(text: string): text is Reason {
  return Object.hasOwn(SENTENCES, text)
}

/** The sentence for `reason`; `detail` is the candidate's. */
export function explainReason(reason: Reason, detail: string): string {
  return (SENTENCES[reason] as (detail: string) => string)(detail)
}
