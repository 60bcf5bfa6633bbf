/** One thing that bills have on top of their charges: a fee, a least amount, another rounding of what is payable. */
import { formatMonth } from '#base/civil-time.ts'
import { formatAmount } from '#base/money.ts'
import { toMinorUnits } from '#sim/billing/minor-units.ts'
import { billKey, type Figure, type InvoiceBill } from './invoices.ts'
import type { RatedSource, SourceBill } from './rated-line.ts'
import { because, type Reason } from './reason.ts'

interface Pair {
  readonly account: string
  readonly month: number
  readonly ours: bigint
  readonly theirs: bigint
}

/** What one rounding of bills comes to by chance is no more than that. */
const FEWEST_BILLS = 3
/** Of bills that state their charges two say as much. */
const FEW_BILLS = 2
const CENT = 1_000_000n

export async function amountOfBills(
  source: RatedSource,
  invoices: ReadonlyMap<string, InvoiceBill>,
): Promise<readonly Reason[]> {
  const bills = await source.bills()
  if (bills.length !== invoices.size || bills.length < FEWEST_BILLS) return []
  const pairs = (figure: Figure, of: (bill: SourceBill) => bigint): Pair[] | undefined => {
    const found: Pair[] = []
    for (const bill of bills) {
      const theirs = invoices.get(billKey(bill.account, bill.month))?.figures[figure]
      if (theirs === undefined) return undefined
      found.push({ account: bill.account, month: bill.month, ours: of(bill), theirs })
    }
    return found
  }
  const total = (bill: SourceBill): bigint => source.totalOf(bill)
  const charges = pairs('charges', (bill) => bill.charges)
  const payables = pairs('payable', total)
  const tax = pairs('tax', (bill) => total(bill) - bill.charges)
  const agree = (all: readonly Pair[] | undefined): boolean => all?.every(({ ours, theirs }) => ours === theirs) ?? true
  if (charges !== undefined && !agree(charges)) {
    // What is on top of the charges is taxed and rounded with them.
    const follow = bills.every((bill, index) => {
      const use = charges[index].theirs - bill.charges
      const sum = source.totalOf(bill, { use, orders: 0n })
      const payable = toMinorUnits(sum, source.decimals, source.policies['rounding.monthTotal'])
      return (
        (tax === undefined || tax[index].theirs === sum - charges[index].theirs) &&
        (payables === undefined || payables[index].theirs === payable)
      )
    })
    return follow ? ofSums(charges, 1n) : []
  }
  if (payables === undefined || !agree(tax)) return []
  const minor = 10n ** BigInt(8 - source.decimals)
  const rounded = roundingOf(payables, minor)
  return rounded === undefined
    ? ofSums(
        payables.map((pair, index) => ({ ...pair, ours: bills[index].payable })),
        minor,
      )
    : [rounded]
}

/** The same amount added to each, or at least an amount for each. */
function ofSums(pairs: readonly Pair[], minor: bigint): Reason[] {
  const differing = pairs.filter(({ ours, theirs }) => ours !== theirs)
  if (differing.length === 0) return []
  const [{ ours, theirs }] = differing
  const gap = theirs - ours
  const found: Reason[] = []
  const isLarge = (gap < 0n ? -gap : gap) > 10n * minor
  if (
    isLarge &&
    differing.length >= FEWEST_BILLS &&
    pairs.every((each) => each.theirs === atLeast(each.ours + gap, 0n))
  )
    found.push(
      gap > 0n
        ? because('surcharge', 'M-06', `${formatAmount(gap)} added to every bill`)
        : because('discount', 'M-06', `${formatAmount(-gap)} taken off every bill`),
    )
  else {
    const of = isLarge ? someBills(pairs, differing, minor) : undefined
    if (of !== undefined) found.push(of)
  }
  if (differing.length > 1 && pairs.every((each) => each.theirs === atLeast(each.ours, theirs)))
    found.push(because('surcharge', 'M-06', `at least ${formatAmount(theirs)} for every bill`))
  // One bill alone is at most what it is: a limit that people set shows in its zeros.
  const isLimit = differing.length > 1 || (minor === 1n && theirs % (100n * CENT) === 0n)
  if (theirs > 0n && isLimit && pairs.every((each) => each.theirs === (each.ours > theirs ? theirs : each.ours)))
    found.push(because('discount', 'M-06', `at most ${formatAmount(theirs)} for every bill`))
  return found
}

/** Whole units of a currency: what several bills lack by chance is none. */
const WHOLE = 100n * CENT

/** One amount on all bills of an account or of a month, or on the first bill of each account, as a credit for new customers is. */
function someBills(pairs: readonly Pair[], differing: readonly Pair[], minor: bigint): Reason | undefined {
  const whole = differing.find(({ theirs }) => theirs > 0n)
  if (whole === undefined || differing.length < (minor === 1n ? FEW_BILLS : FEWEST_BILLS)) return undefined
  const gap = whole.theirs - whole.ours
  if (gap % (minor === 1n ? CENT : WHOLE) !== 0n) return undefined
  if (!differing.every(({ ours, theirs }) => theirs === atLeast(ours + gap, 0n))) return undefined
  const firsts = new Map<string, number>()
  for (const { account, month } of pairs) firsts.set(account, Math.min(firsts.get(account) ?? month, month))
  const areAll = (isOf: (pair: Pair) => boolean): boolean =>
    pairs.every((pair) => differing.includes(pair) === isOf(pair))
  const said: string[] = []
  if (firsts.size > 1 && areAll(({ account, month }) => month === firsts.get(account)))
    said.push('the first bill of each account')
  if (areAll(({ account }) => account === whole.account)) said.push(`every bill of ${whole.account}`)
  if (areAll(({ month }) => month === whole.month)) said.push(`every bill of ${formatMonth(whole.month)}`)
  if (said.length === 0) return undefined
  const where = said.join(', or ')
  return gap > 0n
    ? because('surcharge', 'M-06', `${formatAmount(gap)} added to ${where}`)
    : because('discount', 'M-06', `${formatAmount(-gap)} taken off ${where}`)
}

const atLeast = (amount: bigint, least: bigint): bigint => (amount < least ? least : amount)

/** How a payable may be rounded: to a unit, up or to the nearest. */
function roundingOf(pairs: readonly Pair[], minor: bigint): Reason | undefined {
  const units = [1n, 5n, 10n, 100n].map((count) => minor * count)
  for (const unit of units)
    for (const [mode, add] of [
      ['up', unit - 1n],
      ['half-up', unit / 2n],
      ['truncate', 0n],
    ] as const) {
      if (unit === minor && mode !== 'up') continue
      if (pairs.every(({ ours, theirs }) => ours >= 0n && theirs === ((ours + add) / unit) * unit))
        return because('rounding', 'M-02', `every payable rounded to ${formatAmount(unit)}, ${mode}`)
    }
  return undefined
}
