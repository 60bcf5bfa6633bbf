/**
 * The use of a run as `meter` reads it: a lifecycle log, its prices and its rules, with the bills that they come to. What is written is
 * rated as it is written, and compared with the run hour by hour: what a log cannot say is in left-out.csv, with its amounts.
 */
import { Buffer } from 'node:buffer'
import { formatInstant, formatMonth, monthOf } from '#base/civil-time.ts'
import { csvField, csvLine } from '#base/csv-text.ts'
import { grouped } from '#base/decimal-text.ts'
import { formatAmount, moneyText } from '#base/money.ts'
import { type Policies, type PolicyKey, policyStandard } from '#scenarios/policies.ts'
import { formatPayable, toMinorUnits } from '#sim/billing/minor-units.ts'
import { billsHead } from '#sim/metering-log/hours-csv.ts'
import { LONGEST_SPAN, spanOption } from '#sim/metering-log/log-span.ts'
import { readPrices } from '#sim/metering-log/price-list.ts'
import { rateLog } from '#sim/metering-log/rate-log.ts'
import { KeyedSums } from '#sim/record/keyed-sums.ts'
import { policiesOf, taxPercent } from '../../explain/premises.ts'
import { policyText } from '../../policy-text.ts'
import type { RunMeta, RunRecord } from '../../record.ts'
import { ServersAgain } from '../../reprice/metered-again.ts'
import { Sources } from '../../reprice/run-usage.ts'
import { logFiles } from '../csv-files.ts'
import type { ExportOptions, ExportOutcome, Files } from '../journal.ts'
import { chargedOrders } from '../order-charges.ts'
import { LogPrices } from './log-prices.ts'
import { isUse, LeftOutRows, LogProof } from './log-proof.ts'
import { ServerEvents } from './server-events.ts'

const EVENTS_HEAD = 'at,account,resource,do,product,flavour\n'
/** Text that is rated at a time. */
const PIECE = 1 << 16

/** The rules that `meter` follows; all others have become events. */
const meterPolicies = [
  ...(['time.utcOffset', 'rounding.charge', 'rounding.monthTotal', 'tax.percent', 'settlement.lag'] as const),
  ...(['ecs.granularity', 'image.granularity', 'image.hour', 'image.key', 'image.whenStopped'] as const),
  ...(['image.priceAt', 'unfreeze.payPerUse'] as const),
] satisfies PolicyKey[]

/** Parts of bills. */
const [USE, ORDERS, TAX, LOGGED, LOGGED_TAX] = [0, 1, 2, 3, 4]

/** The parts of each bill by its account and month. */
class BillParts {
  readonly #sums = new KeyedSums()

  add(account: number, month: number, part: number, amount: bigint, lines = 0): void {
    this.#sums.addVast(this.#sums.rowOf(account, month, part), lines, 0, amount)
  }

  of(account: number, month: number, part: number) {
    const { amount, first: lines } = this.#sums.at(this.#sums.rowOf(account, month, part))
    return { amount, lines }
  }

  /** Each bill with any of them once, by account and month. */
  bills(): readonly (readonly [account: number, month: number])[] {
    const found = new Map<string, readonly [number, number]>()
    for (let row = 0; row < this.#sums.rows; row++) {
      const { a, b } = this.#sums.at(row)
      found.set(`${a} ${b}`, [a, b])
    }
    return [...found.values()].sort((one, other) => one[0] - other[0] || one[1] - other[1])
  }
}

/** The rules of the log: those of the run, with the tax of its regions where all have the same (M-07). */
function rulesOf(record: RunRecord): Policies {
  const regions = record.rows<{ region: bigint }>('SELECT DISTINCT region_id AS region FROM accounts')
  const percents = new Set(regions.map(({ region }) => taxPercent(record, Number(region), record.meta.start)))
  const [percent] = percents
  const policies = policiesOf(record)
  return percents.size === 1 ? { ...policies, 'tax.percent': percent } : policies
}

/** The rules as YAML, one a line. */
export function policiesYaml(policies: Policies): string {
  const lines = meterPolicies.map((key) => {
    const value = policies[key]
    const isText = typeof value === 'string' || typeof policyStandard(key) === 'string'
    const text = policyText(key, value, policies['time.utcOffset'])
    return `${key}: ${isText ? JSON.stringify(text) : text}\n`
  })
  return lines.join('')
}

