import { requirePackage } from './require.ts'

type Semver = typeof import('semver')

// By its parts: the whole of semver is 48 files, which takes Node.js 15 ms to load.
export const gte = requirePackage('semver/functions/gte.js') as Semver['gte']
export const lt = requirePackage('semver/functions/lt.js') as Semver['lt']
export const major = requirePackage('semver/functions/major.js') as Semver['major']
export const satisfies = requirePackage('semver/functions/satisfies.js') as Semver['satisfies']
export const valid = requirePackage('semver/functions/valid.js') as Semver['valid']
export const intersects = requirePackage('semver/ranges/intersects.js') as Semver['intersects']
export const minVersion = requirePackage('semver/ranges/min-version.js') as Semver['minVersion']
export const validRange = requirePackage('semver/ranges/valid.js') as Semver['validRange']
