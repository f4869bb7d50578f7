import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'
import { renderGithub } from '../../src/cli/render/report/github.ts'
import { prose } from '../../src/cli/render/report/markdown.ts'
import { nameBelow, problemsOfDiagnosis, topOf, type Problem } from '../../src/cli/render/report/problems.ts'
import { renderSarif } from '../../src/cli/render/report/sarif.ts'
import { doctor } from '../../src/inspect.ts'
import { server } from '../doctor/server.ts'
import { hotCodemodHere, hotCodemodWith } from './in-process.ts'
import { application, directoryWith, filesIn, repositoryWith } from './run.ts'

/** A server whose boundary is imported statically. */
const restarting = { ...server, 'src/server.ts': "\nimport { list } from './routes/users.js'\nlist\n" }
const node = ['--node', '20.20.2']

/** Routes of which one import stays static. */
const mixed = {
  ...application,
  'start/left.ts': `import router from '@adonisjs/core/services/router'
import UsersController from '#controllers/users_controller'
router.get('/', [UsersController, 'index'])
console.log(UsersController)
`,
}

/** A problem at a place, where nothing else matters. */
const problem = (overrides: Partial<Problem> = {}): Problem => ({
  code: 'static-boundary',
  level: 'error',
  path: '/repository/src/server.ts',
  line: 2,
  message: 'It restarts.',
  meaning: 'A boundary is imported statically.',
  page: 'doctor.md',
  ...overrides,
})

const LEFT =
  '::notice file=start/left.ts,line=2,title=hot-codemod used-as-value::`UsersController` stays imported statically. `UsersController` is also used as a value outside a registration.'

describe('--format github', () => {
  it('writes a workflow command for each finding of doctor', async () => {
    const { code, stdout, stderr } = await hotCodemodHere(
      'doctor',
      directoryWith(restarting),
      '--format',
      'github',
      ...node,
    )
    expect(stdout.split('\n')).toEqual([
      '::notice title=Hot coverage::0 %25 of 3 files',
      '::warning file=package.json,line=17,title=hot-codemod matches-static::`./src/routes/*.ts` matches 1 file that is imported statically, which makes edits of it, and of all below, restart: `src/routes/users.ts` by `src/server.ts:2`. Import them lazily, or make the glob narrower: what a boundary imports is hot without being one.',
      '::warning file=src/server.ts,line=2,title=hot-codemod static-boundary::It imports the boundary `src/routes/users.ts` statically, so an edit of that, and of what only it imports, restarts. Import it lazily there, or take it out of `hotHook.boundaries`.',
      '',
    ])
    expect([code, stderr]).toEqual([0, ''])
  })

  it('writes what migrate would change, and what it leaves', async () => {
    const { code, stdout, stderr } = await hotCodemodHere('migrate', directoryWith(mixed), '--format', 'github')
    expect(stdout.split('\n')).toEqual([
      '::notice title=Hot coverage::0 %25 → 42 %25 of 7 files',
      '::warning file=start/routes.ts,line=2,title=hot-codemod every-use-is-lazy::`UsersController` can be imported lazily: run `hot-codemod migrate`. Every use of it accepts a lazy import.',
      '::warning file=start/routes.ts,line=3,title=hot-codemod every-use-is-lazy::`PostsController` can be imported lazily: run `hot-codemod migrate`. Every use of it accepts a lazy import.',
      '::warning file=package.json,line=1,title=hot-codemod hot-hook-config::`hot-codemod migrate` changes this file: ./app/controllers/**/*.ts.',
      '::warning file=package.json,line=1,title=hot-codemod dev-script::`hot-codemod migrate` changes this file: node ace serve --watch → node ace serve --hmr.',
      '::warning file=package.json,line=1,title=hot-codemod dev-dependencies::`hot-codemod migrate` changes this file: hot-hook ^1.0.0 added.',
      LEFT,
      '',
    ])
    expect([code, stderr]).toEqual([1, ''])
  })

  it('writes only what is left once it is applied', async () => {
    const { code, stdout } = await hotCodemodHere('migrate', directoryWith(mixed), '--format', 'github', '--yes')
    expect(stdout).toBe(`::notice title=Hot coverage::0 %25 → 42 %25 of 7 files\n${LEFT}\n`)
    expect(code).toBe(0)
  })

  it('says why it could not run', async () => {
    const root = directoryWith({ 'a.ts': '' })
    const { code, stdout, stderr } = await hotCodemodHere('doctor', root, '--format', 'github')
    expect(stdout.replaceAll(root, '.')).toBe(
      '::error title=hot-codemod doctor::There is no package.json in . or above it. Run hot-codemod in the directory of an application.\n',
    )
    expect([code, stderr]).toEqual([2, ''])
  })

  it('escapes what would end a value or a command', () => {
    const written = renderGithub(
      '1 %',
      [problem({ path: '/repository/a:b,c%.ts', message: '50 %\r\n::warning::no' })],
      '/repository',
    )
    expect(written).toBe(
      '::notice title=Hot coverage::1 %25\n::error file=a%3Ab%2Cc%25.ts,line=2,title=hot-codemod static-boundary::50 %25%0D%0A::warning::no\n',
    )
  })

  it('names line 1 for a file as a whole, and a notice for what is left alone', () => {
    expect(renderGithub('1 %', [problem({ level: 'note', line: 0 })], '/repository')).toContain(
      '::notice file=src/server.ts,line=1,title=hot-codemod static-boundary::It restarts.\n',
    )
  })
})

