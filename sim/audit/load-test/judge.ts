/**
 * The second accountant of a load test: it reads requests and responses, computes every amount and every posting again
 * on exact decimals, and keeps its own balances. It shares no code with the service it judges.
 */
import type { OperationKind } from '../../record/load-ledger.ts'
import { ledgerNumber, usageItems } from '../../record/load-ledger.ts'
import { ChangePrices, type PriceLine } from '../change-prices.ts'
import { DAY, HOUR } from '../civil-time.ts'
import { coverInMinorUnits, Exact } from '../exact.ts'
import type { Findings } from '../findings.ts'
import { type PriceHistory, priceAt } from '../hourly-prices.ts'
import { type Kind, kinds } from '../kinds.ts'
import { discountAt } from '../planned.ts'
import type { Premises } from '../premises.ts'
import { taxOn, withTax } from '../pricing.ts'
import { consumedOf, feeOf } from '../returns.ts'
import { cashBack, payableOf } from '../rounding.ts'
import type { BookedOperation } from './ledger-reader.ts'
import { type Paid, Purses } from './purses.ts'

type Row = readonly number[]
export type Leg = readonly [ledger: number, owner: number, amount: number]

const ledger = {
  cash: ledgerNumber('buyer-cash'),
  receivable: ledgerNumber('buyer-receivable'),
  clearing: ledgerNumber('payment-clearing'),
  deferred: ledgerNumber('deferred-revenue'),
  tax: ledgerNumber('tax-payable'),
  cloud: ledgerNumber('cloud-resource-revenue'),
  image: ledgerNumber('marketplace-revenue'),
  refunds: ledgerNumber('refunds'),
  coupons: ledgerNumber('buyer-coupons'),
  promotion: ledgerNumber('promotion-expense'),
  rounding: ledgerNumber('rounding-differences'),
} as const

const RETURNS_A_YEAR = 10

interface Account {
  cash: number
  due: number
  charges: number
  /** What of the charges is orders. */
  orders: number
  lines: number
  /** What metered hours owe, by hour: servers and images. */
  readonly owed: Map<number, [ecs: number, image: number]>
}

interface Bought {
  readonly amount: number
  readonly tax: number
  /** What of the price before tax is for servers. */
  readonly cloud: number
  readonly coupons: Paid
  given: boolean
}

/** The answer of an order or change, as its row ends. */
interface Answer {
  readonly number: number
  readonly id: number
  readonly at: number
  readonly order: number
  readonly specification: number
  readonly pricedAt: number
  readonly outside: number
  readonly card: number
  /** Amount, tax, discount, coupon, cash, charged, done. */
  readonly recorded: Row
}

/** The population of the history: region of each account, which those of later rounds have too. */
export interface People {
  readonly count: number
  readonly regions: readonly number[]
}

export class LoadJudge {
  readonly #premises: Premises
  readonly #findings: Findings
  readonly #people: People
  readonly #prices: ChangePrices
  readonly #accounts = new Map<number, Account>()
  readonly #orders = new Map<number, Bought>()
  readonly #purses = new Purses()
  /** U-09: what was metered, by hour, as long as a record of the hour may come. */
  readonly #metered = new Map<number, Set<number>>()
  #expected: Leg[] = []

  constructor(premises: Premises, people: People, findings: Findings) {
    this.#premises = premises
    this.#people = people
    this.#findings = findings
    this.#prices = new ChangePrices(premises)
  }

  /** Judges one operation; returns the postings that it should have. */
  judge({ kind, row }: BookedOperation): readonly Leg[] {
    this.#expected = []
    if (kind !== undefined) this.#rules[kind](row)
    return this.#expected
  }

