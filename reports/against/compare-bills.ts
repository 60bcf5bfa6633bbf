/** Bills side by side: what a month of an account is charged, and which rule would have made their figure of it. */
import { formatInstant } from '#base/civil-time.ts'
import { toMinorUnits } from '#sim/billing/minor-units.ts'
import { type Prevailing, retaxed } from './bill-tax.ts'
import { commonCause } from './common-cause.ts'
import type { Difference, Differences } from './differences.ts'
import { billKey, type Figure, type InvoiceBill } from './invoices.ts'
import type { Alternative, RatedLine, RatedSource, SourceBill } from './rated-line.ts'
import { because, onlyOne, type Reason, reasonKey, together } from './reason.ts'
import { isNothing } from './variants.ts'

/** A reason that another rule gives for a whole month: how far it moves the sum of the charges. */
interface Move {
  use: bigint
  orders: bigint
  readonly reason: Reason
}

/** A bill in dispute, and what may explain it. */
interface Disputed {
  readonly bill: SourceBill
  readonly invoice: InvoiceBill
  readonly figure: Figure
  readonly theirs: bigint
  /** How far each other rule moves the sum of the charges. */
  readonly moves: Map<string, Move>
  /** How often each kind of use is charged, by what other rules make of it: they move the month by so many times as much. */
  readonly uses: Map<readonly Alternative[], { count: bigint; readonly amount: bigint }>
  /** Single lines and hours that come to the figure when they are left out, doubled or charged by another rule. */
  readonly singles: Map<string, Reason>
  reason: Reason | undefined
}

const ourFigure = (source: RatedSource, bill: SourceBill, figure: Figure): bigint =>
  figure === 'payable' ? bill.payable : figure === 'charges' ? bill.charges : source.totalOf(bill) - bill.charges

/**
 * Compares every bill. Where one cause explains all that differs, it is named for each; else every bill is gone through for
 * the rules and lines that may have made it so, and what fits by chance is not named.
 */
export async function compareBills(
  source: RatedSource,
  invoices: ReadonlyMap<string, InvoiceBill>,
  found: Differences,
): Promise<void> {
  const bills = await source.bills()
  const disputed = new Map<string, Disputed[]>()
  const missing: SourceBill[] = []
  const seen = new Set<string>()
  for (const bill of bills) {
    const key = billKey(bill.account, bill.month)
    seen.add(key)
    const invoice = invoices.get(key)
    if (invoice === undefined) missing.push(bill)
    else {
      const wrong = disputes(source, bill, invoice)
      if (wrong.length === 0) found.agrees++
      else disputed.set(key, wrong)
    }
  }
  const unknown = [...invoices].filter(([key, { figures }]) => !seen.has(key) && !isNothing(figures))
  const others = missing.length + unknown.length
  const total = disputed.size + others
  const common = total > 0 ? await commonCause({ source, bills, invoices, disputed, others }) : {}
  if (total > 1) found.oneCause = common.ofAll
  const one = found.oneCause
  const reason = one ?? common.ofDisputed
  if (reason === undefined && disputed.size > 0) await investigateBy(source, disputed, common.rate)
  for (const bill of missing) found.add({ ...missingBill(bill), ...one })
  for (const [first, ...further] of disputed.values()) {
    found.add({ ...differs(source, first), ...reason })
    for (const each of further) found.addFurther({ ...differs(source, each), ...reason })
  }
  for (const [, invoice] of unknown) found.add({ ...unknownBill(invoice), ...one })
}

/** Looks through the bills by the rate of tax that most of them are made by, then what is left by ours. */
async function investigateBy(
  source: RatedSource,
  disputed: ReadonlyMap<string, Disputed[]>,
  rate: Prevailing | undefined,
): Promise<void> {
  if (rate !== undefined) {
    const other = retaxed(source, rate.rate)
    // A figure that the rate alone explains has that cause; what else is wrong with a bill is looked for by the same rate.
    const open = new Map<string, Disputed[]>()
    for (const [key, wrong] of disputed) {
      const isExplained = wrong.every(({ bill, figure, theirs }) => figureBy(other, bill, figure) === theirs)
      if (isExplained) for (const each of wrong) each.reason = rate.reason
      else
        open.set(
          key,
          wrong.map((each) => ({
            ...each,
            reason: simpleReason(other, each.bill, each.invoice, each),
            moves: new Map(),
            uses: new Map(),
            singles: new Map(),
          })),
        )
    }
    if (open.size > 0) await investigate(other, open)
    for (const [key, wrong] of open)
      for (const [index, { reason, figure }] of wrong.entries())
        if (reason !== undefined && reason.cause !== 'unexplained')
          (disputed.get(key) as Disputed[])[index].reason =
            figure === 'charges' ? reason : together(reason, rate.reason)
  }
  await investigate(source, disputed)
}