describe('paths for a code host', () => {
  const app = Object.fromEntries(Object.entries(restarting).map(([path, text]) => [`apps/api/${path}`, text]))

  it('are relative to the top of the repository', async () => {
    const root = repositoryWith(app)
    const { stdout } = await hotCodemodHere('doctor', join(root, 'apps/api'), '--format', 'github', ...node)
    expect(stdout).toContain('::warning file=apps/api/src/server.ts,line=2,')
  })

  it('are relative to what GitHub Actions checked out', async () => {
    const root = repositoryWith(app)
    const workspace = { GITHUB_WORKSPACE: join(root, 'apps') }
    const { stdout } = await hotCodemodWith(workspace, 'doctor', join(root, 'apps/api'), '--format', 'github', ...node)
    expect(stdout).toContain('::warning file=api/src/server.ts,line=2,')
  })

  it('are so as well where that is named by a link', () => {
    const root = repositoryWith(app)
    const link = join(directoryWith({ 'a.txt': '' }), 'link')
    symlinkSync(root, link)
    expect(topOf(join(root, 'apps/api'), { GITHUB_WORKSPACE: link })).toBe(root)
  })

  it('are relative to the repository where the project is elsewhere', () => {
    const root = repositoryWith(app)
    expect(topOf(join(root, 'apps/api'), { GITHUB_WORKSPACE: directoryWith({ 'a.txt': '' }) })).toBe(root)
  })

  it('are relative to the project without a repository', () => {
    const root = directoryWith(app)
    expect(topOf(join(root, 'apps/api'), {})).toBe(join(root, 'apps/api'))
    expect(nameBelow(root, join(root, 'apps/api/src/server.ts'))).toBe('apps/api/src/server.ts')
  })
})

