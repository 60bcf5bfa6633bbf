/** Two causes together that make all bills of theirs of ours: one is a source of its own, and the other is looked for in its bills. */
import { divideRounded } from '#base/decimal.ts'
import { accountFactorOfBills } from './account-factor.ts'
import { factorOfBills } from './bill-factor.ts'
import { structureOfBills, swappedAccounts } from './bill-structure.ts'
import { percentText, ROUND_RATE, type TaxedBill, taxOfBills } from './bill-tax.ts'
import { changedSource, timesFactor } from './changed-source.ts'
import { type Factor, factorReason, factorWithin, ONE } from './factor-range.ts'
import { billKey, type Figure, figuresOf, type InvoiceBill } from './invoices.ts'
import { lineRoundings, roundingReason, roundLine } from './line-roundings.ts'
import { pricesOfCharges } from './product-price.ts'
import type { RatedSource, SourceBill } from './rated-line.ts'
import { because, type Reason, together } from './reason.ts'

type InvoiceBills = ReadonlyMap<string, InvoiceBill>

/** One cause, and what it makes of ours. */
export interface First {
  readonly reason: Reason
  readonly source: RatedSource
}

/** A figure next to ours of another source. */
interface Compared {
  readonly bill: SourceBill
  readonly figure: Figure
  readonly ours: number
  readonly theirs: number
}

const keyOf = ({ account, month }: { account: string; month: number }): string => billKey(account, month)

function comparedOf(source: RatedSource, bills: readonly SourceBill[], invoices: InvoiceBills): Compared[] {
  return bills.flatMap((bill) => {
    const invoice = invoices.get(keyOf(bill))
    if (invoice === undefined) return []
    return figuresOf(invoice).map((figure): Compared => {
      const ours =
        figure === 'payable' ? bill.payable : figure === 'charges' ? bill.charges : source.totalOf(bill) - bill.charges
      return { bill, figure, ours: Number(ours), theirs: Number(invoice.figures[figure] ?? 0n) }
    })
  })
}

/** What fits by chance: the digits of all figures that differ have to be more than there are pairs of causes. */
const FEWEST_DIGITS = 10

/** Whether the invoices say enough for two causes not to be chance. */
export async function areTelling(source: RatedSource, invoices: InvoiceBills): Promise<boolean> {
  const differing = comparedOf(source, await source.bills(), invoices).filter(({ ours, theirs }) => ours !== theirs)
  const unit = (figure: Figure): number => (figure === 'payable' ? 10 ** (8 - source.decimals) : 1)
  const digits = differing.reduce((sum, { figure, theirs }) => sum + Math.log10(Math.max(1, theirs / unit(figure))), 0)
  return digits >= FEWEST_DIGITS
}

/** How often the log may still be gone through. */
interface Budget {
  passes: number
}

/** Hours that are left out or repeated are a small part of a bill. */
const SMALL = 0.05

/** The one cause that makes theirs of the bills of a source; what cannot be is not looked for. */
async function causeOfBills(source: RatedSource, invoices: InvoiceBills, budget: Budget): Promise<Reason | undefined> {
  const bills = await source.bills()
  const compared = comparedOf(source, bills, invoices)
  const accounts = new Set<string>()
  const gaps: number[] = []
  // Where one ratio of theirs to ours may be: of small payables that is a wide interval.
  const ratio = { low: 0, high: Number.POSITIVE_INFINITY }
  const minor = 10 ** (8 - source.decimals)
  for (const { bill, figure, ours, theirs } of compared) {
    if (ours !== theirs) accounts.add(bill.account)
    const slack = figure === 'payable' ? minor : 0
    if (ours > 0) {
      ratio.low = Math.max(ratio.low, (theirs - slack) / (ours + slack))
      ratio.high = Math.min(ratio.high, (theirs + slack) / Math.max(1, ours - slack))
    }
    gaps.push(Math.abs(theirs - ours) / Math.max(1, ours))
  }
  const keys = new Set(bills.map(keyOf))
  const missing = bills.filter((bill) => !invoices.has(keyOf(bill)))
  for (const { account } of missing) accounts.add(account)
  for (const [key, { account }] of invoices) if (!keys.has(key)) accounts.add(account)
  if (accounts.size === 0) return undefined
  if (accounts.size === 2) {
    const swapped = await swappedAccounts(source, invoices)
    if (swapped !== undefined) return swapped
  }
  if ([...invoices.keys()].some((key) => !keys.has(key))) return undefined
  if (accounts.size === 1 || gaps.every((gap) => gap < SMALL)) {
    budget.passes -= 2
    const found = await structureOfBills(source, invoices)
    if (found !== undefined) return found.cause === 'unexplained' ? undefined : found
  }
  if (missing.length > 0) return undefined
  const isEven = ratio.low < 1.01 * ratio.high
  if (isEven || compared.some(({ figure }) => figure === 'tax')) {
    budget.passes -= 3
    const taxed = await taxedBills(source, bills, invoices)
    const tax = taxOfBills(source, taxed, taxed)
    if (tax?.isOfAll === true) return tax.reason
    const factor = isEven ? await factorOfBills(source, taxed) : undefined
    if (factor !== undefined) return factor
  }
  if (accounts.size > 1) return undefined
  budget.passes -= 2
  return accountFactorOfBills(source, invoices)
}

