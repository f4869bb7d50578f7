import { appBoundary } from './app-boundary.ts'
import { boundInstances } from './bound-instances.ts'
import type { Codemod } from './codemod.ts'
import { deferredImports } from './deferred-imports.ts'
import devDependencies from './dev-dependencies.ts'
import devScript from './dev-script.ts'
import { directImports } from './direct-imports.ts'
import { extractHandlers } from './extract-handlers.ts'
import { hotHookConfig } from './hot-hook-config.ts'
import { hotReexports } from './hot-reexports.ts'
import { lazyImports } from './lazy-imports.ts'
import { lazyMounts } from './lazy-mounts.ts'
import lintConfig from './lint-config.ts'
import { madeValues } from './made-values.ts'
import { magicStrings } from './magic-strings.ts'
import { mongooseModels } from './mongoose-models.ts'
import { typeImports } from './type-imports.ts'
import { types } from './types.ts'

/** Every codemod, in the order they run: what moves code first, then what is derived from it. */
export const codemods: readonly Codemod[] = [
  boundInstances,
  magicStrings,
  typeImports,
  directImports,
  extractHandlers,
  appBoundary,
  lazyMounts,
  madeValues,
  lazyImports,
  deferredImports,
  hotReexports,
  mongooseModels,
  hotHookConfig,
  devScript,
  devDependencies,
  types,
  lintConfig,
]
