/** E-09: what a disk of a size that the log says costs an hour, by the price of a GB of its type. */
import { parseUnitPrice } from '#base/money.ts'
import { hourOfUnits } from '#scenarios/cloud-resources.ts'
import type { SizedDisk } from './log-names.ts'
import type { PriceHistory, PriceList } from './price-list.ts'

/**
 * Undefined where the type has no price, or one that makes no hourly price for this size: more than 10 decimals (M-02), or too
 * large.
 */
export function diskHistory({ gigabytes }: PriceList, { gigabytes: size, type }: SizedDisk): PriceHistory | undefined {
  const history = gigabytes?.get(type)
  if (history === undefined) return undefined
  const priced = history.flatMap(({ from, text }) => {
    const hourly = hourOfUnits(size, text)
    return hourly === null ? [] : [{ from, hourly: parseUnitPrice(hourly, 'hourly'), text: hourly }]
  })
  return priced.length === history.length ? priced : undefined
}
