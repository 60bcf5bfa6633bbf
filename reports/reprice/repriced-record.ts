/**
 * A record with the prices and rules of another scenario in place of its own: every fact stays. What explains amounts asks it as it asks
 * any record, and so computes what they would have been.
 */
import { InputError } from '#base/input-error.ts'
import { own } from '#base/own.ts'
import type { Scenario } from '#scenarios/schema.ts'
import type { Trace } from '#scenarios/trace.ts'
import { dimensions } from '#sim/market/dimensions.ts'
import { buildWorld, type World } from '#sim/world/world.ts'
import { type RunMeta, RunRecord } from '../record.ts'

/** Tables that have prices, with the columns that name their rows. */
const priced = {
  pools: ['id', 'zone_id', 'region_id', 'flavour'],
  server_plans: ['id', 'pool', 'item', 'months'],
  specifications: ['id', 'product_id', 'specification', 'billing', 'attribute'],
  plans: ['id', 'specification_id', 'months', 'since'],
} as const

type PricedTable = keyof typeof priced

export class RepricedRecord extends RunRecord {
  override readonly meta: RunMeta

  /** Throws InputError where the other scenario sells other things. */
  constructor(place: string, scenario: Scenario, traces: ReadonlyMap<string, Trace>) {
    const recorded = new RunRecord(place)
    super(place)
    try {
      this.meta = {
        ...recorded.meta,
        policies: asRecorded(scenario.policies) as RunMeta['policies'],
        scenario: asRecorded(scenario) as RunMeta['scenario'],
      }
      const world = buildWorld({ scenario, traces: Object.fromEntries(traces) })
      for (const table of Object.keys(priced) as PricedTable[]) this.#replace(table, world, recorded)
    } catch (error) {
      this.close()
      throw error
    } finally {
      recorded.close()
    }
  }

  #replace(table: PricedTable, world: World, recorded: RunRecord): void {
    const names = Object.keys(dimensions[table].columns)
    const rows = [...dimensions[table].rows(world)].map((row) =>
      row.map((cell) => (cell === null ? null : String(cell))),
    )
    const places = priced[table].map((name) => names.indexOf(name))
    const sold = recorded
      .rows(`SELECT ${priced[table].join(', ')} FROM ${table} ORDER BY rowid`)
      .map((row) => JSON.stringify(priced[table].map((name) => String(own(row, name) ?? ''))))
    const found = rows.map((row) => JSON.stringify(places.map((place) => row[place] ?? '')))
    if (sold.length !== found.length || found.some((row, index) => row !== sold[index]))
      throw new InputError(
        'the new prices are of other things than the run sold',
        'change amounts only: no plans, specifications or pools, and no instants of events',
      )
    const columns = names.map(
      (name) => `${name} ${dimensions[table].columns[name as never][0]}${name === 'id' ? ' PRIMARY KEY' : ''}`,
    )
    const cells = names.map(
      (name, index) => `CAST(value ->> ${index} AS ${dimensions[table].columns[name as never][0]})`,
    )
    const json = JSON.stringify(rows).replaceAll("'", "''")
    // A temporary table comes before that of the file with the same name.
    this.keepEverywhere(table, columns.join(', '), `SELECT ${cells.join(', ')} FROM json_each('${json}')`)
  }
}

/** As a record holds it. */
const asRecorded = (value: unknown): unknown => JSON.parse(JSON.stringify(value))
