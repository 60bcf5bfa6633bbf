/**
 * A scenario in which nothing is drawn at random, and every amount is a whole cent: the gaps between arrivals, lifetimes and
 * delays are constants, each segment buys one thing, and probabilities are 0 or 1. So an account's history does not depend on
 * the names of its streams, and no amount is rounded: prices of terms are multiples of the 30, 31, 32 and 366 days that they are earned in.
 */

export interface Said {
  /** Every price, balance, top-up, coupon and limit is so many times as large. */
  readonly scale?: number
  /** The price of one thing alone is so many times as large, which breaks the law. */
  readonly apart?: number
  /** The numbers of buyers of the segments that buy servers; one segment after the other. */
  readonly owners?: readonly number[]
  /** Whether lists are written backwards. */
  readonly isReversed?: boolean
}

export function plain({ scale = 1, apart = 1, owners = [4], isReversed = false }: Said = {}): string {
  const money = (amount: number) => `"${amount * scale}"`
  const list = (items: readonly string[]) =>
    (isReversed ? items.toReversed() : items).map((item) => `\n  - ${item}`).join('')
  const segments = owners.map(
    (
      count,
      index,
    ) => `{ segment: owners${index + 1}, count: ${count}, regions: { r1: 1 }, tier: V3, load: { renewal: { perBuyer: true, gap: 26h } },
      wallet: { opening: ${money(400_000)}, coupons: [{ kind: cash, amount: ${money(2000)}, count: 2 }], credit: { limit: ${money(9000)} }, topUp: { below: ${money(20_000)}, amount: ${money(700_000)}, reaction: 9d } },
      habits: { stopStart: { probability: 1, after: 5h, pause: 3h } },
      buys: [{ product: system, specification: hour, flavour: f, lifetime: 31h }] }`,
  )
  return `name: plain
start: 2024-03-01T00:00:00+08:00
duration: 75d
seed: 3
currency: USD
policies: { tax.percent: "10", grace.days: 3, retention.days: 2, pool.whenFull: queue }
regions:
  - id: r1
    zones:
      - id: z1
        pools: [{ flavour: f, capacity: 3, hourly: ${money(3600)}, provisioning: 7min, patience: 11h, resources: { disk: { gigabytes: 10, hourly: ${money(36)} } } }]
sellers: [{ segment: isv, provisioning: 2h, response: 90min, withholdingPercent: "10" }]
catalog: ${list([
    `{ id: system, kind: image, seller: isv/1, category: c, specifications: [{ id: hour, billing: pay-per-use, hourly: ${money(200)} }] }`,
    `{ id: app, kind: saas, seller: isv/1, category: c, specifications: [{ id: seat, billing: monthly, quantity: { attribute: seats, min: 1, max: 9 }, plans: [{ months: 1, price: { model: tiered, bands: [{ upTo: 2, unit: ${money(22_320 * apart)} }, { upTo: null, unit: ${money(14_880)} }] } }] }] }`,
    `{ id: help, kind: professional-service, seller: isv/1, category: c, specifications: [{ id: once, billing: one-off, price: ${money(5000)} }] }`,
    `{ id: tool, kind: license, seller: isv/1, category: c, specifications: [{ id: year, billing: yearly, plans: [{ months: 12, price: ${money(134_322)} }] }] }`,
  ])}
buyers: ${[
    ...segments,
    `{ segment: teams, count: 3, regions: { r1: 1 }, load: { renewal: { perBuyer: true, gap: 11d } }, wallet: { opening: ${money(190_000)}, topUp: { below: ${money(60_000)}, amount: ${money(90_000)}, reaction: 2d } },
      habits: { renewing: { auto: 1 } }, buys: [{ product: app, specification: seat, quantity: 3 }] }`,
    `{ segment: firms, count: 2, regions: { r1: 1 }, load: { renewal: { perBuyer: true, gap: 13d } }, wallet: { opening: ${money(300_000)} },
      habits: { supervision: { request: 3h, acceptance: 5h }, invoicing: { probability: 1, after: 1d } }, buys: [{ product: help, specification: once }] }`,
    `{ segment: users, count: 2, regions: { r1: 1 }, load: { renewal: { perBuyer: true, gap: 17d } }, wallet: { opening: ${money(400_000)} },
      habits: { supervision: { acceptance: 5h } }, buys: [{ product: tool, specification: year }] }`,
  ]
    .map((segment) => `\n  - ${segment}`)
    .join('')}
events: ${list([
    '{ at: 2024-03-20T07:00:00+08:00, capacityChange: { zone: z1, flavour: f, capacity: 5 } }',
    `{ at: 2024-04-02T09:30:00+08:00, priceChange: { product: system, specification: hour, hourly: ${money(300)} } }`,
    `{ at: 2024-04-11T10:00:00+08:00, serverPriceChange: { zone: z1, flavour: f, hourly: ${money(7200)} } }`,
    '{ at: 2024-04-20T00:00:00+08:00, paymentFailure: { for: 30h } }',
  ])}
`
}
