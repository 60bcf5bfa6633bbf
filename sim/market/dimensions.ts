/** What a run is about: the tables that give the numbers of facts their names. Written once, from the world. */

import { unpackPrice } from '#base/money.ts'
import { own } from '#base/own.ts'
import { isSupervised, productKinds } from '#scenarios/product-kinds.ts'
import type { RecordNames } from '../record/build.ts'
import { cellsOf } from '../record/wide.ts'
import { categoriesOf } from '../world/categories.ts'
import type { World } from '../world/world.ts'
import { words } from './words.ts'

type Cell = string | number | bigint | null

interface Dimension {
  readonly text: string
  /** Column name and SQLite type with what it means. */
  readonly columns: Readonly<Record<string, readonly [type: 'INTEGER' | 'TEXT', text: string]>>
  rows(world: World): Iterable<readonly Cell[]>
}

const key = ['INTEGER', 'number in the run'] as const

export const dimensions = {
  words: {
    text: 'States, events, kinds, codes, ledger accounts and rules, spelled out.',
    columns: { id: ['INTEGER', 'ID of the word'], word: ['TEXT', 'the word'] },
    *rows() {
      for (const [id, word] of words.entries()) yield [id, word]
    },
  },
  regions: {
    text: 'Regions.',
    columns: { id: key, region: ['TEXT', 'id in the scenario'], name: ['TEXT', 'display name'] },
    *rows({ scenario }) {
      for (const [index, region] of scenario.regions.entries()) yield [index + 1, region.id, region.name ?? region.id]
    },
  },
  zones: {
    text: 'Zones of regions.',
    columns: { id: key, region_id: ['INTEGER', '`regions`'], zone: ['TEXT', 'id in the scenario'] },
    *rows({ scenario }) {
      let id = 0
      for (const [index, region] of scenario.regions.entries())
        for (const zone of region.zones) yield [++id, index + 1, zone.id]
    },
  },
  pools: {
    text: 'ECS pools: one region, one zone, one flavour (E-01).',
    columns: {
      id: key,
      zone_id: ['INTEGER', '`zones`'],
      region_id: ['INTEGER', '`regions`'],
      flavour: ['TEXT', 'flavour of the servers'],
      hourly: ['INTEGER', 'pay-per-use price of an hour, whole 1e-10 (U-01)'],
    },
    *rows({ pools }) {
      for (const pool of pools)
        yield [pool.id, pool.zoneId, pool.regionIndex + 1, pool.plan.flavour, unpackPrice(pool.hourly)]
    },
  },
  host_groups: {
    text: 'Groups of equal hosts (E-10). Room is counted in parts: the largest that divides a host and all flavours on it.',
    columns: {
      id: key,
      zone_id: ['INTEGER', '`zones`'],
      region_id: ['INTEGER', '`regions`'],
      hosts: ['TEXT', 'id in the scenario'],
      placement: ['TEXT', 'first-fit, best-fit, worst-fit or spread'],
      fault_domains: ['INTEGER', 'fault domains'],
      vcpu: ['INTEGER', 'parts of vCPU that a host can be filled with, after overcommit'],
      memory: ['INTEGER', 'parts of memory; 0 where it does not limit'],
      gpu: ['INTEGER', 'parts of GPU'],
      vcpu_part: ['INTEGER', 'thousandths of a vCPU in a part'],
      memory_part: ['INTEGER', 'thousandths of a GiB in a part'],
      gpu_part: ['INTEGER', 'thousandths of a GPU in a part'],
    },
    *rows({ hostGroups }) {
      for (const { id, zoneId, regionIndex, plan, room, part } of hostGroups)
        yield [id, zoneId, regionIndex + 1, plan.id, plan.placement, plan.faultDomains, ...room, ...part]
    },
  },
  host_pools: {
    text: 'Which pools are made of which hosts (E-10): the groups that are tried, in order, and what one server takes.',
    columns: {
      pool: ['INTEGER', '`pools`'],
      place: ['INTEGER', 'from 1, in the order in which the groups are tried'],
      host_group: ['INTEGER', '`host_groups`'],
      vcpu: ['INTEGER', 'parts of vCPU of one server'],
      memory: ['INTEGER', 'parts of memory'],
      gpu: ['INTEGER', 'parts of GPU'],
    },
    *rows({ hostGroups, pools }) {
      for (const { id, zone, row, cell, plan } of pools)
        for (const [index, name] of plan.hosts.entries()) {
          const group = hostGroups.find((each) => each.cell === cell && each.zone === zone && each.plan.id === name)
          const tenant = group?.tenants.find(({ pool }) => pool === row)
          if (group !== undefined && tenant !== undefined) yield [id, index + 1, group.id, ...tenant.size]
        }
    },
  },
  server_plans: {
    text: 'Yearly/monthly prices of one server, and of its cloud resources, by duration (P-05, E-06, E-09).',
    columns: {
      id: key,
      pool: ['INTEGER', '`pools`'],
      item: ['TEXT', 'ecs, or a cloud resource of the server: disk, elastic-ip, bandwidth, traffic (E-09)'],
      months: ['INTEGER', 'duration'],
      price: ['INTEGER', 'of one server for the whole duration, whole 1e-10'],
      price_high: ['INTEGER', 'its high part, of 1e18 whole 1e-10: 0 below 100 million units'],
    },
    *rows({ pools }) {
      for (const pool of pools)
        for (const plan of pool.plans) {
          yield [plan.id, pool.id, 'ecs', plan.months, ...cellsOf(plan.price)]
          for (const { id, item, price } of plan.resources) yield [id, pool.id, item, plan.months, ...cellsOf(price)]
        }
    },
  },
  capacities: {
    text: 'Capacity of each pool over time.',
    columns: {
      pool: ['INTEGER', '`pools`'],
      since: ['INTEGER', 'instant from which it applies, ms'],
      capacity: ['INTEGER', 'units'],
    },
    *rows({ pools }) {
      for (const pool of pools) for (const step of pool.plan.capacity) yield [pool.id, BigInt(step.from), step.capacity]
    },
  },
  sellers: {
    text: 'Sellers.',
    columns: {
      id: key,
      segment: ['TEXT', 'segment in the scenario'],
      number: ['INTEGER', 'number within the segment'],
      region_id: ['INTEGER', 'home: `regions`'],
    },
    *rows({ sellers, scenario, cellPlaces }) {
      for (const seller of sellers) {
        const home = cellPlaces[seller.cell].region + 1
        yield [seller.id, scenario.sellers[seller.segment].segment, seller.number, home]
      }
    },
  },
  products: {
    text: 'Products of the catalog (C-01, C-02).',
    columns: {
      id: key,
      product: ['TEXT', 'id in the scenario'],
      name: ['TEXT', 'display name'],
      kind: ['TEXT', productKinds.join(', ')],
      category: ['TEXT', 'category, the family of the tree (C-02, C-06)'],
      subcategory: ['TEXT', 'subcategory, empty when none (C-02)'],
      seller_id: ['INTEGER', '`sellers`'],
      supervised: ['INTEGER', '1 when supervised (S-01)'],
    },
    *rows({ scenario, catalog }) {
      for (const [index, product] of scenario.catalog.entries()) {
        const seller = catalog.offers.find((offer) => offer.productId === index + 1)?.seller.id ?? 0
        yield [
          index + 1,
          product.id,
          product.name ?? product.id,
          product.kind,
          product.category,
          product.subcategory ?? '',
          seller,
          isSupervised(product) ? 1 : 0,
        ]
      }
    },
  },
  specifications: {
    text: 'Specifications for sale (C-02).',
    columns: {
      id: key,
      product_id: ['INTEGER', '`products`'],
      specification: ['TEXT', 'id in the scenario'],
      billing: ['TEXT', 'pay-per-use, monthly, yearly or one-off'],
      attribute: ['TEXT', 'quantity attribute, empty when none (C-04)'],
      hourly: ['INTEGER', 'price of a started hour of a pay-per-use image, after discount, whole 1e-10 (U-02, M-06)'],
      discount: ['TEXT', 'its discount as JSON, empty when none (M-06)'],
    },
    *rows({ catalog }) {
      for (const offer of catalog.offers)
        yield [
          offer.id,
          offer.productId,
          offer.specification.id,
          offer.specification.billing,
          offer.quantity?.attribute ?? '',
          unpackPrice(offer.hourly),
          offer.specification.discount === null ? '' : JSON.stringify(offer.specification.discount),
        ]
    },
  },
  plans: {
    text: 'Prices by duration (P-01..P-05), as in the scenario.',
    columns: {
      id: key,
      specification_id: ['INTEGER', '`specifications`'],
      months: ['INTEGER', 'duration; 0 for a one-off'],
      price: ['TEXT', 'price model with its bands, JSON'],
      since: ['INTEGER', 'instant from which it is offered, ms (C-05)'],
    },
    *rows({ catalog }) {
      for (const { id, specification, months, price, since } of catalog.plans)
        yield [id, specification, months, JSON.stringify(price), BigInt(since)]
    },
  },
  categories: {
    text: 'Categories of products, and those in which buyers find nothing (C-06).',
    columns: {
      id: key,
      category: ['TEXT', 'family, or family/subcategory'],
      family: ['TEXT', 'the family alone (C-02)'],
    },
    *rows({ scenario }) {
      for (const [index, category] of categoriesOf(scenario).entries())
        yield [index + 1, category, category.split('/')[0]]
    },
  },
  policy_changes: {
    text: 'Policy changes during the run; `meta` has the policies in force at the start.',
    columns: {
      since: ['INTEGER', 'instant from which it applies, ms'],
      policy: ['TEXT', 'key of the policy'],
      value: ['TEXT', 'its value, JSON'],
    },
    *rows({ scenario }) {
      for (const event of scenario.events)
        if (event.kind === 'policyChange')
          for (const [policy, value] of Object.entries(event.policies))
            yield [BigInt(event.at), policy, JSON.stringify(value)]
    },
  },
  listings: {
    text: 'When products are for sale (C-05).',
    columns: {
      product_id: ['INTEGER', '`products`'],
      since: ['INTEGER', 'instant from which it applies, ms'],
      listing: [
        'TEXT',
        'listed, delisted, no-renewal (delisted without automatic renewals), violation (of its seller, O-14) or awaited (listed when enough requirements came in, C-07)',
      ],
    },
    *rows({ listings }) {
      for (const [index, timeline] of listings.entries())
        for (const { since, value } of timeline) yield [index + 1, BigInt(since), value]
    },
  },
  accounts: {
    text: 'Buyers.',
    columns: {
      id: key,
      segment: ['TEXT', 'segment in the scenario'],
      number: ['INTEGER', 'number within the segment'],
      region_id: ['INTEGER', 'home: `regions`'],
      name: ['TEXT', 'display name: segment/number, or the name in a trace'],
    },
    *rows({ population, scenario, traces, cellPlaces }) {
      for (let at = 0; at < population.count; at++) {
        const segment = scenario.buyers[population.segment[at]].segment
        const number = population.number[at]
        const name = `${segment}/${own(traces, segment)?.buyers[number - 1] ?? number}`
        yield [at + 1, segment, number, cellPlaces[population.cell[at]].region + 1, name]
      }
    },
  },
} as const satisfies Record<string, Dimension>

export type DimensionName = keyof typeof dimensions
export const dimensionNames = Object.keys(dimensions) as readonly DimensionName[]
const dimension = (name: DimensionName): Dimension => dimensions[name]

/**
 * The statement that creates a dimension table. What has a number is found by it: without a key, SQLite would read the
 * whole table for each name it looks up.
 */
export function dimensionSql(name: DimensionName): string {
  const columns = Object.entries(dimension(name).columns).map(([column, [type]]) =>
    column === 'id' ? 'id INTEGER PRIMARY KEY' : `${column} ${type} NOT NULL`,
  )
  return `CREATE TABLE ${name} (${columns.join(', ')}) STRICT`
}

/** All dimension tables of a record. */
export const namesOf = (world: World): RecordNames => ({
  sql: dimensionNames.map(dimensionSql),
  write(database) {
    for (const name of dimensionNames) {
      const { columns, rows } = dimension(name)
      const insert = database.prepare(
        `INSERT INTO ${name} VALUES (${Object.keys(columns)
          .map(() => '?')
          .join(', ')})`,
      )
      for (const row of rows(world)) insert.run(...row)
    }
  },
})
