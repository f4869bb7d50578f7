import { perFileCodemod, perFileTransform } from './per-file.ts'

/** Makes the imports of controllers, middleware and listeners lazy wherever that is proven safe: the fix of the lint rules. */
export const lazyImports = perFileCodemod({
  name: 'lazy-imports',
  description: 'Replace static imports of controllers, middleware and listeners by lazy ones',
  optIn: false,
  summary: (count) => `${count} ${count === 1 ? 'import' : 'imports'}`,
})

export default perFileTransform('lazy-imports')
