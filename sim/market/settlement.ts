/**
 * Settlement (U-08, A-01): a lag after an hour has closed, what it owes is drawn from each account's cash coupons, cash
 * and credit; what they cannot pay is booked as due. Hours that settle alike share one transaction row (`repeats`).
 */
import { wordNumber } from '../record/words.ts'
import { drawForUsage } from './coupons.ts'
import type { Market } from './market.ts'
import { HOUR, type HourOwed, type Meter } from './metering.ts'
import { sellHour } from './seller-bill-sales.ts'
import { fallDue } from './standing-steps.ts'

/** Draws one closed hour from all accounts. */
export function settleHour(market: Market, meter: Meter, owed: HourOwed): void {
  const { accounts } = market
  for (let account = 0; account < accounts.rows; account++) {
    const ecs = owed.ecs[account]
    const image = owed.image[account]
    if (ecs + image !== 0) settleAccount(market, meter, account, owed.hour, ecs, image)
  }
  sellHour(market, owed.hour, owed.sold)
}

function settleAccount(market: Market, meter: Meter, account: number, hour: number, ecs: number, image: number): void {
  const { accounts, now } = market
  const total = ecs + image
  if (!Number.isSafeInteger(total))
    throw new Error(`M-01: account ${accounts.id[account]} owes more in one hour than 90 million units of currency`)
  const coupon = Math.min(accounts.coupons[account], total)
  const cash = Math.min(accounts.cash[account], total - coupon)
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
  accounts.monthCharges[account] += total
  accounts.monthLines[account]++
  drawCharge(market, meter, account, total)
}

/** Draws a charge from cash coupons, cash and credit; what they cannot pay is due. */
export function drawCharge(market: Market, meter: Meter, account: number, total: number): void {
  const { accounts } = market
  // O-06: the reseller is charged, and his customer told of nothing.
  if (accounts.reseller[account] === 1) return
  const coupon = Math.min(accounts.coupons[account], total)
  const cash = Math.min(accounts.cash[account], total - coupon)
  if (coupon > 0) drawForUsage(market, account, coupon)
  accounts.cash[account] -= cash
  const credit = Math.min(accounts.credit[account] - accounts.creditUsed[account], total - coupon - cash)
  accounts.creditUsed[account] += credit
  const due = total - coupon - cash - credit
  if (due > 0) {
    accounts.due[account] += due
    fallDue(market, meter, account)
  }
  market.reactions.balanceFell(account, 0)
}

/** Books the run of hours that were settled alike, if one is open. */
export function bookSettlement(market: Market, account: number): void {
  const { accounts, ledger } = market
  const repeats = accounts.spanHours[account]
  if (repeats === 0) return
  accounts.spanHours[account] = 0
  const owner = accounts.id[account]
  const ecs = accounts.spanEcs[account]
  const image = accounts.spanImage[account]
  const coupon = accounts.spanCoupon[account]
  const cash = accounts.spanCash[account]
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
  postCharge(market, account, { ecs, image, coupon, cash })
  ledger.close()
}

/** What a charge is made of, and what coupons and cash pay of it. */
interface ChargeParts {
  readonly ecs: number
  readonly image: number
  readonly coupon: number
  readonly cash: number
}

/** The legs of a charge for use, in a transaction that is open. */
export function postCharge(market: Market, account: number, { ecs, image, coupon, cash }: ChargeParts): void {
  const { accounts, ledger } = market
  const owner = accounts.id[account]
  const rest = ecs + image - coupon - cash
  ledger.post('buyer-coupons', owner, coupon)
  ledger.post('buyer-cash', owner, cash)
  // What was drawn on credit (O-05), and what fell due.
  if (accounts.reseller[account] === 1) ledger.post('payment-clearing', 0, rest)
  else ledger.post('buyer-receivable', owner, rest)
  ledger.post('cloud-resource-revenue', 0, -ecs)
  ledger.post('marketplace-revenue', 0, -image)
}
