// Runs everything that has to hold: types, lint, tests. Ends with the line `N passed, N failed`.
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

process.chdir(fileURLToPath(new URL('..', import.meta.url)))

const report = 'node_modules/.cache/hot-codemod-tests/report.json'
mkdirSync('node_modules/.cache/hot-codemod-tests', { recursive: true })
rmSync(report, { force: true })

let passed = 0
let failed = 0
for (const [name, ...args] of [
  ['types', 'node_modules/typescript/bin/tsc', '--noEmit', '-p', 'tsconfig.test.json'],
  ['lint', 'node_modules/eslint/bin/eslint.js', '.'],
]) {
  const ok = node(...args) === 0
  console.log(`${ok ? '✓' : '✗'} ${name}`)
  if (ok) passed += 1
  else failed += 1
}

const status = node(
  'node_modules/vitest/vitest.mjs',
  'run',
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${report}`,
  ...process.argv.slice(2),
)
try {
  const { numPassedTests, numFailedTests, numFailedTestSuites } = JSON.parse(readFileSync(report, 'utf8'))
  passed += numPassedTests
  failed += numFailedTests === 0 && status !== 0 ? Math.max(1, numFailedTestSuites) : numFailedTests
} catch {
  failed += 1
}

console.log(`\n${passed} passed, ${failed} failed`)
process.exitCode = failed > 0 ? 1 : 0

function node(...args) {
  return spawnSync(process.execPath, args, { stdio: 'inherit' }).status
}
