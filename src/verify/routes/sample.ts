/**
 * Words that say of a GET that it does something: a request of ours must not end the process, or a person's data. They
 * count where they are a word of a part of the path: `/users/delete/:id`, `/delete-account`, `/signOut`.
 */
const DOES =
  /^(?:logout|signout|signoff|shutdown|exit|kill|terminate|quit|restart|reboot|delete|destroy|remove|unsubscribe|purge|wipe|truncate|seed|migrate|uninstall|deactivate|revoke|send)$/
/** The same where they are a whole part. */
const DOES_AS_PART =
  /^(?:stop|reset|clear|flush|drop|cancel|log-?_?out|sign-?_?(?:out|off)|shut-?_?down|self-?destruct)$/

/** Whether the path names something that a GET should not be asked to do. */
export function doesSomething(path: string): boolean {
  return path.split('/').some((part) => {
    const words = part
      .replace(/([a-z])([A-Z])/g, '$1-$2')
      .toLowerCase()
      .split(/[^a-z]+/)
    const joined = words.some((word, index) => DOES.test(word) || DOES.test(word + (words[index + 1] ?? '')))
    return joined || DOES_AS_PART.test(part.toLowerCase())
  })
}

/**
 * A path that a pattern matches: `1` for parameters, `x` for what a wildcard takes. Of alternatives the first.
 *
 * Patterns are those of Express 4 and 5 (path-to-regexp 0.1 and 8), Koa (6 and 8), Fastify (find-my-way), Hono, AdonisJS
 * and OpenAPI.
 *
 * @returns undefined for what is no path.
 */
export function sampleOf(pattern: string): string | undefined {
  const path = withoutGroups(pattern)
    // Fastify: a colon that starts no parameter.
    .replace(/::/g, '\0')
    .replace(/:\w+[?+*]?/g, '1')
    .replace(/\*\w*/g, 'x')
    .replace(/\0/g, ':')
    .replace(/\\(.)/g, '$1')
    .replace(/[?+](?=\/|$)/g, '')
    .replace(/\/{2,}/g, '/')
  const request = path.startsWith('/') ? path : `/${path}`
  return /^\/[\w\-.~!$&'()*+,;=:@%/]*$/.test(request) ? request : undefined
}

/** Without what stands in `()` and `{}`: expressions for parameters, optional parts, names of OpenAPI. */
function withoutGroups(pattern: string): string {
  let text = ''
  for (let at = 0; at < pattern.length; at++) {
    const open = pattern[at] ?? ''
    if (open === '\\') {
      text += pattern.slice(at, at + 2)
      at += 1
      continue
    }
    if (open !== '(' && open !== '{') {
      text += open
      continue
    }
    const end = endOfGroup(pattern, at)
    const inner = pattern.slice(at + 1, end)
    const [named] = /:\w+$/.exec(text) ?? []
    const [word] = /^\w+(?=(?:\|[\w-]+)+$)/.exec(inner) ?? []
    if (named !== undefined) text = text.slice(0, -named.length) + (word ?? '1')
    else if (open === '{' && /^\w+$/.test(inner)) text += '1'
    else if (open === '(' && (inner === '.*' || word !== undefined)) text += word ?? 'x'
    at = end
    if (/[?*+]/.test(pattern[at + 1] ?? '')) at += 1
  }
  return text
}

function endOfGroup(pattern: string, start: number): number {
  let depth = 0
  for (let at = start; at < pattern.length; at++) {
    const char = pattern[at] ?? ''
    if (char === '\\') at += 1
    else if (char === '(' || char === '{') depth += 1
    else if ((char === ')' || char === '}') && --depth === 0) return at
  }
  return pattern.length
}

/** A prefix and a path below it, with one slash between them and none at the end. */
export function joinPaths(prefix: string, path: string): string {
  const joined = `/${prefix}/${path}`.replace(/\/{2,}/g, '/')
  return joined.length > 1 && joined.endsWith('/') ? joined.slice(0, -1) : joined
}
