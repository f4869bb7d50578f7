import { requirePackage } from '../require.ts'

/** Scopes, variables and references of a module, as typescript-eslint has them. */
export const { analyze } = requirePackage(
  '@typescript-eslint/scope-manager',
) as typeof import('@typescript-eslint/scope-manager')
