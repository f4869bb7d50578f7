import { spawnSync } from 'node:child_process'
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { FINDINGS } from '../src/doctor/finding.ts'
import { verificationAsJson } from '../src/cli/render/verification.ts'
import { OUTCOMES } from '../src/graph/outcomes.ts'
import { readProject } from '../src/project/open.ts'
import type { Diagnostic } from '../src/verify/diagnostics.ts'
import type { Verification } from '../src/verify/verify.ts'
import { repository } from './engines/engines.ts'
import { hotCodemodHere } from './cli/in-process.ts'
import { directoryWith, hotCodemod } from './cli/run.ts'
import { manifest, server, type Files } from './doctor/server.ts'

const page = (path: string): string => readFileSync(join(repository, path), 'utf8')

function between(path: string, name: string): string {
  const [, text] = new RegExp(`<!-- ${name} -->\n([^]*)<!-- /${name} -->`).exec(page(path)) ?? []
  if (text === undefined) throw new Error(`${path} has no <!-- ${name} -->.`)
  return text
}

/** The first column of a generated or written table, without the backquotes. */
const column = (path: string, name: string): string[] =>
  [...between(path, name).matchAll(/^\| `([^`]+)`/gm)].map(([, cell = '']) => cell)

function fieldsOf(value: unknown, path = ''): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => fieldsOf(item, `${path}[]`))
  if (typeof value !== 'object' || value === null) return [path]
  return Object.entries(value).flatMap(([key, child]) => fieldsOf(child, path === '' ? key : `${path}.${key}`))
}

/** The server of README.md: a boundary that is hot, and one whose import() runs once. */
const example: Files = {
  ...server,
  'src/server.ts': `import express from 'express'
const { search } = await import('./routes/search.js')

const app = express()
app.get('/search', search)
app.get('/users', async (req, res) => (await import('./routes/users.js')).list(req, res))
app.listen(3000)
`,
  'src/routes/search.ts':
    "import { find } from '../services/index.js'\nexport const search = (req, res) => res.json(find())\n",
  'src/services/index.ts': 'export const find = () => []\n',
}

describe('the example of README.md', () => {
  it('is what the commands print', () => {
    const root = directoryWith(example)
    const node = ['--node', '20.20.2']
    const doctor = hotCodemod(root, 'doctor', ...node).stdout
    const explain = hotCodemod(root, 'explain', 'src/services/index.ts', ...node).stdout
    expect(between('README.md', 'doctor example').trim()).toBe(
      `\`\`\`\n$ npx hot-codemod doctor\n${doctor}\n$ npx hot-codemod explain src/services/index.ts\n${explain}\`\`\``,
    )
  })
})

describe('docs/json.md', () => {
  // A static import to change, and, below, a boundary that is missing only.
  const restarting = { ...server, 'src/server.ts': "import './none.js'\nimport './routes/users.js'\n" }
  const lazy = { ...server, 'package.json': manifest({ hotHook: { boundaries: ['./none.ts'] } }) }

  async function fieldsIn(command: string, files: Files, path = ''): Promise<string[]> {
    const { stdout } = await hotCodemodHere(command, join(directoryWith(files), path), '--json')
    return fieldsOf(JSON.parse(stdout))
  }

  it('has the fields of doctor --json, and no others', async () => {
    const fields = new Set(await fieldsIn('doctor', restarting))
    expect([...fields].sort()).toEqual(column('docs/json.md', 'doctor fields').sort())
  })

  it('has the fields of verify --json, and no others', () => {
    const root = directoryWith(lazy)
    const diagnostic: Diagnostic = { path: 'src/server.ts', line: 1, column: 1, code: 'TS2322', message: 'No.' }
    const times = { command: 'node src/server.ts', median: 10, all: [10] }
    const verification: Verification = {
      project: readProject(root),
      command: 'hot-runner src/server.ts',
      node: '20.20.2',
      requests: [{ request: '/', status: 200 }],
      files: [
        {
          path: 'src/server.ts',
          predicted: 'restart',
          reason: 'entry',
          unstable: false,
          observed: 'restart',
          agrees: true,
          passes: true,
          request: null,
        },
      ],
      against: {
        version: 'main',
        command: 'tsx watch src/server.ts',
        answers: {
          differences: [{ request: '/', what: 'header', name: 'vary', before: '(none)', after: 'origin' }],
          varying: ['/'],
          same: 0,
        },
        types: { added: [diagnostic], gone: [diagnostic], problem: null },
      },
      timing: {
        file: 'src/users.ts',
        request: '/users',
        rounds: 1,
        interleaved: true,
        hot: times,
        restart: { ...times, source: 'derived', notes: ['None.'] },
        ratio: 1,
        editsPerDay: 1,
        secondsPerDay: 0,
      },
      problems: ['None.'],
      passes: true,
    }
    const fields = new Set(fieldsOf(JSON.parse(verificationAsJson(verification))))
    // The installed version of hot-hook, which this directory has not.
    expect([...new Set([...fields, 'hotHook'])].sort()).toEqual(column('docs/json.md', 'verify fields').sort())
  })

  it('has the fields of explain --json, and no others', async () => {
    const path = 'src/services/users.ts'
    const fields = new Set([
      ...(await fieldsIn('explain', restarting, path)),
      ...(await fieldsIn('explain', lazy, path)),
    ])
    expect([...fields].sort()).toEqual(column('docs/json.md', 'explain fields').sort())
  })

  it('has no field twice', () => {
    for (const name of ['doctor fields', 'explain fields']) {
      const fields = column('docs/json.md', name)
      expect(fields).toEqual([...new Set(fields)])
    }
  })
})

describe('the generated tables', () => {
  it('are as the code says', () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, ['scripts/outcomes-page.mjs', '--check'], {
      cwd: repository,
      encoding: 'utf8',
    })
    expect([status, stdout, stderr]).toEqual([0, '', ''])
  })

  it('list every reason of an outcome', () => {
    expect(column('docs/outcomes.md', 'outcomes')).toEqual(Object.keys(OUTCOMES))
  })

  it('list every code of a finding', () => {
    expect(column('docs/doctor.md', 'findings')).toEqual(Object.keys(FINDINGS))
  })

  it('list no code of a finding that nothing reports', () => {
    const sources = [
      ...readdirSync(join(repository, 'src/doctor'))
        .filter((name) => name !== 'finding.ts')
        .map((name) => `src/doctor/${name}`),
      'src/graph/config.ts',
      'src/graph/reload.ts',
    ]
    const text = sources.map(page).join('')
    expect(Object.keys(FINDINGS).filter((code) => !text.includes(`'${code}'`))).toEqual([])
  })
})
