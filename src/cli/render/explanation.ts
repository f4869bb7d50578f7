import type { ChainStep, Explanation } from '../../api.ts'
import { describeGain } from '../../doctor/cuts.ts'
import type { Colours } from './colours.ts'
import { paintOutcome } from './diagnosis.ts'
import { describeForm, openReasons } from './graph/cut-form.ts'

/** How many of the imports that a cut changes are shown. */
const IMPORTS = 5

/** What `hot-codemod explain` shows a person. */
export function renderExplanation(
  { path, outcome, unstable, message, remedy, root, chain, cut }: Explanation,
  paint: Colours,
): string {
  const lines = [`  ${paint.bold(path)}   ${paintOutcome(outcome, paint)}`, `  ${message}`]
  if (unstable) lines.push(`  ${paint.yellow('Unstable')}: hot-hook's answer depends on which import of it ran last.`)
  if (remedy !== '') lines.push(`  ${paint.dim('→')} ${remedy}`)
  if (root && chain.length > 0) lines.push('', ...chainLines(root, chain, paint))
  if (cut) lines.push('', ...cutLines(cut, paint))
  return `${lines.join('\n')}\n`
}

/** Each module below the one that imports it, with the line of that import. */
function chainLines(root: NonNullable<Explanation['root']>, chain: readonly ChainStep[], paint: Colours): string[] {
  return [
    `  ${root.path}   ${paint.dim(root.by === null ? 'the entry' : `loaded by ${root.by}`)}`,
    ...chain.map(({ from, line, specifier, dynamic, once, to }, depth) => {
      const place = line > 0 ? `${from}:${line}  ` : ''
      const how = dynamic ? `import('${specifier}')` : `import '${specifier}'`
      return `  ${'  '.repeat(depth)}${paint.dim('└')} ${to}   ${paint.dim(place + how)}${once ? paint.red('  runs once') : ''}`
    }),
  ]
}

function cutLines(cut: NonNullable<Explanation['cut']>, paint: Colours): string[] {
  const { path, reexported, imports, lazy, frees, edits, totalEdits } = cut
  const how = reexported
    ? `import lazily a module that only exports ${path} again, and make that a boundary`
    : `import ${path} lazily, and make it a boundary`
  const place = ({ path: from, line }: ExplainedPlace): string => `    ${from}${line > 0 ? `:${line}` : ''}`
  const placeLines = <Found extends ExplainedPlace>(places: readonly Found[], describe: (found: Found) => string) => [
    ...places.slice(0, IMPORTS).map((found) => `${place(found)}  ${paint.dim(found.specifier)}${describe(found)}`),
    ...(places.length > IMPORTS ? [paint.dim(`    … and ${places.length - IMPORTS} more`)] : []),
  ]
  const gain = describeGain(frees, edits, totalEdits)
  const work = imports.length > 1 ? `, ${imports.length} imports to change` : ''
  if (imports.length > 0) {
    return [
      `  ${paint.bold('Cheapest cut')}   ${how}: ${gain}${work}`,
      ...placeLines(imports, (found) =>
        [
          `  ${describeForm([found], found.verdict)}`,
          ...openReasons([found]).map((reason) => `      ${paint.dim('→')} ${reason}`),
        ].join('\n'),
      ),
    ]
  }
  return [
    `  ${paint.bold('Cheapest cut')}   make ${path} a boundary: ${gain}, if its lazy imports run in each request`,
    ...placeLines(lazy, () => ''),
  ]
}

type ExplainedPlace = NonNullable<Explanation['cut']>['lazy'][number]

/** `hot-codemod explain --json`; documented in docs/json.md. */
export function explanationAsJson(explanation: Explanation): string {
  return `${JSON.stringify({ version: 1, ...explanation }, null, 2)}\n`
}
