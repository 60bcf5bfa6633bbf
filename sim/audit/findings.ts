/** What the auditor has compared so far: totals by kind, and every difference. */
import type { KindSums, SupplyName } from './capacity-costs.ts'
import { type Kind, kinds } from './kinds.ts'

/** Beyond this many of one kind, differences are counted and no longer kept: the record is hopeless, memory is not. */
export const KEPT_A_KIND = 10_000

/** Below this a float64 sum is exact and has room for one more term. */
const FLUSH_AT = 2 ** 51
const SMALL = BigInt(FLUSH_AT)

/** A whole number: money is bigint, all else a number. */
export type Whole = number | bigint

export interface Difference {
  readonly kind: Kind
  readonly subject: string
  readonly at: number
  readonly recorded: Whole
  readonly audited: Whole
  readonly text: string
  /** In whose turn it was found; Infinity where all accounts were over. */
  readonly account: number
}

/** A sum of whole numbers without a limit: fast while small, bigint where it grows. */
export class ExactSum {
  #low = 0
  #high = 0n

  add(value: Whole, times = 1): void {
    if (typeof value === 'bigint') {
      if (value < -SMALL || value > SMALL) {
        this.#high += value * BigInt(times)
        return
      }
      this.add(Number(value), times)
      return
    }
    const product = value * times
    if (product > FLUSH_AT || product < -FLUSH_AT) this.#high += BigInt(value) * BigInt(times)
    else if ((this.#low += product) > FLUSH_AT || this.#low < -FLUSH_AT) {
      this.#high += BigInt(this.#low)
      this.#low = 0
    }
  }

  addSum(value: bigint): void {
    if (value >= -SMALL && value <= SMALL) this.add(Number(value))
    else this.#high += value
  }

  clear(): void {
    this.#low = 0
    this.#high = 0n
  }

  get value(): bigint {
    return this.#high + BigInt(this.#low)
  }

  /** The same as a number where float64 holds it exactly. */
  get whole(): Whole {
    return this.#high === 0n ? this.#low : this.value
  }
}

/** All amounts of one kind. */
class Total {
  amounts = 0
  differences = 0
  /** What is the same on both sides, which is nearly all. */
  readonly agreed = new ExactSum()
  readonly differing = { recorded: new ExactSum(), audited: new ExactSum() }

  get recorded(): bigint {
    return this.agreed.value + this.differing.recorded.value
  }

  get audited(): bigint {
    return this.agreed.value + this.differing.audited.value
  }
}

/** A balance at the end of the month that begins with the instant `month`; debit positive. */
export interface MonthEnd {
  readonly month: number
  readonly ledger: string
  readonly recorded: bigint
  readonly audited: bigint
}

/** What a kind of units of a pool or a group of hosts comes to in the month that begins with the instant `month` (E-12). */
export interface CapacityCost extends KindSums {
  readonly pool: number
  readonly group: number
  readonly month: number
  readonly supply: SupplyName
}

/** E-12: what the units of a pool or a group of hosts would cost in the cheapest mix. */
export interface CheapestCost {
  readonly pool: number
  readonly group: number
  readonly cost: bigint
}

/** Findings as a thread can send them; kinds go by their name. */
export interface SentFindings {
  readonly totals: readonly (readonly [
    name: string,
    amounts: number,
    differences: number,
    recorded: bigint,
    audited: bigint,
  ])[]
  readonly differences: readonly (Omit<Difference, 'kind'> & { readonly name: string })[]
  readonly capacityCosts: readonly CapacityCost[]
  readonly cheapestCosts: readonly CheapestCost[]
}

const kindsByName = new Map(Object.values(kinds).map((kind) => [kind.name, kind]))

const kindNamed = (name: string): Kind => {
  const kind = kindsByName.get(name)
  if (kind === undefined) throw new Error(`the auditor has no kind '${name}'`)
  return kind
}

export class Findings {
  readonly totals = new Map<Kind, Total>()
  /** Whose turn it is. */
  account = Number.POSITIVE_INFINITY
  /** The same by the place of a kind: nearly every amount asks. */
  readonly #totals: Total[] = []
  readonly #differences: Difference[] = []
  /** What ledger accounts hold at the end of each civil month, as all accounts together come to it. */
  readonly balances: MonthEnd[] = []
  /** E-12: what capacity costs, and what the cheapest mix would. */
  readonly capacityCosts: CapacityCost[] = []
  readonly cheapestCosts: CheapestCost[] = []

