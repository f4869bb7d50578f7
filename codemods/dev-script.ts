import type { FileTree } from '../src/edits/tree.ts'
import type { Project } from '../src/project/project.ts'
import type { Codemod, Step } from './codemod.ts'
import { setHmr } from './dev-script/ace.ts'
import { planHotRunner } from './dev-script/hot-runner.ts'
import { summaryOf } from './dev-script/scripts.ts'

/** Has the development script start the server under hot-hook: `ace serve --hmr`, or hot-runner. */
export const devScript: Codemod = {
  name: 'dev-script',
  description: 'Set the development script to hot-runner, or to `ace serve --hmr`',
  optIn: false,
  needsBoundaries: true,
  run: (project, tree) => ({
    codemod: 'dev-script',
    ...(project.framework.name === 'adonisjs' ? setHmr(project, tree) : setHotRunner(project, tree)),
  }),
}

function setHotRunner(project: Project, tree: FileTree): Omit<Step, 'codemod'> {
  const path = project.packageJsonPath
  const { after, change, edits, notes } = planHotRunner(project, tree.read(path) ?? '')
  if (change === undefined) return { summary: '', files: [], edits: 0, notes }
  tree.write(path, after)
  return { summary: summaryOf(change), files: [path], edits, notes }
}

export default devScript
