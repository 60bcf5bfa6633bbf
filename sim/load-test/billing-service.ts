/**
 * The billing core as a service: each operation is computed by `sim/billing`, changes the balances of its account and
 * is posted double-entry (M-05). It answers to one thread; accounts are parted among threads.
 */
import { dayOf, monthOf, startOfMonth } from '#base/civil-time.ts'
import { toMoney, unpackPrice } from '#base/money.ts'
import { HOUR } from '#base/time.ts'
import { isRefusal } from '../billing/line.ts'
import { coveringMinorUnits, paidBack } from '../billing/minor-units.ts'
import { billTotal } from '../billing/month-total.ts'
import { refund } from '../billing/refund.ts'
import { costAccount } from '../market/sellers/seller-share.ts'
import { ledgerNumber, usageItems } from '../record/load-ledger.ts'
import type { World } from '../world/world.ts'
import type { LedgerFile } from './ledger-file.ts'
import { type Paid, partOf, type Share } from './order-book.ts'
import { PriceBook, type Priced } from './price-book.ts'
import { kindOf, type RefundRequest, type RequestStream } from './request-stream.ts'
import { Round } from './round.ts'
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
  deferredCost: ledgerNumber('deferred-seller-cost'),
  sellerCost: ledgerNumber('seller-cost'),
  unbilled: ledgerNumber('unbilled-payable'),
} as const

/** Position of what `#pay` says of its outcome. */
const PAID = 6

interface Bought {
  readonly id: number
  readonly specification: number
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
const nothingPaid: Paid = {
  ...{ image: 0, cloud: 0, tax: 0, commission: 0, cashPaid: 0, discountPaid: 0 },
  ...{ earnedImage: 0, earnedCloud: 0, earnedCommission: 0 },
}

export class BillingService implements Service {
  readonly #stream: RequestStream
  readonly #ledger: LedgerFile
  readonly #prices: PriceBook
  readonly #world: World
  readonly #offset: number
  /** L-06: where the share of a seller is a cost, and whether the whole price is revenue. */
  readonly #costs: number
  readonly #isPrincipal: boolean
  #number = 0
  #roundNumber = -1
  #round: Round

  constructor(stream: RequestStream, world: World, ledger: LedgerFile) {
    this.#stream = stream
    this.#ledger = ledger
    this.#world = world
    this.#prices = new PriceBook(world)
    this.#offset = world.policies['time.utcOffset']
    this.#costs = ledgerNumber(costAccount(world))
    this.#isPrincipal = world.policies['revenue.presentation'] === 'principal'
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
      case 'share':
        return this.#share(who, when, what)
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
  #pay(account: number, at: number, { id, specification, outside, card }: Bought, priced: Priced) {
    const round = this.#round
    const { cash, charges, ordered, lines, orders } = round
    const draw = round.coupons.drawn(account, priced, this.#prices.policies(at))
    const amount = toMoney(priced.price + draw.tax)
    const rest = amount - draw.discountPaid - draw.cashPaid
    // O-13: the payment follows from the balance, and what the minor units have too much stays there.
    const short = card ? Math.max(0, rest - cash[account]) : 0
    const charged = short === 0 ? 0 : Number(coveringMinorUnits(BigInt(short), this.#prices.decimals))
    const drawn = Math.min(cash[account] + charged, rest)
    if (drawn !== rest && !outside) return [amount, draw.tax, 0, 0, 0, 0, 0] as const
    orders.pay(id, { price: priced.price, cloud: priced.cloud, tax: draw.tax }, specification)
    if (amount === 0) return [0, 0, 0, 0, 0, 0, 1] as const
    const owner = this.#owner(account)
    const lapsed = round.coupons.take(account, draw)
    if (draw.discount !== 0 || draw.cash !== 0) orders.payByCoupons(id, draw)
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
    const request = this.#stream.earnings[subject]
    const { order, cloud, days, from, to } = request
    const { orders } = this.#round
    const known = orders.isPaid(order)
    const { amount, commission } = known ? orders.earn(order, request) : { amount: 0, commission: 0 }
    const owner = this.#owner(account)
    const facts = [cloud ? 1 : 0, days, from, to, amount, commission, known ? 1 : 0] as const
    this.#ledger.add('recognitions', this.#number, owner, at, this.#orderId(order), ...facts)
    this.#post(books.deferred, owner, amount)
    if (cloud) this.#post(books.cloud, 0, -amount)
    else this.#postEarned(this.#sellerOf(orders.specification(order)), amount, commission)
    return known
  }

  /** L-06: what a principal earns is the price, and the share of the seller its cost; an agent earns the commission. */
  #postEarned(seller: number, amount: number, commission: number): void {
    const share = amount - commission
    this.#post(books.image, 0, this.#isPrincipal ? -amount : -commission)
    if (this.#isPrincipal) this.#post(books.sellerCost, 0, share)
    this.#post(books.deferredCost, seller, -share)
  }

  #sellerOf(specification: number): number {
    return this.#world.catalog.offers[specification - 1]?.seller.id ?? 0
  }

  /** L-03, L-06: an order is sold, and its share deferred; or a day's use is, whose share is a cost. */
  #share(account: number, at: number, subject: number): boolean {
    const { order, sale, specification, month } = this.#stream.shares[subject]
    const { orders, used } = this.#round
    const known = order === 0 || orders.isPaid(order)
    const sales = order === 0 ? used[sale] : known ? orders.image(order) : 0
    const cost = this.#prices.sellerCost(specification, sales, month)
    const orderId = order === 0 ? 0 : this.#orderId(order)
    const facts = [specification, month, sales, cost, known ? 1 : 0] as const
    this.#ledger.add('shares', this.#number, this.#owner(account), at, orderId, ...facts)
    if (order === 0) used[sale] = 0
    else if (known) orders.sell(order, cost)
    this.#postShare(this.#sellerOf(specification), cost, order === 0 ? 0 : cost)
    return known
  }

  /** The seller is owed `cost` more; `deferred` of it is deferred, the rest a cost. */
  #postShare(seller: number, cost: number, deferred: number): void {
    this.#post(books.deferredCost, seller, deferred)
    this.#post(this.#costs, 0, cost - deferred)
    this.#post(books.unbilled, seller, -cost)
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
    if (use.sale !== 0) this.#round.used[use.sale] += amount
    return true
  }

