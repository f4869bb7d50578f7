import rule from '../../rules/no-duplicate-dispose.ts'
import { ADONIS, projectWith, tester } from './project.ts'

const inAdonis = projectWith(ADONIS)
const outside = projectWith({ 'clock.ts': '' })
const filename = inAdonis('app/services/clock.ts')

const merges = (output: string) => ({ messageId: 'replaces', suggestions: [{ messageId: 'merge', output }] })
const stays = { messageId: 'replaces', suggestions: [] }

tester.run('no-duplicate-dispose', rule, {
  valid: [
    { name: 'one', code: 'import.meta.hot?.dispose(() => stop())', filename },
    { name: 'one, and another dispose()', code: 'import.meta.hot?.dispose(() => scene.dispose())', filename },
    {
      name: 'two branches',
      code: 'if (on) {\n  import.meta.hot?.dispose(a)\n} else {\n  import.meta.hot?.dispose(b)\n}',
      filename,
    },
    {
      name: 'a test',
      code: 'import.meta.hot?.dispose(a)\nimport.meta.hot?.dispose(b)',
      filename: inAdonis('tests/clock.spec.ts'),
    },
    {
      name: 'no project',
      code: 'import.meta.hot?.dispose(a)\nimport.meta.hot?.dispose(b)',
      filename: outside('clock.ts'),
    },
  ],
  invalid: [
    {
      code: 'import.meta.hot?.dispose(a)\nimport.meta.hot?.dispose(b)',
      filename,
      errors: [
        {
          message: 'Only one callback is kept for each module: this one replaces that in line 1, which never runs.',
          line: 2,
          column: 1,
          endColumn: 28,
          suggestions: [],
        },
      ],
    },
    {
      name: 'expressions',
      code: 'import.meta.hot?.dispose(() => clearInterval(a))\n\nimport.meta.hot?.dispose(() => clearInterval(b))\n',
      filename,
      errors: [merges('import.meta.hot?.dispose(() => {\n  clearInterval(a)\n  clearInterval(b)\n})\n')],
    },
    {
      name: 'blocks',
      code: 'import.meta.hot.dispose(() => {\n  // the first\n  a();\n});\nimport.meta.hot.dispose(() => { b(); });\n',
      filename,
      errors: [merges('import.meta.hot.dispose(() => {\n  // the first\n  a();\n  b();\n});\n')],
    },
    {
      name: 'names of their own',
      code: 'import.meta.hot?.dispose(() => {\n  const t = a\n  clear(t)\n})\nimport.meta.hot?.dispose(() => {\n  const t = b\n  clear(t)\n})\n',
      filename,
      errors: [
        merges(
          'import.meta.hot?.dispose(() => {\n  {\n  const t = a\n  clear(t)\n  }\n  {\n  const t = b\n  clear(t)\n  }\n})\n',
        ),
      ],
    },
    {
      name: 'something else in the line',
      code: 'start(); import.meta.hot?.dispose(() => a()) // why\nimport.meta.hot?.dispose(() => b())\n',
      filename,
      errors: [merges('start();  // why\nimport.meta.hot?.dispose(() => {\n  a()\n  b()\n})\n')],
    },
    {
      name: 'lines around it',
      code: 'a.start()\nimport.meta.hot?.dispose(() => a.stop())\n\nb.start()\nimport.meta.hot?.dispose(() => b.stop())\n',
      filename,
      errors: [merges('a.start()\n\nb.start()\nimport.meta.hot?.dispose(() => {\n  a.stop()\n  b.stop()\n})\n')],
    },
    {
      name: 'a comment between callback and call',
      code: 'import.meta.hot?.dispose(/* why */ () => a())\nimport.meta.hot?.dispose(() => b())',
      filename,
      errors: [stays],
    },
    {
      name: 'an async callback',
      code: 'import.meta.hot?.dispose(async () => { await a() })\nimport.meta.hot?.dispose(() => b())',
      filename,
      errors: [stays],
    },
    {
      name: 'one in a condition',
      code: 'if (on) import.meta.hot?.dispose(() => a())\nimport.meta.hot?.dispose(() => b())',
      filename,
      errors: [stays],
    },
    {
      name: 'three',
      code: 'import.meta.hot?.dispose(a)\nimport.meta.hot?.dispose(b)\nimport.meta.hot?.dispose(c)',
      filename,
      errors: [
        { messageId: 'replaces', data: { line: '1' }, line: 2 },
        { messageId: 'replaces', data: { line: '2' }, line: 3 },
      ],
    },
  ],
})
