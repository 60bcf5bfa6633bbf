/** What a run of the swarm covered: rules, transitions of lifecycles, refusals and values of switches, and what it did not. */
import type { Database } from 'better-sqlite3'
import { policiesSchema } from '#scenarios/policies.ts'
import { rules } from '#scenarios/rules.ts'
import type { Scenario } from '#scenarios/schema.ts'
import { agreementCodes, catalogCodes, failureCodes, refusalCodes, serverCodes, walletCodes } from '#sim/cell/codes.ts'
import { lifecycles } from '#sim/market/lifecycles.ts'
import { factTableNames, factTables } from '#sim/record/columns.ts'
import { openRecord } from '#sim/record/open-record.ts'
import { shown } from '../sim/run/rules-at-work.ts'
import { policyValues } from './policy-values.ts'

const transitionsOf = ({ name, table }: (typeof lifecycles)[number]['lifecycle']) =>
  Object.entries(table).flatMap(([from, moves]) =>
    Object.entries(moves as Readonly<Record<string, string | null>>).flatMap(([event, to]) =>
      to === null ? [] : [`${name}: ${from} ${event} ${to}`],
    ),
  )

/** As a scenario has it once read: durations, say, are numbers. */
const textOf = (key: string, value: unknown): string => `${key} = ${JSON.stringify(value)}`
const readValue = (key: string, value: unknown): string =>
  textOf(key, (policiesSchema.parse({ [key]: value }) as Readonly<Record<string, unknown>>)[key])

/** All there is to cover, by part. */
const universe: Readonly<Record<string, readonly string[]>> = {
  rules,
  transitions: lifecycles.flatMap(({ lifecycle }) => transitionsOf(lifecycle)),
  refusals: [...refusalCodes, ...agreementCodes, ...walletCodes, ...serverCodes, ...failureCodes, ...catalogCodes],
  'switch values': Object.entries(policyValues).flatMap(([key, values]) =>
    values.map((value) => readValue(key, value)),
  ),
}

const wordColumns = (name: string) =>
  factTableNames.filter((table) => factTables[table].columns[name as never] !== undefined)

const ruleTables = wordColumns('rule')
const stepTables = wordColumns('from_state')

export class Coverage {
  readonly #seen = new Set<string>()

  /** Adds what one run did. `path` is its record. */
  add(path: string, scenario: Scenario): void {
    const database = openRecord(path)
    try {
      for (const table of ruleTables) this.#addWords(database, `SELECT DISTINCT rule FROM ${table}`)
      // Rules that leave no row of their own.
      for (const [rule, sql] of Object.entries(shown))
        if ((database.prepare(sql).pluck().get() as number) > 0) this.#seen.add(rule)
      this.#addWords(database, 'SELECT DISTINCT code FROM refusals')
      for (const table of stepTables) this.#addSteps(database, table)
    } finally {
      database.close()
    }
    for (const [key, value] of Object.entries(scenario.policies)) this.#seen.add(textOf(key, value))
    for (const event of scenario.events)
      if (event.kind === 'policyChange')
        for (const [key, value] of Object.entries(event.policies)) this.#seen.add(textOf(key, value))
  }

  #addWords(database: Database, sql: string): void {
    for (const word of database.prepare(`SELECT word FROM words WHERE id IN (${sql})`).pluck().iterate())
      this.#seen.add(String(word))
  }

  #addSteps(database: Database, table: string): void {
    const sql = `SELECT DISTINCT f.word, e.word, t.word FROM ${table} s JOIN words f ON f.id = s.from_state
      JOIN words e ON e.id = s.event JOIN words t ON t.id = s.to_state`
    for (const [from, event, to] of database.prepare(sql).raw().iterate() as Iterable<string[]>)
      for (const { lifecycle } of lifecycles) this.#seen.add(`${lifecycle.name}: ${from} ${event} ${to}`)
  }

  /** By part: how much of how much was covered, and what was not. */
  get report(): Readonly<
    Record<string, { readonly covered: number; readonly of: number; readonly missing: readonly string[] }>
  > {
    return Object.fromEntries(
      Object.entries(universe).map(([part, items]) => {
        const missing = [...new Set(items)].filter((item) => !this.#seen.has(item))
        const of = new Set(items).size
        return [part, { covered: of - missing.length, of, missing }]
      }),
    )
  }
}
