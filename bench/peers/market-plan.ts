/**
 * A small market that several tools can simulate with equal counts: nothing in it is random, since every request, with its
 * instant and its lifetime, is in one file.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DAY, HOUR } from '#base/time.ts'
import { distribution } from '#engine/random/distribution.ts'
import { Streams } from '#engine/random/streams.ts'

export const DAYS = 30
/** Servers of the pool for each 30 buyers, who hold 25 on average: the pool is full now and then. */
const SERVERS = 26

/** What a market is: the scenario, and the requests of its buyers next to it. */
export interface MarketPlan {
  readonly buyers: number
  readonly servers: number
  readonly scenario: string
  readonly requests: string
}

const scenarioText = (servers: number): string => `name: peers-market
question: How long does a small market take whose every request is given?
start: 2024-03-01T00:00:00+08:00
end: 2024-03-${DAYS + 1}T00:00:00+08:00
seed: 7
currency: USD
messageDelay: 30min
regions:
  - id: r-1
    zones:
      - id: z-1
        pools:
          - { flavour: c6.large, capacity: ${servers}, hourly: "0.12", provisioning: { constant: 90s } }
sellers:
  - { segment: isv, count: 1, regions: { r-1: 1 } }
catalog:
  - id: web
    kind: image
    seller: isv/1
    category: infrastructure
    specifications:
      - { id: standard, billing: pay-per-use, hourly: "0.05" }
buyers:
  - segment: people
    regions: { r-1: 1 }
    wallet: { opening: "100000" }
    load:
      trace: { file: requests.csv, origin: 2024-03-01T00:00:00+08:00, unit: ms, columns: { at: at, lifetime: lifetime, buyer: buyer } }
    buys:
      - { product: web, specification: standard, flavour: c6.large }
`

/** Requests of each buyer once a day on average, for 20 hours on average: rows of instant, lifetime (ms) and buyer. */
function requestsOf(buyers: number): string {
  const [gap, life] = [DAY, 20 * HOUR].map((mean) => distribution({ exponential: { mean } }))
  const streams = new Streams('peers')
  const rows: [at: number, lifetime: number, buyer: number][] = []
  for (let buyer = 0; buyer < buyers; buyer++) {
    const stream = streams.stream(`buyer/${buyer}`)
    for (let at = Math.round(gap.sample(stream)); at < DAYS * DAY; at += Math.round(gap.sample(stream)))
      rows.push([at, 1 + Math.round(life.sample(stream)), buyer])
  }
  rows.sort(([a], [b]) => a - b)
  return ['at,lifetime,buyer', ...rows.map(String), ''].join('\n')
}

/** Writes a market of so many buyers into a folder of its own in this one. */
export function marketPlan(parent: string, buyers: number): MarketPlan {
  const folder = join(parent, `market-${buyers}`)
  const servers = Math.round((SERVERS * buyers) / 30)
  const plan = { buyers, servers, scenario: join(folder, 'market.yaml'), requests: join(folder, 'requests.csv') }
  mkdirSync(folder, { recursive: true })
  writeFileSync(plan.scenario, scenarioText(servers))
  writeFileSync(plan.requests, requestsOf(buyers))
  return plan
}
