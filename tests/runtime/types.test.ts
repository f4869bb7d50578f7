import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import ts from 'typescript'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { migrate } from '../../dist/src/api.js'
import { cases, world } from '../fixtures/world.ts'
import { installExample } from './adonisjs.ts'

const fixes = cases.filter(({ expected }) => expected.kind === 'fix')

/** The program of the project in `root`, as its own tsconfig has it. */
function programOf(root: string): ts.Program {
  const host: ts.ParseConfigFileHost = {
    ...ts.sys,
    onUnRecoverableConfigFileDiagnostic({ messageText }) {
      throw new Error(ts.flattenDiagnosticMessageText(messageText, '\n'))
    },
  }
  const config = ts.getParsedCommandLineOfConfigFile(
    join(root, 'tsconfig.json'),
    { noEmit: true, incremental: false },
    host,
  )
  if (!config) throw new Error(`No tsconfig.json in ${root}.`)
  return ts.createProgram(config.fileNames, config.options)
}

/** The type errors of a file, without positions; names of the two versions of a case are made the same. */
function errorsIn(program: ts.Program, path: string): string[] {
  const file = program.getSourceFile(path)
  if (!file) throw new Error(`${path} is not in the program.`)
  return ts
    .getPreEmitDiagnostics(program, file)
    .map(({ code, messageText }) => `TS${code} ${ts.flattenDiagnosticMessageText(messageText, ' ')}`)
    .map((message) => message.replaceAll(/(before|after)_[\w-]+/g, 'case'))
    .sort()
}

function pathOf(root: string, version: 'before' | 'after', { filename, id }: (typeof cases)[number]): string {
  return join(root, dirname(filename), `${version}_${id}.ts`)
}

// The types are AdonisJS 7.5's: real ones, which both versions of a text meet in one program.
describe('type errors after a fix are those before', () => {
  let root: string
  let program: ts.Program

  beforeAll(async () => {
    root = await installExample()
    for (const name of ['app', 'start', 'config', 'bin', 'adonisrc.ts']) await rm(join(root, name), { recursive: true })
    for (const name of ['app', 'start']) await cp(join(world, name), join(root, name), { recursive: true })
    await writeFile(
      join(root, 'start/kernel.ts'),
      "import router from '@adonisjs/core/services/router'\nexport const middleware = router.named({ auth: () => import('#middleware/auth_middleware') })\n",
    )
    for (const source of fixes) {
      await mkdir(dirname(pathOf(root, 'before', source)), { recursive: true })
      await writeFile(pathOf(root, 'before', source), source.input)
      await writeFile(pathOf(root, 'after', source), source.expected.output ?? '')
    }
    await writeFile(
      join(root, 'start/wrong.ts'),
      "const UsersController = () => import('#controllers/users_controller')\nexport const users = new UsersController()\n",
    )
    program = programOf(root)
  })

  afterAll(async () => {
    await rm(root, { recursive: true })
  })

  it.each(fixes.map((source) => [source.id, source] as const))('%s', (_, source) => {
    const before = errorsIn(program, pathOf(root, 'before', source))
    const added = errorsIn(program, pathOf(root, 'after', source)).filter((error) => !before.includes(error))
    expect(added).toEqual([])
  })

  it('would be found where a fix is wrong', () => {
    expect(errorsIn(program, join(root, 'start/wrong.ts'))).toHaveLength(1)
  })
})

it('the example has no type error before, and none after', async () => {
  const root = await installExample()
  try {
    const check = (): string[] =>
      ts.getPreEmitDiagnostics(programOf(root)).map(({ code, file }) => `${file?.fileName} TS${code}`)
    expect(check()).toEqual([])
    ;(await migrate({ directory: root })).apply()
    expect(await readFile(join(root, 'start/routes.ts'), 'utf8')).toContain(
      "() => import('#controllers/users_controller')",
    )
    expect(check()).toEqual([])
  } finally {
    await rm(root, { recursive: true })
  }
})
