/** Where long work is. */
export interface Progress {
  readonly doing: 'read' | 'plan' | 'copy' | 'start' | 'ask' | 'save' | 'compare' | 'measure'
  /** Of `save`: the file that was seen last. */
  readonly file?: string
  /** How many were done: files that were read, planned or saved, requests, saves that were measured. */
  readonly done?: number
  /** Of how many; missing where that is not known before. */
  readonly total?: number
}
