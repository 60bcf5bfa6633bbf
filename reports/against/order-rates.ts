/** Another rate of tax behind orders that differ: each order, or line of one, leaves an interval of rates (M-07). */
import type { Policies } from '#scenarios/policies.ts'
import { taxOnUse } from '#sim/billing/month-total.ts'
import { proportionalShares } from '../proportional-shares.ts'
import { ANY_RATE, FINEST_RATE, percentText, ROUND_RATE } from './bill-tax.ts'
import type { RatedLine, TaxedOrder } from './rated-line.ts'
import { because, type Reason } from './reason.ts'
import { common, type Range, simplestOf, whereFrom, whereUpTo } from './simplest.ts'

interface Entry {
  readonly taxed: TaxedOrder
  readonly theirs: bigint
}

/** Entries that are asked for a rate of their own where all together have none. */
const VOTES = 50

export class OrderRates {
  readonly #rounding: Policies['rounding.charge']
  readonly #differing: Entry[] = []
  #rate: { readonly rate: bigint; readonly isOfAll: boolean } | null | undefined

  constructor(policies: Pick<Policies, 'rounding.charge'>) {
    this.#rounding = policies['rounding.charge']
  }

  /** Takes an order or a line of one that both sides have, whether it differs or not. */
  take(line: RatedLine, theirs: bigint): void {
    if (!line.isOrder || theirs === line.amount) return
    if (line.taxed !== undefined) this.#differing.push({ taxed: line.taxed, theirs })
  }

  /** What they charge by another rate. */
  #charged({ net, base, share }: TaxedOrder, rate: bigint): bigint {
    const tax = taxOnUse({ amount: base, percent: percentText(rate) }, this.#rounding).amount
    return net + (share === undefined ? tax : proportionalShares(share.lines, tax)[share.index])
  }

  /** Rates by which a charge comes out; of a share in a tax one unit more or less, which the other lines take. */
  #rates({ taxed, theirs }: Entry, within: Range): Range {
    const slack = taxed.share === undefined ? 0n : 1n
    const of = (rate: bigint): bigint => this.#charged(taxed, rate)
    return { low: whereFrom(of, theirs - slack, within), high: whereUpTo(of, theirs + slack, within) }
  }

  #find(): { rate: bigint; isOfAll: boolean } | null {
    const entries = this.#differing
    const isBy = (rate: bigint) => (entry: Entry) => this.#charged(entry.taxed, rate) === entry.theirs
    let range = ANY_RATE
    for (const entry of entries) {
      range = common(range, this.#rates(entry, range))
      if (range.low > range.high) break
    }
    const isRound = (rate: bigint): boolean => rate % (entries.length > 1 ? FINEST_RATE : ROUND_RATE) === 0n
    const all = simplestOf(range, ANY_RATE.high).find((rate) => isRound(rate) && entries.every(isBy(rate)))
    if (all !== undefined) return { rate: all, isOfAll: true }
    const votes = new Map<bigint, number>()
    for (const entry of entries.slice(0, VOTES)) {
      const [rate] = simplestOf(this.#rates(entry, ANY_RATE), ANY_RATE.high, 1)
      if (rate !== undefined && rate % FINEST_RATE === 0n) votes.set(rate, (votes.get(rate) ?? 0) + 1)
    }
    const [most] = [...votes].sort((a, b) => b[1] - a[1])
    if (most === undefined || most[1] < 2 || most[1] * 2 <= Math.min(entries.length, VOTES)) return null
    return { rate: most[0], isOfAll: false }
  }

  /** Whether the rate explains all orders that differ, of which there are so many. */
  explainsAll(differing: number): boolean {
    if (this.#differing.length === 0 || this.#differing.length < differing) return false
    if (this.#rate === undefined) this.#rate = this.#find()
    return this.#rate?.isOfAll === true
  }

  /** The rate by which they charge a line of ours; undefined where it is not that. */
  reason(line: RatedLine, theirs: bigint): Reason | undefined {
    const { taxed } = line
    if (!line.isOrder || taxed === undefined) return undefined
    if (this.#rate === undefined) this.#rate = this.#find()
    const rate = this.#rate?.rate
    if (rate === undefined || this.#charged(taxed, rate) !== theirs) return undefined
    const text = percentText(rate)
    return because('tax rate', 'M-07', `tax.percent ${text} instead of ${taxed.percent}`, { rates: [text] })
  }
}
