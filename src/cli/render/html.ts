import { createHash } from 'node:crypto'

export interface Page {
  readonly title: string
  /** A style sheet. */
  readonly style: string
  /** The element body, and what follows it; escaped. */
  readonly body: string
  /** The one script that may run. */
  readonly script?: string
}

/**
 * One HTML file that needs nothing else. Its Content-Security-Policy lets it load nothing, and run nothing but the
 * script.
 */
export function htmlPage({ title, style, body, script }: Page): string {
  const policy = [
    "default-src 'none'",
    ...(script === undefined ? [] : [`script-src '${digest(script)}'`]),
    `style-src '${digest(style)}'`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ]
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy.join('; ')}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
${body}
${script === undefined ? '' : `<script type="module">${script}</script>\n`}</html>
`
}

function digest(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`
}

/** `text` as text or as a quoted attribute of HTML. */
export function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`)
}
