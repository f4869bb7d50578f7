/** The key that `name` goes before where `keys` are in alphabetical order; `undefined` for the end. */
export function keyAfter(keys: readonly string[], name: string): string | undefined {
  // npm sorts in the first way, pnpm and Yarn in the second.
  const orders = [(a: string, b: string) => a.localeCompare(b, 'en'), (a: string, b: string) => (a < b ? -1 : 1)]
  const order = orders.find((compare) => keys.every((key, index) => index === 0 || compare(keys[index - 1]!, key) < 0))
  return order && keys.find((key) => order(name, key) < 0)
}
