/** A change of the disk that is about to be made. */
export interface Write {
  readonly name: string
  readonly path: string
  /** Makes half of it, where it writes a text. */
  half(): void
}

export declare function interceptWrites(root: string, before: (write: Write) => void): () => void
