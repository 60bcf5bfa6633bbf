/**
 * Taxes, bills and invoices recomputed from a record by plain arithmetic: orders by their lines and coupons, use by
 * what the ledger charged for each hour. It shares no code with the simulation, the auditor or the reports.
 */
import type { Database } from 'better-sqlite3'

type Facts = Readonly<Record<string, bigint>>
interface PlannedChange {
  readonly at: number
  readonly kind: string
  readonly policies?: Readonly<Record<string, unknown>>
}

const HOUR = 3_600_000n
/** The 3rd at 10:00 of the next month. */
const FINAL_AFTER = 58n * HOUR
const DAY = 24n * HOUR
const MINOR = 1_000_000n

const roundings: Readonly<Record<string, (numerator: bigint, denominator: bigint) => bigint>> = {
  truncate: (a, b) => a / b,
  'half-up': (a, b) => (a * 2n + b) / (b * 2n),
}

/** `19.6` percent as a whole number of 1e-8 percent. */
function hundredMillionths(percent: string): bigint {
  const [whole, fraction = ''] = percent.split('.')
  return BigInt(whole + fraction.padEnd(8, '0'))
}

const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((total, amount) => total + amount, 0n)
const by = <T>(list: readonly T[], key: (item: T) => string): ReadonlyMap<string, T[]> => Map.groupBy(list, key)

/** A row with its amounts whole: an amount `x` is `x_high * 1e18 + x` (M-01). */
const whole = (row: Facts): Facts =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      value + (row[`${name}_high`] ?? 0n) * 1_000_000_000_000_000_000n,
    ]),
  )

export interface Recomputed {
  /** What is not as it should be, in words. */
  readonly differences: readonly string[]
  /** How many of each were computed. */
  readonly compared: Readonly<Record<string, number>>
}

