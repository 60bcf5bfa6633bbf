/** Two runs that cannot be compared as they were named: what is wrong, and how to fix it. */
export class InvalidComparison extends Error {
  readonly fix: string

  constructor(what: string, fix: string) {
    super(what)
    this.name = 'InvalidComparison'
    this.fix = fix
  }
}
