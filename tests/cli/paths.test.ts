import { symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { directoryWith, filesIn, git, hotCodemod, repositoryWith, type Ran } from './run.ts'

/** Characters that globs, URLs, shells, git and regular expressions read in ways of their own. */
const NAMES = ['a b', '[id]', '(admin)', '100%', '#1', "it's", 'ü', '日本', '$x', 'a+b', '{a,b}', 'a&b', '@x', '-y']

/** As a specifier has it: Node.js resolves it as a URL. */
const specifier = (name: string): string => name.replaceAll('%', '%25').replaceAll('#', '%23')

const server = {
  'package.json': `${JSON.stringify({ type: 'module', scripts: { dev: 'tsx watch src/server.ts' }, dependencies: { express: '^5.1.0' } }, null, 2)}\n`,
  'tsconfig.json': `// The compiler's own form
{
  "compilerOptions": {
    /* one path */ "paths": { "@/*": ["./src/*"], },
  },
}
`,
  'src/server.ts': `import express from 'express'
${NAMES.map((name, at) => `import { list as list${at} } from ${JSON.stringify(`./pages/${specifier(name)}/${specifier(name)}.js`)}\n`).join('')}import { last } from '@/last.js'

const app = express()
${NAMES.map((_, at) => `app.get('/${at}', list${at})\n`).join('')}app.get('/last', last)
app.listen(3000)
`,
  'src/last.ts': 'export const last = (req: any, res: any) => res.json([])\n',
  ...Object.fromEntries(
    NAMES.map((name) => [`src/pages/${name}/${name}.ts`, 'export const list = (req: any, res: any) => res.json([])\n']),
  ),
}

const TOTAL = NAMES.length + 2

interface Report {
  readonly coverage: { readonly after: { readonly files: object } }
}

/** All that is lazily imported is hot. */
function expectHot({ stdout }: Ran): void {
  const { coverage } = JSON.parse(stdout) as Report
  expect(coverage.after.files).toEqual({ hot: TOTAL - 1, total: TOTAL })
}

describe('paths with characters of every kind', () => {
  it.each(['my app', 'project (1) [x] {y} 100% #ü'])('a project in %s is migrated as its patch says', (directory) => {
    const files = Object.fromEntries(Object.entries(server).map(([path, text]) => [`${directory}/${path}`, text]))
    const root = repositoryWith(files)
    const project = join(root, directory)
    expectHot(hotCodemod(project, 'migrate', '--json'))
    writeFileSync(join(root, '.git/patch'), hotCodemod(project, 'migrate', '--dry-run').stdout)
    git(root, 'apply', '.git/patch')
    const patched = filesIn(root)
    git(root, 'stash', '--quiet', '--include-untracked')
    expect(hotCodemod(project, 'migrate', '--yes').code).toBe(0)
    const migrated = filesIn(root)
    expect(migrated).toEqual(patched)
    expect(migrated[`${directory}/src/server.ts`]).toContain("() => import('@/last.js')")

    const again = hotCodemod(project, 'migrate', '--yes', '--allow-dirty')
    expect(again.stdout).toContain('Nothing to do.')
    expect(hotCodemod(project, 'doctor', '--json').stdout).toContain(`"coverage":{"files":{"hot":${TOTAL - 1},`)
    expect(hotCodemod(project, 'undo').code).toBe(0)
    expect(filesIn(root)).toEqual(files)
  })

  it('a project that is reached through a link is the one that the link leads to', () => {
    const root = repositoryWith(server)
    const link = join(directoryWith({}), 'link to it')
    symlinkSync(root, link)
    expectHot(hotCodemod(link, 'migrate', '--json'))
    expect(hotCodemod(link, 'migrate', '--yes').code).toBe(0)
    expect(filesIn(root)['src/server.ts']).toContain('() => import(')
  })

  it('a file whose name is a glob to git stands for no other that has uncommitted changes', () => {
    const { 'src/server.ts': entry, ...others } = server
    const root = repositoryWith({
      ...others,
      'package.json': server['package.json'].replace('server.ts', '[ab].ts'),
      'src/[ab].ts': entry,
      'src/a.ts': '',
    })
    writeFileSync(join(root, 'src/a.ts'), '// mine\n')
    expect(hotCodemod(root, 'migrate', '--yes')).toMatchObject({ code: 0, stderr: '' })
    writeFileSync(join(root, 'src/[ab].ts'), `${entry}// mine\n`)
    expect(hotCodemod(root, 'migrate', '--yes').stderr).toContain('Uncommitted changes in src/[ab].ts')
  })
})
