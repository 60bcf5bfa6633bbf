/** `meter USAGE --prices CARD.yaml`: events of any metric, rated by a rate card. */
import { formatInstant, formatMonth } from '#base/civil-time.ts'
import { decimalText, grouped } from '#base/decimal-text.ts'
import { InputError } from '#base/input-error.ts'
import { formatAmount, moneyText, payableText } from '#base/money.ts'
import type { PaidBill, PrepaidMovement } from '#sim/usage-rating/prepaid.ts'
import type { UsageBill, UsageLine } from '#sim/usage-rating/usage-line.ts'
import type { UsageProblem } from '#sim/usage-rating/usage-log.ts'
import type { Arguments } from './command.ts'
import { type ExitCode, exitCodes } from './exit-codes.ts'
import type { FocusVersion } from './focus-version.ts'
import { rateCardAt, sentTwice, subscriptionsOf, untilOf } from './metering-input.ts'
import { intoFolder, type OutputFolder } from './output-files.ts'
import { policiesAsked } from './policy-options.ts'
import { endWith } from './streams.ts'
import { askedConventions, columnOptions, tableFile } from './table-options.ts'
import { printable } from './terminal.ts'

const SHOWN = 20
const count = (value: number): string => grouped(String(value))

interface Problem {
  readonly line: number
  readonly kind: UsageProblem
  readonly text: string
}

interface Rated {
  readonly rows: number
  readonly taken: number
  readonly repeats: number
  readonly corrections: number
  readonly unmeasured: number
  readonly lines: number
  readonly bills: readonly (UsageBill | PaidBill)[]
  /** The first ones, and how many there are. */
  readonly problems: readonly Problem[]
  readonly wrong: number
}

async function rate(
  path: string,
  arguments_: Arguments,
  focus: FocusVersion | undefined,
  folder: OutputFolder | undefined,
): Promise<Rated> {
  const { csvField, csvLine } = await import('#base/csv-text.ts')
  const { problemsHead } = await import('#sim/metering-log/hours-csv.ts')
  const { readUsage, usageRoles } = await import('#sim/usage-rating/usage-log.ts')
  const prices = arguments_.filled('prices', 'write --prices CARD.yaml') ?? ''
  const policies = await policiesAsked(arguments_)
  const until = await untilOf(arguments_.filled('until', 'write --until 2024-02-01T00:00:00+08:00'))
  const card = await rateCardAt(prices, policies['time.utcOffset'])
  const log = await tableFile(path, 'a file of usage events', arguments_)
  const problems: Problem[] = []
  let wrong = 0
  const file = folder?.file('problems.csv')
  file?.write(problemsHead)
  const { rater, ...read } = await readUsage({
    file: log.name,
    open: log.open,
    options: { ...askedConventions(arguments_), ...columnOptions(arguments_, usageRoles) },
    subscriptions: await subscriptionsOf(arguments_),
    ...{ card, policies, until },
    onProblem(line, kind, text) {
      if (arguments_.flag('strict'))
        throw new InputError(
          `the first problem stops (--strict): ${text}`,
          'correct the line, or remove --strict and rate the rest',
          `${log.name}, line ${line}`,
        )
      wrong++
      if (problems.length < SHOWN) problems.push({ line, kind, text })
      file?.write(csvLine([String(line), kind, text]))
    },
  })
  const firstBill = await monthAsked(arguments_.filled('first-bill', 'write --first-bill 2024-05'))
  const all = [...rater.lines(until)]
  const lines = all.filter(({ bill }) => bill >= firstBill)
  const hasPayments = card.prepaid.length + card.cashCoupons.length > 0
  // A balance depends on every bill before.
  const paid = hasPayments ? rater.paid([...rater.bills(all)], all, until) : undefined
  const bills = paid?.bills.filter(({ month }) => month >= firstBill) ?? [...rater.bills(lines)]
  if (focus === undefined) {
    const columns = [...new Set(card.metrics.flatMap(({ dimensions }) => dimensions))]
    const linesFile = folder?.file('lines.csv')
    const utcOffset = card.offers.size > 0 ? policies['time.utcOffset'] : undefined
    const head = [
      ...lineHead.slice(0, 4),
      ...columns,
      ...(utcOffset === undefined ? [] : partHead),
      ...lineHead.slice(4),
    ]
    linesFile?.write(csvLine(head))
    for (const line of lines) linesFile?.write(`${lineFields(line, columns, utcOffset).map(csvField).join(',')}\n`)
    const billsFile = folder?.file('bills.csv')
    billsFile?.write(`account,month,currency,lines,charges,tax,payable${hasPayments ? `,${paidHead.join(',')}` : ''}\n`)
    for (const bill of bills)
      billsFile?.write(`${[...billFields(bill), ...(isPaid(bill) ? paidFields(bill) : [])].map(csvField).join(',')}\n`)
    if (paid !== undefined) {
      const prepaidFile = folder?.file('prepaid.csv')
      prepaidFile?.write('account,month,currency,name,kind,amount,balance,paid\n')
      for (const each of paid.movements) if (each.month >= firstBill) prepaidFile?.write(csvLine(movementFields(each)))
    }
  } else if (folder !== undefined) {
    const { focusHead, focusLine } = await import('#reports/exports/focus-rows.ts')
    const { usageCharges } = await import('#reports/exports/focus-usage.ts')
    const file = folder.file('focus.csv')
    const offset = policies['time.utcOffset']
    file.write(focusHead(focus))
    for (const [charge, currency] of usageCharges(lines, bills, offset, until))
      file.write(focusLine(charge, currency.code, offset, focus))
  }
  return { ...read, unmeasured: rater.unmeasured, lines: lines.length, bills, problems, wrong }
}

