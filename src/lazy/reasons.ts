/**
 * Why a candidate has its verdict. The codes are part of `--json` and stay stable; the sentences may change.
 * Each sentence names the fact and, where a person can do something about it, what.
 */
const SENTENCES = {
  // fix
  'every-use-is-lazy': () => 'Every use of it accepts a lazy import.',
  'type-beside-lazy': (name: string) =>
    `The type import of \`${name}\` stands above a lazy import of the same module, and hot-hook 1.0 takes the first import it reads: hot reload is off for that module.`,

  // done
  'already-lazy': () => 'It is already lazy.',

  // suggest
  'mixed-declaration': (name: string) =>
    `\`${name}\` comes from the same module and is used as a value, so the module stays statically imported: move \`${name}\` to a module of its own.`,
  'also-static': (where: string) =>
    `The module is also imported statically by ${where}; that importer would keep the old code after a hot reload.`,
  'opaque-cast': (name: string) => `\`${name}\` is cast at its use, so the lazy form cannot be proven to fit.`,
  indirect: (name: string) =>
    `\`${name}\` is stored in a variable or an object before it is registered; check that nothing else reads it.`,
  unused: (name: string) => `\`${name}\` is never used; the import can go.`,
  unresolved: (specifier: string) =>
    `\`${specifier}\` does not resolve to a file of this project, so its exports are unknown.`,
  'not-a-class': (name: string) =>
    `\`${name}\` is not known to be a class, and only a class can be replaced by a lazy import.`,
  'route-name': (name: string) =>
    `AdonisJS 7 names routes after the class, \`${name}\`; a lazy import under another name renames them.`,
  'named-export': (name: string) =>
    `AdonisJS 7 generates route types from a default export; make \`${name}\` the default export of its module.`,
  directive: (directive: string) => `The \`${directive}\` comment above would apply to the rewritten line.`,
  'side-effects': (where: string) =>
    `${where} runs code when it is imported; it would run at the first request instead of at boot.`,

  'import-cycle': (where: string) =>
    `${where} is part of an import cycle that is evaluated in another order when the import is lazy.`,

  // leave
  'bound-instance': (name: string) =>
    `\`${name}\` is instantiated here and its methods are bound: \`hot-codemod migrate --only bound-instances\` turns that into \`[${name}, 'method']\`.`,
  constructed: (name: string) => `\`new ${name}()\` needs the class itself.`,
  'static-member': (name: string) => `\`${name}\` is read as a value; only the class has that member.`,
  'used-as-value': (name: string) => `\`${name}\` is also used as a value outside a registration.`,
  're-exported': (name: string) => `\`${name}\` is exported again; its importers expect the class.`,
  namespace: (name: string) =>
    `\`${name}\` is a namespace import; AdonisJS takes lazy imports of classes only. Import a controller class by its name.`,
  'function-handler': (name: string) =>
    `\`${name}\` is registered as a function; AdonisJS takes lazy imports of classes only. Make it a method of a controller.`,
  'decorator-metadata': (name: string) => `\`${name}\` is emitted as decorator metadata, which needs the class.`,
  'qualified-type': (name: string) => `A member of \`${name}\` is used as a type.`,
  unlexable: () => 'hot-hook cannot lex this file (JSX text), and a lazy import of a boundary in it would fail.',
  'import-attributes': () => 'The import has attributes.',
  'comment-inside': () => 'There is a comment inside the import that would be lost.',

  'between-boundaries': (name: string) =>
    `One boundary imports another; edits of \`${name}\` restart the server until the boundary globs leave it out.`,
} satisfies Record<string, (detail: string) => string>

export type Reason = keyof typeof SENTENCES

/** The sentence for `reason`; `detail` is the candidate's. */
export function explainReason(reason: Reason, detail: string): string {
  return (SENTENCES[reason] as (detail: string) => string)(detail)
}
