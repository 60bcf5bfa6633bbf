/**
 * The billing core as a service: each operation is computed by `sim/billing`, changes the balances of its account and
 * is posted double-entry (M-05). It answers to one thread; accounts are parted among threads.
 */
import { toMoney, unpackPrice } from '#base/money.ts'
import { HOUR } from '#base/time.ts'
import { isRefusal } from '../billing/line.ts'
import { coveringMinorUnits, paidBack } from '../billing/minor-units.ts'
import { billTotal } from '../billing/month-total.ts'
import { refund } from '../billing/refund.ts'
import { ledgerNumber, usageItems } from '../record/load-ledger.ts'
import type { World } from '../world/world.ts'
import type { CouponDraw } from './coupons.ts'
import type { LedgerFile } from './ledger-file.ts'
import { PriceBook, type Priced } from './price-book.ts'
import { kindOf, type RefundRequest, type RequestStream } from './request-stream.ts'
import { orderStates, Round } from './round.ts'
import type { Service } from './serve.ts'

const books = {
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

/** Position of what `#pay` says of its outcome. */
const PAID = 6

interface Bought {
  readonly id: number
  readonly outside: boolean
  readonly card: boolean
}

interface GivenBack {
  readonly consumed: number
  readonly fee: number
  readonly amount: number
  readonly coupon: number
}

const nothingBack: GivenBack = { consumed: 0, fee: 0, amount: 0, coupon: 0 }

export class BillingService implements Service {
  readonly #stream: RequestStream
  readonly #ledger: LedgerFile
  readonly #prices: PriceBook
  readonly #world: World
  #number = 0
  #roundNumber = -1
  #round: Round

  constructor(stream: RequestStream, world: World, ledger: LedgerFile) {
    this.#stream = stream
    this.#ledger = ledger
    this.#world = world
    this.#prices = new PriceBook(world)
    this.#round = new Round(stream, world.policies)
  }

  begin(): void {
    this.#ledger.begin()
  }

  commit(): void {
    this.#ledger.commit()
  }

  execute(number: number): boolean {
    const { count, account, at, subject, value } = this.#stream
    const round = Math.floor(number / count)
    const position = number - round * count
    if (round !== this.#roundNumber) {
      this.#roundNumber = round
      this.#round = new Round(this.#stream, this.#world.policies)
    }
    this.#number = number
    const [who, when, what, amount] = [account[position], at[position], subject[position], value[position]]
    switch (kindOf(this.#stream, position)) {
      case 'top-up':
        return this.#topUp(who, when, amount)
      case 'order':
        return this.#order(who, when, what)
      case 'meter':
        return this.#meter(who, when, what, amount)
      case 'settle':
        return this.#settle(who, when, amount)
      case 'refund':
        return this.#refund(who, when, what)
      case 'bill':
        return this.#bill(who, when, amount)
      case 'change':
        return this.#change(who, when, what)
      case 'earn':
        return this.#earn(who, when, what)
      case 'coupon':
        return this.#coupon(who, when, what, amount)
    }
  }

  #owner(account: number): number {
    return account + this.#roundNumber * this.#stream.accounts
  }

  #orderId(id: number): number {
    return id + this.#roundNumber * this.#stream.orderCount
  }

  #post(ledger: number, owner: number, amount: number): void {
    if (amount !== 0) this.#ledger.add('postings', this.#number, ledger, owner, amount)
  }

  /** what is due is paid first. */
  #raise(account: number, owner: number, amount: number): void {
    const { cash, due } = this.#round
    const paid = Math.min(due[account], cash[account] + amount)
    cash[account] = toMoney(cash[account] + amount - paid)
    due[account] -= paid
    this.#post(books.cash, owner, paid)
    this.#post(books.receivable, owner, -paid)
  }

  #topUp(account: number, at: number, amount: number): boolean {
    const owner = this.#owner(account)
    this.#ledger.add('top_ups', this.#number, owner, at, amount)
    this.#post(books.clearing, 0, amount)
    this.#post(books.cash, owner, -amount)
    this.#raise(account, owner, amount)
    return true
  }

  /** O-05, M-03: quoted, and paid by coupons and balance; refused where these do not reach. */
  #order(account: number, at: number, subject: number): boolean {
    const request = this.#stream.orders[subject]
    const { specification, pool, months, quantity, pricedAt, anchor, boughtMonths, outside, card } = request
    const paid = this.#pay(account, at, request, this.#prices.order(request, account))
    const asked = [specification, pool, months, quantity, pricedAt, anchor, boughtMonths] as const
    const facts = [...asked, outside ? 1 : 0, card ? 1 : 0] as const
    this.#ledger.add('orders', this.#number, this.#owner(account), at, this.#orderId(request.id), ...facts, ...paid)
    return paid[PAID] === 1
  }

  /** X-02..X-08: an upgrade or expansion, paid as an order is. */
  #change(account: number, at: number, subject: number): boolean {
    const request = this.#stream.changes[subject]
    const { isExpansion, before, planBefore, quantityBefore, specification, quantity } = request
    const { start, end, boughtAt, pricedAt, outside, card } = request
    const paid = this.#pay(account, at, request, this.#prices.change(request, account, at))
    const facts = [
      isExpansion ? 1 : 0,
      before,
      planBefore,
      quantityBefore,
      specification,
      quantity,
      start,
      end,
      boughtAt,
      pricedAt,
      outside ? 1 : 0,
      card ? 1 : 0,
    ] as const
    this.#ledger.add('changes', this.#number, this.#owner(account), at, this.#orderId(request.id), ...facts, ...paid)
    return paid[PAID] === 1
  }

  /** Amount, tax, paid by discount coupon, by cash coupon and from the balance, charged to a card, and 1 where it was granted. */
  #pay(account: number, at: number, { id, outside, card }: Bought, priced: Priced) {
    const round = this.#round
    const { cash, charges, ordered, lines } = round
    const draw = round.coupons.drawn(account, priced, this.#prices.policies(at))
    const amount = toMoney(priced.price + draw.tax)
    const rest = amount - draw.discountPaid - draw.cashPaid
    // O-13: the payment follows from the balance, and what the minor units have too much stays there.
    const short = card ? Math.max(0, rest - cash[account]) : 0
    const charged = short === 0 ? 0 : Number(coveringMinorUnits(BigInt(short), this.#prices.decimals))
    const drawn = Math.min(cash[account] + charged, rest)
    if (drawn !== rest && !outside) return [amount, draw.tax, 0, 0, 0, 0, 0] as const
    round.orderState[id] = orderStates.paid
    round.orderPaid[id] = amount
    round.orderTax[id] = draw.tax
    round.orderCloud[id] = priced.cloud
    if (amount === 0) return [0, 0, 0, 0, 0, 0, 1] as const
    const owner = this.#owner(account)
    const lapsed = round.coupons.take(draw)
    if (draw.discount !== 0 || draw.cash !== 0) round.orderCoupons.set(id, draw)
    cash[account] = toMoney(cash[account] + charged - drawn)
    charges[account] = toMoney(charges[account] + amount)
    ordered[account] = toMoney(ordered[account] + amount)
    lines[account]++
    this.#post(books.clearing, 0, charged)
    this.#post(books.cash, owner, -charged)
    this.#post(books.promotion, 0, -lapsed)
    this.#post(books.coupons, owner, lapsed)
    this.#post(books.coupons, owner, draw.discountPaid + draw.cashPaid)
    this.#post(books.cash, owner, drawn)
    this.#post(books.clearing, 0, rest - drawn)
    this.#post(books.deferred, owner, -priced.price)
    this.#post(books.tax, 0, -draw.tax)
    return [amount, draw.tax, draw.discountPaid, draw.cashPaid, drawn, charged, 1] as const
  }

  /** M-05: what the days of a term that have ended earn of its price, truncated at both ends. */
  #earn(account: number, at: number, subject: number): boolean {
    const { order, cloud, days, from, to } = this.#stream.earnings[subject]
    const { orderState, orderPaid, orderTax, orderCloud } = this.#round
    const known = orderState[order] === orderStates.paid
    const servers = orderCloud[order]
    const price = BigInt(cloud ? servers : orderPaid[order] - orderTax[order] - servers)
    const earnedBy = (ended: number): bigint => (price * BigInt(ended)) / BigInt(days)
    const amount = known ? Number(earnedBy(to) - earnedBy(from)) : 0
    const owner = this.#owner(account)
    const facts = [cloud ? 1 : 0, days, from, to, amount, known ? 1 : 0] as const
    this.#ledger.add('recognitions', this.#number, owner, at, this.#orderId(order), ...facts)
    this.#post(books.deferred, owner, amount)
    this.#post(cloud ? books.cloud : books.image, 0, -amount)
    return known
  }

  /** O-05, M-10: given away, as an expense of promotion. */
  #coupon(account: number, at: number, subject: number, amount: number): boolean {
    const { id, isCash } = this.#stream.coupons[subject]
    const owner = this.#owner(account)
    this.#round.coupons.grant(account, id, isCash, amount)
    const couponId = id + this.#roundNumber * this.#stream.couponCount
    this.#ledger.add('coupons', this.#number, owner, at, couponId, isCash ? 1 : 0, amount)
    this.#post(books.promotion, 0, amount)
    this.#post(books.coupons, owner, -amount)
    return true
  }

  /** U-01, U-02, U-09: an hour's record is taken once, priced, and owed by its account. */
  #meter(account: number, at: number, subject: number, seconds: number): boolean {
    const round = this.#round
    const use = this.#stream.uses[subject]
    const hour = at - HOUR
    if (hour > round.inboxHour) {
      round.inboxHour = hour
      round.inbox.forgetBefore(at)
    }
    const item = usageItems.indexOf(use.item)
    const resource = use.instance * usageItems.length + item
    const accepted = round.inbox.receive(resource, use.priced, hour, seconds, at) === 'accepted'
    const hourly = this.#prices.hourly(use, hour)
    const amount = accepted ? this.#prices.hourAmount(use, hourly, seconds) : 0
    const instance = use.instance + this.#roundNumber * this.#stream.instances
    const facts = [
      instance,
      item,
      use.priced,
      hour,
      seconds,
      Number(unpackPrice(hourly)),
      amount,
      accepted ? 1 : 0,
    ] as const
    this.#ledger.add('usage_lines', this.#number, this.#owner(account), ...facts)
    if (!accepted) return false
    const owed = use.item === 'image' ? round.owedImage : round.owedEcs
    owed[this.#round.slot(account, hour)] += amount
    return true
  }

  /** U-08, A-01: what an hour owes is drawn from the balance; what that cannot pay is due. */
  #settle(account: number, at: number, hour: number): boolean {
    const { owedEcs, owedImage, cash, due, charges, lines } = this.#round
    const slot = this.#round.slot(account, hour)
    const [ecs, image] = [owedEcs[slot], owedImage[slot]]
    owedEcs[slot] = 0
    owedImage[slot] = 0
    const total = toMoney(ecs + image)
    const drawn = Math.min(cash[account], total)
    const owner = this.#owner(account)
    this.#ledger.add('settlements', this.#number, owner, at, hour, ecs, image, drawn, total - drawn)
    if (total === 0) return true
    cash[account] -= drawn
    due[account] = toMoney(due[account] + total - drawn)
    charges[account] = toMoney(charges[account] + total)
    lines[account]++
    this.#post(books.cash, owner, drawn)
    this.#post(books.receivable, owner, total - drawn)
    this.#post(books.cloud, 0, -ecs)
    this.#post(books.image, 0, -image)
    return true
  }

  /** O-08, N-03..N-06: what was paid for an order goes back, in full or less what was used. */
  #refund(account: number, at: number, subject: number): boolean {
    const request = this.#stream.refunds[subject]
    const { orderState, orderPaid, orderTax, orderCoupons, coupons } = this.#round
    const known = orderState[request.order] === orderStates.paid
    const paid = known ? orderPaid[request.order] : 0
    const draw = known ? orderCoupons.get(request.order) : undefined
    const back = known ? this.#givenBack(request, at, paid, draw) : nothingBack
    const whole = toMoney(back.amount + back.coupon)
    // M-07: what a discount coupon took off the taxed price bore no tax, and goes back with what is untouched alone.
    const untaxed = draw?.lowered === true ? draw.discountPaid : 0
    const untouched = request.inFull || !request.begun
    const taxed = paid - untaxed
    const tax =
      taxed === 0
        ? 0
        : Number((BigInt(orderTax[request.order]) * BigInt(untouched ? whole - untaxed : whole)) / BigInt(taxed))
    const owner = this.#owner(account)
    const { inFull, begun, fiveDays, from, to, months, returns } = request
    const asked = [inFull ? 1 : 0, begun ? 1 : 0, fiveDays ? 1 : 0, from, to, months, returns] as const
    // M-08: what goes back in cash has the minor units of the currency.
    const { discountPaid = 0, cashPaid = 0 } = draw ?? {}
    const inCash = { amount: BigInt(back.amount), paid: BigInt(paid - discountPaid - cashPaid) }
    const cash = Number(paidBack(inCash, this.#prices.policies(at), this.#prices.decimals))
    const rounding = cash - back.amount
    const answer = [paid, back.consumed, back.fee, back.amount, back.coupon, tax, rounding, known ? 1 : 0] as const
    this.#ledger.add('refunds', this.#number, owner, at, this.#orderId(request.order), ...asked, ...answer)
    if (!known) return false
    orderState[request.order] = orderStates.given
    if (draw !== undefined && back.coupon > 0) {
      coupons.refund(draw.cash, draw.cashPaid)
      if (untouched) coupons.refund(draw.discount, draw.discountPaid)
    }
    this.#post(books.deferred, owner, whole - tax)
    this.#post(books.tax, 0, tax)
    this.#post(books.refunds, owner, -whole)
    this.#post(books.refunds, owner, whole)
    this.#post(books.coupons, owner, -back.coupon)
    this.#post(books.cash, owner, -cash)
    this.#post(books.rounding, 0, rounding)
    this.#raise(account, owner, cash)
    return true
  }

  /** `amount` goes back in cash, `coupon` to coupons. */
  #givenBack(request: RefundRequest, at: number, paid: number, draw: CouponDraw | undefined): GivenBack {
    const { discountPaid = 0, cashPaid = 0 } = draw ?? {}
    const cash = paid - discountPaid - cashPaid
    if (request.inFull) return { consumed: 0, fee: 0, amount: cash, coupon: discountPaid + cashPaid }
    const { from, to, months, begun, returns, fiveDays } = request
    const { policies } = this.#world
    const result = refund(
      {
        cash: BigInt(cash),
        // N-06: cash coupons are returned, discount coupons are not.
        coupon: BigInt(begun ? cashPaid : discountPaid + cashPaid),
        start: from,
        termEnd: to,
        termMonths: months,
        at,
        begun,
        fiveDayReturns: returns,
      },
      fiveDays ? policies : { ...policies, 'refund.fiveDay': 'off' },
    )
    if (isRefusal(result)) return { consumed: cash, fee: 0, amount: 0, coupon: 0 }
    const part = (name: string): number => -Number(result.lines.find(({ text }) => text.startsWith(name))?.amount ?? 0n)
    const amount = toMoney(result.lines.reduce((sum, line) => sum + line.amount, 0n))
    const coupon = toMoney(result.couponReturned)
    return { consumed: part('consumed'), fee: part('handling fee'), amount, coupon }
  }

  /**
   * I-02, M-02: the charges of a month in minor units on their sum, with the tax on its use (M-07). Tax and rounding are drawn with the
   * bill like an hour's charge; a rounding below 0 is returned to the balance (M-08).
   */
  #bill(account: number, at: number, month: number): boolean {
    const { cash, due, charges, ordered, lines } = this.#round
    const [sum, orders, count] = [charges[account], ordered[account], lines[account]]
    charges[account] = 0
    ordered[account] = 0
    lines[account] = 0
    const policies = this.#prices.policies(at)
    const taxable = [{ amount: BigInt(sum - orders), percent: this.#prices.taxPercent(account, at) }]
    const total = billTotal({ charges: BigInt(sum), count, taxable }, policies, this.#prices.decimals)
    const [tax, payable] = [toMoney(total.tax), toMoney(total.payable)]
    const rounding = payable - sum - tax
    const settled = policies['rounding.rest'] === 'settle' ? rounding : 0
    const owed = toMoney(tax + Math.max(0, settled))
    const drawn = Math.min(cash[account], owed)
    const owner = this.#owner(account)
    const answer = [count, sum, tax, rounding, payable, drawn, owed - drawn] as const
    this.#ledger.add('bills', this.#number, owner, at, month, ...answer)
    cash[account] -= drawn
    due[account] = toMoney(due[account] + owed - drawn)
    this.#post(books.cash, owner, drawn)
    this.#post(books.receivable, owner, owed - drawn)
    this.#post(books.tax, 0, -tax)
    this.#post(books.rounding, 0, -settled)
    if (settled >= 0) return true
    this.#post(books.cash, owner, settled)
    this.#raise(account, owner, -settled)
    return true
  }
}
