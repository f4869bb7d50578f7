import preferLazyControllerImport from './prefer-lazy-controller-import.ts'
import preferLazyListenerImport from './prefer-lazy-listener-import.ts'
import preferLazyMiddlewareImport from './prefer-lazy-middleware-import.ts'

export const rules = {
  'prefer-lazy-controller-import': preferLazyControllerImport,
  'prefer-lazy-listener-import': preferLazyListenerImport,
  'prefer-lazy-middleware-import': preferLazyMiddlewareImport,
}