/** Writes events.csv, and gives it out to be rated; servers that are there at the end are deleted then in what is rated alone. */
async function* written(
  file: { write(text: string): void },
  record: RunRecord,
  events: ServerEvents,
  proof: LogProof,
  counts: { events: number; servers: number },
): AsyncGenerator<Uint8Array> {
  file.write(EVENTS_HEAD)
  let rated = EVENTS_HEAD
  for (const life of new ServersAgain(record).lives()) {
    const { lines, isThere } = events.of(life)
    if (lines.length === 0) continue
    const text = lines.join('')
    file.write(text)
    rated += isThere ? text + events.deletion(life) : text
    counts.events += lines.length
    counts.servers++
    proof.expect(life)
    if (rated.length < PIECE) continue
    yield Buffer.from(rated)
    rated = ''
  }
  yield Buffer.from(rated)
}

/** The command that rates the log; one of a long run needs its own bound. */
export function meterCommand(
  folder: string,
  { start, end, utcOffset }: Pick<RunMeta, 'start' | 'end' | 'utcOffset'>,
): string {
  const words = `npm start -- meter ${folder}/events.csv --prices ${folder}/prices.csv --policies ${folder}/policies.yaml --until ${formatInstant(end, utcOffset)}`
  return end - start > LONGEST_SPAN ? `${words} ${spanOption(end - start)}` : words
}

const billsSql = `SELECT b.account, b.month, b.charges, coalesce(x.tax, 0) FROM bills b
LEFT JOIN bill_taxes x ON x.account = b.account AND x.month = b.month`

/** Writes the log of a run, and says what of the run's bills it does not come to. */
export async function exportLog(
  record: RunRecord,
  files: Files,
  { folder = '.' }: ExportOptions = {},
): Promise<ExportOutcome> {
  const { end, utcOffset, decimals } = record.meta
  const prices = new LogPrices(record)
  const accounts = new Map(
    record
      .rows<{ id: bigint; name: string }>('SELECT id, name FROM accounts')
      .map(({ id, name }) => [Number(id), name]),
  )
  const names = {
    flavour: (pool: number, account: number) => prices.flavour(pool, account),
    product: (specification: number) => prices.product(specification),
    account: (id: number) => accounts.get(id) ?? '',
  }
  if (record.rows('SELECT 1 AS one FROM usage_spans LIMIT 1').length === 0) return { count: 0 }
  const list = prices.csv()
  const policies = rulesOf(record)
  files.open('prices.csv').write(list)
  files.open('policies.yaml').write(policiesYaml(policies))
  const left = new LeftOutRows()
  const parts = new BillParts()
  const proof = new LogProof(new Sources(record, record), names, left, (account, month, amount) =>
    parts.add(account, month, USE, amount, 1),
  )
  const counts = { events: 0, servers: 0 }
  const events = new ServerEvents(names, policiesOf(record), { end, utcOffset })
  const rated = await rateLog({
    file: 'events.csv',
    input: written(files.open('events.csv'), record, events, proof, counts),
    prices: await readPrices('prices.csv', ReadableStream.from([Buffer.from(list)])),
    policies,
    until: end,
    longestSpan: Number.POSITIVE_INFINITY,
    strict: true,
    onHour: (hour) => proof.hour(hour),
  })
  proof.finish()
  const numbers = new Map([...accounts].map(([id, name]) => [name, id]))
  for (const { account, month, lines, charges, tax } of rated.bills()) {
    const id = numbers.get(account) ?? 0
    parts.add(id, month, LOGGED, charges, lines)
    parts.add(id, month, LOGGED_TAX, tax)
  }
  rated.close()
  const orders = addOrders(record, numbers, parts, left)
  const unexplained = addTaxes(record, names.account, parts, left)
  const bills = files.open('bills.csv')
  bills.write(billsHead)
  let billed = 0n
  for (const [account, month] of parts.bills()) {
    const use = parts.of(account, month, USE)
    if (use.lines === 0) continue
    const tax = parts.of(account, month, TAX).amount
    const payable = toMinorUnits(use.amount + tax, decimals, policies['rounding.monthTotal'])
    billed += use.amount
    bills.write(
      `${csvField(names.account(account))},${formatMonth(month)},${use.lines},${formatAmount(use.amount)},${formatAmount(tax)},${formatPayable(payable, decimals)}\n`,
    )
  }
  const rules = writeLeftOut(files, left)
  const { currency } = record.meta
  const amount = (units: bigint): string => `${grouped(moneyText(units))} ${currency}`
  const count = (number: number | bigint): string => grouped(String(number))
  return {
    count: counts.events,
    notes: [
      `metered: ${amount(billed)} in ${count(proof.same)} hours of ${count(counts.servers)} servers, rated again from this log`,
      ...(orders.count > 0
        ? [`not metered: ${amount(orders.amount)} of ${count(orders.count)} paid orders, which are in left-out.csv`]
        : []),
      meterCommand(folder, record.meta),
    ],
    warnings: [
      ...rules.map(
        ({ rule, count: hours, run, log }) =>
          `left out (${rule}): the run has ${amount(run)}, the log comes to ${amount(log)}; ${count(hours)} ${rule === 'M-07' ? 'bills' : 'hours'}, in left-out.csv`,
      ),
      ...(unexplained > 0
        ? [`${count(unexplained)} bills of the run are not the sum of its use and orders; verify it`]
        : []),
    ],
    isIncomplete: rules.length > 0,
    isWrong: unexplained > 0,
  }
}

