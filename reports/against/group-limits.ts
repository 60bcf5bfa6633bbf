/** A limit on what each day, or each resource of a month, comes to: at most an amount, at least one, or what is beyond one. */
import { formatAmount } from '#base/money.ts'
import { figureOf } from './bill-structure.ts'
import { billKey, figuresOf, type InvoiceBill } from './invoices.ts'
import { stateCharges } from './moved-use.ts'
import type { RatedSource, SourceBill } from './rated-line.ts'
import { because, type Reason, uncertain } from './reason.ts'
import { type Range, simplestOf, whereEqual } from './simplest.ts'

const CENT = 1_000_000n
const MOST = 1_000_000n * 100n * CENT
/** Of payables, limits that people set. */
const ROUND = 50n * CENT
/** Bills that differ, at least: of payables one more. */
const FEWEST_BILLS = 2

interface Grouped {
  readonly source: RatedSource
  readonly bills: readonly SourceBill[]
  readonly invoices: ReadonlyMap<string, InvoiceBill>
  readonly name: string
  /** What the groups of each bill come to. */
  readonly sums: ReadonlyMap<string, ReadonlyMap<string, bigint>>
}

/** What a limit makes of a sum; `sign` is that of what a higher limit does. */
interface Way {
  readonly of: (sum: bigint, limit: bigint) => bigint
  readonly sign: 1n | -1n
  readonly text: (limit: string, name: string) => string
  readonly cause: 'discount' | 'surcharge'
}

const nameOf = (name: string): string => (name === 'resource' ? 'resource and month' : name)

const ways: readonly Way[] = [
  {
    of: (sum, limit) => (sum > limit ? limit : sum),
    ...{ sign: 1n, cause: 'discount' },
    text: (limit, name) => `at most ${limit} for each ${nameOf(name)}`,
  },
  {
    of: (sum, limit) => (sum < limit ? limit : sum),
    ...{ sign: 1n, cause: 'surcharge' },
    text: (limit, name) => `at least ${limit} for each ${nameOf(name)}`,
  },
  {
    of: (sum, limit) => (sum > limit ? sum - limit : 0n),
    ...{ sign: -1n, cause: 'discount' },
    text: (limit, name) => `the first ${limit} of each ${nameOf(name)} free`,
  },
]

/** The limit that gives every bill; undefined where there is none, or where too few bills show it. */
export function limitsOfGroups(grouped: Grouped): Reason | undefined {
  const { source, bills, invoices, name } = grouped
  const differing = bills.filter((bill) => {
    const invoice = invoices.get(billKey(bill.account, bill.month))
    return (
      invoice === undefined ||
      figuresOf(invoice).some((each) => figureOf(source, bill, each, 0n) !== invoice.figures[each])
    )
  })
  const isExact = stateCharges(invoices)
  if (differing.length < FEWEST_BILLS + (isExact ? 0 : 1)) return undefined
  const found: Reason[] = []
  for (const way of ways) {
    const range = limitsOf(grouped, way)
    const [limit] = range === undefined ? [] : simplestOf(range, 1_000n * 100n * CENT, 1)
    if (limit === undefined || limit === 0n || limit % (isExact ? CENT : ROUND) !== 0n) continue
    found.push(because(way.cause, 'M-06', way.text(formatAmount(limit), name)))
  }
  return found.length < 2 ? found[0] : uncertain(found)
}

function limitsOf({ source, bills, invoices, sums }: Grouped, { of, sign }: Way): Range | undefined {
  // Numbers that rise with the charges: the limit, or what it is below the highest one.
  const limitAt = (value: bigint): bigint => (sign > 0n ? value : MOST - value)
  let range: Range | undefined = { low: 0n, high: MOST }
  for (const bill of bills) {
    const key = billKey(bill.account, bill.month)
    const own = [...(sums.get(key)?.values() ?? [])]
    const moved = (value: bigint): bigint => own.reduce((use, sum) => use + of(sum, limitAt(value)) - sum, 0n)
    const invoice = invoices.get(key)
    if (invoice === undefined) return undefined
    for (const figure of figuresOf(invoice)) {
      const theirs = invoice.figures[figure] ?? 0n
      range = range && whereEqual((value) => figureOf(source, bill, figure, moved(value)), theirs, range)
      if (range === undefined) return undefined
    }
  }
  return sign > 0n ? range : { low: MOST - range.high, high: MOST - range.low }
}
