/** C-05, U-07, E-09: the hours of a pool's servers, or of their cloud resources, cost another price from now on. */
import { parseUnitPrice, type UnitPrice } from '#base/money.ts'
import { type CloudResource, changedHourly, cloudResources } from '#scenarios/cloud-resources.ts'
import { repriceServers } from '../../market/servers/pool-changes.ts'
import { type EventOf, type EventScope, poolRows } from './event-scope.ts'

export function serverPriceChange(scope: EventScope, event: EventOf<'serverPriceChange'>): void {
  const { market } = scope
  for (const pool of poolRows(scope, event)) {
    const { resources } = market.places[pool].plan
    const priced = new Map<CloudResource, UnitPrice>()
    for (const resource of cloudResources) {
      const hourly = changedHourly(resources, event, resource)
      if (hourly !== null) priced.set(resource, parseUnitPrice(hourly))
    }
    repriceServers(market, pool, {
      hourly: event.hourly === null ? null : parseUnitPrice(event.hourly),
      resources: priced,
    })
  }
}
