/**
 * Settlement (U-08, A-01): a lag after an hour has closed, what it owes is drawn from each account's cash coupons, cash
 * and credit; what they cannot pay is booked as due. Hours that settle alike share one transaction row (`repeats`).
 */
import { least } from '#base/money.ts'
import { HOUR } from '#base/time.ts'
import { drawForUsage } from '../wallets/coupons.ts'
import { creditLeft } from '../wallets/credit.ts'
import type { Market } from '../market.ts'
import type { HourOwed, Meter } from './meter.ts'
import { sellHour } from '../sellers/sales.ts'
import { fallDue } from '../arrears/dunning.ts'
import { wordNumber } from '../words.ts'

/** From here on an hour is not drawn from what wide columns have in `low`. */
const VAST = 2 ** 52

/** What an account owes for an hour: a number where float64 holds it exactly. */
type Owed = number | bigint

/** Draws one closed hour from all accounts. */
export function settleHour(market: Market, meter: Meter, owed: HourOwed): void {
  const { accounts } = market
  for (let account = 0; account < accounts.rows; account++) {
    const ecs = owed.ecs[account]
    const image = owed.image[account]
    if (Number(ecs) !== 0 || Number(image) !== 0) settleAccount(market, meter, account, owed.hour, ecs, image)
  }
  sellHour(market, owed.hour, owed.sold)
}

function settleAccount(market: Market, meter: Meter, account: number, hour: number, ecs: Owed, image: Owed): void {
  const { accounts, now } = market
  if (typeof ecs === 'bigint' || typeof image === 'bigint' || ecs + image >= VAST) {
    settleVast(market, meter, account, hour, BigInt(ecs), BigInt(image))
    return
  }
  const total = ecs + image
  // What a wide column has in `low` may be drawn on as it is, and it has all of it there but for vast amounts.
  const coupon = Math.min(accounts.coupons.low[account], total)
  const cash = Math.min(accounts.cash.low[account], total - coupon)
  const repeatsLast =
    accounts.spanHours[account] > 0 &&
    accounts.spanHour[account] + accounts.spanHours[account] * HOUR === hour &&
    accounts.spanAt[account] + accounts.spanHours[account] * HOUR === now &&
    accounts.spanEcs[account] === ecs &&
    accounts.spanImage[account] === image &&
    accounts.spanCoupon[account] === coupon &&
    accounts.spanCash[account] === cash
  if (!repeatsLast) {
    bookSettlement(market, account)
    accounts.spanHour[account] = hour
    accounts.spanAt[account] = now
    accounts.spanEcs[account] = ecs
    accounts.spanImage[account] = image
    accounts.spanCoupon[account] = coupon
    accounts.spanCash[account] = cash
  }
  accounts.spanHours[account]++
  accounts.monthCharges.addSafe(account, total)
  accounts.monthLines[account]++
  drawSafe(market, meter, account, { total, coupon, cash })
}

/** An hour beyond what float64 holds exactly: a transaction of its own. */
function settleVast(market: Market, meter: Meter, account: number, hour: number, ecs: bigint, image: bigint): void {
  const { accounts, ledger, now } = market
  bookSettlement(market, account)
  const total = ecs + image
  const draw = drawn(market, account, total)
  const movement = { at: now, about: hour, account: accounts.id[account], order: 0, hour, repeats: 1 }
  ledger.begin({ ...movement, kind: 'usage', rule: wordNumber('U-08') })
  postCharge(market, account, { ecs, image, ...draw, rest: total - draw.coupon - draw.cash })
  ledger.close()
  accounts.monthCharges.add(account, total)
  accounts.monthLines[account]++
  drawCharge(market, meter, account, total)
}

/** What coupons and cash pay of a charge (O-05). */
export function drawn({ accounts }: Market, account: number, total: bigint): { coupon: bigint; cash: bigint } {
  const coupon = least(accounts.coupons.at(account), total)
  return { coupon, cash: least(accounts.cash.at(account), total - coupon) }
}

