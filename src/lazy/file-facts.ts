import { dirname, extname, posix, relative, sep } from 'node:path'
import { escapePattern } from '../edits/text.ts'
import type { Exports, Reached } from '../graph/exports.ts'
import type { Resolution } from '../graph/resolver.ts'
import type { Server } from '../graph/server.ts'
import { foreignOf } from '../project/foreign.ts'
import type { ExportFacts, FileFacts, HotFileFacts, ModuleFacts } from './facts.ts'

/** What {@link createFileFacts} asks about the server beside its modules. */
export interface FileFactsOptions {
  /** Major version of the framework. */
  readonly major: number
  /** Where `fromModule` comes from, absolute, when values are to be made at a request. */
  readonly hotFile: string | undefined
  /** What loading a module does, if anything. */
  readonly effectOf: (path: string) => string | undefined
  /** Whether a module is loaded after boot only, by a lazy import. */
  readonly isLoadedLazily: (path: string) => boolean
}

/** @returns the facts of a file of `server`, which are looked up when they are read. */
export function createFileFacts(
  server: Server,
  exports: Exports,
  { major, hotFile, effectOf, isLoadedLazily }: FileFactsOptions,
): (path: string) => FileFacts {
  const { root, framework, modules, resolver, isBoundary, isInServer, reload } = server
  const namesRoutes = framework.name === 'adonisjs' && major >= 7

  function isRegisteredElsewhere(path: string, name: string): boolean {
    const isLoaded = server.roots.some((loaded) => loaded.path === path && loaded.by !== undefined)
    if (isLoaded && name === 'default') return true
    return (reload().importers.get(path) ?? []).some((importer) => {
      const text = modules.text(importer.path) ?? ''
      return exports
        .localsOf(importer.path, importer.specifier, name)
        .some((local) =>
          new RegExp(String.raw`\.\s*register\s*(?:<[^()]*>)?\s*\(\s*${escapePattern(local)}\b`).test(text),
        )
    })
  }

  function moduleFacts(from: string, specifier: string): ModuleFacts {
    const found = resolver.resolve(from, specifier)
    // Nothing outside the project is planned, nor is anything that holds no code.
    const isPlanned = found.path.startsWith(root + sep) && !found.path.endsWith('.json')
    const resolution: Resolution = found.kind === 'project' && !isPlanned ? { kind: 'external', path: '' } : found
    const boundary = resolution.kind === 'project' && isBoundary(resolution.path)
    return {
      kind: resolution.kind,
      path: resolution.path,
      boundary,
      role: resolution.kind === 'project' ? framework.roleOf(resolution.path.slice(root.length + 1)) : undefined,
      get commonjs() {
        return resolution.kind === 'project' && modules.format(resolution.path) === 'commonjs'
      },
      exportNames: () =>
        resolution.kind === 'project' ? exports.exportNames(resolution.path) : { names: [], complete: false },
      origin(name) {
        const origin = resolution.kind === 'project' ? exports.origin(resolution.path, name) : undefined
        if (!origin) return undefined
        const { path, exportName, through } = origin
        const direct =
          through.length === 0 ? specifier : specifierBehind(from, specifier, resolution.path, path, through)
        return direct === undefined ? undefined : { path, exportName, specifier: direct }
      },
      exported(name) {
        if (resolution.kind !== 'project') {
          return { ...NOT_FOUND, path: '', exportName: name, specifier }
        }
        const { through, ...declared } = exports.find(resolution.path, name)
        const direct =
          through.length === 0 ? specifier : specifierBehind(from, specifier, resolution.path, declared.path, through)
        if (direct === undefined) {
          return { ...NOT_FOUND, name: declared.name, path: resolution.path, exportName: name, specifier }
        }
        return {
          ...declared,
          specifier: direct,
          sideEffect: effectOf(declared.path) ?? effectOf(resolution.path),
          member: (wanted) => withResult(exports.member(declared.path, declared.exportName, wanted)),
          instanceMember: (wanted) => withResult(exports.instanceMember(declared.path, declared.exportName, wanted)),
          get result() {
            return declared.kind === 'call' && declared.callee
              ? exports.resultOf(declared.path, declared.callee)
              : undefined
          },
          get state() {
            return exports.moduleState(declared.path)
          },
        }
      },
    }
  }

  function withResult(member: Reached | undefined): ReturnType<ExportFacts['member']> {
    if (member?.kind !== 'call' || !member.callee || member.path === undefined) return member
    return { ...member, result: exports.resultOf(member.path, member.callee) }
  }

  /**
   * How a file that names a barrel by `specifier` names the module behind it, in the same style, or else by its relative
   * path. @param through the specifiers that lead there, of which the last has the extension.
   */
  function specifierBehind(
    from: string,
    specifier: string,
    barrel: string,
    target: string,
    through: readonly string[],
  ): string | undefined {
    const barrelDirectory = dirname(barrel)
    const step = relative(barrelDirectory, target).split(sep).join('/')
    const extension = /\.[cm]?[jt]sx?$/.exec(specifier)?.[0] ?? ''
    const bareStep = step.replace(/\.[cm]?[jt]sx?$/, '')
    const barrelName = relative(barrelDirectory, barrel).replace(/\.[cm]?[jt]sx?$/, '')
    const bareSpecifier = specifier.slice(0, specifier.length - extension.length)
    const prefixes = bareSpecifier.endsWith(`/${barrelName}`)
      ? [bareSpecifier.slice(0, -barrelName.length)]
      : [`${specifier}/`]
    const candidates = prefixes.flatMap((prefix) => [
      `${prefix}${bareStep}${extension}`,
      `${prefix}${bareStep}`,
      `${prefix}${bareStep}.js`,
    ])
    const path = relative(dirname(from), target)
      .split(sep)
      .join('/')
      .replace(/\.[cm]?[jt]sx?$/, '')
    const direct = `./${path}${/\.[cm]?[jt]sx?$/.exec(through.at(-1) ?? '')?.[0] ?? ''}`
    const inPlace = specifier.startsWith('.') ? candidates : candidates.filter((name) => !name.includes('/../'))
    return [...inPlace, direct].map(withoutSteps).find((candidate) => {
      const found = resolver.resolve(from, candidate)
      return found.kind === 'project' && found.path === target
    })
  }

  return (path) => ({
    inServer: isInServer(path),
    get foreign() {
      return foreignOf(relative(root, path).split(sep).join('/'), modules.text(path) ?? '')
    },
    boundary: isBoundary(path),
    get lexes() {
      return modules.text(path) === undefined || modules.readByHotHook(path) !== undefined
    },
    namesRoutes,
    major,
    get loadedLazily() {
      return isLoadedLazily(path)
    },
    typescript: /\.[cm]?tsx?$/.test(path),
    get topLevelAwait() {
      return server.topLevelAwait
    },
    isRegisteredElsewhere: (name) => isRegisteredElsewhere(path, name),
    get hotFile() {
      return hotFile === undefined ? undefined : hotFileFor(path, hotFile)
    },
    module: (specifier) => moduleFacts(path, specifier),
  })
}

/** A relative specifier without `a/..` in it. */
function withoutSteps(specifier: string): string {
  return specifier.startsWith('.') ? posix.normalize(specifier).replace(/^(?!\.)/, './') : specifier
}

/** Undefined for a file of the other language: what runs one may not find the other. */
function hotFileFor(path: string, hotFile: string): HotFileFacts | undefined {
  const extension = extname(hotFile)
  if (/ts/.test(extension) !== /\.[cm]?tsx?$/.test(path)) return undefined
  const step = relative(dirname(path), hotFile).slice(0, -extension.length).split(sep).join('/')
  return { path: hotFile, specifier: step.startsWith('.') ? step : `./${step}`, extension }
}

const NOT_FOUND: Omit<ExportFacts, 'path' | 'exportName' | 'specifier'> = {
  kind: 'unknown',
  name: undefined,
  function: undefined,
  callee: undefined,
  annotation: undefined,
  mutable: false,
  members: [],
  sideEffect: undefined,
  state: undefined,
  member: () => undefined,
  instanceMember: () => undefined,
  result: undefined,
}