describe('--format sarif', () => {
  it('is a log of SARIF 2.1.0', async () => {
    const root = repositoryWith({ 'apps/a b/package.json': '{}' })
    const findings = [
      problem({ path: join(root, 'apps/a b/src/server.ts') }),
      problem({
        code: 'no-dispose',
        level: 'warning',
        path: join(root, 'apps/a b/src/ü.ts'),
        line: 0,
        page: 'doctor.md',
      }),
      problem({ path: join(root, 'apps/a b/src/other.ts') }),
    ]
    const log = renderSarif({ command: 'doctor', problems: findings, top: root, root: join(root, 'apps/a b') })
    const rule = { shortDescription: { text: 'A boundary is imported statically.' } }
    expect(JSON.parse(log)).toEqual({
      $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
      version: '2.1.0',
      runs: [
        {
          tool: {
            driver: {
              name: 'hot-codemod',
              semanticVersion: expect.stringMatching(/^\d+\.\d+\.\d+/) as string,
              informationUri: 'https://github.com/hot-codemod/hot-codemod',
              rules: [
                {
                  ...rule,
                  id: 'static-boundary',
                  fullDescription: rule.shortDescription,
                  help: {
                    text: 'A boundary is imported statically. See https://github.com/hot-codemod/hot-codemod/blob/main/docs/doctor.md',
                  },
                  helpUri: 'https://github.com/hot-codemod/hot-codemod/blob/main/docs/doctor.md',
                  defaultConfiguration: { level: 'error' },
                },
                {
                  ...rule,
                  id: 'no-dispose',
                  fullDescription: rule.shortDescription,
                  help: {
                    text: 'A boundary is imported statically. See https://github.com/hot-codemod/hot-codemod/blob/main/docs/doctor.md',
                  },
                  helpUri: 'https://github.com/hot-codemod/hot-codemod/blob/main/docs/doctor.md',
                  defaultConfiguration: { level: 'warning' },
                },
              ],
            },
          },
          automationDetails: { id: 'hot-codemod doctor/apps/a b/' },
          invocations: [{ executionSuccessful: true }],
          originalUriBaseIds: { '%SRCROOT%': { uri: `${pathToFileURL(root).href}/` } },
          results: [
            {
              ruleId: 'static-boundary',
              ruleIndex: 0,
              level: 'error',
              message: { text: 'It restarts.' },
              locations: [
                {
                  physicalLocation: {
                    artifactLocation: { uri: 'apps/a%20b/src/server.ts', uriBaseId: '%SRCROOT%' },
                    region: { startLine: 2 },
                  },
                },
              ],
            },
            {
              ruleId: 'no-dispose',
              ruleIndex: 1,
              level: 'warning',
              message: { text: 'It restarts.' },
              locations: [
                {
                  physicalLocation: {
                    artifactLocation: { uri: 'apps/a%20b/src/%C3%BC.ts', uriBaseId: '%SRCROOT%' },
                    region: { startLine: 1 },
                  },
                },
              ],
            },
            {
              ruleId: 'static-boundary',
              ruleIndex: 0,
              level: 'error',
              message: { text: 'It restarts.' },
              locations: [
                {
                  physicalLocation: {
                    artifactLocation: { uri: 'apps/a%20b/src/other.ts', uriBaseId: '%SRCROOT%' },
                    region: { startLine: 2 },
                  },
                },
              ],
            },
          ],
        },
      ],
    })
  })

  it.each([
    ['doctor', restarting, 0, ['warning'], ['matches-static', 'static-boundary']],
    [
      'migrate',
      mixed,
      1,
      ['warning', 'note'],
      ['every-use-is-lazy', 'hot-hook-config', 'dev-script', 'dev-dependencies', 'used-as-value'],
    ],
  ])('%s writes it, and nothing else', async (command, files, exit, levels, rules) => {
    const options = command === 'doctor' ? node : []
    const { code, stdout, stderr } = await hotCodemodHere(
      command,
      directoryWith(files),
      '--format',
      'sarif',
      ...options,
    )
    const { runs } = JSON.parse(stdout) as {
      runs: {
        tool: { driver: { rules: { id: string }[] } }
        results: { level: string; ruleIndex: number; ruleId: string }[]
      }[]
    }
    const [run] = runs
    const ids = run?.tool.driver.rules.map(({ id }) => id)
    expect(ids).toEqual(rules)
    expect([...new Set(run?.results.map(({ level }) => level))]).toEqual(levels)
    expect(run?.results.filter(({ ruleIndex, ruleId }) => ids?.[ruleIndex] !== ruleId)).toEqual([])
    expect([code, stderr]).toEqual([exit, ''])
  })

  it('says why it could not run', async () => {
    const { code, stdout } = await hotCodemodHere('migrate', directoryWith({ 'a.ts': '' }), '--format', 'sarif')
    expect(JSON.parse(stdout)).toMatchObject({
      version: '2.1.0',
      runs: [
        {
          invocations: [
            {
              executionSuccessful: false,
              toolExecutionNotifications: [
                { level: 'error', message: { text: expect.stringContaining('package.json') as string } },
              ],
            },
          ],
          results: [],
        },
      ],
    })
    expect(code).toBe(2)
  })
})

