/**
 * The second accountant of a load test: it reads requests and responses, computes every amount and every posting again
 * on exact decimals, and keeps its own balances. It shares no code with the service it judges.
 */
import type { OperationKind } from '../../record/load-ledger.ts'
import { ledgerNumber, usageItems } from '../../record/load-ledger.ts'
import { ChangePrices, type PriceLine } from '../change-prices.ts'
import { HOUR } from '../civil-time.ts'
import { coverInMinorUnits, floorOf } from '../exact.ts'
import type { Findings } from '../findings.ts'
import { type PriceHistory, priceAt } from '../hourly-prices.ts'
import { type Kind, kinds } from '../kinds.ts'
import { discountAt } from '../planned.ts'
import type { Premises } from '../premises.ts'
import { taxOn, withTax } from '../pricing.ts'
import { cashBack, payableOf } from '../rounding.ts'
import { Bought, givenBack, nothingBack, sellerCost } from './bought.ts'
import type { BookedOperation } from './ledger-reader.ts'
import { Purses } from './purses.ts'

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
  deferredCost: ledgerNumber('deferred-seller-cost'),
  sellerCost: ledgerNumber('seller-cost'),
  unbilled: ledgerNumber('unbilled-payable'),
} as const

interface Account {
  cash: number
  due: number
  charges: number
  /** What of the charges is orders. */
  orders: number
  lines: number
  /** What metered hours owe, by hour: servers and images. */
  readonly owed: Map<number, [ecs: number, image: number]>
  /** L-06: what was used by specification, and is not a sale yet. */
  readonly used: Map<number, number>
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
    share: (row) => this.#share(row),
  }

  #compare(kind: Kind, recorded: number, audited: number, number: number, at: number, text: string): void {
    this.#findings.compare(kind, recorded, audited, () => ({ subject: `operation ${number}`, at, text }))
  }

  #of(id: number): Account {
    let account = this.#accounts.get(id)
    if (account === undefined) {
      account = { cash: 0, due: 0, charges: 0, orders: 0, lines: 0, owed: new Map(), used: new Map() }
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
    const cloud = lines.reduce((sum, line) => sum + (line.part === 'ecs' ? line.amount : 0n), 0n)
    this.#orders.set(order, new Bought(specification, coupons, { image: BigInt(net) - cloud, cloud, tax: BigInt(tax) }))
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
  #earn([number, id, at, orderId, cloud, days, from, to, amount, own, done]: Row): void {
    const order = this.#liveOrder(orderId)
    const earned = order?.earn(cloud === 1, days, from, to) ?? { amount: 0n, commission: 0n }
    const [price, commission] = [Number(earned.amount), Number(earned.commission)]
    this.#compare(
      kinds.orderShape,
      done,
      order === undefined ? 0 : 1,
      number,
      at,
      'earned of what was paid and not refunded',
    )
    this.#compare(kinds.recognition, amount, price, number, at, `earned by ${to - from} of ${days} days`)
    this.#compare(kinds.sellerShare, own, commission, number, at, 'what of it is not the share of the seller')
    this.#post('deferred', id, price)
    if (cloud === 1) {
      this.#post('cloud', 0, -price)
      return
    }
    // L-06: what a principal earns is the price, at the cost of the share.
    this.#post('image', 0, -(this.#isPrincipal ? price : commission))
    this.#post('sellerCost', 0, this.#isPrincipal ? price - commission : 0)
    this.#post('deferredCost', this.#sellerOf(order?.specification), commission - price)
  }

  /** One that was paid, and is not refunded as a whole. */
  #liveOrder(id: number): Bought | undefined {
    const order = this.#orders.get(id)
    return order?.isRefunded === false ? order : undefined
  }

  get #isPrincipal(): boolean {
    return this.#premises.policies['revenue.presentation'] === 'principal'
  }

  #sellerOf(specification: number | undefined): number {
    return this.#premises.sellers.get(specification ?? 0)?.id ?? 0
  }

  /** L-03, L-06: of an order, or of what was used since the last such row of its account and specification. */
  #share([number, id, at, orderId, specification, month, sales, cost, done]: Row): void {
    const isUse = orderId === 0
    const { used } = this.#of(id)
    const order = isUse ? undefined : this.#liveOrder(orderId)
    const sold = isUse ? (used.get(specification) ?? 0) : Number(order?.image ?? 0n)
    const due = sellerCost(this.#premises, specification, sold, month)
    const isKnown = isUse || order !== undefined
    this.#compare(kinds.orderShape, done, isKnown ? 1 : 0, number, at, 'a sale of what was paid and not refunded')
    this.#compare(kinds.sellerShare, sales, sold, number, at, 'what was sold, net of tax')
    this.#compare(kinds.sellerShare, cost, due, number, at, 'the share of the seller')
    if (order !== undefined)
      this.#compare(kinds.sellerShare, specification, order.specification, number, at, 'whose specification')
    if (isUse) used.delete(specification)
    order?.sell(BigInt(due))
    this.#owe(specification, due, isUse ? 0 : due)
  }

  /** The seller is owed more, of which a part is deferred. */
  #owe(specification: number, cost: number, deferred: number): void {
    const seller = this.#sellerOf(specification)
    this.#post('deferredCost', seller, deferred)
    this.#post(this.#isPrincipal ? 'sellerCost' : 'image', 0, cost - deferred)
    this.#post('unbilled', seller, -cost)
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
    const { owed, used } = this.#of(id)
    if (name === 'image') used.set(priced, (used.get(priced) ?? 0) + audited)
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

  #settle([number, id, at, hour, ecs, image, coupon, cash, due]: Row): void {
    const account = this.#of(id)
    const [auditedEcs, auditedImage] = account.owed.get(hour) ?? [0, 0]
    account.owed.delete(hour)
    const total = auditedEcs + auditedImage
    const byCoupons = this.#purses.spendOnUse(id, total)
    const drawn = Math.min(account.cash, total - byCoupons)
    const open = total - byCoupons - drawn
    this.#compare(kinds.settlement, ecs, auditedEcs, number, at, 'servers of the hour')
    this.#compare(kinds.settlement, image, auditedImage, number, at, 'images of the hour')
    this.#compare(kinds.settlement, coupon, byCoupons, number, at, 'paid by cash coupons')
    this.#compare(kinds.settlement, cash, drawn, number, at, 'drawn from the balance')
    this.#compare(kinds.settlement, due, open, number, at, 'in arrears')
    if (total === 0) return
    account.cash -= drawn
    account.due += open
    account.charges += total
    account.lines++
    this.#post('coupons', id, byCoupons)
    this.#post('cash', id, drawn)
    this.#post('receivable', id, open)
    this.#post('cloud', 0, -auditedEcs)
    this.#post('image', 0, -auditedImage)
  }

  #refund(row: Row): void {
    const [number, id, at, orderId, inFull, begun] = row
    const [part, parts, paid, consumed, fee, amount, coupon, tax, cloud, rounding, cost, released, done] = row.slice(12)
    const order = this.#liveOrder(orderId)
    const piece = order?.leave(part, parts, ...this.#daysOf(row))
    const back =
      piece === undefined ? nothingBack : givenBack(this.#premises, row, piece, order?.coupons.untaxed !== 0n)
    const whole = Number(piece === undefined ? 0n : piece.image + piece.cloud + piece.tax)
    const inCash = piece === undefined ? 0n : BigInt(whole) - piece.cash - piece.discount
    const cash = Number(cashBack(this.#premises, at, { amount: BigInt(back.amount), paid: inCash }))
    const all = back.amount + back.coupon
    const net = whole - Number(piece?.tax ?? 0n)
    const cloudBack = net === 0 ? 0 : Number(floorOf((piece?.cloud ?? 0n) * BigInt(all - back.tax), BigInt(net)))
    const imageBack = all - back.tax - cloudBack
    const specification = order?.specification ?? 0
    const month = this.#premises.calendar.monthOf(Math.min(at, this.#premises.end - 1))
    const sold = order?.isSale === true ? imageBack : 0
    const due = sellerCost(this.#premises, specification, -sold, month)
    const deferred = Number(piece?.deferred ?? 0n)
    this.#compare(kinds.orderShape, done, order === undefined ? 0 : 1, number, at, 'refunded of what was paid')
    this.#compare(kinds.refund, paid, whole, number, at, 'what was paid for it')
    this.#compare(kinds.refund, consumed, back.consumed, number, at, 'consumed')
    this.#compare(kinds.refund, fee, back.fee, number, at, 'handling fee')
    this.#compare(kinds.refund, amount, back.amount, number, at, 'refunded')
    this.#compare(kinds.refund, coupon, back.coupon, number, at, 'refunded to coupons')
    this.#compare(kinds.refund, tax, back.tax, number, at, 'the tax in it')
    this.#compare(kinds.refund, cloud, cloudBack, number, at, 'what of it was paid for servers')
    this.#compare(kinds.rounding, rounding, cash - back.amount, number, at, 'what brings the cash to minor units')
    this.#compare(kinds.sellerShare, cost, due, number, at, 'what the seller is owed less')
    this.#compare(kinds.sellerShare, released, deferred, number, at, 'what of the share is no longer deferred')
    if (order === undefined || piece === undefined) return
    if (back.coupon > 0)
      this.#purses.refund(order.coupons, {
        cash: piece.cash,
        discount: inFull === 1 || begun === 0 ? piece.discount : 0n,
      })
    // nothing of it stays deferred. What neither goes back nor was earned by days is earned now.
    const [ownDeferred, cloudDeferred] = [Number(piece.image - piece.earned), Number(piece.cloud - piece.earnedCloud)]
    this.#post('deferred', id, ownDeferred)
    this.#post('deferred', id, cloudDeferred)
    this.#post('image', 0, imageBack - ownDeferred)
    this.#post('cloud', 0, cloudBack - cloudDeferred)
    this.#post('tax', 0, back.tax)
    this.#post('refunds', id, -all)
    this.#post('refunds', id, all)
    this.#post('coupons', id, -back.coupon)
    this.#post('cash', id, -cash)
    this.#post('rounding', 0, cash - back.amount)
    this.#owe(specification, due, -deferred)
    this.#receive(id, cash)
  }

  /** Of the days of the period how many have ended, and how many it has. */
  #daysOf([, , at, , inFull, , , from, to]: Row): [ended: number, days: number] {
    if (inFull === 1) return [0, 1]
    const { calendar } = this.#premises
    const first = calendar.dayOf(from)
    const days = calendar.dayOf(to) - first
    return [Math.min(days, Math.max(0, calendar.dayOf(at) - first)), days]
  }

  /** I-02, M-02, M-07, M-08. */
  #bill([number, id, at, month, lines, charges, tax, rounding, payable, coupon, cash, due]: Row): void {
    const premises = this.#premises
    const account = this.#of(id)
    const region = this.#people.regions[(id - 1) % this.#people.count]
    const taxDue = Number(taxOn(premises, region, at, BigInt(account.charges - account.orders)))
    const exact = account.charges + taxDue
    const asked = Number(payableOf(premises, at, BigInt(exact)))
    const isSettled = premises.policyAt('rounding.rest', at) === 'settle'
    const rest = isSettled ? asked - exact : 0
    const owed = taxDue + (rest > 0 ? rest : 0)
    const byCoupons = this.#purses.spendOnUse(id, owed)
    const drawn = Math.min(account.cash, owed - byCoupons)
    const open = owed - byCoupons - drawn
    this.#compare(kinds.billLines, lines, account.lines, number, month, 'charges of the month')
    this.#compare(kinds.billCharges, charges, account.charges, number, month, 'their sum')
    this.#compare(kinds.taxOnUse, tax, taxDue, number, month, 'the tax on the use of the month')
    this.#compare(kinds.billPayable, payable, asked, number, month, 'in minor units')
    this.#compare(kinds.rounding, rounding, asked - exact, number, month, 'what brings the bill to minor units')
    this.#compare(kinds.settlement, coupon, byCoupons, number, month, 'paid by cash coupons with the bill')
    this.#compare(kinds.settlement, cash, drawn, number, month, 'drawn from the balance with the bill')
    this.#compare(kinds.settlement, due, open, number, month, 'in arrears with the bill')
    account.lines = 0
    account.charges = 0
    account.orders = 0
    account.cash -= drawn
    account.due += open
    this.#post('coupons', id, byCoupons)
    this.#post('cash', id, drawn)
    this.#post('receivable', id, open)
    this.#post('tax', 0, -taxDue)
    this.#post('rounding', 0, -rest)
    if (rest >= 0) return
    this.#post('cash', id, rest)
    this.#receive(id, -rest)
  }
}
