// Runs the main job on a copy of the example application: plan, apply, hot coverage before and after.
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const repository = fileURLToPath(new URL('..', import.meta.url))
const app = join(mkdtempSync(join(tmpdir(), 'hot-codemod-demo-')), 'app')
cpSync(join(repository, 'examples/adonisjs'), app, { recursive: true })
git('init', '--quiet')
git('add', '--all')
git('-c', 'user.name=demo', '-c', 'user.email=demo@example.com', 'commit', '--quiet', '--message', 'Everything static')

console.log('$ npx hot-codemod migrate --yes --show skipped\n')
const { status } = spawnSync(
  process.execPath,
  [join(repository, 'bin/hot-codemod.js'), 'migrate', '--yes', '--show', 'skipped'],
  {
    cwd: app,
    stdio: 'inherit',
  },
)
console.log('\n$ git diff start\n')
console.log(git('-c', 'color.ui=never', 'diff', '--unified=0', '--', 'start'))
console.log(`The migrated application is in ${app}`)
process.exitCode = status ?? 1

function git(...args) {
  return execFileSync('git', args, { cwd: app, encoding: 'utf8' })
}
