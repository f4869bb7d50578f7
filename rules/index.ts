import noDuplicateDispose from './no-duplicate-dispose.ts'
import noHotImportAttribute from './no-hot-import-attribute.ts'
import noImportExecutedOnce from './no-import-executed-once.ts'
import noImportMetaHot from './no-import-meta-hot.ts'
import noRestartLeak from './no-restart-leak.ts'
import noStaticBoundaryImport from './no-static-boundary-import.ts'
import noTypeImportBesideLazy from './no-type-import-beside-lazy.ts'
import preferLazyControllerImport from './prefer-lazy-controller-import.ts'
import preferLazyListenerImport from './prefer-lazy-listener-import.ts'
import preferLazyMiddlewareImport from './prefer-lazy-middleware-import.ts'
import requireAdapterShutdown from './require-adapter-shutdown.ts'
import requireDispose from './require-dispose.ts'
import requireErrorForwarding from './require-error-forwarding.ts'
import requireGlobalGuard from './require-global-guard.ts'
import validErrorMiddlewareArity from './valid-error-middleware-arity.ts'
import validHotHookConfig from './valid-hot-hook-config.ts'
import validKickjsEntry from './valid-kickjs-entry.ts'

export const rules = {
  'no-duplicate-dispose': noDuplicateDispose,
  'no-hot-import-attribute': noHotImportAttribute,
  'no-import-executed-once': noImportExecutedOnce,
  'no-import-meta-hot': noImportMetaHot,
  'no-restart-leak': noRestartLeak,
  'no-static-boundary-import': noStaticBoundaryImport,
  'no-type-import-beside-lazy': noTypeImportBesideLazy,
  'prefer-lazy-controller-import': preferLazyControllerImport,
  'prefer-lazy-listener-import': preferLazyListenerImport,
  'prefer-lazy-middleware-import': preferLazyMiddlewareImport,
  'require-adapter-shutdown': requireAdapterShutdown,
  'require-dispose': requireDispose,
  'require-error-forwarding': requireErrorForwarding,
  'require-global-guard': requireGlobalGuard,
  'valid-error-middleware-arity': validErrorMiddlewareArity,
  'valid-hot-hook-config': validHotHookConfig,
  'valid-kickjs-entry': validKickjsEntry,
}

/** Those for projects of KickJS: the preset `kickjs`. They report nothing in others. */
export const kickjsRules: readonly string[] = [
  'no-import-meta-hot',
  'require-adapter-shutdown',
  'require-global-guard',
  'valid-kickjs-entry',
]
