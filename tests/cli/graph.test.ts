import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import type { FileReport, ImportReport, ServerReport } from '../../src/graph/report.ts'
import { renderDot } from '../../src/cli/render/graph/dot.ts'
import { egoOf } from '../../src/cli/render/graph/ego.ts'
import { layeredCells } from '../../src/cli/render/graph/layers.ts'
import { chainTo, linksOf } from '../../src/cli/render/graph/links.ts'
import { renderMermaid } from '../../src/cli/render/graph/mermaid.ts'
import { DARK, LIGHT } from '../../src/cli/render/graph/outcomes.ts'
import { foldersAbove, folderTree, treeRows } from '../../src/cli/render/graph/tree.ts'
// The page's script is read from the build.
import { renderHtml } from '../../dist/src/cli/render/graph/html.js'

type Step = readonly [from: number, to: number, specifier?: string, dynamic?: boolean]

function file(path: string, fields: Partial<FileReport> = {}): FileReport {
  return {
    path,
    outcome: 'restart',
    reason: 'outside-boundary',
    message: 'It restarts.',
    unstable: false,
    needsRestart: false,
    boundary: false,
    edits: 0,
    via: null,
    ...fields,
  }
}

function report(
  files: readonly FileReport[],
  steps: readonly Step[],
  fields: Partial<ServerReport> = {},
): ServerReport {
  const imports = steps.map(([from, to, specifier = './x.js', dynamic = false], index): ImportReport => {
    return { from, to, specifier, line: index + 1, dynamic }
  })
  const coverage = { files: { hot: 0, total: files.length }, edits: { hot: 0, total: 0 } }
  return {
    version: 1,
    name: 'app',
    framework: { name: 'hono', major: 4 },
    coverage,
    files,
    imports,
    cuts: [],
    ...fields,
  }
}

/** A server that imports its routes; they import a controller lazily, which imports a service. */
const server = report(
  [
    file('src/app/posts_controller.ts', { outcome: 'hot', reason: 'boundary', boundary: true, via: 1 }),
    file('src/app/posts_service.ts', { outcome: 'hot', reason: 'below-boundary', unstable: true, via: 2 }),
    file('src/routes.ts', { via: 0 }),
    file('src/server.ts', { reason: 'entry' }),
  ],
  [
    [3, 2, './routes.js'],
    [2, 0, './app/posts_controller.js', true],
    [0, 1, './posts_service.js'],
  ],
)

/** Names that mean something to HTML, a script, Mermaid and Graphviz. */
const NAMES = [
  'src/</script><script>alert(1)</script>.ts',
  'src/<!--<script>.ts',
  'src/quote".ts',
  "src/it's `x` ${y}.ts",
  'src/back\\slash #1; a&amp;b.ts',
  'src/日本語 🔥.ts',
  'src/new\nline\u2028.ts',
]

