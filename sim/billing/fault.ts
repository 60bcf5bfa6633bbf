/** A number, time or event that cannot be billed as it was handed in: the asker's mistake, never a refusal of a rule. */
export class BillingFault extends Error {
  readonly where: string

  /** `where` names the field, `what` the mistake, `mend` what to write instead. */
  constructor(where: string, what: string, mend: string) {
    // A fault says where it is; a stack trace would cost more than the whole answer of the calculator.
    const depth = Error.stackTraceLimit
    Error.stackTraceLimit = 0
    super(`${where}: ${what}; ${mend}`)
    Error.stackTraceLimit = depth
    this.name = 'BillingFault'
    this.where = where
  }
}

/** What was handed in, short enough for a message. */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing'
  let text: string
  try {
    text = JSON.stringify(value) ?? String(value)
  } catch {
    text = typeof value
  }
  return text.length > 60 ? `${text.slice(0, 57)}...` : text
}
