/**
 * Whose sales the shares of sellers are of (L-06), where the ledger names no buyer: the share of a day's metered use is booked
 * on the sum of the day, and a seller's bill on the sum of the month. The share of use follows the use of its product by
 * segment and region of the buyers in the month; a bill takes back what the shares of its sales put in.
 */
import { KeyedSums } from '#sim/record/keyed-sums.ts'
import { booksOf } from './books/pass.ts'
import type { SellerMovement } from './books/seller-legs.ts'
import { wordNumbers } from './books/words.ts'
import { prepareDays } from './days.ts'
import { word } from './figures/figure.ts'
import { prepareMetered, prepareRejected } from './metered.ts'
import { proportionalShares } from './proportional-shares.ts'
import type { RunRecord } from './record.ts'

/** Of which buyers (a crowd: a segment and region) and of which specification something is. */
interface Part {
  readonly crowd: number
  readonly specification: number
  amount: bigint
}

/** What each crowd used of each image, by month; what came too late to be charged is no sale (U-09). */
const useSql = `
SELECT month, specification, crowd, sum(amount) AS amount FROM (
  SELECT month, crowd, priced AS specification, amount FROM metered WHERE item = ${word('image')} AND crowd > 0
  UNION ALL
  SELECT r.month, b.crowd, r.priced, -r.amount FROM rejected r JOIN buyers b ON b.id = r.account
  WHERE r.item = ${word('image')})
GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`

/** Parts by a key, those of one crowd and specification together. */
class Parts {
  readonly #by = new Map<string, Map<number, Part>>()
  /** Those of a key in the order of crowds and specifications, while nothing is added. */
  readonly #sorted = new Map<string, readonly Part[]>()

  add(key: string, crowd: number, specification: number, amount: bigint): void {
    this.#sorted.delete(key)
    let parts = this.#by.get(key)
    if (parts === undefined) this.#by.set(key, (parts = new Map()))
    const place = crowd * PLACES + specification
    const part = parts.get(place)
    if (part === undefined) parts.set(place, { crowd, specification, amount })
    else part.amount += amount
  }

  /** Those of a key; where they sum to zero one of no buyer. */
  of(key: string, specification: number): readonly Part[] {
    let parts = this.#sorted.get(key)
    if (parts === undefined) {
      parts = [...(this.#by.get(key)?.values() ?? [])].sort(
        (a, b) => a.crowd - b.crowd || a.specification - b.specification,
      )
      this.#sorted.set(key, parts)
    }
    const sum = parts.reduce((sum, { amount }) => sum + amount, 0n)
    return sum === 0n ? [{ crowd: 0, specification, amount: 1n }] : parts
  }
}

/** Crowds and specifications, and words and months, are packed into numbers of 53 bits. */
const PLACES = 2 ** 24
const WORDS = 16_384

/** What shares and bills come to by whose sales they are. */
class Attributed {
  readonly #sums = new KeyedSums()
  readonly #billed = new Parts()
  readonly #use = new Parts()
  readonly #payable: number
  readonly #record: RunRecord

  constructor(record: RunRecord) {
    this.#record = record
    this.#payable = wordNumbers(record)('unbilled-payable')
    for (const { month, specification, crowd, amount } of record.rows<Record<string, bigint>>(useSql))
      this.#use.add(`${month} ${specification}`, Number(crowd), Number(specification), amount)
    const { sellers, slices } = booksOf(record)
    for (const [seller, billed, crowd, specification, amount] of sellers.orders())
      this.#billed.add(`${seller} ${billed}`, crowd, specification, amount)
    for (const share of sellers.shares) {
      const parts = this.#use.of(`${slices.months[share.slice]} ${share.specification}`, share.specification)
      this.#spread(share, parts, `${share.seller} ${share.billed}`)
    }
    for (const bill of sellers.bills) this.#spread(bill, this.#billed.of(`${bill.seller} ${bill.billed}`, 0))
  }

  /**
   * The legs of one transaction over parts in proportion to theirs: those of each part sum to zero, as the transaction does. What
   * of a share is owed to its seller goes into the parts of a bill.
   */
  #spread({ legs, slice, movement }: SellerMovement, parts: readonly Part[], bill?: string): void {
    const rest = parts.map(() => 0n)
    const amounts = parts.map(({ amount }) => amount)
    for (const [at, { ledger, amount }] of legs.entries()) {
      const shares = at === legs.length - 1 ? rest.map((sum) => -sum) : proportionalShares(amounts, amount)
      for (const [index, { crowd, specification }] of parts.entries()) {
        const share = shares[index]
        rest[index] += share
        if (share === 0n) continue
        const words = (slice * WORDS + movement) * WORDS + ledger
        this.#sums.addVast(this.#sums.rowOf(crowd, specification, words), 0, 0, share)
        if (bill !== undefined && ledger === this.#payable) this.#billed.add(bill, crowd, specification, -share)
      }
    }
  }

  /** `crowd, specification, month, measured, movement, ledger, amount`. */
  *rows(): Generator<readonly (number | bigint)[]> {
    const { slices } = booksOf(this.#record)
    for (let row = 0; row < this.#sums.rows; row++) {
      const { a: crowd, b: specification, c: packed, amount } = this.#sums.at(row)
      const slice = Math.floor(packed / WORDS / WORDS)
      const words = [Math.floor(packed / WORDS) % WORDS, packed % WORDS]
      yield [crowd, specification, slices.months[slice], slices.measured[slice], ...words, amount]
    }
  }
}

/**
 * Makes the table `attributed_shares(crowd, specification, month, measured, movement, ledger, amount)`: what of `booked` without a
 * buyer is of whose sales; crowd 0 has no buyer. Each row has a counterpart without a buyer, so no sum changes.
 */
export function prepareAttributedShares(record: RunRecord): void {
  prepareDays(record)
  prepareMetered(record)
  prepareRejected(record)
  const names = ['crowd', 'specification', 'month', 'measured', 'movement', 'ledger'] as const
  record.keepComputed('attributed_shares', names, ['amount'], () => new Attributed(record).rows())
}