/** Draws a charge that float64 holds exactly; coupons, credit and vast balances take the general way. */
function drawSafe(
  market: Market,
  meter: Meter,
  account: number,
  { total, coupon, cash }: { total: number; coupon: number; cash: number },
): void {
  const { accounts } = market
  const hasMore =
    coupon > 0 || accounts.cash.high[account] !== 0 || (cash < total && accounts.credit.low[account] !== 0)
  if (hasMore || accounts.reseller[account] === 1) {
    drawCharge(market, meter, account, BigInt(total))
    return
  }
  accounts.cash.low[account] -= cash
  if (cash < total) {
    accounts.due.addSafe(account, total - cash)
    fallDue(market, meter, account)
  }
  market.reactions.balanceFell(account, 0n)
}

/** Draws a charge from cash coupons, cash and credit; what they cannot pay is due. */
export function drawCharge(market: Market, meter: Meter, account: number, total: bigint): void {
  const { accounts } = market
  // O-06: the reseller is charged, and his customer told of nothing.
  if (accounts.reseller[account] === 1) return
  const { coupon, cash } = drawn(market, account, total)
  if (coupon > 0n) drawForUsage(market, account, coupon)
  if (cash > 0n) accounts.cash.add(account, -cash)
  const rest = total - coupon - cash
  const credit = rest === 0n ? 0n : least(creditLeft(market, account), rest)
  if (credit > 0n) accounts.creditUsed.add(account, credit)
  if (rest > credit) {
    accounts.due.add(account, rest - credit)
    fallDue(market, meter, account)
  }
  market.reactions.balanceFell(account, 0n)
}

/** Books the run of hours that were settled alike, if one is open. */
export function bookSettlement(market: Market, account: number): void {
  const { accounts, ledger } = market
  const repeats = accounts.spanHours[account]
  if (repeats === 0) return
  accounts.spanHours[account] = 0
  const owner = accounts.id[account]
  ledger.begin({
    at: accounts.spanAt[account],
    about: accounts.spanHour[account],
    kind: 'usage',
    account: owner,
    order: 0,
    hour: accounts.spanHour[account],
    repeats,
    rule: wordNumber('U-08'),
  })
  const [ecs, image] = [accounts.spanEcs[account], accounts.spanImage[account]]
  const [coupon, cash] = [accounts.spanCoupon[account], accounts.spanCash[account]]
  postCharge(market, account, { ecs, image, coupon, cash, rest: ecs + image - coupon - cash })
  ledger.close()
}

/** What a charge is made of, and what coupons and cash pay of it. */
interface ChargeParts<T extends number | bigint> {
  readonly ecs: T
  readonly image: T
  readonly coupon: T
  readonly cash: T
  /** What credit pays (O-05), and what falls due. */
  readonly rest: T
}

/** Who pays a charge, in a transaction that is open. */
function postSources<T extends number | bigint>(
  { accounts, ledger }: Market,
  account: number,
  { coupon, cash, rest }: Pick<ChargeParts<T>, 'coupon' | 'cash' | 'rest'>,
): void {
  const owner = accounts.id[account]
  ledger.post('buyer-coupons', owner, coupon)
  ledger.post('buyer-cash', owner, cash)
  if (accounts.reseller[account] === 1) ledger.post('payment-clearing', 0, rest)
  else ledger.post('buyer-receivable', owner, rest)
}

/** M-07: the tax on a month's use is drawn as the bill is made, about the month's last day. Answers its transaction. */
export function drawTax(market: Market, meter: Meter, account: number, about: number, tax: bigint): number {
  const { accounts, ledger, now } = market
  // The hours before it stand in the books first.
  bookSettlement(market, account)
  const id = ledger.next
  const { coupon, cash } = drawn(market, account, tax)
  const movement = { at: now, about, account: accounts.id[account], order: 0, hour: 0, repeats: 1 }
  ledger.begin({ ...movement, kind: 'usage-tax', rule: wordNumber('M-07') })
  postSources(market, account, { coupon, cash, rest: tax - coupon - cash })
  ledger.post('tax-payable', 0, -tax)
  ledger.close()
  drawCharge(market, meter, account, tax)
  return id
}

/** The legs of a charge for use, in a transaction that is open. */
export function postCharge<T extends number | bigint>(market: Market, account: number, parts: ChargeParts<T>): void {
  const { ledger } = market
  const { ecs, image, coupon, cash, rest } = parts
  postSources(market, account, { coupon, cash, rest })
  ledger.post('cloud-resource-revenue', 0, -ecs)
  ledger.post('marketplace-revenue', 0, -image)
}