/** A civil month of an option, year x 12 + month - 1; the first of all where it was left out. Throws InputError. */
async function monthAsked(text: string | undefined): Promise<number> {
  if (text === undefined) return Number.NEGATIVE_INFINITY
  const parts = /^(\d{4})-(0[1-9]|1[0-2])$/.exec(text)
  if (parts !== null) return Number(parts[1]) * 12 + Number(parts[2]) - 1
  throw new InputError(`--first-bill ${text} is not a month`, 'write one such as --first-bill 2024-05')
}

const lineHead = ['account', 'bill', 'month', 'metric', 'events', 'quantity', 'rule', 'formula', 'currency', 'amount']

/** Columns of subscriptions, where the card has offers. */
const partHead = ['subscription', 'kind', 'from', 'until']

/** `utcOffset`: of the times of subscriptions, ms; undefined where the card has no offers. */
function lineFields(line: UsageLine, columns: readonly string[], utcOffset: number | undefined): string[] {
  const { part } = line
  const parts =
    part === undefined || utcOffset === undefined
      ? ['', '', '', '']
      : [part.subscription, part.kind, formatInstant(part.from, utcOffset), formatInstant(part.until, utcOffset)]
  return [
    ...[line.account, formatMonth(line.bill), formatMonth(line.month), line.metric],
    ...columns.map((column) => line.dimensions.get(column) ?? ''),
    ...(utcOffset === undefined ? [] : parts),
    ...[String(line.events), decimalText(line.quantity, 8), line.rule, line.text],
    ...[line.currency.code, formatAmount(line.amount)],
  ]
}

const billFields = ({ account, month, currency, lines, charges, tax, payable }: UsageBill): string[] => [
  ...[account, formatMonth(month), currency.code, String(lines), formatAmount(charges), formatAmount(tax)],
  payableText(payable, currency.decimals),
]

/** How a bill was paid, where the card has balances or cash coupons. */
const paidHead = ['coupon', 'opening', 'bought', 'drawn', 'refunded', 'expired', 'due', 'closing', 'invoiced']

const isPaid = (bill: UsageBill | PaidBill): bill is PaidBill => 'invoiced' in bill

const paidFields = (bill: PaidBill): string[] => [
  ...[bill.coupon, bill.opening, bill.bought, bill.drawn, bill.refunded].map(formatAmount),
  ...[bill.expired, bill.due, bill.closing, bill.invoiced].map(formatAmount),
]

const movementFields = ({ account, month, currency, name, kind, amount, balance, paid }: PrepaidMovement): string[] => [
  ...[account, formatMonth(month), currency.code, name, kind, formatAmount(amount), formatAmount(balance)],
  paid === undefined ? '' : formatAmount(paid),
]

