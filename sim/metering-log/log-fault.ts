/** A file that cannot be rated at all: where, what is wrong, how to mend it. */
export class LogFault extends Error {
  readonly where: string
  readonly mend: string

  constructor(where: string, what: string, mend: string) {
    super(what)
    this.name = 'LogFault'
    this.where = where
    this.mend = mend
  }
}
