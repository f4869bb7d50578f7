/** A server on KickJS 7: Vite serves what src/index.ts exports as `app`. */
export const KICKJS: Readonly<Record<string, string>> = {
  'package.json': `${JSON.stringify({
    name: 'app',
    type: 'module',
    scripts: { dev: 'kick dev' },
    dependencies: { '@forinda/kickjs': '^7.1.1', express: '^5.1.0' },
    devDependencies: { '@forinda/kickjs-vite': '^8.0.0', vite: '^7.3.0' },
  })}\n`,
  'src/index.ts': `import { bootstrap } from '@forinda/kickjs'
import { modules } from './modules/index.js'
export const app = await bootstrap({ modules })
`,
  'src/modules/index.ts': "import './users/users.controller.js'\nexport const modules = []\n",
  'src/modules/users/users.controller.ts': 'export class UsersController {}\n',
}

/** The same before 2.0: vite-node ran the entry, and the packages had other names. */
export const KICKJS_1: Readonly<Record<string, string>> = {
  ...KICKJS,
  'package.json': `${JSON.stringify({
    name: 'app',
    type: 'module',
    scripts: { dev: 'kick dev' },
    dependencies: { '@forinda/kickjs-core': '^1.2.7', '@forinda/kickjs-http': '^1.2.7', express: '^5.1.0' },
  })}\n`,
}
