import { perFileCodemod, perFileTransform } from './per-file.ts'

/**
 * `const c = new C()` and `c.m.bind(c)` to `[C, 'm']`. Opt-in: the container then makes an instance for each request. One
 * that makes clients of packages is kept until an edit, by `fromModule`.
 */
export const boundInstances = perFileCodemod({
  name: 'bound-instances',
  description: 'Replace bound methods of a controller instance by a lazy controller and a method name',
  optIn: true,
  summary: (count) =>
    `${count} ${count === 1 ? 'instance' : 'instances'}, then built for each request, or after an edit`,
})

export default perFileTransform('bound-instances')
