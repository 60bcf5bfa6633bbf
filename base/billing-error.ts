import { InputError } from './input-error.ts'

/** A number, time or event that cannot be billed as it was given: the caller's mistake, never the refusal of a rule. */
export class BillingError extends InputError {
  declare readonly where: string

  /** `where` names the field. The message holds all three: `quantity: "x" is not a number; write digits`. */
  constructor(where: string, what: string, hint: string) {
    // The error says where it is; a stack trace would cost more than the whole answer of the calculator.
    const depth = Error.stackTraceLimit
    Error.stackTraceLimit = 0
    super(what, hint, where, `${where}: ${what}; ${hint}`)
    Error.stackTraceLimit = depth
  }
}
