/// <reference lib="dom" />
import { element } from './dom.ts'

export interface RowsOptions {
  readonly role: 'tree' | 'listbox'
  readonly label: string
  /** Makes a line; called when it comes into view, and for all in view by `show`. */
  readonly render: (index: number) => HTMLElement
  /** A click, Enter or Space on a line. */
  readonly activate: (index: number) => void
  /** Other keys. Returns the line to go to; undefined when the key means nothing here. */
  readonly press?: (key: string, index: number) => number | undefined
}

export interface Rows {
  /** Shows lines `0` to `count - 1`, with the current one where it was. */
  readonly show: (count: number) => void
  /** Makes a line the current one and brings it into view. */
  readonly reveal: (index: number) => void
}

/** Lines drawn outside the view, above and below, so that a scroll finds some. */
const MARGIN = 8

/**
 * A list of any length in a scrolling box: only the lines in view are in the document. One stop for the Tab key; the
 * arrows go through the lines. The lines are `--row` high, and
 * `--lines` says how many there are.
 */
export function rowsIn(box: HTMLElement, options: RowsOptions): Rows {
  const sheet = element('div', { class: 'sheet', role: 'presentation' })
  /** Lines in the document. One that stays in view stays the same element: a click or a reader may be on it. */
  const drawn = new Map<number, HTMLElement>()
  let count = 0
  let current = 0
  box.classList.add('rows')
  box.tabIndex = 0
  box.setAttribute('role', options.role)
  box.setAttribute('aria-label', options.label)
  box.replaceChildren(sheet)
  box.addEventListener('scroll', draw, { passive: true })
  box.addEventListener('click', clicked)
  box.addEventListener('keydown', pressed)
  new ResizeObserver(draw).observe(box)
  return { show, reveal }

  function show(length: number): void {
    count = length
    current = Math.max(0, Math.min(current, count - 1))
    box.style.setProperty('--lines', String(count))
    sheet.style.height = `${count * height()}px`
    drawn.clear()
    sheet.replaceChildren()
    draw()
  }

  function reveal(index: number): void {
    current = Math.max(0, Math.min(index, count - 1))
    const [top, bottom] = [current * height(), (current + 1) * height()]
    if (top < box.scrollTop) box.scrollTop = top
    else if (bottom > box.scrollTop + box.clientHeight) box.scrollTop = bottom - box.clientHeight
    draw()
  }

  function height(): number {
    return Number.parseFloat(getComputedStyle(box).getPropertyValue('--row')) || 28
  }

  function draw(): void {
    const step = height()
    const first = Math.max(0, Math.floor(box.scrollTop / step) - MARGIN)
    const last = Math.min(count, Math.ceil((box.scrollTop + box.clientHeight) / step) + MARGIN)
    for (const [index, made] of drawn) {
      if (index >= first && index < last) continue
      made.remove()
      drawn.delete(index)
    }
    for (let index = first; index < last; index += 1) if (!drawn.has(index)) sheet.append(line(index))
    for (const [index, made] of drawn) {
      made.style.transform = `translateY(${index * step}px)`
      made.classList.toggle('current', index === current)
    }
    if (count > 0) box.setAttribute('aria-activedescendant', `${box.id}-${current}`)
    else box.removeAttribute('aria-activedescendant')
  }

  function line(index: number): HTMLElement {
    const made = options.render(index)
    made.id = `${box.id}-${index}`
    made.dataset['index'] = String(index)
    made.classList.add('row')
    made.setAttribute('role', options.role === 'tree' ? 'treeitem' : 'option')
    if (options.role === 'listbox') {
      made.setAttribute('aria-posinset', String(index + 1))
      made.setAttribute('aria-setsize', String(count))
    }
    drawn.set(index, made)
    return made
  }

  function clicked({ target }: Event): void {
    const found = target instanceof Element ? target.closest<HTMLElement>('[data-index]') : null
    if (found === null) return
    reveal(Number(found.dataset['index']))
    options.activate(current)
  }

  function pressed(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || count === 0) return
    if (event.key === 'Enter' || event.key === ' ') options.activate(current)
    else {
      const next = moved(event.key) ?? options.press?.(event.key, current)
      if (next === undefined) return
      reveal(next)
    }
    event.preventDefault()
  }

  function moved(key: string): number | undefined {
    const screen = Math.max(1, Math.floor(box.clientHeight / height()) - 1)
    switch (key) {
      case 'ArrowDown':
        return current + 1
      case 'ArrowUp':
        return current - 1
      case 'PageDown':
        return current + screen
      case 'PageUp':
        return current - screen
      case 'Home':
        return 0
      case 'End':
        return count - 1
      default:
        return undefined
    }
  }
}
