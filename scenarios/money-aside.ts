/** `money: ignore`: a scenario for planners who ask about capacity only. Nothing costs anything, so no account is ever in arrears. */
import { valueAt } from './document.ts'
import type { Scenario } from './schema.ts'
import type { Product, Specification } from './sections/catalog.ts'
import type { PlannedEvent } from './sections/events.ts'

/** Whether plain data of a scenario sets money aside. */
export const ignoresMoney = (data: unknown): boolean => valueAt(data, ['money']) === 'ignore'

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The items of a list changed one by one; anything but a list, and anything in it but mappings, stays for the reader. */
const eachOf = (list: unknown, change: (item: Readonly<Record<string, unknown>>) => unknown): unknown =>
  Array.isArray(list) ? list.map((item) => (isObject(item) ? change(item) : item)) : list

const withChanged = (
  item: Readonly<Record<string, unknown>>,
  key: string,
  change: (value: unknown) => unknown,
): Readonly<Record<string, unknown>> => (Object.hasOwn(item, key) ? { ...item, [key]: change(item[key]) } : item)

const withDefault = (
  item: Readonly<Record<string, unknown>>,
  key: string,
  value: unknown,
): Readonly<Record<string, unknown>> => (Object.hasOwn(item, key) ? item : { ...item, [key]: value })

const pricedSpecification = (specification: Readonly<Record<string, unknown>>): unknown => {
  if (specification.billing === 'pay-per-use') return withDefault(specification, 'hourly', '0')
  if (specification.billing === 'one-off') return withDefault(specification, 'price', '0')
  return withChanged(specification, 'plans', (plans) => eachOf(plans, (plan) => withDefault(plan, 'price', '0')))
}

const pricedPool = (pool: Readonly<Record<string, unknown>>): unknown =>
  withChanged(withDefault(pool, 'hourly', '0'), 'plans', (plans) =>
    eachOf(plans, (plan) => withDefault(plan, 'price', '0')),
  )

/** Plain data in which the prices that may be left out with `money: ignore` are 0; other data as it is. */
export function withPricesFilled(data: unknown): unknown {
  if (!isObject(data) || !ignoresMoney(data)) return data
  const regions = eachOf(data.regions, (region) =>
    withChanged(region, 'zones', (zones) =>
      eachOf(zones, (zone) => withChanged(zone, 'pools', (pools) => eachOf(pools, pricedPool))),
    ),
  )
  const catalog = eachOf(data.catalog, (product) =>
    withChanged(product, 'specifications', (specifications) => eachOf(specifications, pricedSpecification)),
  )
  return {
    ...data,
    ...(data.regions === undefined ? {} : { regions }),
    ...(data.catalog === undefined ? {} : { catalog }),
  }
}

const free = { model: 'linear', unit: '0' } as const

function freeSpecification(specification: Specification): Specification {
  const { billing } = specification
  if (billing === 'pay-per-use') return { ...specification, hourly: '0', discount: null }
  if (billing === 'one-off') return { ...specification, price: free, discount: null }
  return { ...specification, plans: specification.plans.map(({ months }) => ({ months, price: free })), discount: null }
}

const freeProduct = (product: Product): Product => ({
  ...product,
  specifications: product.specifications.map(freeSpecification),
})

const movesMoney = new Set<PlannedEvent['kind']>(['priceChange', 'serverPriceChange', 'paymentFailure'])

/**
 * The scenario with every price 0 and without wallets, resellers and events that move money; what people do, when, and
 * with which servers stays. A scenario that does not ignore money as it is.
 */
export function withoutMoney(scenario: Scenario): Scenario {
  if (scenario.money !== 'ignore') return scenario
  return {
    ...scenario,
    regions: scenario.regions.map((region) => ({
      ...region,
      zones: region.zones.map((zone) => ({
        ...zone,
        pools: zone.pools.map((pool) => ({
          ...pool,
          hourly: '0',
          resources: null,
          plans: pool.plans.map(({ months }) => ({
            ...{ months, price: '0', disk: null, elasticIp: null, bandwidth: null, traffic: null },
          })),
        })),
      })),
    })),
    catalog: scenario.catalog.map(freeProduct),
    buyers: scenario.buyers.map((segment) => ({
      ...segment,
      wallet: {
        ...{ opening: '0', paymentMethod: 1, coupons: [], credit: null, topUp: null, card: null },
        methods: { balance: 1, card: 0, credit: 0 },
      },
      reseller: null,
    })),
    events: scenario.events.filter(({ kind }) => !movesMoney.has(kind)),
  }
}
