/**
 * Subscriptions of a log, account by account: each bill has what is known when it is made, and what becomes known later is a
 * correction of the bill of that month (U-09, I-04).
 */
import { formatMonth, monthOf } from '#base/civil-time.ts'
import { decimalText } from '#base/decimal-text.ts'
import { MONEY_DECIMALS } from '#base/money.ts'
import type { Currency } from '#scenarios/currencies.ts'
import type { Policies } from '#scenarios/policies.ts'
import type { KnownSpan } from './known-span.ts'
import { breaksOf, isKnownOn } from './known-span.ts'
import { AccountSubscriptions, type SubscriptionCharge, type SubscriptionEvent } from './subscription.ts'
import type { UsageLine } from './usage-line.ts'

type Held = KnownSpan & { readonly event: SubscriptionEvent }

const NO_DIMENSIONS: ReadonlyMap<string, string> = new Map()
const inMoney = (amount: bigint): string => decimalText(amount, MONEY_DECIMALS)

/** What a month of a subscription comes to in a currency. */
interface MonthSum {
  readonly last: SubscriptionCharge
  readonly month: number
  amount: bigint
  tax: bigint
}

export class SubscriptionBook {
  readonly #policies: Policies
  readonly #offset: number
  readonly #byAccount = new Map<string, Held[]>()
  readonly #onProblem: (line: number, text: string) => void
  readonly #reported = new Set<string>()

  constructor(policies: Policies, onProblem: (line: number, text: string) => void) {
    this.#policies = policies
    this.#offset = policies['time.utcOffset']
    this.#onProblem = onProblem
  }

  /** `from` and `until`: the bills that know the event. */
  take(event: SubscriptionEvent, from: number, until: number | undefined): void {
    const held = this.#byAccount.get(event.account) ?? []
    held.push({ event, month: monthOf(event.at, this.#offset), from, until })
    this.#byAccount.set(event.account, held)
  }

  /** The lines of what happened before an instant. */
  *lines(end: number): Generator<UsageLine> {
    for (const [account, held] of this.#byAccount) {
      held.sort((a, b) => a.event.at - b.event.at || a.event.line - b.event.line)
      const before = held.filter(({ event }) => event.at < end)
      const billed = new Map<string, MonthSum>()
      const breaks = [Number.NEGATIVE_INFINITY, ...breaksOf(before)]
      for (const [index, first] of breaks.entries())
        yield* this.#linesFrom(account, first, breaks[index + 1] ?? Number.POSITIVE_INFINITY, before, billed, end)
    }
  }

  /** The bills from `first` up to `last`, which all know the same; of the first, what changed of the months before. */
  *#linesFrom(
    account: string,
    first: number,
    last: number,
    held: readonly Held[],
    billed: Map<string, MonthSum>,
    end: number,
  ): Generator<UsageLine> {
    const sums = new Map<string, MonthSum>()
    for (const charge of this.#charges(account, held, first, end)) {
      const month = monthOf(charge.at, this.#offset)
      if (month >= first && month < last) yield lineOf(account, month, month, charge)
      const key = JSON.stringify([charge.subscription, month, charge.currency.code])
      const sum = sums.get(key) ?? { last: charge, month, amount: 0n, tax: 0n }
      sums.set(key, { last: charge, month, amount: sum.amount + charge.amount, tax: sum.tax + charge.tax })
    }
    for (const key of new Set([...billed.keys(), ...sums.keys()])) {
      const known = sums.get(key) ?? billed.get(key)
      if (known === undefined || known.month >= last) continue
      const { last: charge, month } = known
      const before = billed.get(key) ?? { amount: 0n, tax: 0n }
      const now = sums.get(key) ?? { amount: 0n, tax: 0n }
      billed.set(key, { last: charge, month, amount: now.amount, tax: now.tax })
      if (month >= first || now.amount === before.amount) continue
      const text = `correction of ${formatMonth(month)}: ${inMoney(now.amount)} instead of ${inMoney(before.amount)}`
      yield lineOf(account, first, month, {
        ...charge,
        kind: 'correction',
        rule: 'I-04',
        text,
        amount: now.amount - before.amount,
        tax: now.tax - before.tax,
      })
    }
  }

  #charges(account: string, held: readonly Held[], bill: number, end: number): readonly SubscriptionCharge[] {
    const subscriptions = new AccountSubscriptions(account, this.#policies)
    for (const each of held) if (isKnownOn(each, bill)) subscriptions.take(each.event)
    subscriptions.finish(end)
    for (const { line, text } of subscriptions.problems) {
      const key = `${line} ${text}`
      if (!this.#reported.has(key)) this.#onProblem(line, text)
      this.#reported.add(key)
    }
    return subscriptions.charges
  }
}

function lineOf(account: string, bill: number, month: number, charge: SubscriptionCharge): UsageLine {
  const { subscription, kind, offer, at, from, until, quantity, rule, text, amount, tax } = charge
  const currency: Currency = charge.currency
  return {
    ...{ account, bill, month, metric: offer, dimensions: NO_DIMENSIONS, currency, events: 1, quantity },
    ...{ rule, text, amount, part: { subscription, kind, at, from, until, tax } },
  }
}
