// Compares our prediction with what hot-hook does, for every source file of an application. Works on a copy.
// Needs `npm run build`, and hot-hook in the application's node_modules.
import { execFileSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join, relative, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { openServer } from '../dist/src/graph/server.js'
import { listSourceFiles } from '../dist/src/project/files.js'
import { readProject } from '../dist/src/project/open.js'
import { observe } from '../dist/src/verify/observe.js'

const usage = `npm run check:reload -- <directory> --entry src/index.ts --url /users [--url /posts …]

  --import <specifier>   loaded before hot-hook/register, such as tsx; repeatable
  --loader <name>        what the prediction assumes: none, native, tsx, ts-node, ts-exec, swc
  --no-register          the entry calls hot.init itself
  --boundary <glob>      in place of hotHook.boundaries in package.json; repeatable
  --env <NAME=value>     repeatable
  --port <number>        where the application listens, if it does not take the variable PORT
  --node <path>          the Node to run it with
  --watcher <name>       parent (default) or hot-hook
  --exclude <regex>      files not to save
  --word <file:from:to>  an edit whose words the answers show, in place of a mark left by the module: a mark does not
                         tell that one importer keeps the old code while another gets the new; repeatable
  --log                  print what the application printed`

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    entry: { type: 'string' },
    url: { type: 'string', multiple: true, default: [] },
    import: { type: 'string', multiple: true, default: [] },
    loader: { type: 'string' },
    'no-register': { type: 'boolean' },
    boundary: { type: 'string', multiple: true },
    env: { type: 'string', multiple: true, default: [] },
    port: { type: 'string' },
    node: { type: 'string', default: process.execPath },
    watcher: { type: 'string', default: 'parent' },
    exclude: { type: 'string' },
    word: { type: 'string', multiple: true, default: [] },
    log: { type: 'boolean' },
  },
})
if (positionals.length !== 1 || values.entry === undefined) {
  console.error(usage)
  process.exit(2)
}

const source = realpathSync(resolve(positionals[0]))
const temporary = realpathSync(mkdtempSync(join(tmpdir(), 'hot-codemod-check-')))
try {
  process.exitCode = (await check(copy(source, temporary))) ? 0 : 1
} finally {
  rmSync(temporary, { recursive: true, force: true })
}

/** A copy of `source` whose node_modules links to the original. */
function copy(source, into) {
  const directory = join(into, 'app')
  const isCopied = (path) => !['node_modules', '.git'].includes(basename(path))
  cpSync(source, directory, { recursive: true, filter: isCopied, verbatimSymlinks: true })
  const modules = join(source, 'node_modules')
  if (existsSync(modules)) symlinkSync(realpathSync(modules), join(directory, 'node_modules'), 'junction')
  return directory
}

/** @returns whether all files do what was predicted. */
async function check(directory) {
  if (values.boundary) {
    const path = join(directory, 'package.json')
    const manifest = JSON.parse(readFileSync(path, 'utf8'))
    const hotHook = { ...manifest.hotHook, boundaries: values.boundary }
    writeFileSync(path, JSON.stringify({ ...manifest, hotHook }, null, 2))
  }
  const node = execFileSync(values.node, ['--version'], { encoding: 'utf8' }).trim().slice(1)
  const project = readProject(directory, { entry: values.entry, node, loader: values.loader })
  const predicted = openServer(project).reload().files
  const excluded = values.exclude && new RegExp(values.exclude)
  const paths = [...new Set([...predicted.keys(), ...listSourceFiles(directory)])].sort()
  const files = paths.filter((path) => !excluded?.test(path))

  const words = new Map(values.word.map((option) => option.split(':')).map(([file, from, to]) => [file, { from, to }]))

  const imports = [...values.import, ...(values['no-register'] ? [] : ['hot-hook/register'])]
  const observed = await observe(
    {
      directory,
      node: values.node,
      args: [...imports.map((specifier) => `--import=${specifier}`), values.entry],
      entry: values.entry,
      watcher: values.watcher,
      env: Object.fromEntries(values.env.map((pair) => pair.split(/=(.*)/s).slice(0, 2))),
      ...(values.port && { port: Number(values.port) }),
    },
    values.url,
    files
      .map((path) => relative(directory, path))
      .map((file) => (words.has(file) ? { file, word: words.get(file) } : { file })),
  )

  for (const [url, { status }] of Object.entries(observed.answers)) console.log(`${status} ${url}`)
  if (values.log || !observed.started) console.log(observed.log)
  if (!observed.started) {
    console.log('The application does not start under hot-hook.')
    return false
  }
  let different = 0
  let unstable = 0
  const width = Math.max(...files.map((path) => relative(directory, path).length))
  for (const path of files) {
    const file = relative(directory, path)
    const prediction = predicted.get(path) ?? { outcome: 'unwatched', unstable: false }
    const { outcome } = observed.files[file]
    if (prediction.unstable) unstable += 1
    const isSame = prediction.unstable || prediction.outcome === outcome
    if (!isSame) different += 1
    const expectation = `${prediction.outcome}${prediction.unstable ? ' (unstable)' : ''}`
    console.log(`${isSame ? ' ' : '✗'} ${file.padEnd(width)}  ${expectation.padEnd(20)}  ${outcome}`)
  }
  console.log(`\n${files.length} files, ${different} not as predicted, ${unstable} unstable. Node ${node}.`)
  return different === 0
}