describe('--format markdown', () => {
  it('is what doctor found', async () => {
    const { code, stdout, stderr } = await hotCodemodHere(
      'doctor',
      directoryWith(restarting),
      '--format',
      'markdown',
      ...node,
    )
    expect(stdout).toBe(`## hot-codemod doctor

Express 5 · src/server.ts · tsx · Node.js 20.20.2 · hot-hook 1.0.0. **Hot coverage**: 0 % of 3 files

3 restart.

0 errors, 2 warnings.

| Severity | Finding | Place | What, and what to do |
| --- | --- | --- | --- |
| warning | \`matches-static\` | \`package.json:17\` | \`./src/routes/*.ts\` matches 1 file that is imported statically, which makes edits of it, and of all below, restart: \`src/routes/users.ts\` by \`src/server.ts:2\`. Import them lazily, or make the glob narrower: what a boundary imports is hot without being one. |
| warning | \`static-boundary\` | \`src/server.ts:2\` | It imports the boundary \`src/routes/users.ts\` statically, so an edit of that, and of what only it imports, restarts. Import it lazily there, or take it out of \`hotHook.boundaries\`. |
`)
    expect([code, stderr]).toEqual([0, ''])
  })

  it('is the plan of migrate, with the patch', async () => {
    const { code, stdout, stderr } = await hotCodemodHere('migrate', directoryWith(mixed), '--format', 'markdown')
    expect(stdout).toContain(`## hot-codemod migrate

AdonisJS 6. **Hot coverage**: 0 % → 42 % of 7 files

**2 files to change**, and nothing was written.

| Codemod | Files | Edits | What changes |
| --- | --- | --- | --- |
| \`lazy-imports\` | 1 | 2 | \`start/routes.ts\`: 2 imports |
| \`hot-hook-config\` | 1 | 1 | \`package.json\`: ./app/controllers/\\*\\*/\\*.ts |
| \`dev-script\` | 1 | 1 | \`package.json\`: node ace serve --watch → node ace serve --hmr |
| \`dev-dependencies\` | 1 | 1 | \`package.json\`: hot-hook ^1.0.0 added |

3 imports of request-time code: 0 lazy already, 2 to be made lazy, 1 left alone.

- `)
    expect(stdout).toContain(`<details><summary>1 import left alone, and why</summary>

| Place | Import | Verdict | Why |
| --- | --- | --- | --- |
| \`start/left.ts:2\` | \`UsersController\` | leave, \`used-as-value\` | \`UsersController\` is also used as a value outside a registration. |

</details>

<details><summary>Patch</summary>

\`\`\`diff
diff --git a/start/routes.ts b/start/routes.ts
`)
    expect([code, stderr]).toEqual([1, ''])
  })

  it('says how to undo what is applied', async () => {
    const { stdout } = await hotCodemodHere('migrate', directoryWith(mixed), '--format', 'markdown', '--yes')
    expect(stdout).toMatch(/\*\*2 files changed\.\*\* To undo it: `hot-codemod undo [\w-]+`/)
  })

  it.each([
    ['mentions nobody', 'Add @hot-hook/runner.', 'Add `@hot-hook/runner`.'],
    ['formats nothing', 'src/**/a_b.ts <b> [x](y) ~', 'src/\\*\\*/a\\_b.ts \\<b> \\[x\\](y) \\~'],
    ['leaves code as it is', 'See `a_b<c>` and @d.', 'See `a_b<c>` and `@d`.'],
  ])('%s that is said', (_, text, expected) => {
    expect(prose(text)).toBe(expected)
  })

  it('keeps its table where a cell holds a bar', async () => {
    const root = directoryWith({ ...server, 'src/server.ts': "import './gone|there.js'\n" })
    const { stdout } = await hotCodemodHere('doctor', root, '--format', 'markdown', ...node)
    expect(stdout).toContain('| `src/server.ts:1` | `./gone\\|there.js` leads to no file,')
  })

  it('leaves out a patch that is too long for a comment', async () => {
    const routes = Array.from({ length: 120 }, (_, at) => [
      `start/routes/r${at}.ts`,
      application['start/routes.ts'] ?? '',
    ])
    const root = directoryWith({ ...application, ...(Object.fromEntries(routes) as Record<string, string>) })
    const { stdout } = await hotCodemodHere('migrate', root, '--format', 'markdown')
    expect(stdout).toMatch(
      /<summary>Patch<\/summary>\n\nIt has \d+ lines, which is too much for a comment\. `hot-codemod migrate --dry-run` prints it\./,
    )
    expect(stdout.length).toBeLessThan(65_536)
  })

  it('says why it could not run', async () => {
    const { code, stdout } = await hotCodemodHere('doctor', directoryWith({ 'a.ts': '' }), '--format', 'markdown')
    expect(stdout).toMatch(
      /^## hot-codemod doctor\n\nIt could not run:\n\n```\nThere is no package\.json in .*\n```\n$/,
    )
    expect(code).toBe(2)
  })
})

