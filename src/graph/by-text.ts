/** How many paths are remembered: those of a large server, and not those of every project that an editor sees. */
const PATHS = 500
/** How many texts of each: as it is, as it will be, and as it would be with what is being tried. */
const TEXTS = 4

/** `compute`, which depends on nothing but its arguments, with its last results: a project is opened again after each codemod. */
export function rememberedByText<Result>(
  compute: (path: string, text: string) => Result,
): (path: string, text: string) => Result {
  const known = new Map<string, readonly { readonly text: string; readonly result: Result }[]>()
  return (path, text) => {
    const last = known.get(path) ?? []
    const found = last.find((one) => one.text === text)
    if (found) return found.result
    const result = compute(path, text)
    if (known.size >= PATHS) known.clear()
    known.set(path, [{ text, result }, ...last.slice(0, TEXTS - 1)])
    return result
  }
}