  #total(kind: Kind): Total {
    const known = this.#totals[kind.place]
    if (known !== undefined) return known
    const total = new Total()
    this.totals.set(kind, total)
    this.#totals[kind.place] = total
    return total
  }

  /** `times` amounts were computed and agree. */
  agree(kind: Kind, amount: Whole, times = 1): void {
    const total = this.#total(kind)
    total.amounts += times
    if (kind.isSummed) total.agreed.add(amount, times)
  }

  /** `times` amounts were computed and agree, and come to `sum`. */
  agreeSum(kind: Kind, sum: bigint, times: number): void {
    const total = this.#total(kind)
    total.amounts += times
    if (kind.isSummed) total.agreed.addSum(sum)
  }

  /** `times` amounts disagree, summing to `recorded` and `audited`; one row reports them. */
  differ(kind: Kind, subject: string, at: number, recorded: Whole, audited: Whole, text: string, times = 1): void {
    const total = this.#total(kind)
    total.amounts += times
    if (kind.isSummed) {
      total.differing.recorded.add(recorded)
      total.differing.audited.add(audited)
    }
    total.differences++
    if (total.differences <= KEPT_A_KIND)
      this.#differences.push({ kind, subject, at, recorded, audited, text, account: this.account })
  }

  /** The first of each kind in the order of accounts, however the accounts were shared. */
  get differences(): Difference[] {
    const kept = new Map<Kind, number>()
    return this.#differences
      .toSorted((a, b) => (a.account === b.account ? 0 : a.account - b.account))
      .flatMap((difference) => {
        const number = (kept.get(difference.kind) ?? 0) + 1
        kept.set(difference.kind, number)
        if (number > KEPT_A_KIND) return []
        const isLast = number === KEPT_A_KIND
        return isLast
          ? [{ ...difference, text: `${difference.text} (more of this kind are not listed)` }]
          : [difference]
      })
  }

  /** For another thread, which takes them by `join`. */
  send(): SentFindings {
    return {
      totals: [...this.totals].map(([{ name }, { amounts, differences, recorded, audited }]) => [
        name,
        amounts,
        differences,
        recorded,
        audited,
      ]),
      differences: this.#differences.map(({ kind: { name }, ...rest }) => ({ name, ...rest })),
      capacityCosts: this.capacityCosts,
      cheapestCosts: this.cheapestCosts,
    }
  }

  /** Adds what was found elsewhere. */
  join({ totals, differences, capacityCosts, cheapestCosts }: SentFindings): void {
    this.capacityCosts.push(...capacityCosts)
    this.cheapestCosts.push(...cheapestCosts)
    for (const { name, ...rest } of differences) this.#differences.push({ kind: kindNamed(name), ...rest })
    for (const [name, amounts, differing, recorded, audited] of totals) {
      const total = this.#total(kindNamed(name))
      total.amounts += amounts
      total.differences += differing
      total.differing.recorded.addSum(recorded)
      total.differing.audited.addSum(audited)
    }
  }

  /** Compares one amount. The words are only made where it differs. */
  compare(
    kind: Kind,
    recorded: Whole,
    audited: Whole,
    words: () => { subject: string; at: number; text: string },
  ): boolean {
    if (recorded === audited || (typeof recorded !== typeof audited && BigInt(recorded) === BigInt(audited))) {
      this.agree(kind, recorded)
      return true
    }
    const { subject, at, text } = words()
    this.differ(kind, subject, at, recorded, audited, text)
    return false
  }

  get amounts(): number {
    let sum = 0
    for (const total of this.totals.values()) sum += total.amounts
    return sum
  }

  get differing(): number {
    let sum = 0
    for (const total of this.totals.values()) sum += total.differences
    return sum
  }
}
