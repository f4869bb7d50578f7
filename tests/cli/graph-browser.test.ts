import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import puppeteer, { type Browser, type Page } from 'puppeteer-core'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import type { Outcome } from '../../src/graph/reload.ts'
import type { FileReport, ImportReport, ServerReport } from '../../src/graph/report.ts'
import { renderHtml } from '../../dist/src/cli/render/graph/html.js'
import { chromium } from '../chromium.ts'

let browser: Browser
let directory: string

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'hot-codemod-graph-'))
  browser = await puppeteer.launch({ executablePath: await chromium(), headless: true, args: ['--no-sandbox'] })
}, 600_000)

afterAll(async () => {
  await browser?.close()
  if (directory) rmSync(directory, { recursive: true, force: true })
})

/** A page, and what it complained about or asked the network for. */
interface Opened {
  readonly page: Page
  readonly complaints: readonly string[]
}

/** Opens the page of a report, as a file. */
async function open(report: ServerReport, { fragment = '', width = 1280, height = 800 } = {}): Promise<Opened> {
  const path = join(mkdtempSync(join(directory, 'page-')), 'graph.html')
  writeFileSync(path, renderHtml(report))
  const page = await browser.newPage()
  onTestFinished(() => page.close())
  const complaints: string[] = []
  page.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`))
  page.on('pageerror', (error) => complaints.push(String(error)))
  const address = pathToFileURL(path).href
  page.on('request', (request) => {
    const url = request.url()
    if (url.split('#')[0] !== address && url !== 'data:,') complaints.push(`request: ${url}`)
  })
  await page.setViewport({ width, height })
  await page.goto(address + fragment)
  await page.waitForSelector('#tree [role="treeitem"]')
  return { page, complaints }
}

/** A click changes the fragment, and the page follows that in a task of its own, then draws. */
function settled(page: Page): Promise<void> {
  return page.evaluate(
    () =>
      new Promise<void>((done) => requestAnimationFrame(() => setTimeout(() => requestAnimationFrame(() => done())))),
  )
}

async function textOf(page: Page, selector: string): Promise<string> {
  await settled(page)
  return page.$eval(selector, (found) => (found as HTMLElement).innerText.replace(/\s+/g, ' ').trim())
}

async function textsOf(page: Page, selector: string): Promise<string[]> {
  await settled(page)
  return page.$$eval(selector, (all) => all.map((found) => found.textContent ?? ''))
}

/** Names in the tree, as far as they are in view. */
function treeOf(page: Page): Promise<string[]> {
  return textsOf(page, '#tree .row .name')
}

async function clickLine(page: Page, selector: string, text: string): Promise<void> {
  await settled(page)
  await page.locator(`${selector} .row ::-p-text(${text})`).click()
}

async function search(page: Page, text: string): Promise<void> {
  await page.locator('#search').fill(text)
}

function file(path: string, outcome: Outcome, fields: Partial<FileReport> = {}): FileReport {
  const message = `\`${path}\` ends ${outcome}.`
  return {
    path,
    outcome,
    reason: 'literal',
    message,
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
  imports: readonly ImportReport[],
  fields: Partial<ServerReport> = {},
): ServerReport {
  const coverage = { files: { hot: 3, total: 7 }, edits: { hot: 9, total: 12 } }
  return {
    version: 1,
    name: 'shop',
    framework: { name: 'fastify', major: 5 },
    coverage,
    files,
    imports,
    cuts: [],
    ...fields,
  }
}

const small = report(
  [
    file('src/app/orders/handler.ts', 'hot', { boundary: true, edits: 7, via: 1 }),
    file('src/app/orders/service.ts', 'hot', { unstable: true, via: 2 }),
    file('src/app/users/handler.ts', 'restart', { boundary: true, edits: 3, via: 3 }),
    file('src/app/users/service.ts', 'restart', { via: 4 }),
    file('src/legacy.ts', 'stale', { via: 5 }),
    file('src/routes.ts', 'restart', { via: 0 }),
    file('src/server.ts', 'restart'),
  ],
  [
    { from: 6, to: 5, specifier: './routes.js', line: 2, dynamic: false },
    { from: 5, to: 0, specifier: '#orders/handler', line: 3, dynamic: true },
    { from: 0, to: 1, specifier: './service.js', line: 1, dynamic: false },
    { from: 5, to: 2, specifier: '#users/handler', line: 4, dynamic: false },
    { from: 2, to: 3, specifier: './service.js', line: 1, dynamic: false },
    { from: 5, to: 4, specifier: './legacy.js', line: 9, dynamic: true },
  ],
  {
    cuts: [
      {
        file: 2,
        reexported: false,
        imports: [3],
        frees: [2, 3],
        edits: 3,
        verdict: 'suggest',
        changes: [
          { import: 3, codemod: 'lazy-imports', verdict: 'suggest', reason: 'indirect', message: 'Is `it` read?' },
        ],
      },
    ],
  },
)

/** 5,000 modules in 50 folders and 19,000 imports: each module but the first is imported by one with a lower number. */
function large(): ServerReport {
  const path = (index: number): string => `src/area${String(index % 50).padStart(2, '0')}/module_${index}.ts`
  const imports: ImportReport[] = []
  for (let index = 1; index < 5000; index += 1) {
    for (const from of new Set([Math.floor((index - 1) / 3), index >> 1, (index * 7) % index, index - 1])) {
      if (imports.length < 19_000) {
        imports.push({ from, to: index, specifier: `#${index}`, line: 1 + (index % 30), dynamic: from % 9 === 0 })
      }
    }
  }
  const via = new Map(imports.map(({ to }, index) => [to, index]).reverse() as [number, number][])
  const outcomes: readonly Outcome[] = ['restart', 'hot', 'hot', 'stale']
  const files = Array.from({ length: 5000 }, (_, index) =>
    file(path(index), outcomes[index % 4] ?? 'hot', { via: via.get(index) ?? null, boundary: index % 11 === 0 }),
  )
  return report(files, imports)
}

describe('the page', () => {
  it('says what the server is and how much of it is hot', async () => {
    const { page, complaints } = await open(small)
    expect(await page.title()).toBe('shop: what hot-reloads')
    expect(await textOf(page, 'header')).toContain('shop fastify 5')
    expect(await textOf(page, '#coverage')).toBe(
      'Hot coverage: 43 % of 7 files · 75 % of the last 12 edits · 1 file unstable',
    )
    expect(await textsOf(page, '#outcomes button')).toEqual(['2 hot', '4 restart', '1 stale', '0 error', '0 unwatched'])
    expect(complaints).toEqual([])
  })

  it('opens and closes folders', async () => {
    const { page, complaints } = await open(small)
    expect(await treeOf(page)).toEqual(['src/', 'app/', 'legacy.ts', 'routes.ts', 'server.ts'])
    await clickLine(page, '#tree', 'app/')
    expect(await treeOf(page)).toEqual(['src/', 'app/', 'orders/', 'users/', 'legacy.ts', 'routes.ts', 'server.ts'])
    await clickLine(page, '#tree', 'src/')
    expect(await treeOf(page)).toEqual(['src/'])
    expect(await page.$eval('#tree .folder', (row) => row.getAttribute('aria-expanded'))).toBe('false')
    expect(complaints).toEqual([])
  })

  it('shows why: the message, and the chain with places and specifiers', async () => {
    const { page, complaints } = await open(small)
    await search(page, 'users service')
    await clickLine(page, '#tree', 'service.ts')
    expect(await textOf(page, '#path')).toBe('src/app/users/service.ts')
    expect(await textOf(page, '#message')).toBe('src/app/users/service.ts ends restart. literal')
    expect(await textsOf(page, '#message code')).toEqual(['src/app/users/service.ts', 'literal'])
    expect(await textsOf(page, '#chain li')).toEqual([
      "restart src/server.ts:2 import … './routes.js'",
      "restart src/routes.ts:4 import … '#users/handler'",
      "restart src/app/users/handler.ts:1 import … './service.js'",
      'restart src/app/users/service.ts',
    ])
    expect(complaints).toEqual([])
  })

  it('follows the chain, and goes back', async () => {
    const { page } = await open(small, { fragment: '#file=src%2Fapp%2Forders%2Fservice.ts' })
    await page.locator('#chain a ::-p-text(src/routes.ts:3)').click()
    await page.waitForFunction(() => document.querySelector('#path')?.textContent === 'src/routes.ts')
    expect(new URL(page.url()).hash).toBe('#file=src%2Froutes.ts')
    await page.goBack()
    await page.waitForFunction(() => document.querySelector('#path')?.textContent === 'src/app/orders/service.ts')
    expect(await textsOf(page, '#panel .mark')).toEqual(['unstable'])
  })

  it('lists importers and imports, which can be chosen', async () => {
    const { page } = await open(small, { fragment: '#file=src/routes.ts' })
    expect(await textsOf(page, '#importers .row')).toEqual(['server.ts src/line 2restart'])
    expect(await textsOf(page, '#imports .row')).toEqual([
      'handler.ts src/app/orders/dynamic, line 3hot',
      'handler.ts src/app/users/line 4restart',
      'legacy.ts src/dynamic, line 9stale',
    ])
    await clickLine(page, '#imports', 'legacy.ts')
    await page.waitForFunction(() => document.querySelector('#path')?.textContent === 'src/legacy.ts')
    expect(await treeOf(page)).toContain('legacy.ts')
  })

  it('draws the neighbours as links, import() dashed', async () => {
    const { page } = await open(small, { fragment: '#file=src/app/orders/handler.ts' })
    expect(await textsOf(page, '#ego .node title')).toEqual([
      'src/app/orders/handler.ts: hot, boundary',
      'src/routes.ts: restart',
      'src/app/orders/service.ts: hot',
      'src/server.ts: restart',
    ])
    await settled(page)
    const dashes = await page.$$eval('#ego .edge', (edges) =>
      edges.map((edge) => getComputedStyle(edge).strokeDasharray),
    )
    expect(dashes.sort()).toEqual(['5px, 4px', 'none', 'none'])
    await page.locator('#ego [data-file="src/server.ts"]').click()
    await page.waitForFunction(() => document.querySelector('#path')?.textContent === 'src/server.ts')
    expect(await textOf(page, '#chain')).toContain('the server starts with the file')
  })

  it('shows what a cut changes and frees', async () => {
    const { page, complaints } = await open(small)
    expect(await textOf(page, '#cut-list .gain')).toBe('1 import → 2 files hot · 3 edits · lazy-imports, not proven')
    await clickLine(page, '#cut-list', 'handler.ts')
    expect(await textsOf(page, '#cut-imports li')).toEqual([
      "src/routes.ts:4 import … '#users/handler' lazy-imports, not provenIs it read?",
    ])
    expect(await textsOf(page, '#freed .row .name')).toEqual(['handler.ts src/app/users/', 'service.ts src/app/users/'])
    await clickLine(page, '#freed', 'service.ts')
    await page.locator('#freed-by').click()
    await settled(page)
    expect(await page.$eval('#cut-list .row', (row) => row.getAttribute('aria-selected'))).toBe('true')
    expect(complaints).toEqual([])
  })

  it('hides outcomes, and marks that can be searched for', async () => {
    const { page } = await open(small)
    await page.locator('[data-outcome="restart"]').click()
    expect(await treeOf(page)).toEqual(['src/', 'app/', 'legacy.ts'])
    expect(await textOf(page, '#matches')).toBe('3 of 7 files')
    await search(page, 'is:boundary')
    expect(await textsOf(page, '#tree .file')).toEqual(['handler.tsboundaryhot'])
    await page.locator('[data-outcome="restart"]').click()
    expect(await textOf(page, '#matches')).toBe('2 of 7 files')
    await search(page, 'nothing at all')
    expect(await textOf(page, '#none')).toBe('No file matches.')
  })

  it('is used with the keyboard alone', async () => {
    const { page } = await open(small)
    await page.keyboard.press('/')
    await page.keyboard.type('orders')
    await page.keyboard.press('Tab')
    for (const key of ['End', 'ArrowUp', 'Enter'] as const) await page.keyboard.press(key)
    await page.waitForFunction(() => document.querySelector('#path')?.textContent === 'src/app/orders/handler.ts')
    const lines = (await treeOf(page)).length
    await page.keyboard.press('ArrowLeft')
    await page.keyboard.press('ArrowLeft')
    expect((await treeOf(page)).length).toBe(lines - 2)
    await page.keyboard.press('ArrowRight')
    expect((await treeOf(page)).length).toBe(lines)
  })

  it('shows names as they are, whatever is in them', async () => {
    const names = [
      'src/<img src=x onerror=alert(1)>.ts',
      'src/</script><script>alert(1)</script>.ts',
      'src/"日本" \'🔥\' %41.ts',
    ]
    const odd = report(
      names.map((name) => file(name, 'hot', { message: `<b>${name}</b>` })),
      [{ from: 0, to: 1, specifier: '</code><img src=x>', line: 1, dynamic: false }],
    )
    const { page, complaints } = await open(odd)
    for (const name of names) {
      await search(page, name)
      await page.locator('#tree .file').click()
      await page.waitForFunction((path) => document.querySelector('#path')?.textContent === path, {}, name)
    }
    expect(await page.$('img')).toBeNull()
    expect(complaints).toEqual([])
  })

  it('fits a telephone', async () => {
    const { page, complaints } = await open(small, { width: 360, height: 740 })
    for (const view of ['files', 'cuts', 'file', 'graph']) {
      await page.locator(`#to-${view}`).click()
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360)
    }
    await page.locator('#to-files').click()
    await clickLine(page, '#tree', 'routes.ts')
    await page.waitForSelector('#chain', { visible: true })
    expect(await page.$eval('#panel', (panel) => panel.scrollWidth <= panel.clientWidth)).toBe(true)
    expect(complaints).toEqual([])
  })

  it('has other colours in the dark', async () => {
    const { page } = await open(small)
    const background = (): Promise<string> => page.$eval('body', (body) => getComputedStyle(body).backgroundColor)
    await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: 'light' }])
    const light = await background()
    await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: 'dark' }])
    expect([light, await background()]).toEqual(['rgb(255, 255, 255)', 'rgb(14, 18, 23)'])
  })

  it('works without files', async () => {
    const path = join(directory, 'empty.html')
    writeFileSync(path, renderHtml(report([], [])))
    const page = await browser.newPage()
    onTestFinished(() => page.close())
    const errors: unknown[] = []
    page.on('pageerror', (error) => errors.push(error))
    await page.goto(pathToFileURL(path).href)
    await page.locator('#to-graph').click()
    expect(await textOf(page, '#matches')).toBe('0 of 0 files')
    expect(errors).toEqual([])
  })
})