  readonly #rules: Readonly<Record<OperationKind, (row: Row) => void>> = {
    'top-up': (row) => this.#topUp(row),
    order: (row) => this.#order(row),
    meter: (row) => this.#meter(row),
    settle: (row) => this.#settle(row),
    refund: (row) => this.#refund(row),
    bill: (row) => this.#bill(row),
    change: (row) => this.#change(row),
    earn: (row) => this.#earn(row),
    coupon: (row) => this.#coupon(row),
  }

  #compare(kind: Kind, recorded: number, audited: number, number: number, at: number, text: string): void {
    this.#findings.compare(kind, recorded, audited, () => ({ subject: `operation ${number}`, at, text }))
  }

  #of(id: number): Account {
    let account = this.#accounts.get(id)
    if (account === undefined) {
      account = { cash: 0, due: 0, charges: 0, orders: 0, lines: 0, owed: new Map() }
      this.#accounts.set(id, account)
    }
    return account
  }

  #post(name: keyof typeof ledger, owner: number, amount: number): void {
    if (amount !== 0) this.#expected.push([ledger[name], owner, amount])
  }

  /** money that comes in pays the debt first. */
  #receive(id: number, amount: number): void {
    const account = this.#of(id)
    account.cash += amount
    const paid = Math.min(account.due, account.cash)
    account.cash -= paid
    account.due -= paid
    this.#post('cash', id, paid)
    this.#post('receivable', id, -paid)
  }

  #topUp([, id, , amount]: Row): void {
    this.#post('clearing', 0, amount)
    this.#post('cash', id, -amount)
    this.#receive(id, amount)
  }

  #order(row: Row): void {
    const [number, id, at, order, specification, pool, months, quantity, pricedAt] = row
    const [anchor, total, outside, card] = row.slice(9)
    const asked = { specification, pool, months, quantity: quantity * 1e8, at: pricedAt }
    const answer = { number, id, at, order, specification, pricedAt, outside, card, recorded: row.slice(13) }
    const linesOf = () => (anchor === 0 ? this.#prices.period(asked) : this.#prices.renewalOf({ anchor, total }, asked))
    this.#buy(answer, quantity === 0 ? [] : linesOf())
  }

  /** X-02..X-08. */
  #change(row: Row): void {
    const [number, id, at, order, expansion, before, planBefore, quantityBefore, specification, quantity] = row
    const [start, end, boughtAt, pricedAt, outside, card] = row.slice(10)
    const months = this.#premises.plans.get(planBefore)?.months ?? 0
    const was = { specification: before, quantity: quantityBefore * 1e8, plan: planBefore, months, termEnd: end }
    const asked = { specification, quantity: quantity * 1e8, at: pricedAt }
    const ruleKey = this.#premises.policyAt('expansion.ruleKey', pricedAt)
    const decided = { 'order-created': pricedAt, paid: at, 'originally-bought': boughtAt }[ruleKey]
    const lines =
      expansion === 1 ? this.#prices.expansionOf(was, start, decided, asked) : this.#prices.upgradeOf(was, start, asked)
    this.#buy({ number, id, at, order, specification, pricedAt, outside, card, recorded: row.slice(16) }, lines)
  }

  /** O-05, O-13: discount coupon, cash coupon, balance, card; what is left is paid from outside, or the order is refused. */
  #buy(
    { number, id, at, order, specification, pricedAt, outside, card, recorded }: Answer,
    lines: readonly PriceLine[],
  ) {
    const account = this.#of(id)
    const region = this.#people.regions[(id - 1) % this.#people.count]
    const worked = withTax(this.#premises, region, pricedAt, lines)
    const taxed = (untaxed: bigint): bigint => {
      const { amount, net } = withTax(this.#premises, region, pricedAt, lines, untaxed)
      return amount - net
    }
    const coupons = this.#purses.quote(id, {
      net: worked.net,
      taxOn: taxed,
      discounted: discountAt(this.#premises.specifications.get(specification)?.discounts ?? [], pricedAt) !== null,
      lowers: this.#premises.policyAt('tax.couponBase', at) === 'paid',
    })
    // A load test's ledger holds no more than float64 does exactly.
    const [net, tax] = [Number(worked.net), Number(taxed(coupons.untaxed))]
    const [discount, coupon] = [Number(coupons.discount), Number(coupons.cash)]
    const rest = net + tax - discount - coupon
    const lacking = card === 1 && rest > account.cash ? rest - account.cash : 0
    const { decimals } = this.#premises.scenario.currency
    const asked = Number(coverInMinorUnits(BigInt(lacking), decimals))
    const drawn = Math.min(account.cash + asked, rest)
    const granted = drawn === rest || outside === 1
    const [amount, taxRecorded, discountRecorded, couponRecorded, cash, charged, done] = recorded
    const ifGranted = (value: number): number => (granted ? value : 0)
    this.#compare(kinds.orderAmount, amount, net + tax, number, at, 'the sum of its lines')
    this.#compare(kinds.taxLine, taxRecorded, tax, number, at, 'the tax on it')
    this.#compare(kinds.orderShape, done, ifGranted(1), number, at, 'granted as coupons and balance allow')
    this.#compare(kinds.payment, discountRecorded, ifGranted(discount), number, at, 'paid by discount coupon')
    this.#compare(kinds.payment, couponRecorded, ifGranted(coupon), number, at, 'paid by cash coupon')
    this.#compare(kinds.payment, cash, ifGranted(drawn), number, at, 'drawn from the balance')
    this.#compare(kinds.card, charged, ifGranted(asked), number, at, 'minor units that the balance lacks')
    if (!granted) return
    const cloud = Number(lines.reduce((sum, line) => sum + (line.part === 'ecs' ? line.amount : 0n), 0n))
    this.#orders.set(order, { amount: net + tax, tax, cloud, coupons, given: false })
    if (net + tax === 0) return
    const lost = Number(this.#purses.spend(coupons))
    account.cash += asked - drawn
    account.charges += net + tax
    account.orders += net + tax
    account.lines++
    this.#post('clearing', 0, asked)
    this.#post('cash', id, -asked)
    this.#post('promotion', 0, -lost)
    this.#post('coupons', id, lost + discount + coupon)
    this.#post('cash', id, drawn)
    this.#post('clearing', 0, rest - drawn)
    this.#post('deferred', id, -net)
    this.#post('tax', 0, -tax)
  }

  /** M-05: of the price, what the days up to the last have earned, less what they had before. */
  #earn([number, id, at, orderId, cloud, days, from, to, amount, done]: Row): void {
    const order = this.#orders.get(orderId)
    const known = order !== undefined && !order.given
    const price = known ? (cloud === 1 ? order.cloud : order.amount - order.tax - order.cloud) : 0
    const earnedBy = (ended: number): number => new Exact(price).times(ended).div(days).floor().toNumber()
    const earned = earnedBy(to) - earnedBy(from)
    this.#compare(kinds.orderShape, done, known ? 1 : 0, number, at, 'earned of what was paid and not refunded')
    this.#compare(kinds.recognition, amount, earned, number, at, `earned by ${to - from} of ${days} days`)
    this.#post('deferred', id, earned)
    this.#post(cloud === 1 ? 'cloud' : 'image', 0, -earned)
  }

  /** M-10. */
  #coupon([, id, , , cash, amount]: Row): void {
    this.#purses.grant(id, cash === 1, amount)
    this.#post('promotion', 0, amount)
    this.#post('coupons', id, -amount)
  }

  #meter([number, id, instance, item, priced, hour, seconds, unitPrice, amount, done]: Row): void {
    const premises = this.#premises
    const isFirst = this.#isFirst(instance, item, priced, hour)
    const name = usageItems[item]
    const history = this.#pricesOf(name, priced)
    const hourly = priceAt(history, hour)
    const granularity = premises.policies[name === 'image' ? 'image.granularity' : 'ecs.granularity']
    const charged = granularity === 'second' || name === 'traffic' ? seconds : 3_600
    const audited = isFirst ? premises.charges.of(hourly, charged) : 0
    this.#compare(kinds.usagePrice, unitPrice, Number(hourly), number, hour, 'the price of the hour')
    const kind = name === 'ecs' ? kinds.ecsCharge : name === 'image' ? kinds.imageCharge : kinds.resourceCharge
    this.#compare(kind, amount, audited, number, hour, 'the hour')
    this.#compare(kinds.doubleCharge, done, isFirst ? 1 : 0, number, hour, 'each hour is charged once')
    const { owed } = this.#of(id)
    const hourOwed = owed.get(hour) ?? [0, 0]
    // E-09: what a server has is owed with it.
    hourOwed[name === 'image' ? 1 : 0] += audited
    owed.set(hour, hourOwed)
  }

  #pricesOf(name: (typeof usageItems)[number], priced: number): PriceHistory {
    const { pools, specifications } = this.#premises
    if (name === 'image') return specifications.get(priced)?.prices ?? []
    const pool = pools.get(priced)
    if (name === 'ecs') return pool?.prices ?? []
    return pool?.resources[name === 'elastic-ip' ? 'elasticIp' : name] ?? []
  }

  #isFirst(instance: number, item: number, priced: number, hour: number): boolean {
    let known = this.#metered.get(hour)
    if (known === undefined) {
      const window = this.#premises.policies['usage.lateWindow'] + HOUR
      for (const old of this.#metered.keys()) if (old + window < hour) this.#metered.delete(old)
      known = new Set()
      this.#metered.set(hour, known)
    }
    const before = known.size
    known.add((instance * usageItems.length + item) * 65_536 + priced)
    return known.size > before
  }

  #settle([number, id, at, hour, ecs, image, cash, due]: Row): void {
    const account = this.#of(id)
    const [auditedEcs, auditedImage] = account.owed.get(hour) ?? [0, 0]
    account.owed.delete(hour)
    const total = auditedEcs + auditedImage
    const drawn = Math.min(account.cash, total)
    this.#compare(kinds.settlement, ecs, auditedEcs, number, at, 'servers of the hour')
    this.#compare(kinds.settlement, image, auditedImage, number, at, 'images of the hour')
    this.#compare(kinds.settlement, cash, drawn, number, at, 'drawn from the balance')
    this.#compare(kinds.settlement, due, total - drawn, number, at, 'in arrears')
    if (total === 0) return
    account.cash -= drawn
    account.due += total - drawn
    account.charges += total
    account.lines++
    this.#post('cash', id, drawn)
    this.#post('receivable', id, total - drawn)
    this.#post('cloud', 0, -auditedEcs)
    this.#post('image', 0, -auditedImage)
  }

  #refund(row: Row): void {
    const [number, id, at, orderId, inFull, begun] = row
    const [paid, consumed, fee, amount, coupon, tax, rounding, done] = row.slice(11)
    const order = this.#orders.get(orderId)
    const known = order !== undefined && !order.given
    const back = known ? this.#givenBack(row, order) : { consumed: 0, fee: 0, amount: 0, coupon: 0, tax: 0 }
    this.#compare(kinds.orderShape, done, known ? 1 : 0, number, at, 'refunded once, of what was paid')
    this.#compare(kinds.refund, paid, known ? order.amount : 0, number, at, 'what was paid for it')
    this.#compare(kinds.refund, consumed, back.consumed, number, at, 'consumed')
    this.#compare(kinds.refund, fee, back.fee, number, at, 'handling fee')
    this.#compare(kinds.refund, amount, back.amount, number, at, 'refunded')
    this.#compare(kinds.refund, coupon, back.coupon, number, at, 'refunded to coupons')
    this.#compare(kinds.refund, tax, back.tax, number, at, 'the tax in it')
    const inCash = known ? order.amount - Number(order.coupons.discount + order.coupons.cash) : 0
    const cash = Number(cashBack(this.#premises, at, { amount: BigInt(back.amount), paid: BigInt(inCash) }))
    this.#compare(kinds.rounding, rounding, cash - back.amount, number, at, 'what brings the cash to minor units')
    if (!known) return
    order.given = true
    if (back.coupon > 0) this.#purses.refund(order.coupons, inFull === 1 || begun === 0)
    const whole = back.amount + back.coupon
    this.#post('deferred', id, whole - back.tax)
    this.#post('tax', 0, back.tax)
    this.#post('refunds', id, -whole)
    this.#post('refunds', id, whole)
    this.#post('coupons', id, -back.coupon)
    this.#post('cash', id, -cash)
    this.#post('rounding', 0, cash - back.amount)
    this.#receive(id, cash)
  }

  /** O-08, N-03..N-07, M-07. */
  #givenBack(row: Row, { amount: paid, tax, coupons }: Bought) {
    const [, , at, , inFull, begun, fiveDays, from, to, months, returns] = row
    const { policies } = this.#premises
    const [discount, coupon] = [Number(coupons.discount), Number(coupons.cash)]
    const cash = paid - discount - coupon
    const untaxed = Number(coupons.untaxed)
    const taxIn = (whole: number): number =>
      paid === untaxed
        ? 0
        : new Exact(tax)
            .times(whole)
            .div(paid - untaxed)
            .floor()
            .toNumber()
    const withinFiveDays =
      policies['refund.fiveDay'] === 'cn' && fiveDays === 1 && at - from < 5 * DAY && returns < RETURNS_A_YEAR
    if (inFull === 1 || (begun === 0 && at < to))
      return { consumed: 0, fee: 0, amount: cash, coupon: discount + coupon, tax: taxIn(paid - untaxed) }
    if (at >= to) return { consumed: cash, fee: 0, amount: 0, coupon: 0, tax: taxIn(0) }
    if (withinFiveDays) return { consumed: 0, fee: 0, amount: cash, coupon, tax: taxIn(cash + coupon) }
    const consumed = Number(consumedOf(this.#premises, { from, to }, at, BigInt(cash)))
    const fee = Number(feeOf(this.#premises, from, months, at, BigInt(cash)))
    const amount = Math.max(0, cash - consumed - fee)
    return { consumed, fee, amount, coupon: 0, tax: taxIn(amount) }
  }

  /** I-02, M-02, M-07, M-08. */
  #bill([number, id, at, month, lines, charges, tax, rounding, payable, cash, due]: Row): void {
    const premises = this.#premises
    const account = this.#of(id)
    const region = this.#people.regions[(id - 1) % this.#people.count]
    const taxDue = Number(taxOn(premises, region, at, BigInt(account.charges - account.orders)))
    const exact = account.charges + taxDue
    const asked = Number(payableOf(premises, at, BigInt(exact)))
    const isSettled = premises.policyAt('rounding.rest', at) === 'settle'
    const rest = isSettled ? asked - exact : 0
    const owed = taxDue + (rest > 0 ? rest : 0)
    const drawn = owed < account.cash ? owed : account.cash
    this.#compare(kinds.billLines, lines, account.lines, number, month, 'charges of the month')
    this.#compare(kinds.billCharges, charges, account.charges, number, month, 'their sum')
    this.#compare(kinds.taxOnUse, tax, taxDue, number, month, 'the tax on the use of the month')
    this.#compare(kinds.billPayable, payable, asked, number, month, 'in minor units')
    this.#compare(kinds.rounding, rounding, asked - exact, number, month, 'what brings the bill to minor units')
    this.#compare(kinds.settlement, cash, drawn, number, month, 'drawn from the balance with the bill')
    this.#compare(kinds.settlement, due, owed - drawn, number, month, 'in arrears with the bill')
    account.lines = 0
    account.charges = 0
    account.orders = 0
    account.cash -= drawn
    account.due += owed - drawn
    this.#post('cash', id, drawn)
    this.#post('receivable', id, owed - drawn)
    this.#post('tax', 0, -taxDue)
    this.#post('rounding', 0, -rest)
    if (rest >= 0) return
    this.#post('cash', id, rest)
    this.#receive(id, -rest)
  }
}
