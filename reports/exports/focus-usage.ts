/** FOCUS of what a rate card makes of a log: usage of any metric, subscriptions, commitments, and what a bill adds. */
import { dayOf, formatMonth, monthOf, startOfDay, startOfMonth } from '#base/civil-time.ts'
import { DAY } from '#base/time.ts'
import type { Currency } from '#scenarios/currencies.ts'
import type { PaidBill } from '#sim/usage-rating/prepaid.ts'
import type { SubscriptionKind, UsageBill, UsageLine } from '#sim/usage-rating/usage-line.ts'
import { billCharges, type FocusCharge, PROVIDER, type Service } from './focus-rows.ts'

const UNIT = 10_000_000_000n
/** Whole 1e-8 as whole 1e-10. */
const wide = (value: bigint): bigint => value * 100n

const recurring: ReadonlySet<SubscriptionKind> = new Set(['trial', 'purchase', 'renewal'])
const serviceOfName = (name: string): Service => [name, 'Business Applications', 'Other (Business Applications)']

/**
 * Rows of lines and of the bills that they add up to, each with its currency. `until`: days of terms that begin later have not
 * been used; it is the end of the last billed month where it is left out.
 */
export function* usageCharges(
  lines: readonly UsageLine[],
  bills: Iterable<UsageBill | PaidBill>,
  utcOffset: number,
  until?: number,
): Generator<[charge: FocusCharge, currency: Currency]> {
  const last = lines.reduce((latest, { bill }) => Math.max(latest, bill), 0)
  const end = until ?? startOfMonth(last + 1, utcOffset)
  for (const line of lines) {
    if (line.amount === 0n) continue
    const charge = chargeOf(line, utcOffset)
    yield [charge, line.currency]
    for (const day of daysOf(line, charge, utcOffset, end)) yield [day, line.currency]
  }
  for (const bill of bills) {
    for (const charge of billCharges(bill, utcOffset)) yield [charge, bill.currency]
    if ('invoiced' in bill) for (const charge of payments(bill, utcOffset)) yield [charge, bill.currency]
  }
}

/** What pays a bill before it is invoiced (O-05), so that its rows come to what is invoiced. */
function payments({ account, month, coupon, drawn, due }: PaidBill, utcOffset: number): FocusCharge[] {
  const common = {
    ...{ account, month, publisher: PROVIDER, region: '', invoice: '' },
    ...({ category: 'Credit', frequency: 'One-Time' } as const),
    from: startOfMonth(month, utcOffset),
    until: startOfMonth(month + 1, utcOffset),
    service: ['Bills', 'Other', 'Other (Other)'],
  } as const
  const all: FocusCharge[] = [
    { ...common, description: 'cash coupon (O-05)', billed: -coupon },
    // What was paid before is a cost when it is used: that of the lines.
    { ...common, description: 'paid by prepaid balances (O-05)', billed: -drawn, effective: 0n },
    { ...common, description: 'overdraft of balances that ended (O-05)', billed: due, effective: 0n },
  ]
  return all.filter(({ billed }) => billed !== 0n)
}

/**
 * The days of what was paid for a time, as those of a run (M-09): nothing is billed for them, and by the end of day k of n,
 * amount x k / n is used, truncated. What was refunded is taken from the days that are left.
 */
function* daysOf(
  { part, amount }: UsageLine,
  charge: FocusCharge,
  utcOffset: number,
  end: number,
): Generator<FocusCharge> {
  if (part === undefined) return
  const first = dayOf(part.from, utcOffset)
  const days = BigInt(Math.max(1, dayOf(part.until - 1, utcOffset) + 1 - first))
  const [sign, price] = amount < 0n ? [-1n, -amount] : [1n, amount]
  for (let day = 0n; day < days; day++) {
    const from = startOfDay(first + Number(day), utcOffset)
    if (from >= end) return
    const share = (whole: bigint): bigint => (whole * (day + 1n)) / days - (whole * day) / days
    yield {
      ...{ ...charge, month: monthOf(from, utcOffset), isCorrection: false, billed: 0n, effective: share(amount) },
      ...({ category: 'Usage', frequency: 'Usage-Based' } as const),
      description: `day ${day + 1n} of ${days} of ${charge.description}`,
      ...{ from, until: from + DAY },
      priced: { quantity: sign * share(UNIT), unit: 'Charges', price: wide(price) },
      consumed: { quantity: UNIT, unit: 'Days' },
    }
  }
}

function chargeOf(line: UsageLine, utcOffset: number): FocusCharge {
  const { account, bill, month, metric, dimensions, rule, text, amount, quantity, part } = line
  const sku = [metric, ...[...dimensions.values()].filter((value) => value !== '')].join('/')
  const isCorrection = rule === 'I-04' || part?.kind === 'refund'
  const common = {
    ...{ account, month: bill, sku, isCorrection, billed: amount, service: serviceOfName(metric) },
    ...{ publisher: PROVIDER, region: '', invoice: '' },
    // A line is one charge: its formula may have bands, included units and a least charge.
    ...(isCorrection ? {} : { priced: { quantity: UNIT, unit: 'Charges', price: wide(amount) } }),
  }
  if (part !== undefined)
    return {
      ...common,
      category: 'Purchase',
      frequency: recurring.has(part.kind) ? 'Recurring' : 'One-Time',
      description: `${part.kind} of ${metric}, subscription ${part.subscription}: ${text} (${rule})`,
      ...{ from: part.from, until: part.until },
      resource: { id: part.subscription, type: 'Subscription' },
    }
  // As in the examples of the specification, what is missing to a commitment is use of a time that is over.
  const isMissing = metric === 'commitment'
  return {
    ...common,
    category: 'Usage',
    frequency: isMissing ? 'One-Time' : 'Usage-Based',
    description: `${sku} of ${formatMonth(month)}: ${text} (${rule})`,
    from: startOfMonth(month, utcOffset),
    until: startOfMonth(month + 1, utcOffset),
    ...(isCorrection ? {} : { consumed: { quantity: isMissing ? 0n : wide(quantity), unit: 'Units' } }),
  }
}