describe('the page of 5,000 modules', () => {
  it('is searched, filtered, opened and closed', async () => {
    const { page, complaints } = await open(large())
    expect(await textOf(page, '#matches')).toBe('5,000 of 5,000 files')
    await clickLine(page, '#tree', 'area07/')
    expect(await treeOf(page)).toContain('module_7.ts')
    await clickLine(page, '#tree', 'area07/')
    expect(await treeOf(page)).not.toContain('module_7.ts')
    await search(page, 'module_4321.')
    expect(await treeOf(page)).toEqual(['src/', 'area21/', 'module_4321.ts'])
    await page.locator('[data-outcome="hot"]').click()
    expect(await treeOf(page)).toEqual([])
    await page.locator('[data-outcome="hot"]').click()
    await clickLine(page, '#tree', 'module_4321.ts')
    expect((await textsOf(page, '#chain li')).slice(-2)).toEqual([
      "restart src/area40/module_1440.ts:2 import('#4321')",
      'hot src/area21/module_4321.ts',
    ])
    expect(complaints).toEqual([])
  })

  it('has only the lines in view in the document, and any of them by scrolling', async () => {
    const { page, complaints } = await open(large())
    await search(page, 'module')
    expect((await treeOf(page)).length).toBeLessThan(80)
    await page.locator('#tree').scroll({ scrollTop: 5051 * 28 })
    await page.waitForFunction(() => document.querySelector('#tree')?.textContent?.includes('module_4999.ts'))
    expect((await treeOf(page)).length).toBeLessThan(80)
    expect(complaints).toEqual([])
  })

  it('draws all of them, which can be zoomed and chosen', async () => {
    const { page, complaints } = await open(large())
    await page.locator('#to-graph').click()
    const canvas = await page.waitForSelector('#canvas', { visible: true })
    const box = await canvas?.boundingBox()
    if (!box) throw new Error('The canvas has no place.')
    await page.waitForFunction(() => (document.querySelector('#canvas') as HTMLCanvasElement).width > 300)
    const { share, start } = await drawnOn(page)
    expect(share).toBeGreaterThan(0.2)
    // The first module stands alone in the first column, at its top.
    await page.mouse.move(box.x + start.x + 3, box.y + start.y + 1)
    await page.waitForFunction(() => !document.querySelector<HTMLElement>('#tip')?.hidden)
    expect(await textOf(page, '#tip')).toBe('src/area00/module_0.ts: restart')
    await page.mouse.wheel({ deltaY: -400 })
    await page.mouse.down()
    await page.mouse.up()
    await page.waitForFunction(() => location.hash === '#file=src%2Farea00%2Fmodule_0.ts')
    await page.locator('#to-file').click()
    expect(await textOf(page, '#path')).toBe('src/area00/module_0.ts')
    expect(complaints).toEqual([])
  })

  /** The share of the canvas that has some colour, and its first opaque pixel from the left. */
  function drawnOn(page: Page): Promise<{ share: number; start: { x: number; y: number } }> {
    return page.$eval('#canvas', (found) => {
      const { width, height } = found as HTMLCanvasElement
      const pixels = (found as HTMLCanvasElement).getContext('2d')?.getImageData(0, 0, width, height).data ?? []
      const alphas = pixels.filter((_, at) => at % 4 === 3)
      const columns = [...Array(width).keys()]
      const x = columns.find((column) => alphas.some((alpha, at) => at % width === column && alpha === 255)) ?? -1
      const y = Math.floor(alphas.findIndex((alpha, at) => at % width === x && alpha === 255) / width)
      return { share: alphas.filter((alpha) => alpha > 0).length / alphas.length, start: { x, y } }
    })
  }
})
