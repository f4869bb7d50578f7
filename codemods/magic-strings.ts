import { perFileCodemod, perFileTransform } from './per-file.ts'

/** `'#controllers/x.index'` to a lazy import. Opt-in: magic strings are hot on hot-hook 1.0, and restart on 0.4. */
export const magicStrings = perFileCodemod({
  name: 'magic-strings',
  description: 'Replace magic strings of controllers and listeners by lazy imports',
  optIn: true,
  summary: (count) => `${count} magic ${count === 1 ? 'string' : 'strings'}`,
})

export default perFileTransform('magic-strings')
