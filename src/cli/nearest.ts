/**
 * The name that was most likely meant: the one that the fewest single letters have to be added to, taken from or changed
 * in `text`, if these are at most two and fewer than half of its letters; of several, the first. Or the only one that
 * begins with `text`.
 */
export function nearest(text: string, names: readonly string[]): string | undefined {
  const [close] = names
    .map((name) => ({ name, distance: editDistance(text, name) }))
    .filter(({ name, distance }) => distance <= 2 && 2 * distance < name.length)
    .sort((a, b) => a.distance - b.distance)
  if (close) return close.name
  const begun = names.filter((name) => text !== '' && name.startsWith(text))
  return begun.length === 1 ? begun[0] : undefined
}

/** Levenshtein's distance. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (const [i, letter] of [...from].entries()) {
    const next = [i + 1]
    for (let j = 0; j < to.length; j += 1) {
      next.push(Math.min(row[j + 1]! + 1, next[j]! + 1, row[j]! + (letter === to[j] ? 0 : 1)))
    }
    row = next
  }
  return row[to.length]!
}
