/**
 * What the subscriptions of an account cost: each purchase, renewal, change and refund as a line, from what happened to them.
 * Terms are those of T-04, T-05 and R-07, changes those of X-01..X-09, refunds those of N-01..N-05. Renewals happen by
 * themselves as R-03 has it, and are paid.
 */
import { BillingError } from '#base/billing-error.ts'
import { formatInstant, startOfDay } from '#base/civil-time.ts'
import { decimalText } from '#base/decimal-text.ts'
import { MONEY_DECIMALS } from '#base/money.ts'
import { DAY } from '#base/time.ts'
import type { Currency } from '#scenarios/currencies.ts'
import type { Policies } from '#scenarios/policies.ts'
import { renewalAttempts } from '../billing/auto-renewal.ts'
import { type ChangeSide, changeDown, onlyUpwards } from '../billing/change.ts'
import type { Discount } from '../billing/discount.ts'
import { decidingTime, expansionFee } from '../billing/expansion.ts'
import { type Charged, isRefusal, type Line, type Refusal, sumOf } from '../billing/line.ts'
import { priced } from '../billing/price/plan.ts'
import { refund } from '../billing/refund.ts'
import { taxLine } from '../billing/tax.ts'
import { lastDay, termEnd, termEnds } from '../billing/term.ts'
import { alignedFactor, planLine, type RunningTerm, remainingMonths, remainingPart } from '../billing/term-price.ts'
import { matchedPlan, upgradeFee } from '../billing/upgrade.ts'
import { type Coupon, type Offer, type OfferPrice, offerPriceAt, termsAt } from './offers.ts'
import type { SubscriptionKind } from './usage-line.ts'

export const subscriptionActs = ['start', 'change', 'renew', 'cancel', 'keep', 'unsubscribe'] as const
export type SubscriptionAct = (typeof subscriptionActs)[number]

export interface SubscriptionEvent {
  /** Of the log; of two rows at one instant the later one is later. */
  readonly line: number
  readonly account: string
  readonly subscription: string
  readonly at: number
  readonly act: SubscriptionAct
  /** Undefined: as it is. */
  readonly offer: Offer | undefined
  /** Whole 1e-8; undefined: as it is. */
  readonly quantity: bigint | undefined
  readonly months: number | undefined
  readonly coupon: Coupon | undefined
}

export interface SubscriptionCharge {
  readonly subscription: string
  readonly kind: SubscriptionKind
  readonly offer: string
  readonly at: number
  /** What it is for, ms. */
  readonly from: number
  readonly until: number
  readonly quantity: bigint
  readonly currency: Currency
  readonly rule: string
  readonly text: string
  /** Whole 1e-8, negative where it is refunded. */
  readonly amount: bigint
  readonly tax: bigint
}

/** A paid period. */
interface Period {
  readonly from: number
  readonly until: number
  readonly months: number
  paid: bigint
}

interface Subscription {
  readonly name: string
  offer: Offer
  quantity: bigint
  /** The term that was bought first, and its price. */
  readonly ownMonths: number
  price: OfferPrice
  readonly boughtAt: number
  coupon: { readonly coupon: Coupon; left: number } | undefined
  /** The end of a trial that runs; undefined in a term. */
  trialUntil: number | undefined
  /** Where terms are counted from, and the months since (T-04, R-07). */
  anchor: number
  total: number
  end: number
  readonly periods: Period[]
  /** Whether it renews by itself, and since when. */
  renews: boolean
  renewsSince: number
  /** What it becomes at its renewal. */
  next: { readonly offer: Offer; readonly quantity: bigint } | undefined
  isOver: boolean
  /** The row that it was last changed by, for what is reported about it. */
  line: number
}

const refusalText = ({ refused, rule }: Refusal): string => `refused: ${refused} (${rule})`

/** The subscriptions of one account; events come in order of time. */
export class AccountSubscriptions {
  readonly charges: SubscriptionCharge[] = []
  readonly problems: { readonly line: number; readonly text: string }[] = []
  readonly #account: string
  readonly #policies: Policies
  readonly #offset: number
  readonly #all = new Map<string, Subscription>()
  /** Offers that were tried (O-12). */
  readonly #tried = new Set<string>()

  constructor(account: string, policies: Policies) {
    this.#account = account
    this.#policies = policies
    this.#offset = policies['time.utcOffset']
  }

  take(event: SubscriptionEvent): void {
    const known = this.#all.get(event.subscription)
    if (known !== undefined) this.#advance(known, event.at, true)
    const refusal = this.#apply(event, known)
    if (refusal !== undefined) this.#report(event.line, refusal)
    else if (known !== undefined) known.line = event.line
  }

