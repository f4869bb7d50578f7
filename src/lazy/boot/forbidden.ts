import { applyEdits } from '../../edits/text.ts'
import type { ReloadModel } from '../../graph/reload.ts'
import type { Server } from '../../graph/server.ts'
import type { FilePlan } from '../analysis.ts'
import type { Candidate, Condition } from '../candidate.ts'
import type { Choices } from '../choices.ts'
import type { BootOrder } from './order.ts'

/** What fixes of other files forbid. Paths are absolute. */
export interface Forbidden {
  /** More than one for what is lazy all the same, because one was accepted. */
  readonly targets: Map<string, readonly Condition[]>
  /** Files that may import nothing lazily. */
  readonly files: Map<string, Condition>
  /** Targets that are loaded at boot too, and what their loading does. */
  readonly preloaded: Map<string, string>
}

/** What {@link forbiddenIn} asks about the project. */
export interface ForbiddenOptions {
  readonly server: Server
  readonly order: BootOrder
  readonly choices: Choices | undefined
  /** What loading a module does, if anything. */
  readonly effectOf: (path: string) => string | undefined
  /** Where a module adds to what stays when it is loaded again, if it does. */
  readonly leftBehindBy: (path: string) => string | undefined
  /** A module, and the line that imports `specifier`, for a person. */
  readonly placeOf: (path: string, specifier?: string) => string
}

/** @returns what no file may import lazily yet, or not without loading it at boot too; which files may not; and why. */
export function forbiddenIn(
  planned: readonly FilePlan[],
  { server, order, choices, effectOf, leftBehindBy, placeOf }: ForbiddenOptions,
): Forbidden {
  const forbidden: Forbidden = { targets: new Map(), files: new Map(), preloaded: new Map() }
  const now = server.reload()

  function fixesOf({ path, candidates }: FilePlan): Candidate[] {
    return candidates.filter(
      (candidate) =>
        candidate.verdict === 'fix' &&
        conditionsOf(path, candidate, forbidden).every((condition) => isAccepted(choices, path, candidate, condition)),
    )
  }

  /**
   * Whether every fix that imports `target` can load it at boot too, and nothing could tell.
   *
   * @param delayed the modules that lazy imports keep from being loaded at boot.
   */
  function canPreload(target: string, delayed: ReadonlySet<string>): boolean {
    const below = order.closureOf(target)
    return planned.every(({ path, candidates }) => {
      const fixes = candidates.filter(({ verdict, targets }) => verdict === 'fix' && targets.includes(target))
      if (fixes.length === 0) return true
      const isOffered = fixes.every(({ preloaded, reason }) => preloaded !== undefined || reason === 'preloaded')
      return (
        isOffered &&
        !below.has(path) &&
        order.waitsFor(path, new Set([...below].filter((loaded) => delayed.has(loaded))))
      )
    })
  }

  /** @param lazy the targets of the fixes that are left; the others are static in `then` as they are now. */
  function demotionsIn(
    then: ReloadModel,
    targets: ReadonlySet<string>,
    lazy: ReadonlySet<string>,
  ): Map<string, Condition> {
    const { targets: known, preloaded } = forbidden
    const found = new Map<string, Condition>()
    // A target with a condition is static again, or lazy all the same where its condition was accepted.
    const remaining = [...targets].filter((target) => !known.has(target) || lazy.has(target))
    const isKnown = (target: string, { reason }: Condition): boolean =>
      (known.get(target) ?? []).some((condition) => condition.reason === reason)
    for (const target of remaining) {
      const cold = then.importers.get(target)?.find((importer) => !importer.lazy && then.eager.has(importer.path))
      if (!cold) continue
      const demotion: Condition = { reason: 'also-static', detail: placeOf(cold.path, cold.specifier) }
      if (!isKnown(target, demotion)) found.set(target, demotion)
    }
    for (const target of remaining) {
      for (const path of found.has(target) ? [] : order.closureOf(target)) {
        const detail = then.eager.has(path) || effectOf(path) === undefined ? undefined : leftBehindBy(path)
        const demotion: Condition | undefined = detail === undefined ? undefined : { reason: 'adds-elsewhere', detail }
        if (!demotion || isKnown(target, demotion)) continue
        found.set(target, demotion)
        break
      }
    }
    if (found.size > 0) return found
    // Modules that were loaded at boot, in the order of the static imports, and would now be loaded by a request.
    const delayed = new Set([...now.eager].filter((path) => !then.eager.has(path)))
    const loaded = new Set([...preloaded.keys()].flatMap((target) => [...order.closureOf(target)]))
    for (const path of delayed) {
      if (loaded.has(path)) continue
      const effect = effectOf(path)
      const demotion: Condition | undefined = effect
        ? { reason: 'side-effects', detail: effect }
        : order.dependsOnOrder(path)
          ? { reason: 'import-cycle', detail: placeOf(path) }
          : undefined
      if (!demotion) continue
      const owners = remaining.filter((target) => order.closureOf(target).has(path))
      // One that loads it at boot, as before, is enough.
      const loader = effect === undefined ? undefined : owners.find((target) => canPreload(target, delayed))
      if (effect !== undefined && loader !== undefined) {
        preloaded.set(loader, effect)
        for (const below of order.closureOf(loader)) loaded.add(below)
        continue
      }
      // Below no target: it came with a barrel that nothing imports any more.
      for (const target of owners.length > 0 ? owners : remaining)
        if (!isKnown(target, demotion)) found.set(target, demotion)
    }
    return found
  }

  const targets = new Set(planned.flatMap((file) => fixesOf(file).flatMap((fix) => fix.targets)))
  if (targets.size === 0) return forbidden
  const willBeBoundary = (path: string): boolean => server.isBoundary(path) || targets.has(path)
  for (;;) {
    const overlay = new Map<string, string>()
    const lazy = new Set<string>()
    for (const file of planned) {
      const fixes = fixesOf(file)
      const edits = fixes.flatMap((fix) => fix.edits)
      if (edits.length > 0) overlay.set(file.path, applyEdits(file.text, edits))
      for (const target of fixes.flatMap((fix) => fix.targets)) lazy.add(target)
    }
    const texts = server.modules.withTexts(overlay)
    const then = server.reloadAs(overlay, willBeBoundary)
    // A constant is not hoisted as an import is, and another module of the cycle may read it first.
    const cyclic = [...overlay.keys()].filter((path) => !forbidden.files.has(path) && order.isCyclic(path, texts))
    for (const path of cyclic) forbidden.files.set(path, { reason: 'import-cycle', detail: 'This file' })
    const found = demotionsIn(then, targets, lazy)
    if (found.size === 0 && cyclic.length === 0) return forbidden
    for (const [target, demotion] of found)
      forbidden.targets.set(target, [...(forbidden.targets.get(target) ?? []), demotion])
  }
}

/** What forbids the fix, accepted or not. */
export function conditionsOf(path: string, candidate: Candidate, { targets, files }: Forbidden): Condition[] {
  const ofFile = files.get(path)
  return [...(ofFile ? [ofFile] : []), ...candidate.targets.flatMap((target) => targets.get(target) ?? [])]
}

/** Whether a person took the fix though the condition is not proven. */
export function isAccepted(
  choices: Choices | undefined,
  path: string,
  candidate: Candidate,
  { reason }: Condition,
): boolean {
  return choices?.accepts(path, candidate, reason) === true
}
