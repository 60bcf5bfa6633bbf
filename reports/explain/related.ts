/** What other facts say of a subject, as moments: the first ones, and how many more there are. */
import type { Moment } from './explanation.ts'

/** An account lives for years; the first movements show how. */
const MOST = 40

export function firstOf(moments: readonly Moment[], what: string): Moment[] {
  const shown = moments.slice(0, MOST)
  const last = shown.at(-1)
  if (last === undefined || moments.length <= MOST) return shown
  return [...shown, { ...last, what: `and ${moments.length - MOST} more ${what}`, details: [] }]
}
