import { nameBelow, type Level, type Problem } from './problems.ts'

const COMMANDS: Record<Level, string> = { error: 'error', warning: 'warning', note: 'notice' }

/**
 * Workflow commands of GitHub Actions, one for each problem and the coverage before them.
 * https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
 *
 * @param top what paths are relative to.
 */
export function renderGithub(coverage: string, problems: readonly Problem[], top: string): string {
  const lines = problems.map(({ level, path, line, code, message }) =>
    command(
      COMMANDS[level],
      { file: nameBelow(top, path), line: Math.max(line, 1), title: `hot-codemod ${code}` },
      message,
    ),
  )
  return [command('notice', { title: 'Hot coverage' }, coverage), ...lines].join('')
}

/** A run that could not be. */
export function renderGithubError(name: string, message: string): string {
  return command('error', { title: `hot-codemod ${name}` }, message)
}

function command(name: string, properties: Readonly<Record<string, string | number>>, message: string): string {
  const written = Object.entries(properties).map(
    ([key, value]) => `${key}=${escapedData(String(value)).replaceAll(':', '%3A').replaceAll(',', '%2C')}`,
  )
  return `::${name} ${written.join(',')}::${escapedData(message)}\n`
}

function escapedData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}