describe('--report', () => {
  const pageOf = async (
    files: Readonly<Record<string, string>>,
    command: string,
    ...options: string[]
  ): Promise<string> => {
    const output = join(directoryWith({ 'a.txt': '' }), 'report.html')
    await hotCodemodHere(command, directoryWith(files), '--report', output, ...options)
    return readFileSync(output, 'utf8')
  }

  it('writes a page beside what is printed', async () => {
    const root = directoryWith(application)
    const output = join(directoryWith({ 'a.txt': '' }), 'report.html')
    const { code, stdout, stderr } = await hotCodemodHere('doctor', root, '--report', output, ...node)
    expect(stdout).toContain('no-hot-hook')
    expect([code, stderr]).toEqual([1, `Report written to ${output}.\n`])
    expect(existsSync(output)).toBe(true)
  })

  it('loads nothing and runs nothing', async () => {
    const page = await pageOf(restarting, 'doctor', ...node)
    expect(page).toContain(`content="default-src 'none'; style-src 'sha256-`)
    expect(page).not.toMatch(/<script|<link (?!rel="icon" href="data:,">)|https?:|style="|onclick/)
  })

  it('has the findings of doctor, and why each file is what it is', async () => {
    const page = await pageOf(restarting, 'doctor', ...node)
    expect(page).toContain('<h3><span class="mark warning">warning</span> static-boundary</h3>')
    expect(page).toContain('<code>src/server.ts:2</code>')
    expect(page).toContain('<span class="badge restart">restart</span> 3 files')
  })

  it('has the plan of migrate, its diffs, and what is left alone', async () => {
    const page = await pageOf(mixed, 'migrate')
    expect(page).toContain('2 files to change; nothing was written.')
    expect(page).toContain(
      '<del>-import UsersController from &#39;#controllers/users_controller&#39;</del>'.replaceAll('&#39;', "'"),
    )
    expect(page).toContain("<ins>+const UsersController = () =&#62; import('#controllers/users_controller')</ins>")
    expect(page).toContain('<td><code>start/left.ts:2</code></td>')
    expect(page).toContain('<code>used-as-value</code>')
  })

  it('says what is applied, and how to undo it', async () => {
    expect(await pageOf(mixed, 'migrate', '--yes')).toMatch(
      /2 files changed\. To undo it: <code>hot-codemod undo [\w-]+<\/code>/,
    )
  })

  it('escapes what a project may be named', async () => {
    const files = { ...server, 'package.json': server['package.json']!.replace('"app"', '"<script>alert(1)</script>"') }
    const page = await pageOf(files, 'doctor', ...node)
    expect(page).toContain('<h1>&#60;script&#62;alert(1)&#60;/script&#62;</h1>')
    expect(page).not.toContain('<script')
  })

  it('is written over by the next one', async () => {
    const root = directoryWith(server)
    const output = join(root, 'report.html')
    await hotCodemodHere('doctor', root, '--report', output, ...node)
    expect((await hotCodemodHere('doctor', root, '--report', output, ...node)).code).toBe(0)
  })

  it.each([
    [
      'a file that is not ours',
      'theirs.html',
      'theirs.html exists, and is none that this command wrote. Name another file, or delete it.',
    ],
    ['a name that is no page', 'report.txt', '--report report.txt: name a file that ends in .html.'],
    [
      'a directory that is not there',
      'none/report.html',
      'none/report.html cannot be written: its directory does not exist. Name another file.',
    ],
  ])('refuses %s before anything is done', async (_, name, message) => {
    const root = directoryWith(application)
    const theirs = directoryWith({ 'theirs.html': '<p>theirs</p>' })
    const output = name === 'report.txt' ? name : join(theirs, name)
    const { code, stdout, stderr } = await hotCodemodHere('migrate', root, '--yes', '--report', output)
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr.replaceAll(`${theirs}/`, '')).toBe(`${message}\nSee hot-codemod migrate --help.\n`)
    expect(filesIn(root)).toEqual(application)
  })
})

