import { readFileSync } from 'node:fs'
import type { ServerReport } from '../../../graph/report.ts'
import { htmlPage } from '../html.ts'
import { layeredCells } from './layers.ts'
import type { PageData } from './page/data.ts'
import { style } from './style.ts'

/** The modules of the page, each after those it imports. */
const MODULES = [
  'outcomes',
  'links',
  'cut-form',
  'ego',
  'tree',
  'page/dom',
  'page/rows',
  'page/data',
  'page/files',
  'page/cuts',
  'page/ego-drawing',
  'page/panel',
  'page/overview',
  'page/main',
]

/**
 * One HTML file that needs nothing else: the report as JSON, a script and a style sheet. Its Content-Security-Policy
 * lets it load nothing and run nothing but that script.
 *
 * @throws {Error} when it is not run from the built package: the script is read from there.
 */
export function renderHtml(report: ServerReport): string {
  const data: PageData = { report, cells: layeredCells(report) }
  return htmlPage({
    title: `${report.name}: what hot-reloads`,
    style: style(),
    body: `${BODY}\n<script type="application/json" id="data">${embedded(data)}</script>`,
    script: script(),
  })
}

const BODY = `<body data-view="files">
<header>
<h1 id="name"></h1><span id="framework"></span><span id="coverage"></span>
<nav aria-label="Views">
<button type="button" id="to-files">Files</button>
<button type="button" id="to-cuts">Cuts</button>
<button type="button" id="to-file">File</button>
<button type="button" id="to-graph">Graph</button>
</nav>
<div id="outcomes" role="group" aria-label="Outcomes to show"></div>
</header>
<main>
<section id="files" aria-label="Files">
<div id="find"><span id="matches" class="count" role="status"></span></div>
<p id="none" hidden>No file matches.</p>
<div id="tree"></div>
</section>
<section id="cuts" aria-label="Cuts">
<h2>Cuts</h2>
<p id="cuts-intro"></p>
<div id="cut-list"></div>
<div id="cut" aria-live="polite"></div>
</section>
<section id="panel" aria-label="File" aria-live="polite"><p>Choose a file.</p></section>
<section id="graph" aria-label="Graph">
<div class="zoom">
<button type="button" id="zoom-in" aria-label="Zoom in">+</button>
<button type="button" id="zoom-out" aria-label="Zoom out">−</button>
<button type="button" id="zoom-fit">Fit</button>
<span class="dim">Left to right: distance from the modules the server starts with.</span>
</div>
<div class="paper">
<canvas id="canvas" tabindex="0" role="img" aria-label="All modules and their imports; the list of files has the same"></canvas>
<div id="tip" hidden></div>
</div>
</section>
</main>
<noscript>This page needs JavaScript.</noscript>
</body>`

/** What tsc made of the modules, as one: without their imports of each other. */
function script(): string {
  return MODULES.map((name) => readFileSync(new URL(`${name}.js`, import.meta.url), 'utf8'))
    .map((text) => text.replace(/^import .*\n/gm, '').replace(/^export (?:\{\};)?/gm, ''))
    .join('')
}

/** JSON that cannot end the element it stands in. */
function embedded(data: PageData): string {
  return JSON.stringify(data).replaceAll('<', '\\u003c')
}
