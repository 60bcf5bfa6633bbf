/** E-09: what a server has besides its flavour, each with a price of its own: system disk, elastic IP, bandwidth, traffic. */
import { parseDecimal } from '#base/decimal.ts'
import { decimalText } from '#base/decimal-text.ts'

/** As the record names them, in the order in which they are metered. */
export const cloudResources = ['disk', 'elastic-ip', 'bandwidth', 'traffic'] as const
export type CloudResource = (typeof cloudResources)[number]

/** The keys of a pool's `resources`, by what they are called elsewhere. */
export const resourceKeys = {
  disk: 'disk',
  'elastic-ip': 'elasticIp',
  bandwidth: 'bandwidth',
  traffic: 'traffic',
} as const satisfies Record<CloudResource, string>

const PRICE_DECIMALS = 10
const SIZE_DECIMALS = 4
/** The largest hourly price, whole 1e-10. */
const MOST_HOURLY = 900_719_925_474_099_100n

/**
 * What `size` units at `price` each cost an hour, exact: "40" GB at "0.0001" are "0.004". Null where that has more than 10
 * decimals (M-02) or is above the largest hourly price.
 */
export function hourOfUnits(size: string, price: string): string | null {
  const product =
    parseDecimal(size, SIZE_DECIMALS, 'size', 'unsigned') * parseDecimal(price, PRICE_DECIMALS, 'price', 'unsigned')
  const finer = 10n ** BigInt(SIZE_DECIMALS)
  if (product % finer !== 0n) return null
  const hourly = product / finer
  return hourly > MOST_HOURLY ? null : decimalText(hourly, PRICE_DECIMALS)
}

/** What of a server of a pool has a price besides its flavour: sizes, and prices of one unit, as decimal text. */
export interface Resources {
  /** GB; of one for an hour. */
  readonly disk: { readonly gigabytes: number; readonly hourly: string } | null
  readonly elasticIp: { readonly hourly: string } | null
  /** Mbit/s; of one for an hour. */
  readonly bandwidth: { readonly mbits: number; readonly hourly: string } | null
  /** GB an hour; of one GB. */
  readonly traffic: { readonly gigabytesPerHour: string; readonly perGigabyte: string } | null
}

/** New prices of one unit each; null where the price stays. */
export type ResourcePrices = Readonly<Record<(typeof resourceKeys)[CloudResource], string | null>>

/** How many units of a resource a server of a pool has, as decimal text: GB, addresses, Mbit/s, GB an hour; null: none is priced. */
export function sizeOf(resources: Resources | null, resource: CloudResource): string | null {
  if (resources === null) return null
  const { disk, elasticIp, bandwidth, traffic } = resources
  if (resource === 'disk') return disk === null ? null : String(disk.gigabytes)
  if (resource === 'elastic-ip') return elasticIp === null ? null : '1'
  if (resource === 'bandwidth') return bandwidth === null ? null : String(bandwidth.mbits)
  return traffic === null ? null : traffic.gigabytesPerHour
}

/** The listed price of one unit of a resource; null where it has none. */
export function listedPrice(resources: Resources | null, resource: CloudResource): string | null {
  if (resource === 'traffic') return resources?.traffic?.perGigabyte ?? null
  return resources?.[resourceKeys[resource]]?.hourly ?? null
}

/** What a resource of one server costs an hour, as decimal text; null where it has no price. */
export function listedHourly(resources: Resources | null, resource: CloudResource): string | null {
  const [size, price] = [sizeOf(resources, resource), listedPrice(resources, resource)]
  return size === null || price === null ? null : hourOfUnits(size, price)
}

/** The same at a new price; null where the event says none of the resource, or the pool has none. */
export function changedHourly(
  resources: Resources | null,
  changed: ResourcePrices,
  resource: CloudResource,
): string | null {
  const [size, price] = [sizeOf(resources, resource), changed[resourceKeys[resource]]]
  return size === null || price === null ? null : hourOfUnits(size, price)
}
