import { MONEY_LIMIT, type UnitPrice } from '#base/money.ts'
import { sweepHour } from '#sim/billing/metering/hour-sweep.ts'
import { ecsHourAmount, imageHourAmount } from '#sim/billing/metering/rating.ts'
import { mix } from '../work/work.ts'
import { hourlyOf } from './rating.ts'
import { type BillingWork, digestOf } from './work.ts'

/** Accounts of so many instances: 30,000 of 100,000. */
export const accountsOf = (instances: number): number => Math.ceil(instances * 0.3)

/** Instances in random order of their accounts, with what a whole hour of each costs. */
export function instances(count: number) {
  const accounts = accountsOf(count)
  const account = Int32Array.from({ length: count }, (_, row) => (mix(row, 1) >>> 0) % accounts)
  const ecs = new Float64Array(count)
  const image = new Float64Array(count)
  for (let row = 0; row < count; row++) {
    ecs[row] = ecsHourAmount(hourlyOf(row) as UnitPrice, 3600, 'truncate')
    image[row] = row % 3 === 0 ? 0 : imageHourAmount(hourlyOf(row + count) as UnitPrice, 'truncate')
  }
  return { accounts, account, ecs, image }
}

/** One clock hour of all running instances, added to what their accounts owe. */
export const hourSweep: BillingWork = {
  work: 'hour-sweep',
  subject: 'marketsim',
  sizes: [100_000],
  turnSize: 5000,
  start(size) {
    const { accounts, account, ecs } = instances(size)
    const owed = new Float64Array(accounts)
    return {
      bytesPerLine: 12,
      batch() {
        sweepHour({ account, hourAmount: ecs }, size, owed)
        return size
      },
      digest: () => digestOf(owed),
    }
  },
}

/** The books of the accounts, a column each. */
interface Books {
  readonly cash: Float64Array
  readonly charges: Float64Array
  readonly lines: Int32Array
  readonly due: Float64Array
  readonly inArrears: Uint8Array
}

/** Draws what the accounts owe from their balances, and sets it back to 0. */
function settle(owedEcs: Float64Array, owedImage: Float64Array, { cash, charges, lines, due, inArrears }: Books): void {
  const accounts = cash.length
  for (let at = 0; at < accounts; at++) {
    const total = owedEcs[at] + owedImage[at]
    if (total === 0) continue
    if (total > MONEY_LIMIT) throw new Error(`account ${at} owes more than the largest exact amount`)
    const rest = cash[at] - total
    charges[at] += total
    lines[at]++
    cash[at] = Math.max(rest, 0)
    if (rest >= 0) continue
    due[at] -= rest
    inArrears[at] = 1
  }
  owedEcs.fill(0)
  owedImage.fill(0)
}

/** Opening balance of each account, 20,000 hours of an average instance. */
export const OPENING = 2e12

/**
 * One clock hour with everything the bill needs: servers and images swept apart, the hour drawn from each balance, the
 * month's charges and lines counted, and what the balance cannot pay falls due.
 */
export const hourBill: BillingWork = {
  work: 'hour-bill',
  subject: 'marketsim',
  sizes: [100_000],
  turnSize: 3000,
  start(size) {
    const { accounts, account, ecs, image } = instances(size)
    const [owedEcs, owedImage, charges, due] = Array.from({ length: 4 }, () => new Float64Array(accounts))
    const cash = new Float64Array(accounts).fill(OPENING)
    const lines = new Int32Array(accounts)
    const inArrears = new Uint8Array(accounts)
    return {
      bytesPerLine: 20,
      batch() {
        sweepHour({ account, hourAmount: ecs }, size, owedEcs)
        sweepHour({ account, hourAmount: image }, size, owedImage)
        settle(owedEcs, owedImage, { cash, charges, lines, due, inArrears })
        return size
      },
      digest: () => digestOf(cash, charges, due, lines, inArrears),
    }
  },
}
