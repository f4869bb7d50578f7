/** Files could not be written, or not be put back. The message says which, and how the files are now. */
export class WriteError extends Error {
  /** The file that it is about, absolute. */
  readonly path: string
  constructor(path: string, message: string) {
    super(message)
    this.name = 'WriteError'
    this.path = path
  }
}