async function taxedBills(
  source: RatedSource,
  bills: readonly SourceBill[],
  invoices: InvoiceBills,
): Promise<TaxedBill[]> {
  const taxed = bills.map((bill): TaxedBill => {
    const invoice = invoices.get(keyOf(bill)) as InvoiceBill
    return { bill, invoice, use: new Map(), orders: [] }
  })
  const byKey = new Map(taxed.map((each) => [keyOf(each.bill), each]))
  await source.each((line) => {
    const found = byKey.get(keyOf(line))
    if (found === undefined) return
    if (line.taxed !== undefined) found.orders.push(line.taxed)
    if (line.isOrder) return
    const what = `${line.kind} ${line.product}`
    found.use.set(what, (found.use.get(what) ?? 0n) + line.amount)
  })
  return taxed
}

/** What else may be the first of two causes, by what the bills show of it. */
async function otherFirsts(source: RatedSource, invoices: InvoiceBills, passes: number): Promise<First[]> {
  const resources = new Set<string>()
  const bills = await source.each(({ resource, isOrder }) => {
    if (!isOrder && resources.size <= MOST_RESOURCES) resources.add(resource)
  })
  const compared = comparedOf(source, bills, invoices)
  const found: First[] = []
  if (passes > lineRoundings.length)
    for (const rule of lineRoundings)
      found.push({
        reason: roundingReason(rule),
        source: changedSource(source, {
          amount: ({ amount }) => roundLine(amount, rule),
        }),
      })
  for (const rate of ratesShown(source, bills, invoices)) {
    const percent = source.policies['tax.percent']
    const rates = [percentText(rate)]
    const reason = because('tax rate', 'M-07', `tax.percent ${rates[0]} instead of ${percent}`, { rates })
    found.push({ reason, source: changedSource(source, { rate }) })
  }
  for (const price of compared.some(({ figure }) => figure !== 'charges')
    ? await pricesOfCharges(source, invoices)
    : [])
    found.push(price)
  for (const factor of factorsShown(compared, source.decimals)) {
    const reason = factorReason(factor, 'every line', source.policies['tax.percent'])
    found.push({
      reason,
      source: changedSource(source, { amount: ({ amount }) => timesFactor(amount, factor, source) }),
    })
  }
  for (const { account, factor } of accountFactorsShown(compared, source.decimals)) {
    const reason = factorReason(factor, 'every line', source.policies['tax.percent'])
    found.push({
      reason: { ...reason, text: `${reason.text}; of ${account} only` },
      source: changedSource(source, {
        amount: (line) => (line.account === account ? timesFactor(line.amount, factor, source) : line.amount),
      }),
    })
  }
  for (const [a, b] of pairsOf([...new Set(bills.map(({ account }) => account))]).slice(0, MOST_PAIRS))
    found.push({
      reason: because('swapped accounts', 'I-02', `the bills of ${a} and ${b} are swapped`),
      source: changedSource(source, { account: (name) => (name === a ? b : name === b ? a : name) }),
    })
  if (resources.size > Math.min(MOST_RESOURCES, passes / 2)) return found
  for (const name of resources)
    found.push(
      {
        reason: because('missing resource', 'Q-02', `no charge of ${name}`),
        source: changedSource(source, { times: ({ resource }) => (resource === name ? 0 : 1) }),
      },
      {
        reason: because('double charge', 'U-09', `every charge twice of ${name}`),
        source: changedSource(source, { times: ({ resource }) => (resource === name ? 2 : 1) }),
      },
    )
  return found
}

/** Resources that are tried as the ones that are missing or twice. */
const MOST_RESOURCES = 100
/** Pairs of accounts that are tried. */
const MOST_PAIRS = 100

