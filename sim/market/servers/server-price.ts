/** What servers with an image cost (E-06): by the hour, or for a term. */

import type { UnitPrice } from '#base/money.ts'
import { cloudResources, resourceKeys } from '#scenarios/cloud-resources.ts'
import { ecsHourAmount, imageHourAmount } from '../../billing/metering/rating.ts'
import type { Row } from '../../cell/table.ts'
import type { OrderIntent, OrderLine } from '../orders/intent.ts'
import { periodLines } from '../subscriptions/term-price.ts'
import type { Servers } from './servers.ts'

/**
 * What one hour of a server with an image costs a buyer at the prices in force, its cloud resources too, whole 1e-8 (E-06,
 * E-09, E-11).
 */
export function hourOf(
  { pools, imagePrices, policies, hourlyPrice }: Servers,
  pool: Row<'pools'>,
  specification: number,
  account: Row<'accounts'>,
): bigint {
  const rounding = policies['rounding.charge']
  const ecs = ecsHourAmount(hourlyPrice.of(pools.hourly[pool], account, pool) as UnitPrice, 3600, rounding)
  const image = imageHourAmount(imagePrices[specification - 1] as UnitPrice, rounding)
  const resources = cloudResources.map((resource) =>
    ecsHourAmount(pools[resourceKeys[resource]][pool] as UnitPrice, 3600, rounding),
  )
  return [ecs, image, ...resources].reduce((sum, amount) => sum + BigInt(amount), 0n)
}

/** The lines of servers with an image for a term: each has a price for it, or for the image alone an hourly one. */
export function termLines(market: Servers, intent: OrderIntent): OrderLine[] {
  const { pool, specification, months, quantity } = intent
  const offer = market.offer(specification)
  const plan = offer.plans.find((sold) => sold.months === months)
  const server = market.places[pool].plans.find((sold) => sold.months === months)
  return periodLines(market.subscriptionChapter, { offer, quantity, plan, server })
}
