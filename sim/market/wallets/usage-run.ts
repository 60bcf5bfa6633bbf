/**
 * Charges for use (A-01, O-05): drawn from cash coupons, cash and credit; what they cannot pay is due. Hours that settle
 * alike are a run: one transaction of the books (`repeats`), written when another kind of hour comes.
 */

import { least } from '#base/money.ts'
import { HOUR, type Instant } from '#base/time.ts'
import type { Row } from '../../cell/table.ts'
import { drawForUsage } from './coupons.ts'
import { creditLeft } from './credit.ts'
import type { Wallets } from './wallets.ts'

/** From here on an hour is not drawn from what wide columns have in `low`. */
const VAST = 2 ** 52

/** What one clock hour owes, by account: bigint where float64 might not hold a sum exactly. */
export interface OwedHour {
  readonly hour: Instant
  readonly ecs: Float64Array | readonly bigint[]
  readonly image: Float64Array | readonly bigint[]
}

/** Draws what a clock hour owes from all accounts. */
export function chargeHours(market: Wallets, { hour, ecs, image }: OwedHour): void {
  if (ecs instanceof Float64Array && image instanceof Float64Array) chargeSafely(market, { hour, ecs, image })
  else
    for (let account = 0; account < ecs.length; account++)
      if (Number(ecs[account]) !== 0 || Number(image[account]) !== 0)
        settleVast(market, account, hour, BigInt(ecs[account]), BigInt(image[account]))
}

interface SafeHour {
  readonly hour: Instant
  readonly ecs: Float64Array
  readonly image: Float64Array
}

/** Amounts stay in their columns until they are used: as arguments of calls they would be objects on the heap. */
function chargeSafely(market: Wallets, owed: SafeHour): void {
  const { ecs, image } = owed
  for (let account = 0; account < ecs.length; account++)
    if (ecs[account] + image[account] >= VAST)
      settleVast(market, account, owed.hour, BigInt(ecs[account]), BigInt(image[account]))
    else if (ecs[account] !== 0 || image[account] !== 0) chargeHour(market, account, owed)
}

function chargeHour(market: Wallets, account: Row<'accounts'>, owed: SafeHour): void {
  const { balances } = market
  const { hour } = owed
  const ecs = owed.ecs[account]
  const image = owed.image[account]
  const total = ecs + image
  // What a wide column has in `low` may be drawn on as it is, and it has all of it there but for vast amounts.
  const coupon = Math.min(balances.coupons.low[account], total)
  const cash = Math.min(balances.cash.low[account], total - coupon)
  const run = balances.spanHours[account] * HOUR
  const repeatsLast =
    run > 0 &&
    balances.spanHour[account] + run === hour &&
    balances.spanAt[account] + run === market.now &&
    balances.spanEcs[account] === ecs &&
    balances.spanImage[account] === image &&
    balances.spanCoupon[account] === coupon &&
    balances.spanCash[account] === cash
  if (!repeatsLast) {
    bookSettlement(market, account)
    balances.spanHour[account] = hour
    balances.spanAt[account] = market.now
    balances.spanEcs[account] = ecs
    balances.spanImage[account] = image
    balances.spanCoupon[account] = coupon
    balances.spanCash[account] = cash
  }
  balances.spanHours[account]++
  balances.monthCharges.addSafe(account, total)
  balances.monthLines[account]++
  const isCash = coupon === 0 && balances.cash.high[account] === 0 && balances.reseller[account] === 0
  if (!isCash || (cash < total && balances.credit.low[account] !== 0)) {
    // Coupons, credit and vast balances take the general way.
    drawCharge(market, account, BigInt(total))
    return
  }
  balances.cash.low[account] -= cash
  if (cash < total) {
    balances.due.addSafe(account, total - cash)
    market.chargeUnpaid.emit(account)
  }
  market.balanceFell.emit(account, 0n)
}

