/** A small marketplace, described by what a test is about, run for real and asked by SQL. */
import { expect } from 'vitest'
import { told } from '../run/inline-run.ts'

export interface Told {
  readonly end?: string
  readonly policies?: string
  /** Keys of region `r1`; `r2` is a second region with nothing of its own. */
  readonly region?: string
  readonly operations?: string
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

export const scenarioText = (told: Told): string => `
name: money
start: 2024-03-01T00:00:00+08:00
end: ${told.end ?? '2024-04-10T00:00:00+08:00'}
seed: 7
policies: ${told.policies ?? '{}'}
regions:
  - { id: r1, ${told.region ?? ''} zones: [{ id: z1, pools: [{ flavour: f, capacity: 50, hourly: "1" }] }] }
  - { id: r2, zones: [{ id: z2, pools: [{ flavour: f, capacity: 50, hourly: "1" }] }] }
operations: ${told.operations ?? '{}'}
sellers: [{ segment: isv, count: 2, regions: ${told.sellerRegions ?? '{ r1: 1 }'}, ${told.seller ?? ''} }]
catalog: ${told.catalog ?? plainCatalog}
buyers: [{ segment: b, count: 4, regions: { r1: 1 }, ${told.buyers} }]
events: ${told.events ?? '[]'}
`

export interface Outcome {
  /** All rows of a query. */
  rows(sql: string): Record<string, unknown>[]
  /** The first column of the first row. */
  ask(sql: string): unknown
}

/** Runs it. Whatever the test asks: the auditor agrees with every amount. */
export const withMarket = (asked: Told, use: (outcome: Outcome) => void): Promise<void> =>
  told(scenarioText(asked), ({ outcome, ask, rows }) => {
    expect(rows('SELECT kind, subject, recorded, audited, text FROM audit_differences')).toEqual([])
    expect(outcome.differences).toBe(0)
    use({ rows, ask })
  })

/** Whole 1e-8 units of so many units of currency. */
export const units = (amount: number): number => Math.round(amount * 1e8)
