import json from '@eslint/json'
import { ESLint, RuleTester, type Linter } from 'eslint'
import { RuleTester as RuleTester9 } from 'eslint9'
import { describe, expect, it } from 'vitest'
import rule from '../../rules/valid-hot-hook-config.ts'
import { directoryWith } from '../cli/run.ts'
import { EXPRESS, manifest } from './express.ts'
import { projectWith } from './project.ts'

RuleTester.describe = RuleTester9.describe = describe
RuleTester.it = RuleTester9.it = it

const language = { plugins: { json }, language: 'json/json' } as unknown as Linter.Config
const tester = new RuleTester(language)
const tester9 = new RuleTester9(language)

const inServer = projectWith({
  ...EXPRESS,
  'src/controllers/base.ts': 'export class Base {}\n',
  'src/jobs/nightly.ts': 'export default 1\n',
  'src/routes.ts': `${EXPRESS['src/routes.ts']}export const job = await import('./jobs/nightly.js')\n`,
  'src/server.ts': `import './services/rows.js'\n${EXPRESS['src/server.ts']}`,
})
const filename = inServer('package.json')
const inParentheses = projectWith({ 'app (copy)/src/server.ts': '', 'app (copy)/package.json': manifest() })
const broken = projectWith({ ...EXPRESS, 'package.json': manifest({ hotHook: ['./src/controllers/*.ts'] }) })
const inCommonJs = projectWith({ ...EXPRESS, 'package.json': manifest({ type: undefined }) })
const inTheCold = projectWith({ 'package.json': '{}\n' })

/** package.json with the value of `hotHook`, as it is indented there; line 4, column 14 is its first character. */
const withHotHook = (value: string): string => `{
  "type": "module",
  "scripts": { "dev": "hot-runner --node-args=--import=hot-hook/register src/server.ts" },
  "hotHook": ${value}
}
`

