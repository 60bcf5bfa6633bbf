import { HOUR } from '#base/time.ts'
import { defaultPolicies } from '#scenarios/policies.ts'
import { patience, patienceEnds } from '#sim/billing/grace.ts'
import { mix } from '../work/work.ts'
import { type BillingWork, digestOf } from './work.ts'

/** A-01..A-04: one pass over all balances finds accounts below zero and sets when they are frozen. */
export const arrears: BillingWork = {
  work: 'arrears',
  subject: 'marketsim',
  sizes: [30_000],
  turnSize: 3000,
  start(size) {
    const balance = Float64Array.from({ length: size }, (_, account) => (mix(account, 9) >>> 0) * 100)
    const hourly = Float64Array.from({ length: size }, (_, account) => (mix(account, 10) >>> 0) % 1e9)
    const frozenAt = new Float64Array(size)
    const days = patience('pay-per-use', defaultPolicies, 'V0')
    let now = 0
    return {
      bytesPerLine: 24,
      batch() {
        now += HOUR
        for (let account = 0; account < size; account++) {
          balance[account] -= hourly[account]
          if (balance[account] < 0 && frozenAt[account] === 0) frozenAt[account] = patienceEnds(now, days).graceEnds
        }
        return size
      },
      digest: () => digestOf(balance.map(Math.abs), frozenAt),
    }
  },
}
