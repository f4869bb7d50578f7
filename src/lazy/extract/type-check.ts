import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { SourceFile } from 'ts-morph'
import type { FileTree } from '../../edits/tree.ts'
import { requirePackage } from '../../require.ts'

/** A type error that one of two files has after a change, and neither had before. */
export interface TypeError {
  /** The declaration of the new module that it is in. */
  readonly within: string | undefined
  readonly message: string
}

export interface TypeCheck {
  /** @param text the new text of `path`, some of whose code is in `module` then. */
  errorsAdded(path: string, text: string, module: { readonly path: string; readonly text: string }): TypeError[]
}

/**
 * Opens the project with TypeScript, as `tree` has it, by its tsconfig.json.
 *
 * @returns undefined where there is none, or it does not parse: nothing is checked then.
 */
export function openTypeCheck(root: string, tree: FileTree): TypeCheck | undefined {
  const tsConfigFilePath = join(root, 'tsconfig.json')
  if (!existsSync(tsConfigFilePath)) return undefined
  const { Project, ts } = requirePackage('ts-morph') as typeof import('ts-morph')
  if (ts.readConfigFile(tsConfigFilePath, (path) => ts.sys.readFile(path)).error) return undefined
  const project = new Project({ tsConfigFilePath })
  for (const { path, after } of tree.changes())
    if (/\.[cm]?[jt]sx?$/.test(path)) project.createSourceFile(path, after, { overwrite: true })
  return {
    errorsAdded(path, text, module) {
      const file = project.getSourceFile(path) ?? project.addSourceFileAtPath(path)
      const before = file.getFullText()
      file.replaceWithText(text)
      const created = project.createSourceFile(module.path, module.text, { overwrite: true })
      const found = [...errorsIn(created), ...errorsIn(file)]
      if (found.length === 0) return []
      created.forget()
      file.replaceWithText(before)
      const known = new Set(errorsIn(file).map(({ message }) => message))
      return found.filter(({ message }) => !known.has(message))
    },
  }
}

function errorsIn(file: SourceFile): TypeError[] {
  return file.getPreEmitDiagnostics().map((diagnostic) => {
    const text = diagnostic.getMessageText()
    const start = diagnostic.getStart() ?? 0
    const statement = file.getStatements().find((one) => one.getStart() <= start && start < one.getEnd())
    const name =
      statement?.getSymbol()?.getName() ??
      /^export (?:async )?(?:const|function)\*? (\w+)/.exec(statement?.getText() ?? '')?.[1]
    return {
      within: name,
      message: `TS${diagnostic.getCode()} ${typeof text === 'string' ? text : text.getMessageText()}`,
    }
  })
}
