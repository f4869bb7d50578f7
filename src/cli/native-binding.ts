/** What napi-rs says, which writes the loaders of oxc-parser, oxc-transform and oxc-resolver. */
const NOT_FOUND = /^(?:Cannot find|Failed to load) native binding/
const MISSING = /Cannot find module '(@oxc-[^'/]+\/binding-(?!wasm)[^'/]+)'/

/**
 * What to say where the native part of oxc is not there, or cannot be loaded: which package it is, and how to get it.
 *
 * @returns undefined when the error is another one.
 */
export function nativeBindingProblem(error: unknown): string | undefined {
  if (!(error instanceof Error) || !NOT_FOUND.test(error.message)) return undefined
  const causes = causesOf(error).map(({ message }) => message)
  const missing = causes.map((message) => MISSING.exec(message)?.[1]).find((name) => name !== undefined)
  const { platform, arch, versions } = process
  const system = `${platform} ${arch}, Node.js ${versions.node}`
  if (missing !== undefined) {
    return `${missing} is not installed: the native part of oxc for this system (${system}). It is an optional dependency, which npm leaves out where package-lock.json or node_modules come from another system (https://github.com/npm/cli/issues/4828), and where optional dependencies are omitted. Remove node_modules and package-lock.json and run \`npm install\`, or install that package.`
  }
  const why = causes.find((message) => !message.startsWith('Cannot find module')) ?? error.message
  return `The native part of oxc cannot be loaded on this system (${system}): ${why.split('\n', 1)[0]}`
}

function causesOf({ cause }: Error): Error[] {
  return cause instanceof Error ? [cause, ...causesOf(cause)] : []
}
