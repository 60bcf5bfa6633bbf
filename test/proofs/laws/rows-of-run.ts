/** All facts of a run as rows, for laws that say how they change. */
import { expect } from 'vitest'
import { factTableNames } from '#sim/record/columns.ts'
import { simulated } from '../../sim/run/inline-run.ts'

/** Rows by table, with its columns. */
export type Rows = Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>

/** The rows of a run, which the auditor agrees with. */
export const rowsOfRun = (text: string): Promise<Rows> =>
  simulated(text, ({ outcome, rows }) => {
    expect(outcome.differences).toBe(0)
    return Object.fromEntries(factTableNames.map((table) => [table, rows(`SELECT * FROM ${table} ORDER BY rowid`)]))
  })
