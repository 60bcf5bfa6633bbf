/**
 * An error that the caller can correct: `what` is wrong, `where` (a file, a field, an option; undefined where the text says
 * it), and a `hint` how to correct it. Every error of the program with these three is one of this class or of a subclass,
 * and the command line shows all of them in one way.
 */
export class InputError extends Error {
  readonly what: string
  readonly hint: string
  readonly where: string | undefined

  constructor(what: string, hint: string, where?: string, message = what) {
    super(message)
    this.name = new.target.name
    this.what = what
    this.hint = hint
    this.where = where
  }
}

/** A server cannot be reached, or failed: the input is not wrong. The command line ends with exit code 74 for this class. */
export class NetworkError extends Error {
  readonly hint: string

  constructor(message: string, hint: string) {
    super(message)
    this.hint = hint
  }
}
