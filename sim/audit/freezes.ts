/** O-14, N-07: when an account is frozen, from the freezes that the record has. */
import type { AccountFacts } from './facts.ts'
import type { Premises } from './premises.ts'

/** [from, to) in which an account is frozen; for legal reasons, or else for a violation alone. */
export interface FrozenPeriod {
  readonly from: number
  readonly to: number
  readonly isLegal: boolean
}

/** In the order of time, without gaps between those that follow each other. */
export function frozenPeriods(premises: Premises, { freezes }: Pick<AccountFacts, 'freezes'>): FrozenPeriod[] {
  if (freezes.length === 0) return []
  const cuts = [...new Set(freezes.flatMap(({ at, until }) => [at, until]))].sort((a, b) => a - b)
  const periods: FrozenPeriod[] = []
  for (const [index, from] of cuts.slice(0, -1).entries()) {
    const inForce = freezes.filter(({ at, until }) => at <= from && from < until)
    if (inForce.length === 0) continue
    const isLegal = inForce.some(({ reason }) => premises.word(reason) === 'legal')
    const last = periods.at(-1)
    const to = cuts[index + 1]
    if (last?.to === from && last.isLegal === isLegal) periods[periods.length - 1] = { ...last, to }
    else periods.push({ from, to, isLegal })
  }
  return periods
}