tester.run('valid-hot-hook-config', rule, {
  valid: [
    { name: 'what the project has', code: manifest(), filename },
    { name: 'no hotHook', code: manifest({ hotHook: undefined }), filename },
    { name: 'another file', code: withHotHook('{ "boundary": [] }'), filename: inServer('hot-hook.json') },
    { name: 'no object', code: '[{ "hotHook": [] }]', filename },
    { name: 'a key that has nothing to do with it', code: '{ "type": "module", "hot": {}, "hooks": {} }', filename },
    { name: 'an empty block', code: withHotHook('{}'), filename },
    {
      name: 'every option',
      code: withHotHook(
        `{ "boundaries": "./src/controllers/users.ts", "ignore": ["**/node_modules/**"], "restart": [".env"], "root": "./src/server.ts", "throwWhenBoundariesAreNotDynamicallyImported": true, "watch": false }`,
      ),
      filename,
    },
    {
      name: 'a glob that leaves a file out',
      code: withHotHook('{ "boundaries": ["./src/controllers/!(base).ts"] }'),
      filename,
    },
    {
      name: 'a file that is imported once, which another rule is for',
      code: withHotHook('{ "boundaries": ["./src/jobs/*.ts"] }'),
      filename,
    },
    {
      name: 'a project of CommonJS, whose files are not looked at',
      code: manifest(),
      filename: inCommonJs('package.json'),
    },
  ],
  invalid: [
    {
      name: 'not-for-kickjs',
      code: withHotHook('{ "boundarys": [] }').replace(
        '"scripts"',
        '"dependencies": { "@forinda/kickjs": "^7.1.1" }, "scripts"',
      ),
      filename,
      errors: [
        {
          message: 'KickJS reloads through Vite, and nothing reads `hotHook`. Remove it.',
          line: 4,
          column: 3,
          endLine: 4,
          endColumn: 12,
        },
      ],
    },
    {
      name: 'misspelt-key: the block',
      code: withHotHook('{}').replace('hotHook', 'hot-hook'),
      output: withHotHook('{}'),
      filename,
      errors: [
        {
          message: 'hot-hook reads `hotHook`, not `hot-hook`, so nothing is a boundary. Rename it to `hotHook`.',
          line: 4,
          column: 3,
          endLine: 4,
          endColumn: 13,
        },
      ],
    },
    {
      name: 'misspelt-key: an option',
      code: withHotHook('{ "boundary": ["./src/controllers/users.ts"] }'),
      output: withHotHook('{ "boundaries": ["./src/controllers/users.ts"] }'),
      filename,
      errors: [
        {
          message: 'hot-hook has no option `boundary`, and ignores it. Rename it to `boundaries`.',
          line: 4,
          column: 16,
          endColumn: 26,
        },
      ],
    },
    {
      name: 'unknown-option: one of another version, and one whose right name is taken',
      code: withHotHook('{ "include": ["src"], "restart": [], "restarts": [] }'),
      filename,
      errors: [
        {
          message: '`include`: an option of 0.4.1-next.1 only; hot-hook 1.0 ignores it. Remove it.',
          line: 4,
          column: 16,
        },
        { message: '`restarts`: hot-hook 1.0 has no such option, and ignores it. Remove it.', line: 4, column: 51 },
      ],
    },
    {
      name: 'unknown-option: a short name that is a letter or two away from an option',
      code: withHotHook('{ "port": 1, "path": 2 }'),
      filename,
      errors: [
        { message: '`port`: hot-hook 1.0 has no such option, and ignores it. Remove it.', column: 16 },
        { message: '`path`: hot-hook 1.0 has no such option, and ignores it. Remove it.', column: 27 },
      ],
    },
    {
      name: 'wrong-type: the block',
      code: withHotHook('["./src/controllers/*.ts"]'),
      filename,
      errors: [{ message: '`hotHook` is not an object. Make it an object.', line: 4, column: 14, endColumn: 40 }],
    },
    {
      name: 'wrong-type: a glob',
      code: withHotHook('{ "boundaries": [1] }'),
      filename,
      errors: [
        {
          message: '`hotHook.boundaries` is not a glob, or a list of globs. Make it a glob, or a list of globs.',
          line: 4,
          column: 30,
          endColumn: 33,
        },
      ],
    },
    {
      name: 'wrong-type: restart and ignore',
      code: withHotHook('{ "restart": ".env", "ignore": {} }'),
      filename,
      errors: [
        { message: '`hotHook.restart` is not a list of paths. Make it a list of paths.', column: 27 },
        { message: '`hotHook.ignore` is not a list of globs. Make it a list of globs.', column: 45 },
      ],
    },
    {
      name: 'wrong-type, where it is on disk too, so that there is no project',
      code: withHotHook('["./src/controllers/*.ts"]'),
      filename: broken('package.json'),
      errors: [{ message: '`hotHook` is not an object. Make it an object.', line: 4 }],
    },
    {
      name: 'what package.json alone shows, in a project of CommonJS',
      code: withHotHook('{ "boundary": [], "restart": ["*.env"] }'),
      output: withHotHook('{ "boundaries": [], "restart": ["*.env"] }'),
      filename: inCommonJs('package.json'),
      errors: [{ column: 16 }, { column: 44 }].map((place) => ({ messageId: 'problem', ...place })),
    },
    {
      name: 'negated-glob',
      code: withHotHook('{ "boundaries": ["./src/controllers/*.ts", "!./src/controllers/base.ts"] }'),
      filename,
      errors: [
        {
          message:
            '`!./src/controllers/base.ts` excludes nothing: hot-hook has no negation. Name what is a boundary, or write `!(name).ts` inside a glob.',
          line: 4,
          column: 57,
        },
      ],
    },
    {
      name: 'directory-glob',
      code: withHotHook('{ "boundaries": ["./src/controllers/"] }'),
      filename,
      errors: [
        {
          message:
            '`./src/controllers/` is a directory, and matches none of the files in it. Write `./src/controllers/*.ts`.',
          line: 4,
          column: 31,
          suggestions: [
            {
              desc: 'Write `./src/controllers/*.ts`.',
              output: withHotHook('{ "boundaries": ["./src/controllers/*.ts"] }'),
            },
          ],
        },
      ],
    },
    {
      name: 'matches-nothing: the other extension matches',
      code: withHotHook('{ "boundaries": ["./src/controllers/*.js"] }'),
      output: withHotHook('{ "boundaries": ["./src/controllers/*.ts"] }'),
      filename,
      errors: [
        {
          message: '`./src/controllers/*.js` matches no file. Write `./src/controllers/*.ts`, which does.',
          line: 4,
          column: 31,
        },
      ],
    },
    {
      name: 'matches-nothing: a string',
      code: withHotHook('{ "boundaries": "./src/controllers/*.js" }'),
      output: withHotHook('{ "boundaries": "./src/controllers/*.ts" }'),
      filename,
      errors: [{ messageId: 'problem', line: 4, column: 30 }],
    },
    {
      name: 'matches-nothing: nothing near it does',
      code: withHotHook('{ "boundaries": ["./src/controler/*.ts"] }'),
      filename,
      errors: [{ message: '`./src/controler/*.ts` matches no file. Correct it, or remove it.', line: 4, column: 31 }],
    },
    {
      name: 'matches-static',
      code: withHotHook('{ "boundaries": ["./src/{controllers,services}/*.ts"] }'),
      filename,
      errors: [
        {
          message:
            '`./src/{controllers,services}/*.ts` matches 1 file that is imported statically, which makes edits of it, and of all below, restart: `src/services/rows.ts` by `src/server.ts:1`. Import them lazily, or make the glob narrower: what a boundary imports is hot without being one.',
          line: 4,
          column: 31,
        },
      ],
    },
    {
      name: 'matches-boot',
      code: withHotHook('{ "boundaries": ["./src/server.ts"] }'),
      filename,
      errors: [
        {
          message:
            '`./src/server.ts` matches 1 file that runs once at boot (`src/server.ts`), and no boundary makes that hot. Make the glob match only what a request runs: handlers, controllers, middleware, listeners.',
          line: 4,
          column: 31,
        },
      ],
    },
    {
      name: 'unmatchable-root',
      code: withHotHook('{ "boundaries": ["./src/*.ts"] }'),
      filename: inParentheses('app (copy)/package.json'),
      errors: [
        {
          message:
            '`./src/*.ts` matches nothing, because the path of the project holds a parenthesis or a brace, which hot-hook takes for a part of the glob. Move the project, or start the glob with `**/`.',
          line: 4,
          column: 31,
        },
      ],
    },
    {
      name: 'restart-glob',
      code: withHotHook('{ "restart": [".env", "config/*.yaml"] }'),
      filename,
      errors: [
        {
          message:
            'hot-hook hands `config/*.yaml` to its watcher, which knows no globs: only modules of the server are restarted for it. Name each file.',
          line: 4,
          column: 36,
        },
      ],
    },
    {
      name: 'ignore-node-modules, in one line',
      code: withHotHook('{ "ignore": ["**/*.log"] }'),
      output: withHotHook('{ "ignore": ["**/node_modules/**", "**/*.log"] }'),
      filename,
      errors: [
        {
          message:
            'It replaces the default list, so every file of node_modules that the server loads is watched and versioned. Add `**/node_modules/**`.',
          line: 4,
          column: 26,
        },
      ],
    },
    {
      name: 'ignore-node-modules, in lines, with CRLF and tabs',
      code: '{\r\n\t"hotHook": {\r\n\t\t"ignore": [\r\n\t\t\t"**/*.log",\r\n\t\t\t"tmp"\r\n\t\t],\r\n\t\t"watch":true }\r\n}\r\n',
      output:
        '{\r\n\t"hotHook": {\r\n\t\t"ignore": [\r\n\t\t\t"**/node_modules/**",\r\n\t\t\t"**/*.log",\r\n\t\t\t"tmp"\r\n\t\t],\r\n\t\t"watch":true }\r\n}\r\n',
      filename,
      errors: [{ messageId: 'problem', line: 3, column: 13, endLine: 6, endColumn: 4 }],
    },
    {
      name: 'ignore-node-modules, with an empty list',
      code: withHotHook('{ "ignore": [] }'),
      output: withHotHook('{ "ignore": ["**/node_modules/**"] }'),
      filename,
      errors: [{ messageId: 'problem', line: 4, column: 26 }],
    },
    {
      name: 'several at once, and nothing else is touched',
      code: '{"type":"module",  "hotHook" :{ "boundarys":[ "./src/controllers/*.ts" ],\n\n"ignore":["a"]}  }',
      output:
        '{"type":"module",  "hotHook" :{ "boundaries":[ "./src/controllers/*.ts" ],\n\n"ignore":["**/node_modules/**", "a"]}  }',
      filename,
      errors: [
        { messageId: 'problem', line: 1, column: 33 },
        { messageId: 'problem', line: 3, column: 10 },
      ],
    },
    {
      name: 'the text of the editor, where the disk has no hotHook',
      code: withHotHook('{ "boundarys": [] }'),
      output: withHotHook('{ "boundaries": [] }'),
      filename: inTheCold('package.json'),
      errors: [{ messageId: 'problem', line: 4 }],
    },
  ],
})