/** An hour beyond what float64 holds exactly: a transaction of its own. */
function settleVast(market: Wallets, account: Row<'accounts'>, hour: number, ecs: bigint, image: bigint): void {
  const { accounts, ledger, now, balances } = market
  bookSettlement(market, account)
  const total = ecs + image
  const draw = drawn(market, account, total)
  const movement = { at: now, about: hour, account: accounts.id[account], order: 0, hour, repeats: 1 }
  ledger.begin({ ...movement, kind: 'usage', rule: market.word('U-08') })
  postCharge(market, account, { ecs, image, ...draw, rest: total - draw.coupon - draw.cash })
  ledger.close()
  balances.monthCharges.add(account, total)
  balances.monthLines[account]++
  drawCharge(market, account, total)
}

/** What coupons and cash pay of a charge (O-05). */
export function drawn(
  { balances }: Wallets,
  account: Row<'accounts'>,
  total: bigint,
): { coupon: bigint; cash: bigint } {
  const coupon = least(balances.coupons.at(account), total)
  return { coupon, cash: least(balances.cash.at(account), total - coupon) }
}

/** Draws a charge from cash coupons, cash and credit; what they cannot pay is due. */
export function drawCharge(market: Wallets, account: Row<'accounts'>, total: bigint): void {
  const { balances } = market
  // O-06: the reseller is charged, and the customer is not notified.
  if (balances.reseller[account] === 1) return
  const { coupon, cash } = drawn(market, account, total)
  if (coupon > 0n) drawForUsage(market, account, coupon)
  if (cash > 0n) balances.cash.add(account, -cash)
  const rest = total - coupon - cash
  const credit = rest === 0n ? 0n : least(creditLeft(market, account), rest)
  if (credit > 0n) balances.creditUsed.add(account, credit)
  if (rest > credit) {
    balances.due.add(account, rest - credit)
    market.chargeUnpaid.emit(account)
  }
  market.balanceFell.emit(account, 0n)
}

/** Books the run of hours that were settled alike, if one is open. */
export function bookSettlement(market: Wallets, account: Row<'accounts'>): void {
  const { accounts, ledger, balances } = market
  const repeats = balances.spanHours[account]
  if (repeats === 0) return
  balances.spanHours[account] = 0
  const owner = accounts.id[account]
  ledger.begin({
    at: balances.spanAt[account],
    about: balances.spanHour[account],
    kind: 'usage',
    account: owner,
    order: 0,
    hour: balances.spanHour[account],
    repeats,
    rule: market.word('U-08'),
  })
  const [ecs, image] = [balances.spanEcs[account], balances.spanImage[account]]
  const [coupon, cash] = [balances.spanCoupon[account], balances.spanCash[account]]
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
export function postSources<T extends number | bigint>(
  { accounts, balances, ledger }: Wallets,
  account: Row<'accounts'>,
  { coupon, cash, rest }: Pick<ChargeParts<T>, 'coupon' | 'cash' | 'rest'>,
): void {
  const owner = accounts.id[account]
  ledger.post('buyer-coupons', owner, coupon)
  ledger.post('buyer-cash', owner, cash)
  if (balances.reseller[account] === 1) ledger.post('payment-clearing', 0, rest)
  else ledger.post('buyer-receivable', owner, rest)
}

/** M-07: the tax on a month's use is drawn as the bill is made, about the month's last day. Returns its transaction. */
export function drawTax(market: Wallets, account: Row<'accounts'>, about: number, tax: bigint): number {
  const { accounts, ledger, now } = market
  // The hours before it are in the books first.
  bookSettlement(market, account)
  const id = ledger.next
  const { coupon, cash } = drawn(market, account, tax)
  const movement = { at: now, about, account: accounts.id[account], order: 0, hour: 0, repeats: 1 }
  ledger.begin({ ...movement, kind: 'usage-tax', rule: market.word('M-07') })
  postSources(market, account, { coupon, cash, rest: tax - coupon - cash })
  ledger.post('tax-payable', 0, -tax)
  ledger.close()
  drawCharge(market, account, tax)
  return id
}

/** The legs of a charge for use, in a transaction that is open. */
export function postCharge<T extends number | bigint>(
  market: Wallets,
  account: Row<'accounts'>,
  parts: ChargeParts<T>,
): void {
  const { ledger } = market
  const { ecs, image, coupon, cash, rest } = parts
  postSources(market, account, { coupon, cash, rest })
  ledger.post('cloud-resource-revenue', 0, -ecs)
  ledger.post('marketplace-revenue', 0, -image)
}