/** A figure of a bill by another source, whose bills are the same before tax. */
const figureBy = (source: RatedSource, bill: SourceBill, figure: Figure): bigint => {
  const total = source.totalOf(bill)
  if (figure === 'charges') return bill.charges
  if (figure === 'tax') return total - bill.charges
  return toMinorUnits(total, source.decimals, source.policies['rounding.monthTotal'])
}

function disputes(source: RatedSource, bill: SourceBill, invoice: InvoiceBill): Disputed[] {
  const figures = Object.entries(invoice.figures) as [Figure, bigint][]
  return figures
    .filter(([figure, theirs]) => theirs !== ourFigure(source, bill, figure))
    .map(([figure, theirs]) => ({
      bill,
      invoice,
      figure,
      theirs,
      moves: new Map(),
      uses: new Map(),
      singles: new Map(),
      reason: simpleReason(source, bill, invoice, { figure, theirs }),
    }))
}

/** What needs no line to be seen. */
function simpleReason(
  source: RatedSource,
  bill: SourceBill,
  invoice: InvoiceBill,
  { figure, theirs }: { figure: Figure; theirs: bigint },
): Reason | undefined {
  const { decimals, policies } = source
  const ours = ourFigure(source, bill, figure)
  if (invoice.count > 1 && theirs === ours * BigInt(invoice.count))
    return { cause: 'double charge', rule: 'I-03', text: `${invoice.count} bills of the same month` }
  if (figure !== 'payable') return undefined
  const total = source.totalOf(bill)
  if (theirs === total)
    return { cause: 'rounding', rule: 'M-02', text: `the sum of the charges, not rounded to ${decimals} decimals` }
  if (theirs === toMinorUnits(total, decimals, 'truncate'))
    return { cause: 'rounding', rule: 'M-02', text: `the payable truncated to ${decimals} decimals` }
  if (total !== bill.charges && theirs === toMinorUnits(bill.charges, decimals, policies['rounding.monthTotal']))
    return { cause: 'other switch', rule: 'M-07', text: 'the use of the month without its tax' }
  return undefined
}

/** Goes through the lines again, twice at most: whole months by another rule, then single lines left out or doubled. */
async function investigate(source: RatedSource, disputed: ReadonlyMap<string, Disputed[]>): Promise<void> {
  const comesTo: ComesTo = (each, use, orders) => {
    const charges = each.bill.charges + use + orders
    if (charges < 0n) return false
    if (each.figure === 'charges') return charges === each.theirs
    const total = source.totalOf(each.bill, { use, orders })
    if (each.figure === 'tax') return total - charges === each.theirs
    return toMinorUnits(total, source.decimals, source.policies['rounding.monthTotal']) === each.theirs
  }
  const inMonthOfUse = because('hour boundary', 'U-08', 'hours billed in the month of their use')
  await source.each((line) => {
    for (const each of disputed.get(billKey(line.account, line.month)) ?? [])
      if (each.reason === undefined) gather(each, line)
    if (line.hourMonth === line.month) return
    for (const [month, sign] of [
      [line.month, -1n],
      [line.hourMonth, 1n],
    ] as const)
      for (const each of disputed.get(billKey(line.account, month)) ?? [])
        move(each, inMonthOfUse, sign * line.amount, line.isOrder)
  })
  const open = [...disputed.values()].flat().filter((each) => each.reason === undefined)
  for (const each of open) moveUses(each)
  const moved = nameMoves(open, comesTo)
  const left = open.filter(({ reason }) => reason === undefined)
  if (left.length === 0) return
  await nameSingles(source, disputed, left, comesTo)
  for (const each of chanceMoves(open, moved)) each.reason = undefined
}

