/**
 * The paths of the GET routes that `router.resource(name)` registers (AdonisJS, @adonisjs/http-server 8.2.0
 * `router/resource.ts`): `posts.comments` is `posts/:post_id/comments`.
 *
 * @param chain the methods that are called on the resource, with the strings they are given.
 */
export function resourcePaths(
  name: string,
  isShallow: boolean,
  chain: readonly { readonly name: string; readonly strings: readonly string[] }[],
): string[] {
  const parts = name.replace(/^\/+|\/+$/g, '').split('.')
  const last = parts.at(-1) ?? ''
  const parents = parts.slice(0, -1).map((part) => `${part}/:${part.replace(/s$/, '').replaceAll('-', '_')}_id/`)
  const base = `/${parents.join('')}${last}`
  const single = `${isShallow ? `/${last}` : base}/:id`
  const paths: Record<string, string> = {
    index: base,
    create: `${base}/create`,
    show: single,
    edit: `${single}/edit`,
  }
  for (const { name: method, strings } of chain) {
    for (const action of Object.keys(paths)) {
      const isLeft =
        (method === 'apiOnly' && (action === 'create' || action === 'edit')) ||
        (method === 'only' && !strings.includes(action)) ||
        (method === 'except' && strings.includes(action))
      if (isLeft) delete paths[action]
    }
  }
  return Object.values(paths)
}
