import type { Command } from './command.ts'
import { progressOn } from './progress.ts'
import { colours } from './render/colours.ts'
import { explanationAsJson, renderExplanation } from './render/explanation.ts'
import { fitted } from './render/fitted.ts'
import { SERVER_HELP, SERVER_OPTIONS, serverOptions } from './server-options.ts'

/** `hot-codemod explain <file>`: why a file is hot or not. */
export const explainCommand: Command = {
  takes: [1, 1],
  options: { ...SERVER_OPTIONS, json: { type: 'boolean', default: false } },
  help: `Options
${SERVER_HELP}  --json               print the explanation as JSON

Exit codes
  0  explained, whatever the answer is
  2  could not run: no such file, or no project around it
`,
  async run(values, [file = ''], streams) {
    const options = serverOptions(values)
    const { explain } = await import('../inspect.ts')
    const progress = progressOn(streams)
    const explanation = await explain(file, { ...options, onProgress: progress.show }).finally(progress.clear)
    streams.stdout.write(
      values['json'] === true
        ? explanationAsJson(explanation)
        : fitted(renderExplanation(explanation, colours(streams)), streams.stdout),
    )
    return 0
  },
}
