/** Who lives where: each segment's people are assigned to cells by weight, in blocks, so that shares are exact. */
import { own } from '#base/own.ts'
import type { Scenario } from '#scenarios/schema.ts'
import type { Trace } from '#scenarios/trace.ts'
import { type CellPlace, cellPlaces } from './cells.ts'

export interface SellerHome {
  /** Number in the run, from 1. */
  readonly id: number
  /** Index of the segment in the scenario. */
  readonly segment: number
  readonly number: number
  readonly cell: number
}

/** Buyers by number, from 1: position `id - 1` of each column. */
export interface Population {
  readonly count: number
  readonly segment: Int32Array
  /** Number within the segment, from 1. */
  readonly number: Int32Array
  readonly cell: Int32Array
  /** Row in the account table of the home cell. */
  readonly row: Int32Array
  /** Numbers of the buyers of each cell, in the order of their rows. */
  readonly homes: readonly Int32Array[]
  /** First number of each segment; one more entry than segments. */
  readonly first: Int32Array
}

/** The weight of each cell: that of its region, shared by the zones of it where cells are zones. */
export function sharesOf(
  { regions }: Scenario,
  cells: readonly CellPlace[],
  weights: Readonly<Record<string, number>> | null,
) {
  return cells.map(({ region, siblings }) => (weights ? (own(weights, regions[region].id) ?? 0) : 1) / siblings)
}

/** Largest remainder by running sum: member k of n lives where (k + 1/2) / n falls on the weights. */
export function deal(count: number, shares: readonly number[]): Int32Array {
  const whole = shares.reduce((sum, share) => sum + share, 0)
  const homes = new Int32Array(count)
  let cell = 0
  let passed = shares[0]
  for (let k = 0; k < count; k++) {
    const place = ((k + 0.5) / count) * whole
    while (place >= passed && cell < shares.length - 1) passed += shares[++cell]
    homes[k] = cell
  }
  return homes
}

export function settleSellers(scenario: Scenario): SellerHome[] {
  const cells = cellPlaces(scenario)
  const sellers: SellerHome[] = []
  scenario.sellers.forEach((segment, index) => {
    const homes = deal(segment.count, sharesOf(scenario, cells, segment.regions))
    for (let k = 0; k < segment.count; k++)
      sellers.push({ id: sellers.length + 1, segment: index, number: k + 1, cell: homes[k] })
  })
  return sellers
}

export function populate(scenario: Scenario, traces: Readonly<Record<string, Trace>>): Population {
  const places = cellPlaces(scenario)
  const sizes = scenario.buyers.map((segment) => segment.count ?? own(traces, segment.segment)?.buyers.length ?? 1)
  const count = sizes.reduce((sum, size) => sum + size, 0)
  const columns = {
    segment: new Int32Array(count),
    number: new Int32Array(count),
    cell: new Int32Array(count),
    row: new Int32Array(count),
  }
  const first = new Int32Array(sizes.length + 1)
  const homes: number[][] = places.map(() => [])
  let at = 0
  scenario.buyers.forEach((segment, index) => {
    first[index] = at + 1
    const cells = deal(sizes[index], sharesOf(scenario, places, segment.regions))
    for (let k = 0; k < sizes[index]; k++, at++) {
      columns.segment[at] = index
      columns.number[at] = k + 1
      columns.cell[at] = cells[k]
      columns.row[at] = homes[cells[k]].length
      homes[cells[k]].push(at + 1)
    }
  })
  first[sizes.length] = at + 1
  return { count, ...columns, homes: homes.map((ids) => Int32Array.from(ids)), first }
}
