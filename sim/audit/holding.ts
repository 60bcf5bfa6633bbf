/** E-01: whether a server holds a unit of its pool after a step. */
import type { AuditContext } from './check.ts'

/** What a step of a server says of it. */
interface Moved {
  readonly at: number
  readonly to: number
  readonly billing: number
}

/**
 * A stopped pay-per-use server gives its unit back; a frozen one keeps what it held, and takes none. One that is down keeps it
 * unless it is to be placed again (E-10).
 */
export function holdsAfter({ words, premises }: AuditContext, { at, to, billing }: Moved, held: boolean): boolean {
  if (to === words.creating || to === words.running) return true
  if (to === words.deleted || to === words.failed || to === words.interrupted) return false
  if (to === words.down) return held && premises.policyAt('outage.servers', at) !== 'restart'
  return to === words.stopped && billing === words.payPerUse ? false : held
}
