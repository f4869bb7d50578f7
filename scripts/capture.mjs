// What README.md shows of the CLI: real runs of the build on examples/express, as text and as pictures.
// scripts/docs.mjs writes them, and says when they are stale.
import { execFileSync } from 'node:child_process'
import { appendFileSync, cpSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { stripVTControlCharacters } from 'node:util'

const repository = fileURLToPath(new URL('..', import.meta.url))

/** As on every machine: where the project is, what runs it, and how wide the terminal is. */
const DIRECTORY = '~/shop'
const NODE = '24.11.1'
const COLUMNS = 110

/** How often the history of the example edits its files. */
const EDITS = {
  'src/controllers/orders.ts': 9,
  'src/controllers/products.ts': 7,
  'src/services/store.ts': 3,
  'src/app.ts': 1,
}

/**
 * Runs the commands one after another in a copy of the example that is a git repository.
 *
 * @returns by name, what a person sees: the command line, and the output with its colours.
 */
export async function captures() {
  const load = (path) => import(pathToFileURL(join(repository, 'dist/src/cli', path)).href)
  const [{ main }, { fitted }] = await Promise.all([load('main.js'), load('render/fitted.js')])
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'hot-codemod-capture-')))
  const [before, { versions }] = [process.cwd(), process]
  try {
    copyExample(root)
    process.chdir(root)
    Object.defineProperty(process, 'versions', { value: { ...versions, node: NODE } })
    const shown = {}
    for (const [name, args, answer] of [
      ['doctor', ['doctor']],
      ['migrate', ['migrate'], 'y'],
    ]) {
      const output = await run(main, args, answer)
      // Wrapped here, so that the length of a temporary path does not count.
      const text = fitted(output.replaceAll(root, DIRECTORY), { isTTY: true, columns: COLUMNS })
      shown[name] = `\u001b[2m$\u001b[22m npx hot-codemod ${args.join(' ')}\n\n${text.trimEnd()}\n`
    }
    return shown
  } finally {
    Object.defineProperty(process, 'versions', { value: versions })
    process.chdir(before)
    rmSync(root, { recursive: true, force: true })
  }
}

function copyExample(root) {
  cpSync(join(repository, 'examples/express'), root, { recursive: true })
  const git = (...args) => execFileSync('git', args, { cwd: root, stdio: 'ignore' })
  const commit = (message) =>
    git('-c', 'user.name=capture', '-c', 'user.email=capture@example.com', 'commit', '--all', '--message', message)
  const texts = Object.keys(EDITS).map((path) => [path, readFileSync(join(root, path), 'utf8')])
  for (const [path] of texts) appendFileSync(join(root, path), '\n'.repeat(EDITS[path]))
  git('init')
  git('add', '--all')
  commit('All')
  for (const [path, text] of texts) {
    for (let left = EDITS[path] - 1; left >= 0; left -= 1) {
      writeFileSync(join(root, path), text + '\n'.repeat(left))
      commit(path)
    }
  }
}

/** What a command prints on a terminal where a person types `answer` when asked. */
async function run(main, args, answer) {
  const stdin = Object.assign(new PassThrough(), { isTTY: true })
  const stdout = Object.assign(new PassThrough({ encoding: 'utf8' }), { isTTY: true })
  let output = ''
  stdout.on('data', (text) => {
    output += text
    if (!text.includes('Apply?')) return
    stdin.write(`${answer}\n`)
    output += `${answer}\n\n`
  })
  await main(args, { stdin, stdout, stderr: new PassThrough(), env: {} })
  return output
}

/** For a block of Markdown: the colours left out. */
export function asText(capture) {
  return `\`\`\`\n${stripVTControlCharacters(capture).replaceAll(/ +$/gm, '')}\`\`\``
}

const [CHARACTER, LINE, MARGIN] = [8.4, 20, 20]

/** The classes of the escape sequences that picocolors writes; the others end one. */
const STYLES = { 1: 'bold', 2: 'dim', 31: 'red', 32: 'green', 33: 'yellow', 36: 'cyan' }
const ENDS = { 22: ['bold', 'dim'], 39: ['red', 'green', 'yellow', 'cyan'], 0: Object.values(STYLES) }

const CSS = `
  text { font: 14px ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace; fill: #1f2328; white-space: pre }
  rect { fill: #ffffff; stroke: #d1d9e0 }
  .bold { font-weight: 700 } .dim { fill: #656d76 }
  .red { fill: #cf222e } .green { fill: #1a7f37 } .yellow { fill: #9a6700 } .cyan { fill: #1b7c83 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 } rect { fill: #0d1117; stroke: #3d444d } .dim { fill: #8d96a0 }
    .red { fill: #ff7b72 } .green { fill: #3fb950 } .yellow { fill: #d29922 } .cyan { fill: #39c5cf }
  }
`

/** A picture of a terminal, light or dark as its viewer is. Each run of one style stands at its column. */
export function asSvg(capture, title) {
  const lines = capture.trimEnd().split('\n')
  const columns = Math.max(...lines.map((line) => stripVTControlCharacters(line).length))
  const [width, height] = [Math.ceil(columns * CHARACTER) + 2 * MARGIN, lines.length * LINE + 2 * MARGIN]
  const active = new Set()
  const texts = lines.flatMap((line, row) => {
    let column = 0
    return line.split(/\u001b\[(\d+)m/).flatMap((part, index) => {
      if (index % 2 === 1) {
        if (STYLES[part]) active.add(STYLES[part])
        for (const style of ENDS[part] ?? []) active.delete(style)
        return []
      }
      const at = column + (part.length - part.trimStart().length)
      column += part.length
      const text = part.trim()
      if (text === '') return []
      const x = (MARGIN + at * CHARACTER).toFixed(1)
      const y = MARGIN + row * LINE + 15
      const style = active.size > 0 ? ` class="${[...active].join(' ')}"` : ''
      return [
        `<text x="${x}" y="${y}" textLength="${(text.length * CHARACTER).toFixed(1)}"${style}>${escaped(text)}</text>`,
      ]
    })
  })
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">`,
    `<title>${escaped(title)}</title>`,
    `<style>${CSS}</style>`,
    `<rect x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="8"/>`,
    ...texts,
    '</svg>\n',
  ].join('\n')
}

function escaped(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
