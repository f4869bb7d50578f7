import { join } from 'node:path'
import { diagnose } from '../../src/doctor/diagnose.ts'
import type { Finding } from '../../src/doctor/finding.ts'
import { readProject } from '../../src/project/open.ts'
import type { ServerOptions } from '../../src/inspect.ts'
import { directoryWith } from '../cli/run.ts'

export type Files = Readonly<Record<string, string>>

/** package.json of a server that hot-runner starts; lines as JSON.stringify gives them. */
export const manifest = (overrides: Readonly<Record<string, unknown>> = {}): string =>
  JSON.stringify(
    {
      name: 'app',
      type: 'module',
      scripts: { dev: 'hot-runner --node-args=--import=tsx --node-args=--import=hot-hook/register src/server.ts' },
      dependencies: { express: '^5.0.0' },
      devDependencies: { '@hot-hook/runner': '^1.0.0', 'hot-hook': '^1.0.0', tsx: '^4.20.0' },
      hotHook: { boundaries: ['./src/routes/*.ts'] },
      ...overrides,
    },
    null,
    2,
  )

const ROUTE = "app.get('/users', async (req, res) => (await import('./routes/users.js')).list(req, res))\n"

/** The entry of {@link server}, with `head` above the route that imports a boundary lazily. */
export const entry = (head = '', tail = ''): string =>
  `import express from 'express'\n${head}\nexport const app = express()\n${ROUTE}${tail}`

/** A server in which nothing is wrong: its entry, a boundary, and a service below that. */
export const server: Files = {
  'package.json': manifest(),
  'node_modules/hot-hook/package.json': '{ "name": "hot-hook", "version": "1.0.0" }',
  'src/server.ts': entry(),
  'src/routes/users.ts':
    "import { all } from '../services/users.js'\nexport const list = (req: unknown, res: { json(value: unknown): void }) => res.json(all())\n",
  'src/services/users.ts': 'export const all = () => []\n',
}

/** What doctor finds in {@link server} with other files, on Node 20 unless said otherwise. */
export async function findingsIn(files: Files, options: ServerOptions = {}): Promise<readonly Finding[]> {
  return findingsOf(directoryWith({ ...server, ...files }), options)
}

export async function findingsOf(root: string, options: ServerOptions = {}): Promise<readonly Finding[]> {
  const { findings } = await diagnose(readProject(join(root), { node: '20.20.2', ...options }), options)
  return findings
}
