import type { ChainStep, Explanation } from '../../api.ts'
import type { Colours } from './colours.ts'
import { paintOutcome } from './diagnosis.ts'

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

function cutLines({ path, imports, lazy, frees }: NonNullable<Explanation['cut']>, paint: Colours): string[] {
  const placeLines = (places: typeof imports): string[] => [
    ...places
      .slice(0, IMPORTS)
      .map(({ path: from, line, specifier }) => `    ${from}${line > 0 ? `:${line}` : ''}  ${paint.dim(specifier)}`),
    ...(places.length > IMPORTS ? [paint.dim(`    … and ${places.length - IMPORTS} more`)] : []),
  ]
  const hot = `${frees} ${frees === 1 ? 'file turns' : 'files turn'} hot`
  const work = `${imports.length} ${imports.length === 1 ? 'import' : 'imports'} to change`
  if (imports.length > 0) {
    return [
      `  ${paint.bold('Cheapest cut')}   import ${path} lazily, and make it a boundary: ${hot}, ${work}`,
      ...placeLines(imports),
    ]
  }
  return [
    `  ${paint.bold('Cheapest cut')}   make ${path} a boundary: ${hot}, if its lazy imports run in each request`,
    ...placeLines(lazy),
  ]
}

/** `hot-codemod explain --json`; documented in docs/json.md. */
export function explanationAsJson(explanation: Explanation): string {
  return `${JSON.stringify({ version: 1, ...explanation }, null, 2)}\n`
}
