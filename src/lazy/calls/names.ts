import type { ScopeManager } from '@typescript-eslint/scope-manager'

/** Gives names to the constants of one module that import, none of them twice and none that the module uses. */
export interface Names {
  /**
   * `usersController` for `./users.controller.js`; where that is taken, with `load` before it when the import itself has
   * the name, else with its directory.
   */
  loaderFor(specifier: string, imported: readonly string[]): string
  /** `ListParameters` for `list`. */
  aliasFor(name: string): string
  /** `requireRoleAdmin` for a value that `requireRole` makes of `admin`; `requireRole2` where nothing tells it from another. */
  valueFor(name: string, words: string | undefined): string
  /** Takes `name` itself, unless it is taken. */
  take(name: string): boolean
  /** Whether `name` can stay the name of a constant that wrappers call: none of their parameters hides it. */
  canStay(name: string): boolean
}

/** @param reserved what the code that will use the names declares itself. */
export function namesIn(scopes: ScopeManager, reserved: ReadonlySet<string>): Names {
  let names: Set<string> | undefined
  /** Of most modules none is asked. */
  function takenNames(): Set<string> {
    if (names) return names
    names = new Set(reserved)
    for (const { set, through } of scopes.scopes) {
      for (const name of set.keys()) names.add(name)
      for (const { identifier } of through) names.add(String(identifier.name))
    }
    return names
  }
  function firstFree(candidates: readonly string[], base: string): string {
    const taken = takenNames()
    let name = candidates.find((candidate) => isName(candidate) && !taken.has(candidate))
    for (let count = 2; name === undefined; count += 1) if (!taken.has(`${base}${count}`)) name = `${base}${count}`
    taken.add(name)
    return name
  }
  return {
    loaderFor(specifier, imported) {
      const parts = specifier.split('/').map((part) => part.replace(/^[#@~]/, ''))
      const file = (parts.pop() ?? '').replace(/\.[cm]?[jt]sx?$/, '')
      const directory = parts.findLast((part) => /\w/.test(part)) ?? ''
      const own = pascal(file === 'index' && directory !== '' ? directory : file)
      const load = `load${own}`
      const withDirectory = lower(pascal(directory) + own)
      const others = imported.includes(lower(own)) ? [load, withDirectory] : [withDirectory, load]
      return firstFree([lower(own), ...others], load)
    },
    aliasFor(name) {
      const base = `${pascal(name)}Parameters`
      return firstFree([base], base)
    },
    valueFor(name, words) {
      const base = words === undefined ? name : lower(pascal(name) + pascal(words))
      return firstFree([base], /\d$/.test(base) ? `${base}_` : base)
    },
    take(name) {
      const taken = takenNames()
      const isFree = !taken.has(name)
      taken.add(name)
      return isFree
    },
    canStay: (name) => !reserved.has(name),
  }
}

function pascal(text: string): string {
  return text
    .split(/[^\p{ID_Continue}$]+|_/u)
    .filter(Boolean)
    .map((word) => (word[0] ?? '').toUpperCase() + word.slice(1))
    .join('')
}

function lower(text: string): string {
  return (text[0] ?? '').toLowerCase() + text.slice(1)
}

const KEYWORDS =
  /^(?:await|break|case|catch|class|const|continue|debugger|default|delete|do|else|enum|eval|export|extends|false|finally|for|function|if|implements|import|in|instanceof|interface|let|new|null|package|private|protected|public|return|static|super|switch|this|throw|true|try|typeof|var|void|while|with|yield|arguments|undefined)$/

/** What Node.js gives every module; another meaning would surprise. */
const GLOBALS =
  /^(?:console|crypto|exports|fetch|global|globalThis|module|navigator|performance|process|queueMicrotask|require|structuredClone)$/

function isName(text: string): boolean {
  return /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(text) && !KEYWORDS.test(text) && !GLOBALS.test(text)
}
