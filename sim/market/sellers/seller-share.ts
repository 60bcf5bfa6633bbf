/**
 * The share of a seller (L-06), when a sale is made: what the seller will be billed for it (L-03) is owed from then on,
 * not billed yet (`unbilled-payable`). Of a term it is deferred with the price and becomes a cost as the price is
 * earned; of metered use it is a cost immediately. As an agent the marketplace takes it off its revenue, as a principal
 * it is `seller-cost`.
 */

import { monthOf, startOfMonth } from '#base/civil-time.ts'
import { MONEY_DECIMALS } from '#base/money.ts'
import { DAY, type Instant } from '#base/time.ts'
import { FINAL_AFTER } from '../../billing/final-bill.ts'
import { literal, minus, times } from '../../billing/formula.ts'
import { lineOf } from '../../billing/line.ts'
import { lessPercent, parsePercent, percentOf } from '../../billing/percent.ts'
import { sellerShare } from '../../billing/seller-share.ts'
import type { Row } from '../../cell/table.ts'
import type { LedgerAccount } from '../../record/ledger-accounts.ts'
import type { Sellers } from './sellers.ts'

export interface Shares {
  readonly withholding: bigint
  readonly tax: bigint
  readonly share: bigint
}

/** What the share of a sale depends on. */
export type ShareTerms = Pick<Sellers, 'world' | 'policiesAt'>

/** L-03 by the policies at an instant: (price - withholding) x (1 - platform fee) - seller taxes, a part of what is before them. */
export function sharesOf(market: ShareTerms, specification: number, sales: bigint, at: Instant): Shares {
  const { world } = market
  const policies = market.policiesAt(at)
  const rounding = policies['rounding.charge']
  const { seller } = world.catalog.offers[specification - 1]
  const segment = world.scenario.sellers[seller.segment]
  const platformFee = parsePercent(policies['settlement.platformFee'], 'settlement.platformFee')
  const withheld = parsePercent(segment.withholdingPercent, 'withholdingPercent')
  const taxed = parsePercent(segment.taxPercent, 'taxPercent')
  const price = literal(sales, MONEY_DECIMALS)
  const withholding = lineOf('L-03', times(price, percentOf(withheld)), rounding).amount
  const base = times(minus(price, literal(withholding, MONEY_DECIMALS)), lessPercent(platformFee))
  const sellerTax = lineOf('L-03', times(base, percentOf(taxed)), rounding).amount
  const share = sellerShare({ price: sales, tax: 0n, withholding, platformFee, sellerTax }, rounding)
  return { withholding, tax: sellerTax, share: share.amount }
}

/** All that sales cost the marketplace, by the policies in force when they are billed. */
export function costOfSale(market: ShareTerms, specification: number, sales: bigint, billedAt: Instant): bigint {
  const { withholding, tax, share } = sharesOf(market, specification, sales, billedAt)
  return withholding + tax + share
}

/**
 * The 7th at 00:00, six days after the month's end; later only where what other cells add until the bills of their buyers are
 * final takes longer to arrive.
 */
export const billedAfter = ({ world }: Pick<Sellers, 'world'>): number =>
  Math.max(6 * DAY, FINAL_AFTER + world.scenario.messageDelay)

/** When the bills of the month that began at an instant are made. */
export function billInstant(market: Pick<Sellers, 'world'>, month: number): number {
  const offset = market.world.policies['time.utcOffset']
  return startOfMonth(monthOf(month, offset) + 1, offset) + billedAfter(market)
}

/** Where the cost of sellers is shown. */
export const costAccount = ({ policies }: Pick<Sellers, 'policies'>): LedgerAccount =>
  policies['revenue.presentation'] === 'principal' ? 'seller-cost' : 'marketplace-revenue'

const sellerOf = ({ world }: Sellers, specification: number): number =>
  world.catalog.offers[specification - 1].seller.id

interface Share {
  readonly specification: number
  readonly month: number
  readonly sales: bigint
  /** Growth of the seller's share; negative for a refund. */
  readonly cost: bigint
  /** An instant of the day it is about, where that is not today. */
  readonly about?: number
  /** Row of the buyer and number of the order; without them it is of metered use. */
  readonly account?: Row<'accounts'>
  readonly order?: number
  /** What is deferred from now on, or less; the rest of the cost is borne now. */
  readonly deferred?: bigint
}

/** One transaction: the seller is owed the share, which is deferred or a cost. */
export function bookShare(market: Sellers, share: Share): void {
  const { ledger, facts, accounts, now } = market
  const { specification, month, sales, cost, about, account, order = 0, deferred = 0n } = share
  if (cost === 0n && deferred === 0n) return
  const seller = sellerOf(market, specification)
  facts.seller_shares({ transaction_id: ledger.next, specification, month, sales, cost })
  const owner = account === undefined ? 0 : accounts.id[account]
  ledger.book('seller-share', 'L-06', { at: now, ...(about === undefined ? {} : { about }), account: owner, order }, [
    ['deferred-seller-cost', seller, deferred],
    [costAccount(market), 0, cost - deferred],
    ['unbilled-payable', seller, -cost],
  ])
}

/** The month in which an instant is, and those after it: their first instants. */
function monthAhead(market: Sellers, months: number): number {
  const { now, policies, world } = market
  const offset = policies['time.utcOffset']
  return startOfMonth(monthOf(Math.min(now, world.scenario.end - 1), offset) + months, offset)
}

/**
 * A paid order (number) is its seller's sale: now, or (L-02) in the month after its completion where it was supervised.
 * Returns the cost that was booked and deferred for it.
 */
export function bookSale(
  market: Sellers,
  how: 'now' | 'after-completion',
  what: {
    readonly specification: number
    readonly price: bigint
    readonly account: Row<'accounts'>
    readonly order: number
  },
): bigint {
  const { sales } = market
  const { specification, price, account, order } = what
  const month = monthAhead(market, how === 'now' ? 0 : 1)
  const cost = costOfSale(market, specification, price, billInstant(market, month))
  if (how === 'now') sales.sell(specification, price, cost)
  else sales.complete(specification, price, cost)
  bookShare(market, { specification, month, sales: price, cost, account, order, deferred: cost })
  return cost
}

/** Refund of a sale: the seller is owed less, and the deferred part of the share is released. */
export function takeShareBack(
  market: Sellers,
  what: { specification: number; account: Row<'accounts'>; order: number; sales: bigint; deferred: bigint },
): void {
  const { specification, account, order, sales, deferred } = what
  const month = monthAhead(market, 0)
  const cost = costOfSale(market, specification, -sales, billInstant(market, month))
  if (sales !== 0n) market.sales.refund(specification, sales, cost)
  bookShare(market, { specification, month, sales: -sales, cost, account, order, deferred: -deferred })
}

/**
 * The legs of what is earned, in a transaction that is open; `commission` is what of the price is not the seller's share.
 * What a principal earns is the price, and the share of the seller its cost.
 */
export function postEarned(market: Sellers, specification: number, price: bigint, commission: bigint): void {
  const { ledger, policies } = market
  const share = price - commission
  const isPrincipal = policies['revenue.presentation'] === 'principal'
  ledger.post('marketplace-revenue', 0, isPrincipal ? -price : -commission)
  if (share === 0n) return
  if (isPrincipal) ledger.post('seller-cost', 0, share)
  ledger.post('deferred-seller-cost', sellerOf(market, specification), -share)
}
