import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { computedImports, expandGlob, mayCompute } from '../../src/graph/computed.ts'
import { directoryWith } from '../cli/run.ts'

const NOTHING = { dynamic: [], unknown: 0, required: [], urls: [] }
const computed = (code: string): ReturnType<typeof computedImports> => computedImports('/app/main.ts', code)

describe('import()', () => {
  it('of constants is folded', () => {
    expect(computed("const a = './a.js'\nimport(a)").dynamic).toEqual(['./a.js'])
    expect(computed("export const a = './a.js'\nimport(a)").dynamic).toEqual(['./a.js'])
    expect(computed("const a = './a'\nconst b = a + '.js'\nimport(b)").dynamic).toEqual(['./a.js'])
    expect(computed("const a = 'a'\nconst b = `./${a}.js`\nimport(b)").dynamic).toEqual(['./a.js'])
    expect(computed("import(('./a' + '.js'))").dynamic).toEqual(['./a.js'])
  })

  it('of a literal or a template is left to the lexer', () => {
    expect(computed("import('./a.js')\nimport(`./b.js`)\nimport(`./${c}.js`)")).toEqual(NOTHING)
  })

  it('of what a run decides is unknown', () => {
    expect(computed('import(name)').unknown).toBe(1)
    expect(computed("let a = './a.js'\nimport(a)").unknown).toBe(1)
    expect(computed("import('./' + name)\nimport(load())").unknown).toBe(2)
    expect(computed('const a = `./${name}.js`\nimport(a)')).toEqual({ ...NOTHING, unknown: 1 })
  })

  it('is found wherever it stands', () => {
    expect(computed("const a = './a.js'\nclass A { static load = async () => { await import(a) } }").dynamic).toEqual([
      './a.js',
    ])
  })
})

describe('require', () => {
  it('is found', () => {
    expect(computed("require('./a.cjs')").required).toEqual(['./a.cjs'])
    expect(computed("const a = './a.cjs'\nrequire(a)").required).toEqual(['./a.cjs'])
    expect(computed("const load = createRequire(import.meta.url)\nload('./a.cjs')").required).toEqual(['./a.cjs'])
    expect(computed("createRequire(import.meta.url)('./a.cjs')").required).toEqual(['./a.cjs'])
    expect(computed("const load = module.createRequire(import.meta.url)\nload('./a.cjs')").required).toEqual([
      './a.cjs',
    ])
  })

  it('is not another function', () => {
    expect(computed("load('./a.cjs')\nrequire.resolve('./a.cjs')\nrequire(name)")).toEqual(NOTHING)
  })
})

describe('new URL', () => {
  it('beside the module is found', () => {
    expect(computed("new Worker(new URL('./worker.js', import.meta.url))").urls).toEqual(['./worker.js'])
    expect(computed("const name = './worker.js'\nnew URL(name, import.meta.url)").urls).toEqual(['./worker.js'])
  })

  it('elsewhere is not', () => {
    expect(
      computed("new URL('./a.js', base)\nnew URL('https://example.com')\nnew Map('./a.js', import.meta.url)"),
    ).toEqual(NOTHING)
  })
})

describe('computedImports', () => {
  it('gives nothing for what does not parse', () => {
    expect(computed("const a = './a.js'\nimport(a")).toEqual(NOTHING)
  })
})

describe('mayCompute', () => {
  it.each(["require('./a.cjs')", 'createRequire(import.meta.url)', "new URL('./a.js', import.meta.url)"])(
    '%s',
    (code) => {
      expect(mayCompute(code)).toBe(true)
    },
  )

  it.each(["import './a.js'", 'required()', 'prerequire()', 'new URLSearchParams()'])('not %s', (code) => {
    expect(mayCompute(code)).toBe(false)
  })
})

describe('expandGlob', () => {
  const root = directoryWithPages()

  function directoryWithPages(): () => string {
    return () =>
      directoryWith({
        'src/pages/a.ts': '',
        'src/pages/b.js': '',
        'src/pages/c.tsx': '',
        'src/pages/d.json': '',
        'src/pages/types.d.ts': '',
        'src/pages/readme.md': '',
        'src/pages/admin/e.ts': '',
        'src/pages/(group)/f.ts': '',
        'src/pages/node_modules/g.js': '',
        'src/other/a.ts': '',
      })
  }

  function expand(pattern: string): string[] {
    const directory = root()
    return expandGlob(join(directory, 'src/main.ts'), pattern).map((path) => path.slice(directory.length + 5))
  }

  it('takes `.js` for the files it may be compiled from', () => {
    expect(expand('./pages/*.js')).toEqual(['pages/a.ts', 'pages/b.js', 'pages/c.tsx'])
  })

  it('takes another extension as it is', () => {
    expect(expand('./pages/*.json')).toEqual(['pages/d.json'])
    expect(expand('./pages/*.ts')).toEqual(['pages/a.ts'])
  })

  it('takes one directory for each interpolation', () => {
    expect(expand('./pages/*/e.js')).toEqual(['pages/admin/e.ts'])
    expect(expand('./*/a.js')).toEqual(['other/a.ts', 'pages/a.ts'])
    expect(expand('./*/*.ts')).toEqual(['other/a.ts', 'pages/a.ts'])
  })

  it('takes no other character for a glob', () => {
    expect(expand('./pages/(group)/*.js')).toEqual(['pages/(group)/f.ts'])
    expect(expand('./pages/[a]*.js')).toEqual([])
  })

  it('goes upwards', () => {
    expect(expand('../src/other/*.js')).toEqual(['other/a.ts'])
  })

  it('gives nothing where there is nothing, or the specifier is no path', () => {
    expect(expand('./missing/*.js')).toEqual([])
    expect(expand('#pages/*.js')).toEqual([])
  })
})