describe('ESLint 9', () => {
  tester9.run('valid-hot-hook-config', rule as never, {
    valid: [{ code: manifest(), filename }],
    invalid: [
      {
        code: withHotHook('{ "boundary": [] }'),
        output: withHotHook('{ "boundaries": [] }'),
        filename,
        errors: [{ messageId: 'problem', line: 4, column: 16 }],
      },
    ],
  })
})

describe('files on disk', () => {
  async function fixed(text: string): Promise<{ ruleIds: (string | null)[]; output: string | undefined }> {
    const root = directoryWith({ ...EXPRESS, 'package.json': text })
    const eslint = new ESLint({
      cwd: root,
      fix: true,
      overrideConfigFile: true,
      overrideConfig: {
        files: ['package.json'],
        plugins: { json, 'hot-codemod': { rules: { 'valid-hot-hook-config': rule } } },
        language: 'json/json',
        rules: { 'hot-codemod/valid-hot-hook-config': 'error' },
      } as unknown as Linter.Config,
    })
    const [result] = await eslint.lintFiles(['package.json'])
    return { ruleIds: result?.messages.map(({ ruleId }) => ruleId) ?? [], output: result?.output }
  }

  it('keep a byte order mark', async () => {
    const { output } = await fixed(`\uFEFF${withHotHook('{ "boundary": ["./src/controllers/*.ts"] }')}`)
    expect(output).toBe(`\uFEFF${withHotHook('{ "boundaries": ["./src/controllers/*.ts"] }')}`)
  })

  it('are JSON after the fix', async () => {
    const { output, ruleIds } = await fixed(
      withHotHook('{\n    "boundarys": "./src/controllers/*.js",\n    "ignore": [\n      "a"\n    ]\n  }'),
    )
    expect(JSON.parse(output ?? '')).toMatchObject({
      hotHook: { boundaries: './src/controllers/*.ts', ignore: ['**/node_modules/**', 'a'] },
    })
    expect(ruleIds).toEqual([])
  })

  it('that are not JSON get the error of the parser alone', async () => {
    expect(await fixed('{ "hotHook": ')).toEqual({ ruleIds: [null], output: undefined })
  })
})
