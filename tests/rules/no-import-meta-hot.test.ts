import rule from '../../rules/no-import-meta-hot.ts'
import { EXPRESS, runUnderEslint9 } from './express.ts'
import { KICKJS, KICKJS_1 } from './kickjs.ts'
import { projectWith, tester } from './project.ts'

const inKickJs = projectWith(KICKJS)
const inKickJs1 = projectWith(KICKJS_1)
const inExpress = projectWith(EXPRESS)
const outside = projectWith({ 'clock.ts': '' })
const filename = inKickJs('src/modules/users/users.controller.ts')
const DISPOSE = 'import.meta.hot?.dispose(() => clearInterval(timer))'

/** The text with the suggestion applied. */
const removes = (output: string) => ({ messageId: 'undefined', suggestions: [{ messageId: 'remove', output }] })
const reports = { messageId: 'undefined', suggestions: [] }

const cases = {
  valid: [
    { name: 'another property', code: 'export const here = import.meta.url // hot', filename },
    { name: 'another object', code: 'export const load = (meta) => meta.hot?.accept()', filename },
    { name: 'another framework', code: DISPOSE, filename: inExpress('src/services/rows.ts') },
    {
      name: 'KickJS 1, which ran under vite-node',
      code: DISPOSE,
      filename: inKickJs1('src/modules/users/users.controller.ts'),
    },
    { name: 'a test', code: DISPOSE, filename: inKickJs('tests/users.test.ts') },
    {
      name: 'code for the browser',
      code: "import.meta.hot?.on('kickjs:hmr', () => document.location.reload())",
      filename: inKickJs('client/overlay.ts'),
    },
    { name: 'a component', code: 'import.meta.hot?.accept()', filename: inKickJs('client/overlay.tsx') },
    { name: 'no project', code: DISPOSE, filename: outside('clock.ts') },
  ],
  invalid: [
    {
      code: `const timer = setInterval(tick, 1000)\n${DISPOSE}\nexport {}\n`,
      filename,
      errors: [
        {
          message:
            '`import.meta.hot` is undefined in server modules of KickJS, so this never runs. Keep what has to survive a reload on `globalThis`, and undo the rest in `shutdown()` of an adapter.',
          line: 2,
          column: 1,
          endColumn: 53,
          suggestions: [{ desc: 'Remove it.', output: 'const timer = setInterval(tick, 1000)\nexport {}\n' }],
        },
      ],
    },
    {
      name: 'a module that nothing loads',
      code: 'import.meta.hot?.accept()\n',
      filename: inKickJs('src/modules/posts.ts'),
      errors: [removes('')],
    },
    {
      name: 'an if around it',
      code: 'if (import.meta.hot) {\n  import.meta.hot.accept()\n  import.meta.hot.dispose(stop)\n}\nstart()\n',
      filename,
      errors: [removes('start()\n')],
    },
    {
      name: 'an if with else',
      code: 'if (import.meta.hot) {\n  import.meta.hot.accept()\n} else {\n  start()\n}\n',
      filename,
      errors: [reports, reports],
    },
    {
      name: 'behind &&',
      code: 'import.meta.hot && import.meta.hot.accept()\r\nstart()\r\n',
      filename,
      errors: [removes('start()\r\n')],
    },
    {
      name: 'in one line with another statement',
      code: 'start(); import.meta.hot?.accept();\n',
      filename,
      errors: [removes('start(); \n')],
    },
    {
      name: 'handed on',
      code: 'register(import.meta.hot)\n',
      filename,
      errors: [reports],
    },
    {
      name: 'in a constant',
      code: 'const hot = import.meta.hot\n',
      filename,
      errors: [reports],
    },
    {
      name: 'a comment in it',
      code: 'import.meta.hot?.dispose(() => {\n  // why\n})\n',
      filename,
      errors: [reports],
    },
    {
      name: 'in a function, where it is the only statement of an if',
      code: 'export function start(on) {\n  if (on) import.meta.hot?.accept()\n}\n',
      filename,
      errors: [reports],
    },
  ],
}

tester.run('no-import-meta-hot', rule, cases)
runUnderEslint9('no-import-meta-hot', rule, cases)
