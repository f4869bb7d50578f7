import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { server } from '../doctor/server.ts'
import { hotCodemodHere } from './in-process.ts'
import { directoryWith, filesIn, hotCodemod, type Ran } from './run.ts'

const graph = (root: string, ...options: readonly string[]): Promise<Ran> => hotCodemodHere('graph', root, ...options)

describe('hot-codemod graph', () => {
  it('writes hot-graph.html to the working directory', () => {
    const root = directoryWith(server)
    expect(hotCodemod(root, 'graph')).toEqual({ code: 0, stdout: '', stderr: 'Written to hot-graph.html.\n' })
    const { 'hot-graph.html': page = '', ...others } = filesIn(root)
    expect(page).toMatch(/^<!doctype html>/)
    expect(others).toEqual(server)
  })

  it.each([
    ['html', /^<!doctype html>/],
    ['mermaid', /^flowchart LR\n/],
    ['dot', /^digraph "app" \{\n/],
    ['json', /^\{"version":1,/],
  ])('draws %s, and again over what it drew', async (format, start) => {
    const root = directoryWith(server)
    const output = join(root, 'out')
    const onStdout = await graph(root, '--format', format, '-o', '-')
    expect(onStdout).toMatchObject({ code: 0, stderr: '', stdout: expect.stringMatching(start) as string })
    for (let run = 1; run <= 2; run += 1) {
      const written = await graph(root, '--format', format, '--output', output)
      expect(written).toEqual({ code: 0, stdout: '', stderr: `Written to ${output}.\n` })
      expect(readFileSync(output, 'utf8')).toBe(onStdout.stdout)
    }
  })

  it.each(['mermaid', 'dot', 'json'])('prints %s where no output is named', async (format) => {
    const root = directoryWith(server)
    const { stdout } = await graph(root, '--format', format)
    expect(stdout).toBe((await graph(root, '--format', format, '-o', '-')).stdout)
    expect(filesIn(root)).toEqual(server)
  })

  it('--json is --format json', async () => {
    const root = directoryWith(server)
    expect(await graph(root, '--json')).toEqual(await graph(root, '--format', 'json'))
  })

  it('--format json is the report', async () => {
    const { stdout } = await graph(directoryWith(server), '--format', 'json')
    expect(JSON.parse(stdout)).toMatchObject({
      version: 1,
      name: 'app',
      framework: { name: 'express', major: 5 },
      files: [
        { path: 'src/routes/users.ts', outcome: 'hot', boundary: true, via: 0 },
        { path: 'src/server.ts', outcome: 'restart', boundary: false, via: null },
        { path: 'src/services/users.ts', outcome: 'hot', boundary: false, via: 1 },
      ],
      imports: [
        { from: 1, to: 0, specifier: './routes/users.js', line: 4, dynamic: true },
        { from: 0, to: 2, specifier: '../services/users.js', line: 1, dynamic: false },
      ],
      cuts: [],
    })
  })

  it.each(['src/services/users.ts', './src/services/users.ts'])('--file %s draws what is around it', async (file) => {
    const { code, stdout } = await graph(directoryWith(server), '--format', 'mermaid', '--file', file)
    expect(code).toBe(0)
    expect(stdout).toContain('n2["src/services/users.ts<br/>hot"]:::hot')
  })

  it('--file is named from the working directory too', () => {
    const root = directoryWith(server)
    const { stdout } = hotCodemod(join(root, 'src'), 'graph', '--format', 'mermaid', '--file', 'services/users.ts')
    expect(stdout).toContain('["src/services/users.ts<br/>hot"]')
  })

  it('diagnoses what the options say', async () => {
    const { stdout } = await graph(directoryWith(server), '--format', 'json', '--entry', 'src/services/users.ts')
    expect((JSON.parse(stdout) as { files: unknown[] }).files).toHaveLength(1)
  })
})

describe('graph refuses', () => {
  async function refusal(root: string, ...options: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await graph(root, ...options)
    expect([code, stdout]).toEqual([2, ''])
    return stderr.replaceAll(root, '.').replace('See hot-codemod graph --help.\n', '').trimEnd()
  }

  it('a format that there is not', async () => {
    expect(await refusal(directoryWith(server), '--format', 'png')).toBe(
      '--format png: there are html, mermaid, dot, json.',
    )
  })

  it('two formats', async () => {
    const { code, stdout, stderr } = await graph(directoryWith(server), '--json', '--format', 'dot')
    expect([code, stderr]).toEqual([2, ''])
    expect(JSON.parse(stdout)).toEqual({
      version: 1,
      error: { message: '--json and --format dot exclude each other.' },
    })
  })

  it('a file that the server does not load', async () => {
    expect(await refusal(directoryWith(server), '--format', 'mermaid', '--file', 'src/none.ts')).toBe(
      '--file src/none.ts: the server loads no such file.',
    )
  })

  it('--file where it says nothing', async () => {
    expect(await refusal(directoryWith(server), '--file', 'src/server.ts')).toBe(
      '--file goes with --format mermaid, not with html.',
    )
  })

  it('to write where there is no directory', async () => {
    const root = directoryWith(server)
    expect(await refusal(root, '-o', join(root, 'none/out.html'))).toBe(
      './none/out.html cannot be written: its directory does not exist. Name another file.',
    )
  })

  it('to write to a directory', async () => {
    const root = directoryWith(server)
    expect(await refusal(root, '-o', join(root, 'src'))).toBe(
      './src cannot be written: it is a directory. Name another file.',
    )
  })

  it('to overwrite what is not its own, unless it is forced to', async () => {
    const root = directoryWith(server)
    const output = join(root, 'src/server.ts')
    expect(await refusal(root, '-o', output)).toBe(
      './src/server.ts exists, and is none that this command wrote. Name another file, or pass --force.',
    )
    expect(filesIn(root)).toEqual(server)
    writeFileSync(join(root, 'notes.txt'), 'notes')
    expect((await graph(root, '-o', join(root, 'notes.txt'), '--force')).code).toBe(0)
    expect(readFileSync(join(root, 'notes.txt'), 'utf8')).toMatch(/^<!doctype html>/)
  })

  it('an empty output', async () => {
    expect(await refusal(directoryWith(server), '--output=')).toBe('--output needs the name of a file, or -.')
  })

  it('an entry that is not there', async () => {
    expect(await refusal(directoryWith(server), '--entry', 'none.ts')).toContain(
      'There is no source file "none.ts" in .',
    )
  })
})
