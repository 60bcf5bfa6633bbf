/** What the auditor has compared so far: totals by kind, and every difference. */
import type { Kind } from './kinds.ts'

/** Beyond this many of one kind, differences are counted and no longer kept: the record is hopeless, memory is not. */
export const KEPT_A_KIND = 10_000

/** Below this a float64 sum is exact and has room for one more term. */
const FLUSH_AT = 2 ** 51

export interface Difference {
  readonly kind: Kind
  readonly subject: string
  readonly at: number
  readonly recorded: number
  readonly audited: number
  readonly text: string
}

/** A sum of whole numbers without a limit: fast while small, bigint where it grows. */
export class ExactSum {
  #low = 0
  #high = 0n

  add(value: number, times = 1): void {
    const product = value * times
    if (product > FLUSH_AT || product < -FLUSH_AT) this.#high += BigInt(value) * BigInt(times)
    else if ((this.#low += product) > FLUSH_AT || this.#low < -FLUSH_AT) {
      this.#high += BigInt(this.#low)
      this.#low = 0
    }
  }

  get value(): bigint {
    return this.#high + BigInt(this.#low)
  }
}

export interface Total {
  amounts: number
  differences: number
  readonly recorded: ExactSum
  readonly audited: ExactSum
}

/** Sums of instants, prices and flags mean nothing. */
const isSummed = ({ unit }: Kind): boolean => unit !== 'instant' && unit !== 'price' && unit !== 'flag'

export class Findings {
  readonly totals = new Map<Kind, Total>()
  readonly differences: Difference[] = []

  #total(kind: Kind): Total {
    let total = this.totals.get(kind)
    if (total === undefined) {
      total = { amounts: 0, differences: 0, recorded: new ExactSum(), audited: new ExactSum() }
      this.totals.set(kind, total)
    }
    return total
  }

  /** `times` amounts were worked out and agree. */
  agree(kind: Kind, amount: number, times = 1): void {
    const total = this.#total(kind)
    total.amounts += times
    if (!isSummed(kind)) return
    total.recorded.add(amount, times)
    total.audited.add(amount, times)
  }

  /** `times` amounts disagree, summing to `recorded` and `audited`; one row tells of them. */
  differ(kind: Kind, subject: string, at: number, recorded: number, audited: number, text: string, times = 1): void {
    const total = this.#total(kind)
    total.amounts += times
    total.differences++
    if (isSummed(kind)) {
      total.recorded.add(recorded)
      total.audited.add(audited)
    }
    if (total.differences < KEPT_A_KIND) this.differences.push({ kind, subject, at, recorded, audited, text })
    else if (total.differences === KEPT_A_KIND)
      this.differences.push({
        kind,
        subject,
        at,
        recorded,
        audited,
        text: `${text} (more of this kind are not listed)`,
      })
  }

  /** Compares one amount. The words are only made where it differs. */
  compare(
    kind: Kind,
    recorded: number,
    audited: number,
    words: () => { subject: string; at: number; text: string },
  ): boolean {
    if (recorded === audited) {
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
