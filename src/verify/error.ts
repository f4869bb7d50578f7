/** Verification cannot go on. The message says what is wrong, where, and what to do next. */
export class VerifyError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'VerifyError'
  }
}
