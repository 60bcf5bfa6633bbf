/** A scenario of servers and images only, to be run whole: a test says what differs. */
export interface World {
  readonly policies?: string
  readonly network?: string
  readonly pool?: string
  readonly buyer?: string
  readonly buys?: string
  readonly days?: number
}

export const serverWorld = (world: World = {}): string => `name: servers
question: Does one rule hold in a whole run?
start: 2024-01-01T00:00:00+08:00
duration: ${world.days ?? 20}d
seed: 5
currency: USD
policies: { ${world.policies ?? ''} }
regions:
  - id: here
    ${world.network ?? ''}
    zones:
      - id: here-1
        pools: [{ flavour: small, capacity: 40, hourly: "0.5", provisioning: 1min ${world.pool ?? ''} }]
      - id: here-2
        pools: [{ flavour: small, capacity: 40, hourly: "0.5", provisioning: 1min ${world.pool ?? ''} }]
sellers: [{ segment: isv }]
catalog:
  - { id: A, kind: image, seller: isv/1, category: c, specifications: [{ id: s, billing: pay-per-use, hourly: "0.1" }] }
  - { id: B, kind: image, seller: isv/1, category: c, specifications: [{ id: s, billing: pay-per-use, hourly: "0.3" }] }
buyers:
  - segment: people
    count: 6
    load: { poisson: { perBuyer: 1/d } }
    buys:
      - { product: A, specification: s, flavour: small, lifetime: { exponential: { mean: 40h } } ${world.buys ?? ''} }
      - { product: B, specification: s, weight: 0.5, flavour: small, lifetime: { exponential: { mean: 20h } } ${world.buys ?? ''} }
    ${world.buyer ?? 'wallet: { opening: "9000" }'}
`
