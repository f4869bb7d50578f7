import { DARK, LIGHT, OUTCOMES } from './outcomes.ts'

/** The colours of a page, as variables, light and dark as the system is. */
export function palette(): string {
  return `
:root {
  color-scheme: light dark;
  --bg: #ffffff; --raised: #f4f6f8; --text: #1b2027; --dim: #56606b; --line: #d3d9df; --accent: #0a58ca;
  ${variables(LIGHT)}
}
@media (prefers-color-scheme: dark) {
  :root {
    --bg: #0e1217; --raised: #171d24; --text: #e4e9ef; --dim: #99a4b0; --line: #39424c; --accent: #82b7ff;
    ${variables(DARK)}
  }
}`
}

/** The style sheet of the page. Colours are variables, so that the canvas can read them too. */
export function style(): string {
  return `${palette()}
:root { --row: 28px; }
@media (pointer: coarse) { :root { --row: 40px; } }
* { box-sizing: border-box; }
[hidden] { display: none !important; }
body {
  margin: 0; height: 100vh; height: 100dvh; display: grid; grid-template-rows: auto minmax(0, 1fr);
  background: var(--bg); color: var(--text); font: 14px/1.45 system-ui, sans-serif;
}
h1, h2, h3, h4, p, ul, ol { margin: 0; }
h1 { font-size: 1.2rem; overflow-wrap: anywhere; }
h2 { font-size: 1.1rem; overflow-wrap: anywhere; }
h3 { font-size: 1rem; margin-top: 1rem; overflow-wrap: anywhere; }
h4 { font-size: 0.9rem; margin-top: 0.6rem; font-weight: 600; }
a, .link { color: var(--accent); overflow-wrap: anywhere; }
code { font-family: ui-monospace, monospace; font-size: 0.9em; overflow-wrap: anywhere; }
button { font: inherit; color: inherit; cursor: pointer; }
.link { border: 0; padding: 0; background: none; text-decoration: underline; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; }
.dim, .count { color: var(--dim); }
header { display: flex; flex-wrap: wrap; gap: 0.35rem 0.9rem; align-items: baseline; padding: 0.6rem 0.9rem; background: var(--raised); border-bottom: 1px solid var(--line); }
#framework, #coverage { color: var(--dim); }
#outcomes, nav { display: flex; flex-wrap: wrap; gap: 0.35rem; }
#outcomes { flex-basis: 100%; }
#matches { flex-basis: 100%; }
nav { margin-left: auto; }
nav button, .zoom button { padding: 0.2rem 0.7rem; border: 1px solid var(--line); border-radius: 6px; background: var(--bg); }
nav button[aria-pressed='true'] { border-color: var(--accent); color: var(--accent); font-weight: 600; }
.badge, .mark { flex: none; padding: 0 0.45rem; border: 1px solid transparent; border-radius: 9px; font-size: 0.8rem; line-height: 1.35rem; white-space: nowrap; }
.mark { border-color: var(--line); color: var(--dim); }
.warn { border-style: dashed; border-color: currentcolor; }
${OUTCOMES.map((outcome) => `.badge.${outcome} { background: var(--${outcome}-fill); color: var(--${outcome}-ink); }`).join('\n')}
button.badge { border-color: currentcolor; }
button.badge[aria-pressed='false'] { background: none; text-decoration: line-through; }
button.badge:disabled { border-color: transparent; opacity: 0.6; cursor: default; }
main { display: grid; grid-template-columns: minmax(0, 1fr); min-height: 0; }
main > section { display: none; min-height: 0; min-width: 0; }
[data-view='files'] #files, [data-view='cuts'] #cuts, [data-view='graph'] #graph { display: flex; flex-direction: column; }
[data-view='file'] #panel { display: block; }
#files { border-right: 1px solid var(--line); }
#find { display: flex; flex-wrap: wrap; gap: 0.3rem 0.6rem; align-items: baseline; padding: 0.6rem; }
#search { flex: 1 1 12rem; min-width: 0; padding: 0.35rem 0.5rem; font: inherit; color: inherit; background: var(--bg); border: 1px solid var(--dim); border-radius: 6px; }
#none { padding: 0 0.6rem; }
#tree { flex: 1; }
.rows { position: relative; overflow: auto; overscroll-behavior: contain; contain: strict; }
.rows:focus-visible { outline-offset: -2px; }
.sheet { position: relative; overflow: hidden; }
.row { position: absolute; inset: 0 0 auto 0; height: var(--row); display: flex; gap: 0.4rem; align-items: center; padding: 0 0.6rem; cursor: pointer; white-space: nowrap; }
.row .name { flex: 1 1 auto; overflow: hidden; text-overflow: ellipsis; }
.row .count { flex: none; font-size: 0.8rem; }
.row:hover { background: var(--raised); }
.row[aria-selected='true'] { background: color-mix(in srgb, var(--accent) 16%, transparent); }
.rows:focus-visible .row.current { box-shadow: inset 0 0 0 1px var(--accent); }
#tree .row { padding-left: calc(0.6rem + var(--depth) * 0.9rem); }
#tree .file { padding-left: calc(1.7rem + var(--depth) * 0.9rem); }
.twisty { flex: none; width: 0.8rem; }
.meter { flex: none; width: 3rem; height: 0.5rem; border-radius: 3px; background: linear-gradient(to right, var(--restart-ink) var(--share), var(--hot-ink) var(--share)); }
.box { border: 1px solid var(--line); border-radius: 6px; height: min(15rem, calc(var(--lines) * var(--row) + 2px)); margin-top: 0.4rem; }
#cuts, #panel { padding: 0.9rem; overflow: auto; }
#cut-list { --row: 48px; flex: 0 0 auto; height: min(40%, calc(var(--lines) * var(--row) + 2px)); min-height: min(8rem, calc(var(--lines) * var(--row) + 2px)); margin-top: 0.6rem; border: 1px solid var(--line); border-radius: 6px; }
.cut { flex-wrap: wrap; align-content: center; gap: 0 0.5rem !important; }
.cut .rank { flex: none; width: 1.8rem; text-align: right; color: var(--dim); }
.cut .name { flex: 1 0 calc(100% - 2.4rem); width: 0; font-weight: 600; }
.cut .gain { padding-left: 2.3rem; overflow: hidden; text-overflow: ellipsis; font-size: 0.85rem; }
.title { display: flex; flex-wrap: wrap; gap: 0.3rem 0.6rem; align-items: center; }
#message { margin-top: 0.5rem; max-width: 75ch; }
.reason { color: var(--dim); }
.steps { padding-left: 1.4rem; margin-top: 0.3rem; }
.steps li { margin: 0.2rem 0; }
.scroll { overflow-x: auto; margin-top: 0.4rem; }
.sides { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 20rem), 1fr)); gap: 0 1rem; }
.sides section { min-width: 0; }
svg { display: block; font-size: 12px; }
.edge { fill: none; stroke: var(--dim); }
.edge.dynamic { stroke-dasharray: 5 4; }
.head { fill: var(--dim); }
.node text { fill: currentcolor; }
.node .end { text-anchor: end; font-size: 10px; }
.node { text-decoration: none; }
.node.centre .shape { stroke-width: 3; }
.node:focus-visible .shape { stroke-width: 3; stroke: var(--accent); }
${OUTCOMES.map((outcome) => `.node.${outcome} { color: var(--${outcome}-ink); }\n.node.${outcome} .shape { fill: var(--${outcome}-fill); stroke: var(--${outcome}-ink); }`).join('\n')}
#graph { position: relative; }
.zoom { display: flex; flex-wrap: wrap; gap: 0.35rem; align-items: baseline; padding: 0.5rem 0.6rem; }
.paper { position: relative; flex: 1; min-height: 0; overflow: hidden; }
#canvas { position: absolute; inset: 0; width: 100%; height: 100%; touch-action: none; cursor: grab; }
#canvas.over { cursor: pointer; }
#tip { position: absolute; top: 0; left: 0; max-width: 100%; padding: 0.2rem 0.5rem; background: var(--text); color: var(--bg); border-radius: 4px; pointer-events: none; overflow-wrap: anywhere; }
@media (min-width: 60rem) {
  main { grid-template-columns: minmax(20rem, 27rem) minmax(0, 1fr); }
  main > #files { display: flex; flex-direction: column; }
  #to-files { display: none; }
}
@media print { body { height: auto; } }
`
}

function variables(paints: typeof LIGHT): string {
  return OUTCOMES.map((name) => `--${name}-fill: ${paints[name].fill}; --${name}-ink: ${paints[name].ink};`).join(' ')
}
