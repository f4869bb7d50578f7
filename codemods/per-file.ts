import vm from 'node:vm'
import type * as Api from '../src/api.ts'
import type { FileRewriteName } from '../src/lazy/file-rewrite-name.ts'
import type { Codemod } from './codemod.ts'

/** A codemod whose files do not depend on each other's edits: it runs over a project, and under jscodeshift. */
export interface PerFile {
  readonly name: FileRewriteName
  readonly description: string
  readonly optIn: boolean
  /** @param count how many edits there are. */
  summary(count: number): string
}

/** The codemod over a whole project. The engine is loaded when it runs. */
export function perFileCodemod({ name, description, optIn, summary }: PerFile): Codemod {
  return {
    name,
    description,
    optIn,
    async run(project, tree, options) {
      const { rewriteProject } = await import('../src/lazy/rewrite-project.ts')
      const { files, edits, notes } = rewriteProject(name, project, tree, options)
      return { codemod: name, summary: edits > 0 ? summary(edits) : '', files, edits, notes }
    },
  }
}

/** What jscodeshift calls for each file. It takes the text that comes back as it is. */
export type Transform = (file: { readonly path: string; readonly source: string }) => Promise<string | undefined>

/**
 * The jscodeshift transform of a codemod. It returns text, so jscodeshift prints nothing and no byte outside the edits
 * moves; `undefined` when there is nothing to do, which jscodeshift counts as skipped.
 */
export function perFileTransform(name: FileRewriteName): Transform {
  return async ({ path, source }) => {
    const { transformSource } = (await importNatively('hot-codemod/api')) as typeof Api
    return transformSource(name, path, source)
  }
}

/**
 * jscodeshift compiles whatever it requires to CommonJS with Babel, and oxc-parser's entry does not survive that.
 * An `import()` that Babel cannot see is left alone.
 */
function importNatively(specifier: string): Promise<unknown> {
  if (typeof require !== 'function') return import(specifier)
  const load = vm.runInThisContext('(specifier) => import(specifier)', {
    filename: __filename,
    importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  }) as (specifier: string) => Promise<unknown>
  return load(specifier)
}