/** Orders are no use: all of them are left out, by what was bought. */
function addOrders(
  record: RunRecord,
  numbers: ReadonlyMap<string, number>,
  parts: BillParts,
  left: LeftOutRows,
): { count: number; amount: bigint } {
  const total = { count: 0, amount: 0n }
  for (const { account, at, amount, lines } of chargedOrders(record)) {
    const month = monthOf(at, record.meta.utcOffset)
    parts.add(numbers.get(account) ?? 0, month, ORDERS, amount)
    total.count++
    total.amount += amount
    for (const { kind, product, rule, net, tax } of lines)
      left.add({ what: 'order', account, month, kind, product, rule }, { count: 1n, run: net + tax, log: 0n })
  }
  return total
}

/** The tax on use, where the log has another one; how many bills of the run are not the sum of their parts. */
function addTaxes(record: RunRecord, nameOf: (account: number) => string, parts: BillParts, left: LeftOutRows): number {
  const { utcOffset } = record.meta
  let unexplained = 0
  for (const [account, first, charges, tax] of record.cursor(billsSql).rows) {
    const [id, month] = [Number(account), monthOf(Number(first), utcOffset)]
    parts.add(id, month, TAX, tax as bigint)
    const sum = parts.of(id, month, USE).amount + parts.of(id, month, ORDERS).amount
    if (sum !== charges) unexplained++
  }
  for (const [account, month] of parts.bills()) {
    const [run, log] = [parts.of(account, month, TAX).amount, parts.of(account, month, LOGGED_TAX).amount]
    const about = { account: nameOf(account), month, kind: 'tax', product: '', rule: 'M-07' } as const
    if (run !== log) left.add({ what: 'use', ...about }, { count: 1n, run, log })
  }
  return unexplained
}

interface RuleSum {
  readonly rule: string
  count: bigint
  run: bigint
  log: bigint
}

/** Writes left-out.csv; returns what of the use is left out, by rule. */
function writeLeftOut(files: Files, left: LeftOutRows): readonly RuleSum[] {
  const rules = new Map<string, RuleSum>()
  let file: { write(text: string): void } | undefined
  for (const row of left.rows()) {
    file ??= leftOutFile(files)
    const { what, account, month, kind, product, rule, count, run, log } = row
    file.write(
      csvLine([
        what,
        account,
        formatMonth(month),
        kind,
        product,
        rule,
        String(count),
        formatAmount(run),
        formatAmount(log),
      ]),
    )
    if (!isUse(row)) continue
    const sum = rules.get(rule) ?? { rule, count: 0n, run: 0n, log: 0n }
    rules.set(rule, sum)
    sum.count += count
    sum.run += run
    sum.log += log
  }
  return [...rules.values()].sort((a, b) => (a.rule < b.rule ? -1 : 1))
}

function leftOutFile(files: Files): { write(text: string): void } {
  const file = files.open('left-out.csv')
  file.write(csvLine(Object.keys(logFiles['left-out.csv'].columns)))
  return file
}