/**
 * Bills that a rule comes to by chance: it holds for all bills alike, and more of those that it would change have no reason than it
 * explains.
 */
function chanceMoves(open: readonly Disputed[], moved: ReadonlyMap<Disputed, string>): Disputed[] {
  const against = new Map<string, number>()
  for (const { reason, moves } of open)
    if (reason === undefined)
      for (const [key, { use, orders }] of moves) if (use + orders !== 0n) against.set(key, (against.get(key) ?? 0) + 1)
  const explained = Map.groupBy(moved, ([, key]) => key)
  return [...explained].flatMap(([key, bills]) =>
    (against.get(key) ?? 0) > bills.length ? bills.map(([each]) => each) : [],
  )
}

/** Whole months by another rule: the rule that explains most bills comes first. Returns the rule of each bill that one alone explains. */
function nameMoves(open: readonly Disputed[], comesTo: ComesTo): Map<Disputed, string> {
  const named = new Map<Disputed, string>()
  const fitting = new Map(
    open.map((each) => [
      each,
      [...each.moves.values()].filter(({ use, orders }) => use + orders !== 0n && comesTo(each, use, orders)),
    ]),
  )
  const fits = new Map<string, number>()
  for (const { reason } of [...fitting.values()].flat())
    fits.set(reasonKey(reason), (fits.get(reasonKey(reason)) ?? 0) + 1)
  const countOf = ({ reason }: Move): number => fits.get(reasonKey(reason)) ?? 0
  for (const [each, moves] of fitting) {
    const sorted = moves.toSorted((a, b) => countOf(b) - countOf(a))
    const most = sorted.filter((other) => countOf(other) === countOf(sorted[0]))
    if (most.length === 1) named.set(each, reasonKey(most[0].reason))
    if (most.length > 0)
      each.reason = onlyOne(
        most.map(({ reason }) => ({ ...reason, text: `the whole month: ${reason.text}` })),
        '',
      )
  }
  return named
}

/**
 * Single lines and hours. Of many lines one comes to a gap by chance, so a cause is named only where no other fits, and not
 * where most bills remain without any.
 */
async function nameSingles(
  source: RatedSource,
  disputed: ReadonlyMap<string, Disputed[]>,
  left: readonly Disputed[],
  comesTo: ComesTo,
): Promise<void> {
  const { 'time.utcOffset': utcOffset } = source.policies
  const hours = new Map(left.slice(0, MOST_BY_HOUR).map((each) => [each, new Map<string, Map<number, bigint>>()]))
  const tried = new Map(left.map((each) => [each, new Set<readonly Alternative[]>()]))
  await source.each((line) => {
    for (const each of disputed.get(billKey(line.account, line.month)) ?? []) {
      if (each.reason !== undefined) continue
      if (isNew(tried.get(each), line))
        for (const reason of singleLine(each, line, comesTo, utcOffset)) keep(each, reason)
      const resources = hours.get(each)
      if (resources === undefined) continue
      let sums = resources.get(line.resource)
      if (sums === undefined) resources.set(line.resource, (sums = new Map()))
      sums.set(line.hour, (sums.get(line.hour) ?? 0n) + line.amount)
    }
  })
  for (const [each, resources] of hours)
    if (each.singles.size === 0)
      for (const [resource, sums] of resources)
        for (const reason of wholeHour(each, resource, sums, comesTo, utcOffset)) keep(each, reason)
  const explained = left.filter(({ singles }) => singles.size > 0)
  if (left.length - explained.length > explained.length) return
  for (const each of explained) each.reason = onlyOne([...each.singles.values()], '')
}

/** Whether no equal use was tried on the bill: what one comes to, all of them do. */
function isNew(tried: Set<readonly Alternative[]> | undefined, line: RatedLine): boolean {
  if (tried === undefined || line.isOrder) return true
  const alternatives = line.alternatives()
  if (tried.has(alternatives)) return false
  if (tried.size < MOST_USES) tried.add(alternatives)
  return true
}

/** One example of each cause is enough. */
function keep(each: Disputed, reason: Reason): void {
  if (!each.singles.has(reason.cause)) each.singles.set(reason.cause, reason)
}

/** Bills whose hours are held in memory to be tried one by one. */
const MOST_BY_HOUR = 1_000

