/** A project that cannot be worked on. The message says what is wrong, where, and what to do next. */
export class ProjectError extends Error {
  /** The file that decides it, and its 1-based line where one does. */
  readonly path: string
  readonly line: number | undefined
  constructor(message: string, path: string, line?: number) {
    super(message)
    this.name = 'ProjectError'
    this.path = path
    this.line = line
  }
}
