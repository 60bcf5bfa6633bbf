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
  // Only orders of applications have any.
  const sql = `SELECT o.id FROM orders o JOIN specifications s ON s.id = o.specification JOIN products p ON p.id = s.product_id
    WHERE p.kind = 'saas'`
  const shown = new Set(database.prepare<[], number>(sql).pluck().all())
  for (let row = 0; row < steps.rows; row++)
    if (events[row] === words.complete && shown.has(orders[row])) insert.run(orders[row], instants[row], events[row])
  database.exec('COMMIT')
  makeViews(database, ['application_information'])
}
