/** how long resources are usable in arrears or after expiry, and how long frozen data is kept. */
import { DAY } from '#base/time.ts'
import type { Policies } from '#scenarios/policies.ts'

/** A customer's level on the vendor's home site. */
export type Tier = keyof typeof cn

/** yearly/monthly grace and retention, pay-per-use grace and retention, in days. */
const cn = {
  V0: [1, 1, 0, 1],
  V1: [1, 7, 0, 7],
  V2: [1, 7, 0, 7],
  V3: [7, 7, 1, 7],
  V4: [7, 15, 7, 15],
  V5: [7, 15, 7, 15],
} as const

export const tiers = Object.keys(cn) as readonly Tier[]

export interface Patience {
  readonly graceDays: number
  readonly retentionDays: number
}

/** The days that hold for a resource. A tier matters under `tiers: cn` only. */
export function patience(
  billing: 'yearly-monthly' | 'pay-per-use',
  policies: Pick<Policies, 'grace.days' | 'retention.days' | 'tiers'>,
  tier: Tier,
): Patience {
  if (policies.tiers === 'none') return { graceDays: policies['grace.days'], retentionDays: policies['retention.days'] }
  const [yearlyGrace, yearlyRetention, usageGrace, usageRetention] = cn[tier]
  return billing === 'yearly-monthly'
    ? { graceDays: yearlyGrace, retentionDays: yearlyRetention }
    : { graceDays: usageGrace, retentionDays: usageRetention }
}

/** The instants at which a resource is frozen and released when its expiry or arrears (`since`) stays unmended. */
export function patienceEnds(since: number, { graceDays, retentionDays }: Patience) {
  const graceEnds = since + graceDays * DAY
  return { graceEnds, retentionEnds: graceEnds + retentionDays * DAY }
}