/** In civil time: `2024-03-01T08:00`. */
const hourText = (hour: number, utcOffset: number): string => formatInstant(hour, utcOffset).slice(0, 16)

/** Whether a bill with other charges is what they say: use, which is taxed with the bill, and orders with their tax. */
type ComesTo = (each: Disputed, use: bigint, orders: bigint) => boolean

/** Server and image of one hour together, twice or not at all. */
function* wholeHour(
  each: Disputed,
  resource: string,
  sums: ReadonlyMap<number, bigint>,
  comesTo: ComesTo,
  utcOffset: number,
): Generator<Reason> {
  for (const [hour, amount] of sums) {
    if (amount === 0n) continue
    const what = (): string => `such as ${resource}, ${hourText(hour, utcOffset)}`
    if (comesTo(each, -amount, 0n)) yield because('missing hour', 'Q-02', `${what()} not charged`)
    if (comesTo(each, amount, 0n)) yield because('double charge', 'U-09', `${what()} charged twice`)
  }
}

function move(each: Disputed, reason: Reason, gap: bigint, isOrder: boolean): void {
  const key = reasonKey(reason)
  const known = each.moves.get(key) ?? { use: 0n, orders: 0n, reason }
  each.moves.set(key, known)
  known[isOrder ? 'orders' : 'use'] += gap
}

/** Kinds of use that are counted before they are added up. */
const MOST_USES = 1_000

function gather(each: Disputed, line: RatedLine): void {
  const alternatives = line.alternatives()
  if (line.isOrder) {
    moveBy(each, alternatives, line.amount, 1n, true)
    return
  }
  const known = each.uses.get(alternatives)
  if (known !== undefined) known.count++
  else {
    if (each.uses.size >= MOST_USES) moveUses(each)
    each.uses.set(alternatives, { count: 1n, amount: line.amount })
  }
}

function moveUses(each: Disputed): void {
  for (const [alternatives, { count, amount }] of each.uses) moveBy(each, alternatives, amount, count, false)
  each.uses.clear()
}

/** Moves the month by what other rules make of so many equal charges. */
function moveBy(
  each: Disputed,
  alternatives: readonly Alternative[],
  ours: bigint,
  count: bigint,
  isOrder: boolean,
): void {
  const moved = new Set<string>()
  for (const { amount, cause, rule, text } of alternatives) {
    const reason = because(cause, rule, text)
    // Two prices of one name are two alternatives of one text: the first of them moves the month.
    if (moved.has(reasonKey(reason))) continue
    moved.add(reasonKey(reason))
    move(each, reason, (amount - ours) * count, isOrder)
  }
}

/** One line charged twice, not at all, or by another rule. */
function* singleLine(each: Disputed, line: RatedLine, comesTo: ComesTo, utcOffset: number): Generator<Reason> {
  const { amount } = line
  if (amount === 0n) return
  const { isOrder } = line
  const isSo = (gap: bigint): boolean => (isOrder ? comesTo(each, 0n, gap) : comesTo(each, gap, 0n))
  const such = (): string =>
    `such as ${isOrder ? line.resource : `${line.resource}, ${line.product}, ${hourText(line.hour, utcOffset)}`}`
  if (isSo(amount)) yield because('double charge', 'U-09', `${such()} charged twice`)
  if (isSo(-amount))
    yield isOrder
      ? because('missing order', 'O-05', `${such()} not charged`)
      : because('missing hour', 'Q-02', `${such()} not charged`)
  for (const other of line.alternatives())
    if (other.amount !== line.amount && isSo(other.amount - amount))
      yield because(other.cause, other.rule, `${such()} ${other.text}`)
}

const FEW_UNITS = 1_000n

function differs(source: RatedSource, { bill, invoice, figure, theirs, reason }: Disputed): Difference {
  const ours = ourFigure(source, bill, figure)
  const gap = theirs > ours ? theirs - ours : ours - theirs
  const guessed: Reason =
    gap <= FEW_UNITS
      ? { cause: 'rounding', rule: 'M-02', text: 'a few units of the last decimal' }
      : { cause: 'unexplained', rule: '', text: 'no single rule or line gives that amount' }
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

const missingBill = (bill: SourceBill): Difference => ({
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

const unknownBill = (invoice: InvoiceBill): Difference => ({
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
