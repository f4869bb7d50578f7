import noDuplicateDispose from './no-duplicate-dispose.ts'
import noHotImportAttribute from './no-hot-import-attribute.ts'
import noImportExecutedOnce from './no-import-executed-once.ts'
import noRestartLeak from './no-restart-leak.ts'
import noStaticBoundaryImport from './no-static-boundary-import.ts'
import noTypeImportBesideLazy from './no-type-import-beside-lazy.ts'
import preferLazyControllerImport from './prefer-lazy-controller-import.ts'
import preferLazyListenerImport from './prefer-lazy-listener-import.ts'
import preferLazyMiddlewareImport from './prefer-lazy-middleware-import.ts'
import requireDispose from './require-dispose.ts'
import validHotHookConfig from './valid-hot-hook-config.ts'

export const rules = {
  'no-duplicate-dispose': noDuplicateDispose,
  'no-hot-import-attribute': noHotImportAttribute,
  'no-import-executed-once': noImportExecutedOnce,
  'no-restart-leak': noRestartLeak,
  'no-static-boundary-import': noStaticBoundaryImport,
  'no-type-import-beside-lazy': noTypeImportBesideLazy,
  'prefer-lazy-controller-import': preferLazyControllerImport,
  'prefer-lazy-listener-import': preferLazyListenerImport,
  'prefer-lazy-middleware-import': preferLazyMiddlewareImport,
  'require-dispose': requireDispose,
  'valid-hot-hook-config': validHotHookConfig,
}