describe('--format', () => {
  it('json is --json', async () => {
    const root = directoryWith(application)
    const [short, long] = [
      await hotCodemodHere('migrate', root, '--json'),
      await hotCodemodHere('migrate', root, '--format', 'json'),
    ]
    expect(long).toEqual(short)
  })

  it('text is the default', async () => {
    const root = directoryWith(application)
    expect(await hotCodemodHere('doctor', root, '--format', 'text')).toEqual(await hotCodemodHere('doctor', root))
  })

  it('prints no patch with --dry-run, and writes nothing', async () => {
    const root = directoryWith(application)
    const { code, stdout, stderr } = await hotCodemodHere('migrate', root, '--dry-run', '--yes', '--format', 'github')
    expect(stdout).not.toContain('diff --git')
    expect([code, stderr]).toEqual([1, ''])
    expect(filesIn(root)).toEqual(application)
  })

  it.each([
    [
      ['--format', 'xml'],
      '--format xml: there are text, json, github, sarif, markdown.\nSee hot-codemod doctor --help.\n',
      '',
    ],
    [['--json', '--format', 'sarif'], '', '--json and --format sarif exclude each other.'],
  ])('%j is not understood', async (options, text, json) => {
    const { code, stdout, stderr } = await hotCodemodHere('doctor', directoryWith(server), ...options)
    expect([code, stderr]).toEqual([2, text])
    expect(stdout).toBe(json === '' ? '' : `${JSON.stringify({ version: 1, error: { message: json } }, null, 2)}\n`)
  })
})

describe('the problems of a diagnosis', () => {
  it('are errors first', async () => {
    const root = directoryWith({ ...restarting, 'src/routes/gone.ts': "import './nothing.js'\n" })
    writeFileSync(join(root, 'src/server.ts'), "import './routes/users.js'\nimport './routes/gone.js'\n")
    const problems = problemsOfDiagnosis(await doctor({ directory: root, node: '20.20.2' }), 90)
    const levels = problems.map(({ level }) => level)
    expect(levels).toEqual(
      [...levels].sort((a, b) => ['error', 'warning', 'note'].indexOf(a) - ['error', 'warning', 'note'].indexOf(b)),
    )
    expect(problems[0]).toMatchObject({
      code: 'min-coverage',
      message: '0 of 4 files are hot, and 90 % were asked for.',
    })
  })
})
