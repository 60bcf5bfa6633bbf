/** A record that cannot be read, or a question it cannot answer: where it is, what is wrong, how to mend it. */
export class RecordFault extends Error {
  readonly where: string
  readonly mend: string

  constructor(where: string, what: string, mend: string) {
    super(what)
    this.name = 'RecordFault'
    this.where = where
    this.mend = mend
  }
}
