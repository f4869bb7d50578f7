import { boundInstances } from './bound-instances.ts'
import type { Codemod } from './codemod.ts'
import devDependencies from './dev-dependencies.ts'
import devScript from './dev-script.ts'
import { hotHookConfig } from './hot-hook-config.ts'
import { lazyImports } from './lazy-imports.ts'
import lintConfig from './lint-config.ts'
import { magicStrings } from './magic-strings.ts'

/** Every codemod, in the order they run: what moves code first, then what is derived from it. */
export const codemods: readonly Codemod[] = [
  boundInstances,
  magicStrings,
  lazyImports,
  hotHookConfig,
  devScript,
  devDependencies,
  lintConfig,
]
