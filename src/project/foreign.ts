/** Why a file is not edited: what generated it would undo that, or it is a copy of somebody else's. */
export interface Foreign {
  readonly reason: 'generated' | 'vendored'
  /** What says so: words of its first comment, or the directory. */
  readonly detail: string
}

/** Code generators say `DO NOT EDIT` in capitals; a person may say it of some lines. */
const MARK =
  /@generated\b|\bDO NOT (?:EDIT|MODIFY)\b|\b[Aa](?:uto(?:matically)?|UTO(?:MATICALLY)?)[- ]?(?:[Gg]enerated|GENERATED)\b/

/** The comments that a file begins with. */
const HEADER = /^\ufeff?(?:#!.*\n)?(?:\s|\/\/.*|\/\*[^]*?\*\/)*/

/** How much of the text may be its first comments. */
const LENGTH = 4000

const NAMED = /[.-](?:gen|generated)\.[cm]?[jt]sx?$/

/** A shop has vendors of its own, so those names count where other people's code is kept mostly. */
const VENDORED =
  /^(?:(?:public|assets|static|lib)\/)?(vendor|vendors)\/|(?:^|\/)(third[_-]party|bower_components|jspm_packages|\.yarn|\.pnpm)\//

/**
 * Whether a file is generated or vendored, by the marks that linguist and code generators use.
 *
 * @param path relative to the project, with `/`.
 */
export function foreignOf(path: string, text: string): Foreign | undefined {
  const [, directory = VENDORED.exec(path)?.[2]] = VENDORED.exec(path) ?? []
  if (directory !== undefined) return { reason: 'vendored', detail: directory }
  const name = NAMED.exec(path)?.[0]
  if (name !== undefined) return { reason: 'generated', detail: name }
  const [header = ''] = HEADER.exec(text.slice(0, LENGTH)) ?? []
  const mark = MARK.exec(header)?.[0]
  return mark === undefined ? undefined : { reason: 'generated', detail: mark }
}
