import type { Outcome } from '../../../graph/reload.ts'

export interface Paint {
  readonly fill: string
  /** Of text and lines; at least 4.5:1 against the fill. */
  readonly ink: string
}

/** From good to bad, which is the order of counts and legends. */
export const OUTCOMES: readonly Outcome[] = ['hot', 'restart', 'stale', 'error', 'unwatched']

export const LIGHT: Readonly<Record<Outcome, Paint>> = {
  hot: { fill: '#d5f0e0', ink: '#0f5c35' },
  restart: { fill: '#fde8c8', ink: '#8a4300' },
  stale: { fill: '#e9e0fb', ink: '#5b21b6' },
  error: { fill: '#fbdada', ink: '#991b1b' },
  unwatched: { fill: '#e4e7eb', ink: '#454d57' },
}

export const DARK: Readonly<Record<Outcome, Paint>> = {
  hot: { fill: '#123524', ink: '#6fdca4' },
  restart: { fill: '#40290b', ink: '#f5b75f' },
  stale: { fill: '#2e2052', ink: '#c4a7fb' },
  error: { fill: '#4a1717', ink: '#ff9d9d' },
  unwatched: { fill: '#2b3138', ink: '#b3bbc5' },
}
