/**
 * Whose sales the shares of sellers are of (L-06), where the ledger names no buyer: the share of a day's metered use is booked
 * on the sum of the day, and a seller's bill on the sum of the month. The share of use follows the use of its product by
 * segment and region of the buyers in the month; a bill takes back what the shares of its sales put in.
 */
import { ofRun, startOfDay } from '#sim/record/cut-off.ts'
import { prepareDays } from './days.ts'
import { word } from './figures/figure.ts'
import { prepareMetered, prepareRejected } from './metered.ts'
import type { RunRecord } from './record.ts'
import { taxShares } from './tax-shares.ts'

/** Of which buyers (a crowd: a segment and region) and of which specification something is. */
interface Part {
  readonly crowd: bigint
  readonly specification: bigint
  readonly amount: bigint
}

interface Leg {
  readonly [name: string]: bigint | string
  readonly id: bigint
  readonly month: bigint
  readonly measured: bigint
  readonly movement: bigint
  readonly ledger: bigint
  readonly word: string
  readonly amount: bigint
  /** Of a share, the specification; of a bill 0. */
  readonly specification: bigint
  /** The seller, and the first instant of the month that is billed. */
  readonly seller: bigint
  readonly billed: bigint
}

/** Legs of transactions without a buyer, by the month of the day they are about. */
const legsOf = (from: string): string => `
SELECT t.id, m.month, m.measured, t.kind AS movement, p.ledger, w.word, p.amount, f.specification, f.seller, f.billed
FROM run CROSS JOIN (${from}) f JOIN transactions t ON t.id = f.id JOIN postings p ON p.transaction_id = t.id JOIN words w ON w.id = p.ledger
JOIN slices m ON ${startOfDay('t.day', ofRun)} >= m.first AND ${startOfDay('t.day', ofRun)} < m.next ORDER BY t.id, p.rowid`

const shareLegs = legsOf(`SELECT s.transaction_id AS id, s.specification, p.seller_id AS seller, s.month AS billed
  FROM seller_shares s JOIN transactions o ON o.id = s.transaction_id AND o.order_id = 0
  JOIN specifications g ON g.id = s.specification JOIN products p ON p.id = g.product_id`)

const billLegs = legsOf(`SELECT o.id, 0 AS specification, b.seller, b.month AS billed
  FROM transactions o JOIN postings q ON q.transaction_id = o.id AND q.ledger = ${word('unbilled-payable')}
  JOIN seller_bills b ON b.at = o.at AND b.seller = q.owner WHERE o.kind = ${word('seller-bill')}`)

/** What each crowd used of each image, by month; what came too late to be charged is no sale (U-09). */
const useSql = `
SELECT month, specification, crowd, sum(amount) AS amount FROM (
  SELECT u.month, b.crowd, u.priced AS specification, u.amount FROM metered u JOIN buyers b ON b.id = u.account
  WHERE u.item = ${word('image')}
  UNION ALL
  SELECT r.month, b.crowd, r.priced, -r.amount FROM rejected r JOIN buyers b ON b.id = r.account
  WHERE r.item = ${word('image')})
GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`

/** What was booked of the orders that are on a bill, by crowd and specification. */
const ordersSql = `
SELECT p.seller_id AS seller, s.month AS billed, b.crowd, s.specification, sum(s.cost) AS amount
FROM seller_shares s JOIN transactions t ON t.id = s.transaction_id AND t.order_id > 0 JOIN buyers b ON b.id = t.account
JOIN specifications g ON g.id = s.specification JOIN products p ON p.id = g.product_id GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4`

const unsold = (specification: bigint): Part => ({ crowd: 0n, specification, amount: 1n })

/** The legs of one transaction over parts in proportion to theirs: those of each part sum to zero, as the transaction does. */
function* legsOver(legs: readonly Leg[], parts: readonly Part[]): Generator<Leg & Part> {
  const moving = legs.filter(({ amount }) => amount !== 0n)
  const rest = parts.map(() => 0n)
  for (const [at, leg] of moving.entries()) {
    const isLast = at === moving.length - 1
    const shares = isLast
      ? rest.map((sum) => -sum)
      : taxShares(
          parts.map(({ amount }) => amount),
          leg.amount,
        )
    for (const [index, { crowd, specification }] of parts.entries()) {
      const amount = shares[index]
      rest[index] += amount
      if (amount !== 0n) yield { ...leg, crowd, specification, amount }
    }
  }
}

/** The legs of one transaction, one after the other. */
function* byTransaction(legs: Iterable<Leg>): Generator<Leg[]> {
  let open: Leg[] = []
  for (const leg of legs) {
    if (open.length > 0 && open[0].id !== leg.id) {
      yield open
      open = []
    }
    open.push(leg)
  }
  if (open.length > 0) yield open
}

/** Parts by a key, those of one crowd and specification together. */
class Parts {
  readonly #by = new Map<string, Map<string, Part>>()

  add(key: string, { crowd, specification, amount }: Part): void {
    let parts = this.#by.get(key)
    if (parts === undefined) this.#by.set(key, (parts = new Map()))
    const name = `${crowd} ${specification}`
    parts.set(name, { crowd, specification, amount: (parts.get(name)?.amount ?? 0n) + amount })
  }

  /** Those of a key; none where they sum to zero. */
  of(key: string, specification: bigint): readonly Part[] {
    const parts = [...(this.#by.get(key)?.values() ?? [])].sort(
      (a, b) => Number(a.crowd - b.crowd) || Number(a.specification - b.specification),
    )
    return parts.reduce((sum, { amount }) => sum + amount, 0n) === 0n ? [unsold(specification)] : parts
  }
}

/** Each leg of a share or a bill without a buyer, by whose sales it is. */
function* attributed(record: RunRecord): Generator<Leg & Part> {
  const use = new Parts()
  for (const row of record.rows<Part & Record<string, bigint>>(useSql))
    use.add(`${row.month} ${row.specification}`, row)
  const billed = new Parts()
  for (const row of record.rows<Part & Record<string, bigint>>(ordersSql))
    billed.add(`${row.seller} ${row.billed}`, row)
  for (const legs of byTransaction(record.rows<Leg>(shareLegs))) {
    const [{ month, specification, seller, billed: on }] = legs
    for (const leg of legsOver(legs, use.of(`${month} ${specification}`, specification))) {
      yield leg
      if (leg.word === 'unbilled-payable') billed.add(`${seller} ${on}`, { ...leg, amount: -leg.amount })
    }
  }
  for (const legs of byTransaction(record.rows<Leg>(billLegs)))
    yield* legsOver(legs, billed.of(`${legs[0].seller} ${legs[0].billed}`, 0n))
}

/**
 * Makes the table `attributed_shares(crowd, specification, month, measured, movement, ledger, amount)`: what of `booked` without a
 * buyer is of whose sales; crowd 0 has no buyer. Each row has a counterpart without a buyer, so no sum changes.
 */
export function prepareAttributedShares(record: RunRecord): void {
  prepareDays(record)
  prepareMetered(record)
  prepareRejected(record)
  const sums = new Map<string, bigint>()
  const names = ['crowd', 'specification', 'month', 'measured', 'movement', 'ledger'] as const
  record.keepComputed('attributed_shares', [...names], ['amount'], () => {
    for (const leg of attributed(record)) {
      const key = names.map((name) => leg[name]).join(' ')
      sums.set(key, (sums.get(key) ?? 0n) + leg.amount)
    }
    return [...sums].map(([key, amount]) => [...key.split(' ').map(BigInt), amount])
  })
}
