/** FOCUS of what a rate card makes of a log: usage of any metric, subscriptions, commitments, and what a bill adds. */
import { formatMonth, startOfMonth } from '#base/civil-time.ts'
import type { Currency } from '#scenarios/currencies.ts'
import type { PaidBill } from '#sim/usage-rating/prepaid.ts'
import type { SubscriptionKind, UsageBill, UsageLine } from '#sim/usage-rating/usage-line.ts'
import { billCharges, type FocusCharge, PROVIDER, type Service } from './focus-rows.ts'

const UNIT = 10_000_000_000n
/** Whole 1e-8 as whole 1e-10. */
const wide = (value: bigint): bigint => value * 100n

const recurring: ReadonlySet<SubscriptionKind> = new Set(['trial', 'purchase', 'renewal'])
const serviceOfName = (name: string): Service => [name, 'Business Applications', 'Other (Business Applications)']

/** Rows of lines and of the bills that they add up to, each with its currency. */
export function* usageCharges(
  lines: Iterable<UsageLine>,
  bills: Iterable<UsageBill | PaidBill>,
  utcOffset: number,
): Generator<[charge: FocusCharge, currency: Currency]> {
  for (const line of lines) if (line.amount !== 0n) yield [chargeOf(line, utcOffset), line.currency]
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
  const isUse = metric !== 'commitment'
  return {
    ...common,
    category: isUse ? 'Usage' : 'Purchase',
    frequency: isUse ? 'Usage-Based' : 'Recurring',
    description: `${sku} of ${formatMonth(month)}: ${text} (${rule})`,
    from: startOfMonth(month, utcOffset),
    until: startOfMonth(month + 1, utcOffset),
    ...(isUse && !isCorrection ? { consumed: { quantity: wide(quantity), unit: 'Units' } } : {}),
  }
}
