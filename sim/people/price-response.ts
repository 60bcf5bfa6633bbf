/** Price elasticity: how many purchases a visit leads to at the price of now, compared with that at the start of the run. */
import { exp } from '#engine/mathematics/exponential.ts'
import { log } from '#engine/mathematics/logarithm.ts'
import type { Stream } from '#engine/random/streams.ts'
import { NONE, type Row } from '../cell/table.ts'
import { priceLines } from '../market/orders/price.ts'
import type { Servers } from '../market/servers/servers.ts'
import { periodLines } from '../market/subscriptions/term-price.ts'
import type { Offer } from '../world/catalog.ts'
import type { Wish } from './preferences.ts'

/** What is asked about. `isMetered`: its server is pay-per-use, too. */
export interface Priced extends Pick<Wish, 'offer' | 'quantity' | 'months'> {
  readonly isMetered: boolean
}

/**
 * The price now over the price at the start, the discounts of both inside; 1 where there was or is none. Of servers by the
 * hour it is that of image and server together. `pool`: row of the pool of its servers; NONE without.
 */
export function priceRatio(
  market: Servers,
  { offer, quantity, months, isMetered }: Priced,
  pool: Row<'pools'>,
): number {
  const first = market.world.catalog.offers[offer.id - 1]
  if (offer.specification.billing === 'pay-per-use' && pool !== NONE) {
    // A server of a term has its own price, which does not change.
    const now = market.imagePrices[offer.id - 1] + (isMetered ? market.pools.hourly[pool] : 0)
    const then = first.hourly + (isMetered ? market.places[pool].hourly : 0)
    return now > 0 && then > 0 ? now / then : 1
  }
  const amount = (sold: Offer): bigint => {
    const lines =
      pool === NONE
        ? priceLines(market.orderChapter.wallets, sold, quantity, months)
        : periodLines(market.subscriptionChapter, {
            offer: sold,
            quantity,
            plan: sold.plans.find((plan) => plan.months === months),
            server: market.places[pool].plans.find((plan) => plan.months === months),
          })
    return lines.reduce((sum, line) => sum + line.amount, 0n)
  }
  const [now, then] = [amount(market.offer(offer.id)), amount(first)]
  return now > 0n && then > 0n ? Number(now) / Number(then) : 1
}

/** A whole number of purchases of mean ratio^elasticity: its whole part, and one more with the probability of the rest. */
export function purchasesAt(ratio: number, elasticity: number, stream: Stream): number {
  const mean = ratio === 1 ? 1 : exp(elasticity * log(ratio))
  return Math.floor(Math.min(mean, MOST) + stream.next())
}

/** However cheap it is. */
const MOST = 1000