describe('the page', () => {
  const html = renderHtml(server)

  it('names no address but the namespace of SVG', () => {
    expect(new Set(html.match(/\b(?:https?:)?\/\/[a-z][\w.-]+\.[a-z]+[^\s'"`)]*/gi))).toEqual(
      new Set(['http://www.w3.org/2000/svg']),
    )
  })

  it('has no element and no rule that loads something', () => {
    expect(html.match(/<link [^>]*>/g)).toEqual(['<link rel="icon" href="data:,">'])
    expect(html).not.toMatch(/\bsrc=|@import|url\((?!#arrow\))/)
  })

  it('forbids itself the network', () => {
    expect(html).toMatch(
      /Content-Security-Policy" content="default-src 'none'; script-src 'sha256-[^']+'; style-src 'sha256-[^']+'; img-src data:;/,
    )
  })

  it('has a script that parses, without imports', () => {
    const script = /<script type="module">([^]*)<\/script>/.exec(html)?.[1] ?? ''
    expect(script).toContain('function start(')
    expect(script).not.toMatch(/^(?:import|export)\b/m)
    const { status, stderr } = spawnSync(process.execPath, ['--check', '--input-type=module'], { input: script })
    expect([status, String(stderr)]).toEqual([0, ''])
  })

  it('holds the report', () => {
    expect(dataIn(html)).toMatchObject({ report: server })
  })

  it('writes no text as markup', () => {
    const script = /<script type="module">([^]*)<\/script>/.exec(html)?.[1]
    expect(script).not.toMatch(/innerHTML|outerHTML|insertAdjacentHTML|document\.write/)
  })

  it('is the same twice', () => {
    expect(renderHtml(server)).toBe(html)
  })

  it.each(NAMES)('survives the file name %j', (name) => {
    const page = renderHtml(report([file(name)], [[0, 0, name]], { name }))
    expect(dataIn(page)).toMatchObject({ report: { name, files: [{ path: name }], imports: [{ specifier: name }] } })
    expect(page.match(/<\/script>/g)).toHaveLength(2)
    expect(page).not.toContain('<script>')
    expect(page).not.toContain('<!--')
  })

  it('survives a server without files', () => {
    expect(dataIn(renderHtml(report([], [])))).toMatchObject({ report: { files: [] }, cells: [] })
  })

  function dataIn(page: string): unknown {
    return JSON.parse(/<script type="application\/json" id="data">([^]*?)<\/script>/.exec(page)?.[1] ?? '')
  }
})

describe('the colours', () => {
  it.each([...Object.entries(LIGHT), ...Object.entries(DARK)])('of %s can be read', (_, { fill, ink }) => {
    const [dark = 0, light = 0] = [luminance(fill), luminance(ink)].sort((a, b) => a - b)
    expect((light + 0.05) / (dark + 0.05)).toBeGreaterThan(4.5)
  })

  /** Relative luminance as WCAG 2 has it. */
  function luminance(colour: string): number {
    const [r = 0, g = 0, b = 0] = [1, 3, 5]
      .map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255)
      .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }
})

describe('a chain', () => {
  it('starts at the entry', () => {
    expect(chainTo(server, 1)).toEqual([0, 1, 2])
  })

  it('of the entry is empty', () => {
    expect(chainTo(server, 3)).toEqual([])
  })

  it('ends where it would go in a circle', () => {
    const circle = report(
      [file('a.ts', { via: 1 }), file('b.ts', { via: 0 })],
      [
        [0, 1],
        [1, 0],
      ],
    )
    expect(chainTo(circle, 0)).toEqual([0, 1])
  })
})

describe('the neighbours', () => {
  const ego = (of: ServerReport, centre: number, limit?: number): ReturnType<typeof egoOf> =>
    egoOf(of, linksOf(of), centre, limit)

  it('stand left and right, two steps far', () => {
    expect(ego(server, 0).nodes).toEqual([
      { file: 0, column: 0, row: 0 },
      { file: 2, column: -1, row: 0 },
      { file: 1, column: 1, row: 0 },
      { file: 3, column: -2, row: 0 },
    ])
  })

  it('have one edge for several imports, dynamic when all of them are', () => {
    const pair = [file('a.ts'), file('b.ts')]
    expect(
      ego(
        report(pair, [
          [0, 1, './b.js', true],
          [0, 1, './b.js', true],
        ]),
        0,
      ).edges,
    ).toEqual([{ from: 0, to: 1, dynamic: true }])
    expect(
      ego(
        report(pair, [
          [0, 1, './b.js', true],
          [0, 1, './b.js'],
        ]),
        0,
      ).edges,
    ).toEqual([{ from: 0, to: 1, dynamic: false }])
  })

  it('stand once when both import each other, with both edges', () => {
    const { nodes, edges } = ego(
      report(
        [file('a.ts'), file('b.ts')],
        [
          [0, 1],
          [1, 0],
          [0, 0],
        ],
      ),
      0,
    )
    expect(nodes.map(({ column }) => column)).toEqual([0, -1])
    expect(edges).toHaveLength(2)
  })

  it('are as many as fit, the deciding importer and those that are not hot first', () => {
    const files = [
      file('a.ts', { via: 1 }),
      ...Array.from({ length: 8 }, (_, at) => file(`b${at}.ts`, { outcome: at === 7 ? 'restart' : 'hot' })),
    ]
    const crowded = report(
      files,
      files.slice(1).map((_, at): Step => [at + 1, 0]),
    )
    const { nodes, left } = ego(crowded, 0, 4)
    expect(nodes.map(({ file: index }) => index)).toEqual([0, 1, 2, 8])
    expect(left).toEqual({ importers: 5, imports: 0 })
  })
})

describe('the tree', () => {
  const tree = folderTree(server.files)
  const lines = (expanded: readonly string[], shown: (index: number) => boolean = () => true): string[] =>
    treeRows(tree, new Set(expanded), shown).map(
      (row) =>
        `${'  '.repeat(row.depth)}${row.kind === 'folder' ? `${row.folder.name}/` : server.files[row.file]?.path}`,
    )

  it('is closed', () => {
    expect(lines([])).toEqual(['src/'])
  })

  it('shows folders before files', () => {
    expect(lines(['src'])).toEqual(['src/', '  app/', '  src/routes.ts', '  src/server.ts'])
  })

  it('shows the folders of the files that are shown, and no others', () => {
    expect(lines(['src', 'src/app'], (index) => index === 3)).toEqual(['src/', '  src/server.ts'])
    expect(lines(['src', 'src/app'], () => false)).toEqual([])
  })

  it('counts what is not hot', () => {
    expect(tree.folders.map(({ cold, total }) => [cold, total])).toEqual([[2, 4]])
  })

  it('joins folders that hold nothing but one folder', () => {
    const deep = folderTree([file('a/b/c/x.ts'), file('a/b/c/d/y.ts')])
    expect(deep.folders.map(({ name, path }) => [name, path])).toEqual([['a/b/c', 'a/b/c']])
    expect(foldersAbove(deep, 'a/b/c/d/y.ts').map(({ path }) => path)).toEqual(['a/b/c', 'a/b/c/d'])
  })
})

describe('the overview', () => {
  it('goes from the entry to the right', () => {
    expect(columnsOf(server)).toEqual([2, 3, 1, 0])
  })

  it('has a place of its own for each file, with cycles and lone files too', () => {
    const files = Array.from({ length: 200 }, (_, at) => file(`src/${at % 7}/${at}.ts`, { via: at === 0 ? null : 0 }))
    const cells = layeredCells(
      report(
        files,
        files.map((_, at): Step => [at, (at * 3 + 1) % 150]),
      ),
    )
    const places = Array.from({ length: 200 }, (_, at) => `${cells[2 * at]} ${cells[2 * at + 1]}`)
    expect(new Set(places).size).toBe(200)
  })

  it('leaves room between folders', () => {
    expect(layeredCells(report([file('a/x.ts'), file('a/y.ts'), file('b/z.ts')], []))).toEqual([0, 0, 0, 1, 0, 3])
  })

  function columnsOf(of: ServerReport): number[] {
    return layeredCells(of).filter((_, at) => at % 2 === 0)
  }
})

describe('Mermaid', () => {
  it('draws boundaries and folders', () => {
    expect(renderMermaid(server)).toBe(`flowchart LR
  n0(["src/app/posts_controller.ts<br/>hot"]):::hot
  n1["src/app/posts_service.ts<br/>hot"]:::hot
  n2["src/<br/>2 files, restart"]:::restart
  n2 -.-> n0
  n0 --> n1
  classDef hot fill:#d5f0e0,stroke:#0f5c35,color:#0f5c35
  classDef restart fill:#fde8c8,stroke:#8a4300,color:#8a4300
`)
  })

  it('draws the chain and the neighbours of a file', () => {
    expect(renderMermaid(server, { file: 'src/app/posts_service.ts', limit: 4 })).toBe(`flowchart LR
  n0["src/routes.ts<br/>restart"]:::restart
  n1(["src/app/posts_controller.ts<br/>hot"]):::hot
  n2["src/app/posts_service.ts<br/>hot"]:::hot
  n0 -.-> n1
  n1 --> n2
  classDef hot fill:#d5f0e0,stroke:#0f5c35,color:#0f5c35
  classDef restart fill:#fde8c8,stroke:#8a4300,color:#8a4300
`)
  })

  it('names the folder at the top', () => {
    expect(renderMermaid(report([file('a.ts'), file('b.ts')], []))).toContain('n0["./<br/>2 files, restart"]')
  })

  it('says how many of a mixed folder are hot', () => {
    const mixed = report(
      [file('src/a.ts', { outcome: 'hot' }), file('src/b.ts'), file('src/c.ts', { outcome: 'stale' })],
      [],
    )
    expect(renderMermaid(mixed)).toContain('n0["src/<br/>3 files, 1 hot"]:::mixed')
  })

  it('escapes what means something in a label', () => {
    const [line] =
      renderMermaid(report([file('end/a "b" #1; `c` <d>:e.ts')], []), { file: 'end/a "b" #1; `c` <d>:e.ts' }).match(
        /n0.*/,
      ) ?? []
    expect(line).toBe('n0["end/a #34;b#34; #35;1#59; #96;c#96; #60;d#62;#58;e.ts<br/>restart"]:::restart')
  })

  it('keeps to the limit of nodes, by joining the smallest folders', () => {
    const files = Array.from({ length: 90 }, (_, at) => file(`src/d${at % 45}/${at}.ts`))
    const drawn = renderMermaid(report(files, []), { limit: 10 }).match(/^ {2}n\d+\W/gm)
    expect(drawn).toHaveLength(10)
    expect(renderMermaid(report(files, []), { limit: 10 })).toContain('36 smaller folders<br/>72 files, restart')
  })

  it('keeps to the limit of nodes for a file with many neighbours', () => {
    const files = Array.from({ length: 90 }, (_, at) => file(`${at}.ts`))
    const star = report(
      files,
      files.map((_, at): Step => [at, 0]),
    )
    expect(renderMermaid(star, { file: '0.ts', limit: 20 }).match(/^ {2}n\d+\["/gm)).toHaveLength(20)
  })

  it('draws no more arrows than Mermaid takes', () => {
    const files = Array.from({ length: 30 }, (_, at) => file(`d${at}/${at}.ts`))
    const all = files.flatMap((_, from) => files.map((_other, to): Step => [from, to]))
    const text = renderMermaid(report(files, all))
    expect(text.match(/-->/g)).toHaveLength(500)
    expect(text).toContain('%% Left out: 370 arrows')
  })

  it('refuses a file that is not there', () => {
    expect(() => renderMermaid(server, { file: 'src/none.ts' })).toThrow('The server does not load src/none.ts.')
  })
})

describe('DOT', () => {
  it('draws the whole graph, a cluster for each folder', () => {
    expect(renderDot(server)).toBe(`digraph "app" {
  rankdir=LR
  node [shape=box style="filled" fontname="sans-serif"]
  subgraph "cluster_src/app" {
    label="src/app/"
    n0 [label="posts_controller.ts\\nhot" tooltip="src/app/posts_controller.ts" fillcolor="#d5f0e0" color="#0f5c35" fontcolor="#0f5c35" peripheries=2]
    n1 [label="posts_service.ts\\nhot" tooltip="src/app/posts_service.ts" fillcolor="#d5f0e0" color="#0f5c35" fontcolor="#0f5c35" style="filled,dashed"]
  }
  subgraph "cluster_src" {
    label="src/"
    n2 [label="routes.ts\\nrestart" tooltip="src/routes.ts" fillcolor="#fde8c8" color="#8a4300" fontcolor="#8a4300"]
    n3 [label="server.ts\\nrestart" tooltip="src/server.ts" fillcolor="#fde8c8" color="#8a4300" fontcolor="#8a4300"]
  }
  n3 -> n2
  n2 -> n0 [style=dashed]
  n0 -> n1
}
`)
  })

  it('escapes quotes, backslashes, line ends and entities', () => {
    expect(renderDot(report([file('a"b\\N&amp;\nc.ts')], []))).toContain(
      '[label="a\\"b\\\\N&amp;amp;\\nc.ts\\nrestart" tooltip=',
    )
  })

  it('draws several imports of a file as one edge, dashed when all are dynamic', () => {
    const pair = [file('a.ts'), file('b.ts')]
    expect(
      renderDot(
        report(pair, [
          [0, 1],
          [0, 1, './b.js', true],
        ]),
      ),
    ).toContain('  n0 -> n1\n}')
    expect(
      renderDot(
        report(pair, [
          [0, 1, './b.js', true],
          [0, 1, './b.js', true],
        ]),
      ),
    ).toContain('  n0 -> n1 [style=dashed]\n}')
  })
})
