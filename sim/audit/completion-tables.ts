/**
 * What the record shows of applications (S-11): its view looks at the steps of orders. Where these are in column files, the
 * view finds here those of them that complete an order.
 */
import type { Database } from 'better-sqlite3'
import type { MassFacts } from '../record/column-facts.ts'
import { listsViews, makeViews } from './record-views.ts'
import type { Vocabulary } from './vocabulary.ts'

/** Makes the record's view of application information for a connection, from its text in the record. */
export function nameApplications(database: Database, mass: MassFacts, words: Vocabulary): void {
  if (!listsViews(database)) return
  const steps = mass.table('order_steps')
  const [orders, instants, events] = ['order_id', 'at', 'event'].map((name) => steps.column(name).values)
  // One transaction: rows that each are one take several times as long.
  database.exec('BEGIN; CREATE TEMP TABLE order_steps (order_id INTEGER, at INTEGER, event INTEGER)')
  const insert = database.prepare('INSERT INTO temp.order_steps VALUES (?, ?, ?)')
  for (let row = 0; row < steps.rows; row++)
    if (events[row] === words.complete) insert.run(orders[row], instants[row], events[row])
  database.exec('COMMIT')
  makeViews(database, ['application_information'])
}