  /** U-08, A-01: what an hour owes is drawn from cash coupons and the balance; what these cannot pay is due. */
  #settle(account: number, at: number, hour: number): boolean {
    const { owedEcs, owedImage, cash, due, charges, lines, coupons } = this.#round
    const slot = this.#round.slot(account, hour)
    const [ecs, image] = [owedEcs[slot], owedImage[slot]]
    owedEcs[slot] = 0
    owedImage[slot] = 0
    const total = toMoney(ecs + image)
    const coupon = coupons.takeForUse(account, total)
    const drawn = Math.min(cash[account], total - coupon)
    const rest = total - coupon - drawn
    const owner = this.#owner(account)
    this.#ledger.add('settlements', this.#number, owner, at, hour, ecs, image, coupon, drawn, rest)
    if (total === 0) return true
    cash[account] -= drawn
    due[account] = toMoney(due[account] + rest)
    charges[account] = toMoney(charges[account] + total)
    lines[account]++
    this.#post(books.coupons, owner, coupon)
    this.#post(books.cash, owner, drawn)
    this.#post(books.receivable, owner, rest)
    this.#post(books.cloud, 0, -ecs)
    this.#post(books.image, 0, -image)
    return true
  }

  /** O-08, N-03..N-06, E-05, E-10: what was paid for an order or a part of it goes back, in full or less what was used. */
  #refund(account: number, at: number, subject: number): boolean {
    const request = this.#stream.refunds[subject]
    const { inFull, begun, fiveDays, from, to, months, returns, withoutFee, part, parts } = request
    const { orders, coupons } = this.#round
    const known = orders.isPaid(request.order)
    const draw = known ? orders.coupons(request.order) : undefined
    const piece = known ? orders.take(request.order, this.#shareOf(request, at)) : nothingPaid
    const net = piece.image + piece.cloud
    const paid = toMoney(net + piece.tax)
    const back = known ? this.#givenBack(request, at, piece) : nothingBack
    const whole = toMoney(back.amount + back.coupon)
    // M-07: what a discount coupon took off the taxed price bore no tax, and goes back with what is untouched alone.
    const untaxed = draw?.lowered === true ? piece.discountPaid : 0
    const untouched = inFull || !begun
    const tax = partOf(piece.tax, untouched ? whole - untaxed : whole, paid - untaxed)
    const cloud = partOf(piece.cloud, whole - tax, net)
    // M-08: what goes back in cash has the minor units of the currency.
    const inCash = { amount: BigInt(back.amount), paid: BigInt(paid - piece.discountPaid - piece.cashPaid) }
    const cash = Number(paidBack(inCash, this.#prices.policies(at), this.#prices.decimals))
    const rounding = cash - back.amount
    // L-06: what is refunded is no sale any more, and nothing of its share stays deferred.
    const specification = orders.specification(request.order)
    const sales = known && orders.isSale(request.order) ? whole - tax - cloud : 0
    const cost = this.#prices.sellerCost(specification, -sales, this.#monthOf(at))
    const released = piece.image - piece.commission - (piece.earnedImage - piece.earnedCommission)
    const owner = this.#owner(account)
    const period = [inFull ? 1 : 0, begun ? 1 : 0, fiveDays ? 1 : 0, from, to, months, returns] as const
    const asked = [...period, withoutFee ? 1 : 0, part, parts] as const
    const money = [paid, back.consumed, back.fee, back.amount, back.coupon, tax, cloud, rounding] as const
    const answer = [...money, cost, released, known ? 1 : 0] as const
    this.#ledger.add('refunds', this.#number, owner, at, this.#orderId(request.order), ...asked, ...answer)
    if (!known) return false
    if (draw !== undefined && back.coupon > 0) {
      coupons.refund(account, draw.cash, piece.cashPaid)
      if (untouched) coupons.refund(account, draw.discount, piece.discountPaid)
    }
    // what neither goes back nor was earned by days is earned now; what days earned too much is taken back.
    const [leftImage, leftCloud] = [piece.image - piece.earnedImage, piece.cloud - piece.earnedCloud]
    this.#post(books.deferred, owner, leftImage + leftCloud)
    this.#post(books.cloud, 0, cloud - leftCloud)
    this.#post(books.image, 0, whole - tax - cloud - leftImage)
    this.#post(books.tax, 0, tax)
    this.#post(books.refunds, owner, -whole)
    this.#post(books.refunds, owner, whole)
    this.#post(books.coupons, owner, -back.coupon)
    this.#post(books.cash, owner, -cash)
    this.#post(books.rounding, 0, rounding)
    this.#postShare(this.#sellerOf(specification), cost, -released)
    this.#raise(account, owner, cash)
    return true
  }

  /** First instant of the month that something at an instant belongs to; of what is made as the books close, the last month. */
  #monthOf(at: number): number {
    const last = this.#world.scenario.end - 1
    return startOfMonth(monthOf(Math.min(at, last), this.#offset), this.#offset)
  }

  #shareOf({ inFull, from, to, part, parts }: RefundRequest, at: number): Share {
    if (inFull) return { part, parts, ended: 0, days: 1 }
    const first = dayOf(from, this.#offset)
    const days = dayOf(to, this.#offset) - first
    return { part, parts, ended: Math.max(0, Math.min(days, dayOf(at, this.#offset) - first)), days }
  }

  /** `amount` goes back in cash, `coupon` to coupons. */
  #givenBack(request: RefundRequest, at: number, piece: Paid): GivenBack {
    const { image, cloud, tax, discountPaid, cashPaid } = piece
    const cash = image + cloud + tax - discountPaid - cashPaid
    if (request.inFull) return { consumed: 0, fee: 0, amount: cash, coupon: discountPaid + cashPaid }
    const { from, to, months, begun, returns, fiveDays, withoutFee } = request
    const policies = this.#prices.policies(at)
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
      {
        ...policies,
        'refund.fee': withoutFee ? 'none' : policies['refund.fee'],
        'refund.fiveDay': withoutFee || !fiveDays ? 'off' : policies['refund.fiveDay'],
      },
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
    const { cash, due, charges, ordered, lines, coupons } = this.#round
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
    const coupon = coupons.takeForUse(account, owed)
    const drawn = Math.min(cash[account], owed - coupon)
    const rest = owed - coupon - drawn
    const owner = this.#owner(account)
    const answer = [count, sum, tax, rounding, payable, coupon, drawn, rest] as const
    this.#ledger.add('bills', this.#number, owner, at, month, ...answer)
    cash[account] -= drawn
    due[account] = toMoney(due[account] + rest)
    this.#post(books.coupons, owner, coupon)
    this.#post(books.cash, owner, drawn)
    this.#post(books.receivable, owner, rest)
    this.#post(books.tax, 0, -tax)
    this.#post(books.rounding, 0, -settled)
    if (settled >= 0) return true
    this.#post(books.cash, owner, settled)
    this.#raise(account, owner, -settled)
    return true
  }
}
