import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'

/*
 * What the benches share: a command run to its end, rounds in which every tool runs once, ratios to the floor of the
 * same round, a table.
 */

const hasTime = existsSync('/usr/bin/time')

/**
 * Runs a command to its end. bash's `time` has the times of the whole process tree to the millisecond; GNU time, where
 * it is installed, has the peak memory of its largest process.
 *
 * @param {readonly string[]} command
 * @param {string} cwd
 * @returns `wall` and `cpu` in seconds, `rss` in MB (NaN without GNU time), `status` and `output` (both streams).
 */
export function measure(command, cwd) {
  const scratch = mkdtempSync(join(tmpdir(), 'hot-codemod-measure-'))
  try {
    const usage = join(scratch, 'usage')
    const memory = join(scratch, 'memory')
    const timed = hasTime ? ['/usr/bin/time', '-f', '%M', '-o', memory, ...command] : command
    // To a file: some tools end before a pipe has taken all they wrote.
    const output = join(scratch, 'output')
    const script = 'TIMEFORMAT="%3R %3U %3S"; usage=$1; output=$2; shift 2; { time "$@" >"$output" 2>&1; } 2>"$usage"'
    const { NODE_OPTIONS: _, NODE_COMPILE_CACHE: __, ...env } = process.env
    const { status, error } = spawnSync('bash', ['-c', script, 'bash', usage, output, ...timed], {
      cwd,
      env: { ...env, LC_ALL: 'C', NO_COLOR: '1' },
      stdio: 'ignore',
    })
    if (error) throw error
    const [wall, user, system] = lastLine(usage).split(' ').map(Number)
    const rss = hasTime ? Number(lastLine(memory)) / 1024 : Number.NaN
    return { status, output: readFileSync(output, 'utf8'), wall, cpu: user + system, rss }
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

function lastLine(path) {
  return readFileSync(path, 'utf8').trim().split('\n').at(-1)
}

/**
 * Runs every tool once a round, so that a busy minute of the machine hits all of them.
 *
 * @param {readonly { title: string, rounds: number }[]} tools
 * @param run what a tool does in one round; its figures are kept.
 * @returns each tool with its figures, in the order given.
 */
export function inRounds(tools, run) {
  const runs = tools.map((tool) => ({ tool, done: [] }))
  const rounds = Math.max(...tools.map((tool) => tool.rounds))
  for (let round = 0; round < rounds; round += 1) {
    for (const { tool, done } of runs) {
      if (round >= tool.rounds) continue
      if (process.stderr.isTTY) process.stderr.write(`\r\x1b[Kround ${round + 1}: ${tool.title}`)
      done.push(run(tool))
    }
  }
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K')
  return runs.filter(({ done }) => done.length > 0)
}

/** The least, the median and each of the figure `key` of some rounds. */
export function spread(runs, key) {
  const each = runs.map((run) => run[key])
  return { min: Math.min(...each), median: median(each), each }
}

export function median(values) {
  const sorted = values.toSorted((a, b) => a - b)
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2
}

/** How many times the floor's: of the best rounds, and the median of what each round says. */
export function ratioTo(floor, { each, min }) {
  const paired = each.map((value, round) => value / (floor.each[round] ?? floor.median))
  return { min: min / floor.min, median: median(paired) }
}

/** `0.12 / 0.13`: the least and the median, with so many digits. */
export function both({ min, median: typical }, digits = 2) {
  return `${min.toFixed(digits)} / ${typical.toFixed(digits)}`
}

/** Prints rows under a head; the first column to the left, the others to the right. */
export function printTable(head, rows) {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column].length)))
  for (const row of [head, widths.map((width) => '-'.repeat(width)), ...rows]) {
    console.log(
      row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column]))).join('  '),
    )
  }
}

/** `doctor / floor <= 3.0: yes (2.71; median of the rounds 2.80)`. @returns whether it is. */
export function printTarget(what, target, { min, median: typical }) {
  const reached = min <= target
  console.log(
    `${what} <= ${target.toFixed(1)}: ${reached ? 'yes' : 'no'} (${min.toFixed(2)}; median of the rounds ${typical.toFixed(2)})`,
  )
  return reached
}

/** The line that figures are useless without. */
export function machine() {
  return `Node ${process.versions.node}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}`
}
