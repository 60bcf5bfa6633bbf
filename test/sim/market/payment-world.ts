/** A small marketplace, described by what a test is about, run for real and asked by SQL. */
import { expect } from 'vitest'
import { simulated } from '../run/inline-run.ts'

export interface Given {
  readonly end?: string
  readonly policies?: string
  /** Keys of region `r1`; `r2` is a second region with nothing of its own. */
  readonly region?: string
  readonly operations?: string
  /** Yearly/monthly prices of the servers of the pool of `r1`. */
  readonly plans?: string
  /** Further keys of the pool of `r1`. */
  readonly pool?: string
  readonly currency?: string
  /** Keys of the one seller segment. */
  readonly seller?: string
  readonly sellerRegions?: string
  readonly catalog?: string
  readonly events?: string
  /** Keys of the buyer segment next to its name and count. */
  readonly buyers: string
}

const plainCatalog = `
  - { id: app, kind: saas, seller: isv/1, category: c, specifications: [{ id: s, billing: monthly, quantity: { attribute: seats, min: 1, max: 100 }, plans: [{ months: 1, price: "10" }] }] }
  - { id: image, kind: image, seller: isv/1, category: c, specifications: [{ id: s, billing: pay-per-use, hourly: "0.5" }] }`

export const scenarioText = (given: Given): string => `
name: money
start: 2024-03-01T00:00:00+08:00
end: ${given.end ?? '2024-04-10T00:00:00+08:00'}
seed: 7
currency: ${given.currency ?? 'USD'}
policies: ${given.policies ?? '{}'}
regions:
  - { id: r1, ${given.region ?? ''} zones: [{ id: z1, pools: [{ flavour: f, capacity: 50, hourly: "1", plans: [${given.plans ?? ''}], ${given.pool ?? ''} }] }] }
  - { id: r2, zones: [{ id: z2, pools: [{ flavour: f, capacity: 50, hourly: "1" }] }] }
operations: ${given.operations ?? '{}'}
sellers: [{ segment: isv, count: 2, regions: ${given.sellerRegions ?? '{ r1: 1 }'}, ${given.seller ?? ''} }]
catalog: ${given.catalog ?? plainCatalog}
buyers: [{ segment: b, count: 4, regions: { r1: 1 }, ${given.buyers} }]
events: ${given.events ?? '[]'}
`

export interface Outcome {
  /** All rows of a query. */
  rows(sql: string): Record<string, unknown>[]
  /** The first column of the first row. */
  ask(sql: string): unknown
}

/** Runs it. Whatever the test asks: the auditor agrees with every amount. */
export const withMarket = (asked: Given, use: (outcome: Outcome) => void): Promise<void> =>
  simulated(scenarioText(asked), ({ outcome, ask, rows }) => {
    expect(rows('SELECT kind, subject, recorded, audited, text FROM audit_differences')).toEqual([])
    expect(outcome.differences).toBe(0)
    use({ rows, ask })
  })

/** Whole 1e-8 units of so many units of currency. */
export const units = (amount: number): number => Math.round(amount * 1e8)
