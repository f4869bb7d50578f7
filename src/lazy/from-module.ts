import type { TSESTree } from '@typescript-eslint/utils'
import { lineBreakOf, type Edit } from '../edits/text.ts'
import type { FileFacts, HotFileFacts } from './facts.ts'
import { directiveAbove, endsWithSemicolon } from './rewrite.ts'
import { importedName } from './syntax.ts'

/** A module that imports `fromModule`, or is to: see hot-file.ts. */
interface Importing {
  readonly text: string
  readonly program: TSESTree.Program
  readonly dynamicImports: readonly TSESTree.ImportExpression[]
  readonly facts: Pick<FileFacts, 'module'>
}

/** The name under which a module imports `fromModule` already; undefined where it does not. */
export function importedFromModule({ program, facts }: Importing, hotFile: HotFileFacts): string | undefined {
  return program.body.flatMap((statement) => {
    if (statement.type !== 'ImportDeclaration' || statement.importKind === 'type') return []
    const { value } = statement.source
    const isIt = facts.module(value).path === hotFile.path || value.replace(/\.[cm]?[jt]s$/, '') === hotFile.specifier
    return isIt ? statement.specifiers.filter((specifier) => importedName(specifier) === 'fromModule') : []
  })[0]?.local.name
}

/** The import of `fromModule` under `name`, in the style of `declaration`. */
export function importFromModule(
  module: Importing,
  { specifier, extension }: HotFileFacts,
  declaration: TSESTree.ImportDeclaration,
  name: string,
): Edit {
  const { text, program, facts } = module
  const { source } = declaration
  const quote = source.raw[0] ?? "'"
  const named = name === 'fromModule' ? name : `fromModule as ${name}`
  // Of names such as `#guards`, the extension is not known to be left out.
  const relative = [source, ...sourcesOf(module)].find(({ value }) => value.startsWith('.'))
  const own = /\.[cm]?([jt])sx?$/.exec(relative ? relative.value : '.js')
  const ending = own ? (own[1] === 't' ? extension : extension.replace('t', 'j')) : ''
  // The same place for each import of the file that asks.
  const first = program.body.find(
    (statement) =>
      statement.type === 'ImportDeclaration' &&
      statement.importKind !== 'type' &&
      facts.module(statement.source.value).kind !== 'external' &&
      directiveAbove(text, statement.range[0]) === undefined,
  )
  const [start] = (first ?? declaration).range
  const closing = endsWithSemicolon(text, declaration) ? ';' : ''
  const line = `import { ${named} } from ${quote}${specifier}${ending}${quote}${closing}${lineBreakOf(text)}`
  return { range: [start, start], text: line }
}

/** What a file imports by a name that is written there. */
function sourcesOf({ program, dynamicImports }: Importing): TSESTree.StringLiteral[] {
  const all = [...program.body, ...dynamicImports].map((node) => ('source' in node ? node.source : undefined))
  return all.filter(
    (source) => source?.type === 'Literal' && typeof source.value === 'string',
  ) as TSESTree.StringLiteral[]
}
