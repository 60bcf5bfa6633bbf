/**
 * What the record shows of refunds (I-04): its views of credit notes, which look at the ledger. Where the ledger is in column
 * files, the views find here the part of it that they are about.
 */
import type { Database } from 'better-sqlite3'
import type { FactColumn, MassFacts } from '../record/column-facts.ts'
import { HIGH } from './cells.ts'
import { amountIn } from './mass-feeds.ts'
import { listsViews, makeTable, makeViews } from './record-views.ts'
import type { Vocabulary } from './vocabulary.ts'

/**
 * Makes the record's views of credit notes for a connection, from their text in the record: as tables where others ask them again,
 * because a view computes all its rows each time.
 */
export function nameCreditNotes(database: Database, mass: MassFacts, words: Vocabulary): void {
  if (!listsViews(database)) return
  const transactions = mass.table('transactions')
  const columns = ['id', 'at', 'kind', 'account', 'order_id'].map((name) => transactions.column(name).values)
  const [ids, , kinds, , orders] = columns
  const refunds = new Set<number>()
  const refunded = new Set<number>()
  for (let row = 0; row < transactions.rows; row++)
    if (kinds[row] === words.refund) {
      refunds.add(ids[row])
      refunded.add(orders[row])
    }
  database.exec(`BEGIN; CREATE TEMP TABLE transactions (id INTEGER PRIMARY KEY, at INTEGER, kind INTEGER, account INTEGER, order_id INTEGER);
    CREATE TEMP TABLE postings (transaction_id INTEGER, ledger INTEGER, amount INTEGER, amount_high INTEGER)`)
  const insert = database.prepare('INSERT INTO temp.transactions VALUES (?, ?, ?, ?, ?)')
  for (let row = 0; row < transactions.rows; row++) {
    const isPayment = kinds[row] === words.payment && refunded.has(orders[row])
    if (isPayment || kinds[row] === words.refund) insert.run(columns.map((column) => column[row]))
  }
  const legs = mass.table('postings')
  const [of, ledgers] = ['transaction_id', 'ledger'].map((name) => legs.column(name).values)
  const amounts: FactColumn = legs.column('amount')
  const post = database.prepare('INSERT INTO temp.postings VALUES (?, ?, ?, ?)')
  for (let row = 0; row < legs.rows; row++)
    if (refunds.has(of[row])) {
      const amount = amountIn(amounts, row)
      post.run(of[row], ledgers[row], amount % HIGH, amount / HIGH)
    }
  database.exec(`CREATE INDEX temp.postings_of ON postings (transaction_id);
    CREATE TEMP TABLE bill_numbers AS SELECT * FROM main.bill_numbers`)
  makeTable(database, 'credit_notes')
  database.exec('COMMIT')
  makeViews(database, ['credit_note_lines'])
}