export function recomputeTaxes(database: Database): Recomputed {
  const differences: string[] = []
  const compared: Record<string, number> = { orders: 0, lowered: 0, bills: 0, taxes: 0, invoices: 0, transactions: 0 }
  const same = (what: string, recorded: unknown, expected: unknown): void => {
    if (recorded !== expected) differences.push(`${what}: ${recorded}, should be ${expected}`)
  }
  const all = (sql: string): Facts[] => (database.prepare(sql).safeIntegers(true).all() as Facts[]).map(whole)
  const meta = Object.fromEntries(
    (database.prepare('SELECT key, value FROM meta').all() as { key: string; value: string }[]).map(
      ({ key, value }) => [key, String(value)],
    ),
  )
  const names = new Map(
    (database.prepare('SELECT id, word FROM words').all() as { id: number; word: string }[]).map(({ id, word }) => [
      BigInt(id),
      word,
    ]),
  )
  const word = (id: bigint): string => names.get(id) ?? ''
  const { regions, events } = JSON.parse(meta.scenario) as {
    readonly regions: readonly { readonly taxPercent: string | null }[]
    readonly events: readonly PlannedChange[]
  }
  const started = JSON.parse(meta.policies) as Record<string, unknown>
  const [end, offset] = [BigInt(meta.end), BigInt(meta.utcOffset)]

  function policy(key: string, at: bigint): string {
    let value = started[key]
    for (const event of events.toSorted((a, b) => a.at - b.at))
      if (event.kind === 'policyChange' && event.at <= Number(at)) value = event.policies?.[key] ?? value
    return String(value)
  }
  const regionOf = new Map(all('SELECT id, region_id FROM accounts').map((row) => [row.id, row.region_id]))
  const percentOf = (account: bigint, at: bigint): bigint =>
    hundredMillionths(regions[Number(regionOf.get(account)) - 1]?.taxPercent ?? policy('tax.percent', at))
  const taxOn = (account: bigint, at: bigint, amount: bigint): bigint =>
    roundings[policy('rounding.charge', at)](amount * percentOf(account, at), 10_000_000_000n)

  const civil = (at: bigint): Date => new Date(Number(at + offset))
  const monthOf = (at: bigint): bigint => BigInt(Date.UTC(civil(at).getUTCFullYear(), civil(at).getUTCMonth())) - offset
  const nextMonth = (at: bigint): bigint =>
    BigInt(Date.UTC(civil(at).getUTCFullYear(), civil(at).getUTCMonth() + 1)) - offset
  const dayOf = (at: bigint): bigint => (at + offset) / DAY
  const inRun = (at: bigint): bigint => (at < end ? at : end - 1n)
  const finalAt = (month: bigint): bigint => nextMonth(month) + FINAL_AFTER
  const writtenAt = (month: bigint): bigint => (finalAt(month) < end ? finalAt(month) : end)

  // M-07, M-04: orders as they were created and as they were paid.
  const lines = by(all('SELECT * FROM order_lines'), (line) => String(line.order_id))
  const again = by(all('SELECT * FROM order_requotes'), (line) => String(line.order_id))
  const discounts = new Set(
    all('SELECT id, kind FROM coupons').flatMap(({ id, kind }) => (word(kind) === 'discount-coupon' ? [id] : [])),
  )
  const draws = by(all('SELECT * FROM coupon_draws'), (draw) => String(draw.order_id))
  const steps = by(all('SELECT * FROM order_steps'), (step) => String(step.order_id))
  const paidAt = (order: bigint): bigint | undefined =>
    steps.get(String(order))?.find(({ event }) => word(event) === 'pay')?.at
  const paidFor = new Map<bigint, bigint>()
  let orderTax = 0n

  function judgeTax(what: string, account: bigint, at: bigint, made: readonly Facts[], untaxed: bigint): void {
    const taxes = made.filter(({ part }) => word(part) === 'tax')
    const price = sum(made.filter(({ part }) => word(part) !== 'tax').map(({ amount }) => amount))
    const expected = taxOn(account, at, price - untaxed)
    same(`${what}: tax`, sum(taxes.map(({ amount }) => amount)), expected)
    same(`${what}: tax lines`, taxes.length, percentOf(account, at) === 0n ? 0 : 1)
  }
  for (const order of all('SELECT id, account, at, kind FROM orders')) {
    const own = lines.get(String(order.id)) ?? []
    if (own.length === 0 || ['unsubscription', 'partial-refund'].includes(word(order.kind))) continue
    compared.orders++
    judgeTax(`order ${order.id}`, order.account, order.at, own, 0n)
    const paid = paidAt(order.id)
    const other = again.get(String(order.id))
    if (paid === undefined) {
      same(`order ${order.id}: paid lines of what is not paid`, other, undefined)
      continue
    }
    const drawn = (draws.get(String(order.id)) ?? []).filter(
      (draw) => draw.amount > 0n && discounts.has(draw.coupon_id),
    )
    const untaxed = policy('tax.couponBase', paid) === 'paid' ? sum(drawn.map(({ amount }) => amount)) : 0n
    const isAsked =
      policy('order.quoteLock', paid) === 'payment' &&
      other?.some(
        ({ part, plan, amount }, i) => plan !== own[i]?.plan || (word(part) !== 'tax' && amount !== own[i]?.amount),
      )
    if (untaxed > 0n) compared.lowered++
    const made = other ?? own
    judgeTax(`order ${order.id}, paid`, order.account, isAsked ? paid : order.at, made, untaxed)
    paidFor.set(order.id, sum(made.map(({ amount }) => amount)))
    orderTax += sum(made.filter(({ part }) => word(part) === 'tax').map(({ amount }) => amount))
  }

  // I-02, U-08, U-09: what was charged in each month, orders and use apart.
  const transactions = all('SELECT * FROM transactions')
  const legs = by(all('SELECT * FROM postings'), (leg) => String(leg.transaction_id))
  const drawnBy = ({ id }: Facts): bigint =>
    sum(
      (legs.get(String(id)) ?? [])
        .filter(({ ledger }) => /^(buyer-|payment-clearing$)/.test(word(ledger)))
        .map(({ amount }) => amount),
    )
  interface Month {
    readonly account: bigint
    readonly month: bigint
    use: bigint
    readonly hours: Set<bigint>
    readonly orders: bigint[]
  }
  const months = new Map<string, Month>()
  function monthFor(account: bigint, month: bigint): Month {
    const key = `${account} ${month}`
    const found = months.get(key) ?? { account, month, use: 0n, hours: new Set<bigint>(), orders: [] }
    months.set(key, found)
    return found
  }
  const useOf = new Map<bigint, bigint>()
  const used = (account: bigint, amount: bigint) => useOf.set(account, (useOf.get(account) ?? 0n) + amount)
  const lag = BigInt(String(started['settlement.lag']))
  for (const each of transactions) {
    const kind = word(each.kind)
    if (kind === 'payment') monthFor(each.account, monthOf(inRun(each.at))).orders.push(each.order_id)
    if (kind === 'usage')
      for (let turn = 0n; turn < each.repeats; turn++) {
        const month = monthFor(each.account, monthOf(inRun(each.at + turn * HOUR)))
        month.use += drawnBy(each)
        month.hours.add(each.hour + turn * HOUR)
        used(each.account, drawnBy(each))
      }
    if (kind === 'late-usage') {
      const regular = monthOf(inRun(each.hour + HOUR + lag))
      const month = monthFor(
        each.account,
        word(each.rule) === 'I-04' || finalAt(regular) <= each.at ? monthOf(inRun(each.at)) : regular,
      )
      month.use += drawnBy(each)
      // I-04: a correction is a line of its own.
      month.hours.add(word(each.rule) === 'I-04' ? -each.id : each.hour)
      used(each.account, drawnBy(each))
    }
  }
  // what the ledger charged for use is what was metered, less what came too late.
  const metered = new Map<bigint, bigint>()
  const add = (rows: readonly Facts[], sign: bigint): void => {
    for (const { account, amount } of rows) metered.set(account, (metered.get(account) ?? 0n) + sign * amount)
  }
  const spans = all('SELECT account, hours, amount FROM usage_spans')
  add(
    spans.map(({ account, hours, amount }) => ({ account, amount: hours * amount })),
    1n,
  )
  add(all('SELECT account, amount FROM usage_rejected'), -1n)
  for (const [account, amount] of metered) same(`account ${account}: use charged`, useOf.get(account) ?? 0n, amount)

  // M-02, M-07, M-09: the bills, their tax, and how it was drawn.
  const taxes = by(all('SELECT * FROM bill_taxes'), ({ account, month }) => `${account} ${month}`)
  const bills = by(all('SELECT * FROM bills'), ({ account, month }) => `${account} ${month}`)
  const byId = new Map(transactions.map((each) => [each.id, each]))
  const roundingOf = by(
    transactions.filter(({ kind }) => word(kind) === 'bill-rounding'),
    ({ account, day }) => `${account} ${day}`,
  )
  let useTax = 0n
  for (const [key, { account, month, use, orders }] of months) {
    const [bill, second] = bills.get(key) ?? []
    const what = `bill ${key}`
    compared.bills++
    same(`${what}: how many`, [bill, second].filter((each) => each !== undefined).length, 1)
    const charges = use + sum(orders.map((order) => paidFor.get(order) ?? 0n))
    const at = writtenAt(month)
    const tax = taxOn(account, at, use)
    same(`${what}: charges`, bill?.charges, charges)
    const round = roundings[policy('rounding.monthTotal', at)]
    const payable = round(charges + tax, MINOR) * MINOR
    same(`${what}: payable`, bill?.payable, payable)
    same(`${what}: rounding`, bill?.rounding, payable - charges - tax)
    const rounded = roundingOf.get(`${account} ${dayOf(inRun(nextMonth(month) - 1n))}`) ?? []
    same(`${what}: roundings`, rounded.length, payable === charges + tax ? 0 : 1)
    for (const each of rounded) {
      same(`${what}: rounded at`, each.at, at)
      same(`${what}: rounding drawn`, drawnBy(each), payable - charges - tax)
    }
    same(`${what}: final`, bill?.final, finalAt(month) < end ? 1n : 0n)
    const rows = taxes.get(key) ?? []
    same(`${what}: rows of tax`, rows.length, tax > 0n ? 1 : 0)
    for (const row of rows) {
      compared.taxes++
      useTax += tax
      same(`${what}: tax`, row.tax, tax)
      same(`${what}: taxable`, row.taxable, use)
      same(`${what}: region`, row.region, regionOf.get(account))
      same(`${what}: made`, row.at, at)
      const orderTaxes = orders.flatMap((order) =>
        (again.get(String(order)) ?? lines.get(String(order)) ?? []).filter(({ part }) => word(part) === 'tax'),
      )
      same(`${what}: tax in its orders`, row.of_orders, sum(orderTaxes.map(({ amount }) => amount)))
      const drawn = byId.get(row.transaction_id)
      if (drawn === undefined) {
        differences.push(`${what}: its tax was not drawn`)
        continue
      }
      same(`${what}: kind`, word(drawn.kind), 'usage-tax')
      same(`${what}: drawn at`, drawn.at, at)
      same(`${what}: about`, drawn.day, dayOf(inRun(nextMonth(month) - 1n)))
      same(`${what}: drawn`, drawnBy(drawn), tax)
      const owed = (legs.get(String(drawn.id)) ?? []).filter(({ ledger }) => word(ledger) === 'tax-payable')
      same(`${what}: owed`, sum(owed.map(({ amount }) => amount)), -tax)
    }
  }
  same('bills', [...bills.values()].flat().length, months.size)
  const usageTaxes = transactions.filter(({ kind }) => word(kind) === 'usage-tax')
  same('taxes drawn', usageTaxes.length, [...taxes.values()].flat().length)
  compared.transactions = usageTaxes.length

  // I-02, I-03: an invoice of a bill holds its orders as they were paid, refunded or not, and its use with the tax on it.
  const resold = new Set(all('SELECT account FROM reseller_customers').map(({ account }) => account))
  const invoices = all('SELECT * FROM invoices')
  const covered = by(all('SELECT * FROM invoice_lines'), ({ invoice_id }) => String(invoice_id))
  for (const invoice of invoices) {
    const own = covered.get(String(invoice.id)) ?? []
    compared.invoices++
    same(`invoice ${invoice.id}`, invoice.amount, sum(own.map(({ amount }) => amount)))
    const lines = own.filter(({ rule }) => word(rule) !== 'M-08')
    const exact = sum(lines.map(({ amount }) => amount))
    const round = roundings[policy('rounding.monthTotal', invoice.at)]
    same(`invoice ${invoice.id}: in minor units`, invoice.amount, round(exact, MINOR) * MINOR)
    same(`invoice ${invoice.id}: roundings`, own.length - lines.length, invoice.amount === exact ? 0 : 1)
    for (const { order_id: order, amount } of lines) {
      const month = months.get(`${invoice.account} ${invoice.month}`)
      const use = month === undefined ? 0n : month.use + taxOn(invoice.account, writtenAt(month.month), month.use)
      same(`invoice ${invoice.id}, order ${order}`, amount, order === 0n ? use : paidFor.get(order))
    }
  }
  if (started['invoice.mode'] === 'auto')
    for (const { account, month, use, orders } of months.values()) {
      if (finalAt(month) >= end || resold.has(account)) continue
      const paid = orders.filter((order) => (paidFor.get(order) ?? 0n) > 0n)
      const expected = [...paid, ...(use > 0n ? [0n] : [])].map(String).sort().join(' ')
      const first = invoices.find((each) => each.account === account && each.month === month && each.reissue_of === 0n)
      const all = first === undefined ? [] : (covered.get(String(first.id)) ?? [])
      const found = all.filter(({ rule }) => word(rule) !== 'M-08')
      same(
        `invoice of ${account} for ${month}`,
        found
          .map(({ order_id }) => String(order_id))
          .sort()
          .join(' '),
        expected,
      )
    }

  // Tax payable: what was taken of buyers, less what was refunded; sellers' taxes are apart.
  const owing = (which: (kind: string) => boolean): bigint =>
    sum(
      transactions
        .filter(({ kind }) => which(word(kind)))
        .flatMap(({ id }) => (legs.get(String(id)) ?? []).filter(({ ledger }) => word(ledger) === 'tax-payable'))
        .map(({ amount }) => -amount),
    )
  same(
    'tax payable of orders',
    owing((kind) => kind === 'payment'),
    orderTax,
  )
  same(
    'tax payable of use',
    owing((kind) => kind === 'usage-tax'),
    useTax,
  )
  return { differences, compared }
}