/** What paid bills in each currency, before the rest was invoiced. */
function paymentsOf(bills: readonly (UsageBill | PaidBill)[]) {
  const sums = new Map<string, { coupon: bigint; drawn: bigint; invoiced: bigint }>()
  for (const bill of bills) {
    if (!isPaid(bill)) continue
    const sum = sums.get(bill.currency.code) ?? { coupon: 0n, drawn: 0n, invoiced: 0n }
    sum.coupon += bill.coupon
    sum.drawn += bill.drawn
    sum.invoiced += bill.invoiced
    sums.set(bill.currency.code, sum)
  }
  return sums
}

/** What bills come to in each currency. */
function totalsOf(bills: readonly UsageBill[]) {
  const totals = new Map<string, { decimals: number; bills: number; charges: bigint; payable: bigint }>()
  for (const { currency, charges, payable } of bills) {
    const total = totals.get(currency.code) ?? { decimals: currency.decimals, bills: 0, charges: 0n, payable: 0n }
    total.bills++
    total.charges += charges
    total.payable += payable
    totals.set(currency.code, total)
  }
  return totals
}

function print(rated: Rated, files: readonly string[]): void {
  const totals = [...totalsOf(rated.bills)].map(
    ([code, { decimals, bills, charges, payable }]) =>
      `Bills      ${count(bills)}, ${grouped(moneyText(charges))} charged, ${grouped(payableText(payable, decimals))} ${code} payable`,
  )
  const text = [
    `Log        ${count(rated.rows)} rows, ${count(rated.taken)} events rated into ${count(rated.lines)} lines`,
    ...totals,
    ...[...paymentsOf(rated.bills)].map(
      ([code, { coupon, drawn, invoiced }]) =>
        `Paid       ${grouped(moneyText(drawn))} from balances, ${grouped(moneyText(coupon))} by cash coupons; ${grouped(moneyText(invoiced))} ${code} invoiced`,
    ),
    ...(rated.corrections > 0 ? [`Corrected  ${count(rated.corrections)} events by later rows`] : []),
    ...(rated.repeats > 0 ? [`Dropped    ${sentTwice(rated.repeats)} (U-09)`] : []),
    ...(rated.unmeasured > 0 ? [`Unmeasured ${count(rated.unmeasured)} events that no metric counts`] : []),
    ...(files.length > 0 ? [`Written    ${files.join(', ')}`] : []),
  ]
  process.stdout.write(`${text.join('\n')}\n`)
}

const paidJson = (sum: { coupon: bigint; drawn: bigint; invoiced: bigint } | undefined) =>
  sum === undefined
    ? {}
    : { coupons: moneyText(sum.coupon), drawn: moneyText(sum.drawn), invoiced: moneyText(sum.invoiced) }

function printJson(rated: Rated, files: readonly string[]): void {
  const { rows, taken, lines, repeats, corrections, unmeasured, wrong } = rated
  const payments = paymentsOf(rated.bills)
  const totals = [...totalsOf(rated.bills)].map(([currency, { decimals, bills, charges, payable }]) => ({
    ...{ currency, count: bills, charged: moneyText(charges), payable: payableText(payable, decimals) },
    ...paidJson(payments.get(currency)),
  }))
  const report = { rows, events: taken, lines, bills: totals, repeats, corrections, unmeasured, problems: wrong, files }
  process.stdout.write(`${JSON.stringify(report, null, 2)}\n`)
}

/** `focus`: the version of FOCUS that is written in place of lines and bills. */
export async function meterUsage(
  path: string,
  arguments_: Arguments,
  focus: FocusVersion | undefined,
): Promise<ExitCode> {
  const out = arguments_.filled('out', 'write --out and a folder')
  const { result, files } = await intoFolder(out, arguments_.flag('force'), (folder) =>
    rate(path, arguments_, focus, folder),
  )
  const code = result.wrong > 0 ? exitCodes.badInput.code : exitCodes.done.code
  endWith(code)
  if (arguments_.flag('json')) printJson(result, files)
  else print(result, files)
  const rest = result.wrong - result.problems.length
  const problems = [
    ...result.problems.map(({ line, text }) => `${path}, line ${line}: ${printable(text)}`),
    ...(rest > 0
      ? [`… and ${count(rest)} more; ${files.length > 0 ? 'problems.csv has' : '--out lists'} them all`]
      : []),
    ...(result.wrong > 0
      ? [`${count(result.wrong)} ${result.wrong === 1 ? 'problem' : 'problems'}; the rest was rated`]
      : []),
  ]
  if (problems.length > 0) process.stderr.write(`${problems.join('\n')}\n`)
  return code
}