export const pairsOf = <T>(all: readonly T[]): [T, T][] =>
  all.flatMap((a, index) => all.slice(index + 1).map((b): [T, T] => [a, b]))

/** Round rates of tax that two bills or more show. */
function ratesShown(source: RatedSource, bills: readonly SourceBill[], invoices: InvoiceBills): bigint[] {
  const votes = new Map<bigint, number>()
  for (const bill of bills) {
    const { payable, tax, charges } = invoices.get(keyOf(bill))?.figures ?? {}
    const of = charges ?? bill.charges
    const added = tax ?? (payable === undefined ? undefined : payable - of)
    if (added === undefined || added < 0n || of <= 0n) continue
    const rate = divideRounded(added * 10_000_000_000n, of * ROUND_RATE, 'half-up') * ROUND_RATE
    const unit = 10n ** BigInt(8 - source.decimals)
    const gap = (of * rate) / 10_000_000_000n - added
    if ((gap < 0n ? -gap : gap) <= unit + of / 20_000n) votes.set(rate, (votes.get(rate) ?? 0) + 1)
  }
  return [...votes]
    .filter(([rate, count]) => count > 1 && percentText(rate) !== source.policies['tax.percent'])
    .map(([rate]) => rate)
}

/** How far charges may be from a factor of ours that each of their lines is then rounded with. */
function slackOf(compared: readonly Compared[], { bill, figure }: Compared, decimals: number): bigint {
  if (figure === 'payable') return 10n ** BigInt(8 - decimals) + 1n
  const charges = compared.flatMap((each) => (each.figure === 'charges' ? [each.theirs] : []))
  const unit = [1e6, 1e5, 1e4, 1e3, 100, 10].find((each) => charges.every((theirs) => theirs % each === 0)) ?? 1
  return BigInt((bill.lines ?? 1_000) * unit) + 1n
}

/** Factors of few decimals that two bills or more show. */
function factorsShown(compared: readonly Compared[], decimals: number): Factor[] {
  const votes = new Map<string, { factor: Factor; count: number }>()
  for (const each of compared) {
    const { figure, ours, theirs } = each
    if (figure === 'tax' || ours <= 0) continue
    const slack = slackOf(compared, each, decimals)
    const [own, other] = [BigInt(ours), BigInt(theirs)]
    const low = other <= slack ? 1n : ((other - slack) * ONE) / own
    const factor = factorWithin({ low, high: ((other + slack) * ONE) / own })
    if (factor === undefined || factor.value === ONE || factor.value % (ONE / 10_000n) !== 0n) continue
    const key = `${factor.value} ${factor.isDivisor}`
    const vote = votes.get(key) ?? { factor, count: 0 }
    vote.count++
    votes.set(key, vote)
  }
  return [...votes.values()].filter(({ count }) => count > 1).map(({ factor }) => factor)
}

/** Factors of two decimals that the charges of a bill show, of one account each. */
function accountFactorsShown(compared: readonly Compared[], decimals: number): { account: string; factor: Factor }[] {
  const found = new Map<string, { account: string; factor: Factor }>()
  for (const each of compared) {
    const { bill, figure, ours, theirs } = each
    if (figure !== 'charges' || ours <= 0) continue
    const slack = slackOf(compared, each, decimals)
    const [own, other] = [BigInt(ours), BigInt(theirs)]
    const factor = factorWithin({ low: ((other - slack) * ONE) / own, high: ((other + slack) * ONE) / own })
    if (factor === undefined || factor.value === ONE || factor.value % (ONE / 100n) !== 0n) continue
    found.set(`${bill.account} ${factor.value} ${factor.isDivisor}`, { account: bill.account, factor })
  }
  return [...found.values()].slice(0, MOST_PAIRS)
}

/** All pairs of causes that give every bill, with so many passes of the log; of each pair the first is one of these or, with `hasOthers`, one that the bills show. */
export async function pairsOfBills(
  source: RatedSource,
  invoices: InvoiceBills,
  firsts: readonly First[],
  passes: number,
  hasOthers = true,
): Promise<Reason[]> {
  const found: Reason[] = []
  const budget: Budget = { passes }
  for (const first of [...firsts, ...(hasOthers ? await otherFirsts(source, invoices, passes) : [])]) {
    if (budget.passes < 0) break
    budget.passes--
    const second = await causeOfBills(first.source, invoices, budget)
    if (second !== undefined) found.push(together(first.reason, second))
  }
  return found
}
