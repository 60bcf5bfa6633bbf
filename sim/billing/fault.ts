/** A number, time or event that cannot be billed as it was handed in: the asker's mistake, never a refusal of a rule. */
export class BillingFault extends Error {
  readonly where: string

  /** `where` names the field, `what` the mistake, `mend` what to write instead. */
  constructor(where: string, what: string, mend: string) {
    super(`${where}: ${what}; ${mend}`)
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
