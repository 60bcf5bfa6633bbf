/** `meter`: resource, hourly or prices, events, until; tier? and expiry? of a yearly/monthly server (U-04) */
import { BillingError } from '#base/billing-error.ts'
import { formatInstant, parseInstant } from '#base/civil-time.ts'
import { formatAmount } from '#base/money.ts'
import { shown } from '#base/shown.ts'
import { HOUR } from '#base/time.ts'
import { cloudResources } from '#scenarios/cloud-resources.ts'
import type { Policies } from '#scenarios/policies.ts'
import { keySet, refuseUnknownKeys } from '../../billing/known-keys.ts'
import type { Line } from '../../billing/line.ts'
import { hourCharge, type MeteredItem } from '../../billing/metering/hour-charge.ts'
import type { HourRow } from '../../billing/metering/hour-rows.ts'
import { fixedPrice, type PriceSchedule, type PriceStep } from '../../billing/metering/price-schedule.ts'
import { type ResourceEvent, ResourceMeter } from '../../billing/metering/resource-meter.ts'
import { logActions } from '../../billing/metering/resource-states.ts'
import { imageBilledUntil } from '../../billing/metering/yearly-ecs.ts'
import { listOf, oneOf, operation, type Request, recordOf } from '../request.ts'
import { tierOf } from './auto-renew.ts'

const resources = ['ecs', 'image', ...cloudResources] as const
/** An answer of more hours would hold up the stream; eleven years of one resource. */
const MOST_HOURS = 100_000

const keys = ['resource', 'hourly', 'prices', 'events', 'until', 'expiry', 'tier']
/** A request meters one thing of one size. */
const actions = logActions.filter((action) => action !== 'resize')
const eventKeys = keySet('at', 'do', 'product', 'image')
const stepKeys = keySet('from', 'hourly')

export const meter = operation(keys, (request, policies) => {
  const resource = oneOf(request.resource, resources, 'resource')
  const prices = pricesOf(request, resource)
  const until = billedUntil(request, parseInstant(request.until, 'until'), policies)
  const rows: HourRow[] = []
  const events = eventsOf(request, prices)
  const begin = events[0]?.at ?? until
  if (until - begin > MOST_HOURS * HOUR)
    throw new BillingError(
      'until',
      `more than ${MOST_HOURS} hours in one request`,
      'split the time over several requests',
    )
  const resourceMeter = new ResourceMeter(resource, policies, (row) => rows.push(row), until)
  for (const [index, event] of events.entries()) resourceMeter.apply(event, `events[${index}]`)
  resourceMeter.close(until)
  return charged(rows, resource, prices, policies)
})

function charged(rows: readonly HourRow[], resource: MeteredItem, prices: Prices, policies: Policies) {
  const lines: Line[] = []
  const hours: object[] = []
  for (const row of rows) {
    const schedule = prices.byProduct?.get(row.product ?? '') ?? prices.single
    if (schedule === undefined) continue
    const line = hourCharge(resource, row, schedule, policies)
    if (line === null) continue
    lines.push(line)
    hours.push({
      hour: formatInstant(row.hour, policies['time.utcOffset']),
      product: row.product === UNNAMED ? undefined : row.product,
      seconds: row.seconds,
      amount: formatAmount(line.amount),
    })
  }
  return { lines, fields: { hours } }
}

interface Prices {
  readonly single: PriceSchedule | undefined
  readonly byProduct: ReadonlyMap<string, PriceSchedule> | undefined
  /** Means the product where none is named and there is one price only. */
  readonly onlyProduct: string | undefined
}

const UNNAMED = ''

function pricesOf(request: Request, resource: MeteredItem): Prices {
  if (request.hourly !== undefined && request.prices !== undefined)
    throw new BillingError('prices', 'both hourly and prices are given', 'remove one of them')
  if (resource !== 'image' || request.hourly !== undefined)
    return {
      single: scheduleOf(request.hourly, 'hourly'),
      byProduct: undefined,
      onlyProduct: namesProducts(request) ? undefined : UNNAMED,
    }
  const byProduct = new Map<string, PriceSchedule>()
  for (const [product, price] of Object.entries(recordOf(request.prices, 'prices', '{"A": "0.10"}')))
    byProduct.set(product, scheduleOf(price, `prices.${product}`))
  const [onlyProduct] = byProduct.size === 1 && !namesProducts(request) ? byProduct.keys() : []
  return { single: undefined, byProduct, onlyProduct }
}

const namesProducts = (request: Request): boolean =>
  Array.isArray(request.events) && request.events.some((event) => event?.product !== undefined)

/** One price in text, or `[{"from": time, "hourly": price}, …]` in time order. */
function scheduleOf(value: unknown, where: string): PriceSchedule {
  if (!Array.isArray(value)) return fixedPrice(value, where)
  const steps: PriceStep[] = value.map((entry, index) => {
    const step = recordOf(entry, `${where}[${index}]`, '{"from": "2024-01-01T00:00:00+08:00", "hourly": "0.1"}')
    refuseUnknownKeys(step, stepKeys, `${where}[${index}]`)
    const from = parseInstant(step.from, `${where}[${index}].from`)
    return { from, hourly: fixedPrice(step.hourly, `${where}[${index}].hourly`)[0].hourly }
  })
  const late = steps.findIndex((step, index) => index > 0 && step.from <= steps[index - 1].from)
  if (steps.length > 0 && late < 0) return steps
  throw new BillingError(where, 'prices are not in time order', 'sort them by time, one per time')
}

function eventsOf(request: Request, prices: Prices): ResourceEvent[] {
  return listOf(request.events, 'events').map((entry, index) => {
    const where = `events[${index}]`
    const event = recordOf(entry, where, '{"at": "...", "do": "start"}')
    refuseUnknownKeys(event, eventKeys, where)
    const { at, do: action, product, image } = event
    for (const [name, value] of [
      ['product', product],
      ['image', image],
    ] as const)
      if (value !== undefined && typeof value !== 'string')
        throw new BillingError(`${where}.${name}`, `${shown(value)} is not a name`, 'write a string')
    if (product !== undefined && prices.byProduct?.has(product as string) === false)
      throw new BillingError(`${where}.product`, `${shown(product)} has no price`, `add it to prices`)
    return {
      at: parseInstant(at, `${where}.at`),
      do: oneOf(action, actions, `${where}.do`),
      product: (product as string | undefined) ?? prices.onlyProduct,
      image: image as string | undefined,
    }
  })
}

/** U-04: an image on a yearly/monthly server with a known expiry is billed no longer than that. */
function billedUntil(request: Request, until: number, policies: Policies): number {
  if (request.resource !== 'image' || request.expiry === undefined) return until
  const expiry = parseInstant(request.expiry, 'expiry')
  return Math.min(until, imageBilledUntil(expiry, policies, tierOf(request, policies)))
}
