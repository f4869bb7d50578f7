/// <reference lib="dom" />
import type { Outcome } from '../../../../graph/reload.ts'
import type { FileReport } from '../../../../graph/report.ts'

type Attributes = Readonly<Record<string, string | number | undefined>>
type Children = readonly (Node | string)[]

/** An element with attributes and children; strings become text, never markup. */
export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Attributes = {},
  ...children: Children
): HTMLElementTagNameMap[Name] {
  return filled(document.createElement(name), attributes, children)
}

export function drawing<Name extends keyof SVGElementTagNameMap>(
  name: Name,
  attributes: Attributes = {},
  ...children: Children
): SVGElementTagNameMap[Name] {
  return filled(document.createElementNS('http://www.w3.org/2000/svg', name), attributes, children)
}

function filled<Made extends Element>(made: Made, attributes: Attributes, children: Children): Made {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined) made.setAttribute(name, String(value))
  }
  made.append(...children)
  return made
}

/** @throws {Error} when the page has no such element. */
export function byId(id: string): HTMLElement {
  const found = document.getElementById(id)
  if (found === null) throw new Error(`The page has no #${id}.`)
  return found
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`
}

export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

/** The path in a line of a list: where it is too long, the folders are cut off and the name stays. */
export function pathName(path: string): HTMLElement {
  const name = baseName(path)
  const folders = path.slice(0, path.length - name.length)
  return element('span', { class: 'name' }, name, ' ', element('span', { class: 'dim' }, folders))
}

/** The outcome as a word in its colour. */
export function badge(outcome: Outcome): HTMLElement {
  return element('span', { class: `badge ${outcome}` }, outcome)
}

/** What else is known of a file, as words. */
export function marks({ boundary, unstable }: FileReport): HTMLElement[] {
  return [
    ...(boundary ? [element('span', { class: 'mark', title: 'Matches hotHook.boundaries' }, 'boundary')] : []),
    ...(unstable
      ? [element('span', { class: 'mark warn', title: 'Depends on the order of requests' }, 'unstable')]
      : []),
  ]
}

/** The fragment that selects a file. Half of a surrogate pair cannot stand in one. */
export function fragmentOf(path: string): string {
  return `#file=${encodeURIComponent(wellFormed(path))}`
}

/** The path in a fragment; undefined when there is none. */
export function pathIn(fragment: string): string | undefined {
  if (!fragment.startsWith('#file=')) return undefined
  try {
    return decodeURIComponent(fragment.slice('#file='.length))
  } catch {
    return undefined
  }
}

export function wellFormed(path: string): string {
  return path.replace(/\p{Surrogate}/gu, '\uFFFD')
}

export function fileLink(path: string, ...children: Children): HTMLAnchorElement {
  return element('a', { href: fragmentOf(path) }, ...(children.length > 0 ? children : [path]))
}

/** Text with what stands between backquotes as code. */
export function withCode(text: string): (Node | string)[] {
  return text.split(/`([^`]+)`/).map((part, at) => (at % 2 === 0 ? part : element('code', {}, part)))
}
