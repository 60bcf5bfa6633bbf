/** A row of a log that says what happened to a subscription. */
import { BillingError } from '#base/billing-error.ts'
import { shown } from '#base/shown.ts'
import { monthsOf } from './offers.ts'
import type { RateCard } from './rate-card.ts'
import { type SubscriptionEvent, subscriptionActs } from './subscription.ts'

interface Row {
  readonly line: number
  text(column: string): string
}

/** What was read of the row already. */
interface RowParts {
  readonly account: string
  readonly at: number
  /** A column as a whole number of 1e-8. Throws BillingError. */
  amount(column: string): bigint
}

/** Throws BillingError. */
export function subscriptionEvent(row: Row, { account, at, amount }: RowParts, card: RateCard): SubscriptionEvent {
  const where = `line ${row.line}`
  const act = subscriptionActs.find((each) => each === row.text('do'))
  if (act === undefined)
    throw new BillingError(where, `do = ${shown(row.text('do'))}`, `write one of ${subscriptionActs.join(', ')}`)
  const quantity = row.text('quantity') === '' ? undefined : amount('quantity')
  if (quantity !== undefined && quantity <= 0n)
    throw new BillingError(where, 'a quantity that is not above 0', 'write do = cancel to end a subscription')
  const months = row.text('months')
  return {
    ...{ line: row.line, account, at, act, quantity, subscription: row.text('subscription') },
    offer: named(card.offers, row.text('offer'), 'offer', where),
    months: months === '' ? undefined : monthsOf(months, `${where}, months`),
    coupon: named(card.coupons, row.text('coupon'), 'coupon', where),
  }
}

function named<T>(all: ReadonlyMap<string, T>, name: string, what: string, where: string): T | undefined {
  if (name === '') return undefined
  const found = all.get(name)
  if (found !== undefined) return found
  throw new BillingError(where, `no ${what} is called ${shown(name)}`, `add it to ${what}s: of the rate card`)
}
