/** What the caller of a load test can mend: a rate, a stage, a duration, a threshold. */
export class LoadFault extends Error {
  readonly mend: string

  constructor(what: string, mend: string) {
    super(what)
    this.name = 'LoadFault'
    this.mend = mend
  }
}
