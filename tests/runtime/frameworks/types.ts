import { join } from 'node:path'
import ts from 'typescript'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { remove, rewrite, writeApp, type Files, type Packages } from './app.ts'

/** Statements of a route file: its imports and what it registers; and the lines that a fix adds, none where it is left. */
export type Form = readonly [name: string, imports: string, registered: string, added: string]

interface World {
  /** With those that hold types only. */
  readonly packages: Packages
  /** The modules that route files import, of which each has its own: a module that one imports statically is lazy in none. */
  readonly files: Files
  /** The text of a route file. */
  readonly route: (imports: string, registered: string) => string
  readonly forms: readonly Form[]
  /** Default: lazy-imports. */
  readonly codemod?: string
}

const options: ts.CompilerOptions = {
  strict: true,
  noUnusedLocals: true,
  noUnusedParameters: true,
  noImplicitReturns: true,
  verbatimModuleSyntax: true,
  noEmit: true,
  target: ts.ScriptTarget.ES2023,
  module: ts.ModuleKind.NodeNext,
  skipLibCheck: true,
  types: ['node'],
}

/** A fix adds no type error, with the types of the real framework. Both versions of all files are in one program. */
export function testTypes(name: string, { packages, files, route, forms, codemod = 'lazy-imports' }: World): void {
  const pathOf = (at: number): string => `form-${at}/src/routes/routes.ts`
  const all: Record<string, string> = {}
  for (const [at, [, imports, registered]] of forms.entries()) {
    all[pathOf(at)] = route(imports, registered)
    for (const [path, text] of Object.entries(files)) all[`form-${at}/${path}`] = text
  }
  all['server.ts'] = forms.map((_, at) => `import './${pathOf(at).replace('.ts', '.js')}'\n`).join('')

  describe(name, () => {
    let before: string
    let after: string
    let changed: Files
    let program: ts.Program

    beforeAll(async () => {
      before = await writeApp(all, packages)
      after = await writeApp(all, packages)
      changed = await rewrite(after, { only: [codemod] })
      const paths = [before, after].flatMap((root) => Object.keys(all).map((path) => join(root, path)))
      program = ts.createProgram(paths, options)
    }, 120_000)

    afterAll(async () => {
      await remove(before)
      await remove(after)
    })

    function errorsIn(root: string, path: string): string[] {
      const file = program.getSourceFile(join(root, path))
      return ts
        .getPreEmitDiagnostics(program, file)
        .map(({ code, messageText }) => `TS${code} ${ts.flattenDiagnosticMessageText(messageText, ' ')}`)
    }

    it.each(forms.map(([form, , , added], at) => [form, pathOf(at), added] as const))('%s', (_, path, added) => {
      expect(errorsIn(before, path)).toEqual([])
      expect(errorsIn(after, path)).toEqual([])
      const lines = all[path]!.split('\n')
      const others = (changed[path] ?? '').split('\n').filter((line) => !lines.includes(line))
      expect(others.join('\n')).toBe(added)
    })
  })
}
