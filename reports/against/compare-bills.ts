/** Bills side by side: what a month of an account is charged, and which rule would have made their figure of it. */
import { formatInstant } from '#sim/billing/civil-time.ts'
import { monthTotal, toMinorUnits } from '#sim/billing/month-total.ts'
import type { Difference, Differences } from './differences.ts'
import { billKey, type Figure, type InvoiceBill } from './invoices.ts'
import type { Cause, RatedLine, RatedSource, SourceBill } from './rated-line.ts'

type Reason = Pick<Difference, 'cause' | 'rule' | 'text'>

/** A bill in dispute, and what a whole month by another rule would come to. */
interface Disputed {
  readonly bill: SourceBill
  readonly invoice: InvoiceBill
  readonly figure: Figure
  readonly theirs: bigint
  /** How far each other rule moves the sum of the charges. */
  readonly moves: Map<string, { gap: bigint; cause: Cause; rule: string }>
  reason: Reason | undefined
}

const ourFigure = (bill: SourceBill, figure: Figure): bigint => (figure === 'payable' ? bill.payable : bill.charges)

/** Compares every bill; those that differ are gone through line by line for what may have made them so. */
export async function compareBills(
  source: RatedSource,
  invoices: ReadonlyMap<string, InvoiceBill>,
  found: Differences,
): Promise<void> {
  const bills = await source.each(() => {})
  const disputed = new Map<string, Disputed[]>()
  const seen = new Set<string>()
  for (const bill of bills) {
    const key = billKey(bill.account, bill.month)
    seen.add(key)
    const invoice = invoices.get(key)
    if (invoice === undefined) found.add(missing(bill))
    else {
      const wrong = disputes(bill, invoice, source.decimals)
      if (wrong.length === 0) found.agrees++
      else disputed.set(key, wrong)
    }
  }
  if (disputed.size > 0) await investigate(source, disputed)
  for (const [first, ...further] of disputed.values()) {
    found.add(differs(first))
    for (const each of further) found.addFurther(differs(each))
  }
  for (const [key, invoice] of invoices) if (!seen.has(key)) found.add(unknown(invoice))
}

function disputes(bill: SourceBill, invoice: InvoiceBill, decimals: number): Disputed[] {
  const figures = Object.entries(invoice.figures) as [Figure, bigint][]
  return figures
    .filter(([figure, theirs]) => theirs !== ourFigure(bill, figure) || invoice.count > 1)
    .map(([figure, theirs]) => ({
      bill,
      invoice,
      figure,
      theirs,
      moves: new Map(),
      reason: simpleReason(bill, invoice, { figure, theirs, decimals }),
    }))
}

/** What needs no line to be seen. */
function simpleReason(
  bill: SourceBill,
  invoice: InvoiceBill,
  { figure, theirs, decimals }: { figure: Figure; theirs: bigint; decimals: number },
): Reason | undefined {
  const ours = ourFigure(bill, figure)
  if (invoice.count > 1 && theirs === ours * BigInt(invoice.count))
    return { cause: 'double charge', rule: 'I-03', text: `${invoice.count} bills of the same month` }
  if (figure === 'payable' && theirs === bill.charges)
    return { cause: 'rounding', rule: 'M-02', text: `the sum of the charges, not brought to ${decimals} decimals` }
  if (figure === 'payable' && theirs === toMinorUnits(bill.charges, decimals, 'truncate'))
    return { cause: 'rounding', rule: 'M-02', text: `the payable truncated to ${decimals} decimals` }
  return undefined
}

/** Goes through the lines again, twice at most: whole months by another rule, then single lines left out or doubled. */
async function investigate(source: RatedSource, disputed: ReadonlyMap<string, Disputed[]>): Promise<void> {
  const comesTo: ComesTo = (each, charges) => {
    if (charges < 0n) return false
    return (
      (each.figure === 'payable' ? monthTotal([charges], source.policies, source.decimals).payable : charges) ===
      each.theirs
    )
  }
  await source.each((line) => {
    for (const each of disputed.get(billKey(line.account, line.month)) ?? [])
      if (each.reason === undefined) gather(each, line)
    if (line.hourMonth === line.month) return
    for (const [month, sign] of [
      [line.month, -1n],
      [line.hourMonth, 1n],
    ] as const)
      for (const each of disputed.get(billKey(line.account, month)) ?? [])
        move(each, 'hours billed in the month of their use', sign * BigInt(line.amount), 'hour boundary', 'U-08')
  })
  const open = [...disputed.values()].flat().filter((each) => each.reason === undefined)
  for (const each of open)
    for (const [text, { gap, cause, rule }] of each.moves)
      if (gap !== 0n && each.reason === undefined && comesTo(each, each.bill.charges + gap))
        each.reason = { cause, rule, text: `the whole month: ${text}` }
  const { 'time.utcOffset': utcOffset } = source.policies
  const left = open.filter(({ reason }) => reason === undefined)
  if (left.length === 0) return
  const hours = new Map(left.slice(0, MOST_BY_HOUR).map((each) => [each, new Map<string, bigint>()]))
  await source.each((line) => {
    for (const each of disputed.get(billKey(line.account, line.month)) ?? []) {
      if (each.reason !== undefined) continue
      each.reason = singleLine(each, line, comesTo, utcOffset)
      const sums = hours.get(each)
      const key = `${line.resource}, ${hourText(line.hour, utcOffset)}`
      sums?.set(key, (sums.get(key) ?? 0n) + BigInt(line.amount))
    }
  })
  for (const [each, sums] of hours) each.reason ??= wholeHour(each, sums, comesTo)
}

