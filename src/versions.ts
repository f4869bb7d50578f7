import { requirePackage } from './require.ts'

type Semver = typeof import('semver')

export const gte = part('gte', 'functions/gte')
export const lt = part('lt', 'functions/lt')
export const major = part('major', 'functions/major')
export const satisfies = part('satisfies', 'functions/satisfies')
export const valid = part('valid', 'functions/valid')
export const intersects = part('intersects', 'ranges/intersects')
export const minVersion = part('minVersion', 'ranges/min-version')
export const validRange = part('validRange', 'ranges/valid')

/** A function of semver, loaded at its first call: the whole of semver is 48 files, which takes Node.js 15 ms to load. */
function part<Name extends keyof Semver>(_: Name, path: string): Semver[Name] {
  let loaded: ((...args: unknown[]) => unknown) | undefined
  const call = (...args: unknown[]): unknown => {
    loaded ??= requirePackage(`semver/${path}.js`) as typeof loaded
    return loaded!(...args)
  }
  return call as Semver[Name]
}
