import type { Progress } from '../api.ts'
import type { Streams } from './command.ts'
import { cut, widthOf } from './render/fitted.ts'

/** How long work takes before anything is shown of it, and how long a line stands, in milliseconds. */
const PATIENCE = 300
const PAUSE = 80

/** How many columns the bar takes. */
const BAR = 20

export interface ProgressLine {
  readonly show: (progress: Progress) => void
  readonly clear: () => void
}

/**
 * One line on standard error that is written over: on a terminal only, and not in CI. Work that is soon done shows
 * nothing.
 *
 * @param now gives milliseconds.
 */
export function progressOn({ stderr, env }: Pick<Streams, 'stderr' | 'env'>, now = Date.now): ProgressLine {
  if (!stderr.isTTY || env.CI || env.TERM === 'dumb') return { show: () => {}, clear: () => {} }
  let [next, isShown] = [now() + PATIENCE, false]
  return {
    show(progress) {
      if (now() < next) return
      next = now() + PAUSE
      isShown = true
      stderr.write(`\r\u001b[2K${renderProgress(progress, stderr.columns)}`)
    },
    clear() {
      if (isShown) stderr.write('\r\u001b[2K')
      isShown = false
    },
  }
}

/** `  ━━━━━━━━━━──────────  planning 412/824`, in less than `columns`. */
export function renderProgress(progress: Progress, columns = 80): string {
  const { done = 0, total } = progress
  const filled = total === undefined ? undefined : Math.round((BAR * Math.min(done, total)) / Math.max(1, total))
  const bar = filled === undefined ? '' : `${'━'.repeat(filled)}${'─'.repeat(BAR - filled)}  `
  const text = describe(progress)
  const room = (columns || 80) - 1
  return cut(widthOf(text) + BAR + 4 <= room ? `  ${bar}${text}` : `  ${text}`, room)
}

function describe({ doing, file = '', done = 0, total = 0 }: Progress): string {
  const of = `${done}/${total}`
  switch (doing) {
    case 'read':
      return `reading ${done}`
    case 'plan':
      return `planning ${of}`
    case 'copy':
      return 'copying the project'
    case 'start':
      return 'starting the application'
    case 'ask':
      return `asking ${of}`
    case 'save':
      return `${of} ${file}`
    case 'compare':
      return 'comparing with the other version'
    case 'measure':
      return `measuring ${of}`
  }
}