  /** What renews by itself before an instant. */
  finish(until: number): void {
    for (const each of this.#all.values()) this.#advance(each, until, false)
    this.charges.sort((a, b) => a.at - b.at)
  }

  #report(line: number, text: string): void {
    this.problems.push({ line, text })
  }

  /** What is wrong with an event; undefined where it was done. */
  #apply(event: SubscriptionEvent, known: Subscription | undefined): string | undefined {
    if (event.act === 'start') return this.#start(event, known)
    if (known === undefined) return 'no such subscription was started before; add a row with do = start'
    if (event.act === 'cancel' || event.act === 'keep') return this.#setRenewal(event, known)
    if (event.act === 'renew') return this.#renewByHand(event, known)
    return event.act === 'change' ? this.#change(event, known) : this.#unsubscribe(event, known)
  }

  #start(event: SubscriptionEvent, known: Subscription | undefined): string | undefined {
    const { offer, at, line, subscription: name } = event
    if (offer === undefined) return 'no offer; name it in the row'
    if (known !== undefined && !known.isOver && at < known.end) return 'it runs already; a change has do = change'
    const [shortest] = termsAt(offer, this.#account, at)
    const months = event.months ?? shortest?.months ?? 1
    const price = offerPriceAt(offer, months, this.#account, at)
    if (price === undefined) return this.#noPrice(offer, months, at)
    const hasTrial = offer.trialMs > 0 && !this.#tried.has(offer.name)
    const made: Subscription = {
      ...{ name, offer, quantity: event.quantity ?? ONE, ownMonths: months, price, boughtAt: at },
      coupon: this.#redeemed(event, offer),
      trialUntil: hasTrial ? at + offer.trialMs : undefined,
      ...{ anchor: at, total: 0, end: hasTrial ? at + offer.trialMs : at, periods: [] },
      ...{ renews: true, renewsSince: at, next: undefined, isOver: false, line },
    }
    this.#all.set(name, made)
    if (!hasTrial) this.#begin(made, at)
    else {
      this.#tried.add(offer.name)
      const text = `free until ${formatInstant(made.end, this.#offset)}`
      this.#charge(made, { kind: 'trial', at, from: at, until: made.end }, { rule: 'O-12', text, amount: 0n })
    }
    return undefined
  }

  #noPrice(offer: Offer, months: number, at: number): string {
    const term = months === 1 ? '1 month' : `${months} months`
    return `no price of ${offer.name} for ${term} is in force at ${formatInstant(at, this.#offset)}; add one`
  }

  #redeemed({ coupon, at, line }: SubscriptionEvent, offer: Offer): Subscription['coupon'] {
    if (coupon === undefined) return undefined
    if (at < coupon.until && (coupon.offers === undefined || coupon.offers.has(offer.name)))
      return { coupon, left: coupon.periods }
    this.#report(line, `the coupon ${coupon.name} is over, or not of ${offer.name}; charged without it`)
    return undefined
  }

  /** M-06: one discount, that of the coupon before that of the price. */
  #discountOf(subscription: Subscription, price: OfferPrice): Discount | undefined {
    const { coupon } = subscription
    if (coupon === undefined || coupon.left === 0) return price.discount
    coupon.left--
    return coupon.coupon.discount
  }

  #charge(
    { name, offer, quantity, price }: Subscription,
    made: Pick<SubscriptionCharge, 'kind' | 'at' | 'from' | 'until'>,
    line: Line,
    tax = line.amount === 0n ? 0n : taxLine(line.amount, this.#policies).amount,
  ): void {
    const { currency } = price
    this.charges.push({ ...made, ...line, subscription: name, offer: offer.name, quantity, currency, tax })
  }

  /** The first term. */
  #begin(made: Subscription, at: number): void {
    const { quantity, price, ownMonths, offer } = made
    const line = planLine(
      price.plan,
      { quantity, factor: undefined },
      this.#discountOf(made, price),
      this.#policies['rounding.charge'],
    )
    Object.assign(made, { trialUntil: undefined, anchor: at, total: ownMonths, offer })
    made.end = termEnd(at, ownMonths, this.#offset)
    made.periods.push({ from: at, until: made.end, months: ownMonths, paid: line.amount })
    this.#charge(made, { kind: 'purchase', at, from: at, until: made.end }, line)
  }

  /** Does what happens by itself up to an instant: trials end, and terms are renewed. */
  #advance(each: Subscription, to: number, isIncluded: boolean): void {
    for (;;) {
      const at = this.#nextStep(each)
      if (at === undefined || at > to || (at === to && !isIncluded)) return
      if (each.trialUntil === undefined) this.#renewItself(each, at)
      else if (each.renews) this.#endTrial(each, at)
      else each.isOver = true
    }
  }

  #nextStep(each: Subscription): number | undefined {
    if (each.isOver) return undefined
    if (each.trialUntil !== undefined) return each.trialUntil
    if (!each.renews) return undefined
    const { renewedAt } = renewalAttempts(
      {
        expiry: each.end,
        enabledAt: each.renewsSince,
        fundedAt: Number.NEGATIVE_INFINITY,
        daysBefore: each.offer.renewalDays,
      },
      this.#offset,
    )
    return renewedAt ?? undefined
  }

  #endTrial(each: Subscription, at: number): void {
    const price = offerPriceAt(each.offer, each.ownMonths, this.#account, at)
    if (price === undefined) {
      this.#report(each.line, this.#noPrice(each.offer, each.ownMonths, at))
      each.isOver = true
      return
    }
    each.price = price
    this.#begin(each, at)
  }

  #renewItself(each: Subscription, at: number): void {
    const problem = this.#renew(each, at, each.ownMonths)
    if (problem === undefined) return
    this.#report(each.line, `not renewed: ${problem}`)
    each.renews = false
  }

  #renewByHand(event: SubscriptionEvent, each: Subscription): string | undefined {
    const { at } = event
    if (each.trialUntil !== undefined || each.isOver) return refusalText(outOfReach)
    const days = this.#policies['grace.days'] + this.#policies['retention.days']
    // until it is released.
    if (at >= each.end + days * DAY) return refusalText(outOfReach)
    const offer = event.offer ?? each.offer
    const quantity = event.quantity ?? each.quantity
    if (offer !== each.offer || quantity !== each.quantity) {
      const down = changeDown('X-01', { at, termEnd: each.end }, this.#policies, onlyUpwards)
      if (isRefusal(down)) return refusalText(down)
      each.next = { offer, quantity }
    }
    return this.#renew(each, at, event.months ?? each.ownMonths)
  }

  /** one more period from the end of the last. Returns what is wrong. */
  #renew(each: Subscription, at: number, months: number): string | undefined {
    const { offer, quantity } = each.next ?? each
    const price = offerPriceAt(offer, months, this.#account, at)
    if (price === undefined) return this.#noPrice(offer, months, at)
    const { end: from, anchor, total } = each
    const [, end] = termEnds(anchor, total, [months], this.#offset, this.#policies['renewal.alignDay'])
    const plain = termEnd(anchor, total + months, this.#offset)
    const factor = alignedFactor(plain, end, months, this.#policies)
    Object.assign(each, { offer, quantity, price, end, next: undefined, renewsSince: at })
    if (end === plain) each.total += months
    else Object.assign(each, { anchor: startOfDay(lastDay(end, this.#offset), this.#offset), total: 0 })
    const line = planLine(
      price.plan,
      { quantity, factor },
      this.#discountOf(each, price),
      this.#policies['rounding.charge'],
    )
    each.periods.push({ from, until: end, months, paid: line.amount })
    this.#charge(each, { kind: 'renewal', at, from, until: end }, line)
    return undefined
  }

  /** */
  #setRenewal({ act, at }: SubscriptionEvent, each: Subscription): string | undefined {
    if (each.isOver || at >= each.end) return refusalText({ refused: 'out-of-term', rule: 'R-08' })
    each.renews = act === 'keep'
    each.renewsSince = at
    return undefined
  }

  #change(event: SubscriptionEvent, each: Subscription): string | undefined {
    const { at } = event
    if (each.isOver || at >= each.end) return refusalText({ refused: 'out-of-term', rule: 'X-01' })
    const offer = event.offer ?? each.offer
    const quantity = event.quantity ?? each.quantity
    if (offer === each.offer && quantity === each.quantity)
      return refusalText({ refused: 'quantity-limit', rule: 'C-04' })
    if (each.trialUntil !== undefined) {
      Object.assign(each, { offer, quantity })
      return undefined
    }
    const isUpgrade = offer !== each.offer
    const change = isUpgrade ? this.#upgrade(each, at, offer, quantity) : this.#expansion(each, at, quantity)
    if (typeof change === 'string') return change
    const { fee, price } = change
    if (isRefusal(fee)) return refusalText(fee)
    const [line] = fee.lines
    if (line.rule === 'X-01') {
      each.next = { offer, quantity }
      this.#charge(each, { kind: 'down-at-renewal', at, from: each.end, until: each.end }, line)
      return undefined
    }
    Object.assign(each, { offer, quantity, price, next: undefined })
    for (const period of each.periods.slice(-1)) period.paid += sumOf(fee.lines)
    this.#charge(each, { kind: isUpgrade ? 'upgrade' : 'expansion', at, from: at, until: each.end }, line)
    return undefined
  }

  /** The period that runs or was bought last, as changes see it. */
  #term({ periods, end }: Subscription, at: number): RunningTerm {
    const running = periods.find((period) => at < period.until) ?? periods[periods.length - 1]
    return { start: running.from, end, months: periods[periods.length - 1].months }
  }

  #side(each: Subscription, at: number, price: OfferPrice, quantity: bigint): ChangeSide {
    return {
      price: priced(price.plan, quantity),
      part: remainingPart(at, this.#term(each, at), price.months, this.#policies),
    }
  }

  /** X-02, `upgrade.originalBasis`: the price of what is there, as it is now or as it was paid. */
  #original(each: Subscription, at: number): OfferPrice {
    if (this.#policies['upgrade.originalBasis'] === 'paid') return each.price
    return offerPriceAt(each.offer, this.#term(each, at).months, this.#account, at) ?? each.price
  }

  #upgrade(each: Subscription, at: number, offer: Offer, quantity: bigint): Change | string {
    const term = this.#term(each, at)
    const months = { purchased: term.months, remaining: remainingMonths(at, term, this.#policies) }
    const price = matchedPlan(termsAt(offer, this.#account, at), months, this.#policies['upgrade.priceMatch'])
    if (price === undefined) return this.#noPrice(offer, term.months, at)
    const original = this.#original(each, at)
    if (price.currency.code !== original.currency.code) return this.#twoCurrencies(original, price)
    const fee = upgradeFee(
      {
        to: this.#side(each, at, price, quantity),
        from: this.#side(each, at, original, each.quantity),
        discount: price.discount,
        time: { at, termEnd: each.end },
      },
      this.#policies,
    )
    return { fee, price }
  }

  #expansion(each: Subscription, at: number, quantity: bigint): Change | string {
    const { months } = this.#term(each, at)
    const price = offerPriceAt(each.offer, months, this.#account, at) ?? each.price
    const original = this.#original(each, at)
    if (price.currency.code !== original.currency.code) return this.#twoCurrencies(original, price)
    const fee = expansionFee(
      {
        plan: price.plan,
        from: each.quantity,
        to: quantity,
        original: original === price ? undefined : this.#side(each, at, original, each.quantity),
        remaining: remainingPart(at, this.#term(each, at), price.months, this.#policies),
        decidedAt: decidingTime({ created: at, bought: each.boughtAt }, this.#policies['expansion.ruleKey']),
        discount: price.discount,
        time: { at, termEnd: each.end },
      },
      this.#policies,
    )
    return { fee, price }
  }

  #twoCurrencies(from: OfferPrice, to: OfferPrice): string {
    return `its prices are in ${from.currency.code} and ${to.currency.code}, so that no difference can be charged`
  }

  /** N-01..N-05: what is left of each period that has not ended is refunded. */
  #unsubscribe({ at }: SubscriptionEvent, each: Subscription): string | undefined {
    if (!each.offer.isRefundable) return refusalText({ refused: 'not-refundable', rule: 'N-01' })
    if (each.trialUntil !== undefined) return refusalText({ refused: 'not-refundable', rule: 'N-07' })
    if (each.isOver || at >= each.end) return refusalText({ refused: 'expired', rule: 'N-07' })
    const given: [period: Period, line: Line][] = []
    for (const period of each.periods.filter(({ until }) => at < until)) {
      const { from, until, months, paid } = period
      const asked = { cash: paid, coupon: 0n, start: from, termEnd: until, termMonths: months, at, begun: at >= from }
      try {
        const refunded = refund(asked, this.#policies)
        if (isRefusal(refunded)) return refusalText(refunded)
        const { lines } = refunded
        const text = lines.map(withAmount).join('; ')
        given.push([period, { rule: lines[0].rule, text, amount: -sumOf(lines) }])
      } catch (error) {
        if (!(error instanceof BillingError)) throw error
        return `${error.what}; ${error.hint}`
      }
    }
    for (const [{ from, until }, line] of given)
      this.#charge(each, { kind: 'refund', at, from: Math.max(at, from), until }, line)
    each.isOver = true
    return undefined
  }
}

interface Change {
  readonly fee: Charged
  /** Of what it becomes. */
  readonly price: OfferPrice
}

const ONE = 100_000_000n
const outOfReach: Refusal = { refused: 'not-renewable', rule: 'R-01' }
const withAmount = ({ text, amount }: Line): string =>
  text.includes(':') ? text : `${text} ${decimalText(amount, MONEY_DECIMALS)}`