/** Bills whose hours are held in memory to be tried one by one. */
const MOST_BY_HOUR = 1_000

/** In civil time: `2024-03-01T08:00`. */
const hourText = (hour: number, utcOffset: number): string => formatInstant(hour, utcOffset).slice(0, 16)

type ComesTo = (each: Disputed, charges: bigint) => boolean

/** Server and image of one hour together, twice or not at all. */
function wholeHour(each: Disputed, sums: ReadonlyMap<string, bigint>, comesTo: ComesTo): Reason | undefined {
  for (const [what, amount] of sums) {
    if (amount === 0n) continue
    if (comesTo(each, each.bill.charges - amount))
      return { cause: 'missing hour', rule: 'Q-02', text: `such as ${what} not charged` }
    if (comesTo(each, each.bill.charges + amount))
      return { cause: 'double charge', rule: 'U-09', text: `such as ${what} charged twice` }
  }
  return undefined
}

function move(each: Disputed, text: string, gap: bigint, cause: Cause, rule: string): void {
  const known = each.moves.get(text)
  if (known === undefined) each.moves.set(text, { gap, cause, rule })
  else known.gap += gap
}

function gather(each: Disputed, line: RatedLine): void {
  for (const other of line.alternatives())
    move(each, other.text, BigInt(other.amount - line.amount), other.cause, other.rule)
}

/** One line charged twice, not at all, or by another rule. */
function singleLine(each: Disputed, line: RatedLine, comesTo: ComesTo, utcOffset: number): Reason | undefined {
  const { charges } = each.bill
  const amount = BigInt(line.amount)
  if (amount === 0n) return undefined
  const what = `${line.resource}, ${line.product}, ${hourText(line.hour, utcOffset)}`
  if (comesTo(each, charges + amount))
    return { cause: 'double charge', rule: 'U-09', text: `such as ${what} charged twice` }
  if (comesTo(each, charges - amount))
    return { cause: 'missing hour', rule: 'Q-02', text: `such as ${what} not charged` }
  for (const other of line.alternatives())
    if (other.amount !== line.amount && comesTo(each, charges - amount + BigInt(other.amount)))
      return { cause: other.cause, rule: other.rule, text: `such as ${what} ${other.text}` }
  return undefined
}

const FEW_UNITS = 1_000n

function differs({ bill, invoice, figure, theirs, reason }: Disputed): Difference {
  const ours = ourFigure(bill, figure)
  const gap = theirs > ours ? theirs - ours : ours - theirs
  const guessed: Reason =
    gap <= FEW_UNITS
      ? { cause: 'rounding', rule: 'M-02', text: 'a few units of the last decimal' }
      : { cause: 'unexplained', rule: '', text: 'no single rule or line comes to that figure' }
  return {
    ...ofBill(bill),
    verdict: 'differs',
    figure,
    ours,
    theirs,
    line: invoice.line,
    ...(gap <= 10n ? guessed : (reason ?? guessed)),
  }
}

const ofBill = ({ account, month }: { account: string; month: number }) => ({
  account,
  month,
  resource: '',
  hour: undefined,
  product: '',
})

const missing = (bill: SourceBill): Difference => ({
  ...ofBill(bill),
  verdict: 'missing',
  figure: 'payable',
  ours: bill.payable,
  theirs: undefined,
  line: 0,
  cause: 'unexplained',
  rule: 'I-02',
  text: 'no bill of this account and month',
})

const unknown = (invoice: InvoiceBill): Difference => ({
  ...ofBill(invoice),
  verdict: 'unknown',
  figure: invoice.figures.payable === undefined ? 'charges' : 'payable',
  ours: undefined,
  theirs: invoice.figures.payable ?? invoice.figures.charges,
  line: invoice.line,
  cause: 'unexplained',
  rule: 'I-02',
  text: 'we charge this account nothing in this month',
})
