/** E-01: whether a server holds a unit of its pool after a step. */
import type { Vocabulary } from './vocabulary.ts'

/** A stopped pay-per-use server gives its unit back; a frozen one keeps what it held, and takes none. */
export function holdsAfter(words: Vocabulary, to: number, billing: number, held: boolean): boolean {
  if (to === words.creating || to === words.running) return true
  if (to === words.deleted || to === words.failed) return false
  return to === words.stopped && billing === words.payPerUse ? false : held
}
