/**
 * E-02: orders that wait for room in a pool, by what the record says of each wait; and who is refused or kept waiting
 * for more than the pool, as it is planned, will ever hold.
 */
import type { Database } from 'better-sqlite3'
import type { AuditContext, Check } from '../check.ts'
import { largestCapacity } from '../growth.ts'
import { kinds } from '../kinds.ts'

type Row = readonly number[]

const waitsSql = 'SELECT order_id, at, pool, quantity, waited, event FROM pool_waits ORDER BY order_id, rowid'

export function waits(context: AuditContext): Check {
  return {
    record(database, mass) {
      const largest = largestCapacity(context, database, mass)
      judgeWaits(context, database, largest)
      judgeHopeless(context, database, largest)
    },
  }
}

/** The largest capacity of a pool from an instant on. */
type Largest = ReturnType<typeof largestCapacity>

function judgeWaits({ findings, premises, words }: AuditContext, database: Database, largest: Largest): void {
  /** Who waits by the rows read so far. */
  let waiting: Row | undefined
  const mayWait = (row: Row, until: number): void => {
    const [order, at, pool, quantity] = row
    const most = largest(pool, until)
    if (quantity <= most) findings.agree(kinds.neverFits, quantity)
    else
      findings.differ(
        kinds.neverFits,
        `order ${order}`,
        at,
        quantity,
        most,
        'waits for more than the pool will ever have',
      )
  }
  for (const row of database.prepare<[], Row>(waitsSql).raw().iterate() as IterableIterator<Row>) {
    const [order, at, , , waited, event] = row
    if (waiting !== undefined && waiting[0] !== order) {
      mayWait(waiting, premises.end)
      waiting = undefined
    }
    const since = event === words.wait ? at : (waiting?.[1] ?? at + 1)
    findings.compare(kinds.poolWait, waited, at - since, () => ({
      subject: `order ${order}`,
      at,
      text: waiting === undefined && event !== words.wait ? 'the wait that ends never began' : kinds.poolWait.text,
    }))
    if (event === words.wait) mayWait(row, at)
    waiting = event === words.wait ? row : undefined
  }
  if (waiting !== undefined) mayWait(waiting, premises.end)
}

/** A request is refused as too large only where no capacity to come would do. */
function judgeHopeless({ findings, premises }: AuditContext, database: Database, largest: Largest): void {
  const sql = 'SELECT id, at, pool, quantity FROM refusals WHERE code = ?'
  for (const [id, at, pool, quantity] of database
    .prepare<[number], Row>(sql)
    .raw()
    .all(premises.number('never-fits')) as Row[]) {
    const most = largest(pool, at)
    if (quantity > most) findings.agree(kinds.neverFits, quantity)
    else
      findings.differ(
        kinds.neverFits,
        `refusal ${id}`,
        at,
        quantity,
        most,
        'refused although the planned capacity will fit it',
      )
  }
}
