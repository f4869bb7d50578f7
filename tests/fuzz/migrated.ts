import { readFileSync } from 'node:fs'
import { migrate } from '../../src/migrate.ts'
import { ProjectError } from '../../src/project/error.ts'

/** The text that the command line would leave of the file at `path`, of the project in `directory`. */
export async function migrated(directory: string, path: string): Promise<string> {
  const text = readFileSync(path, 'utf8')
  try {
    const { changes } = await migrate({ directory, only: ['lazy-imports'] })
    return changes.find((change) => change.path === path)?.after ?? text
  } catch (error) {
    // It refuses a server that registers nothing.
    if (error instanceof ProjectError) return text
    throw error
  }
}
