/** Who buys: the crowd (a segment and region) of each account. */
import { oncePerRecord } from '../once-per-record.ts'
import type { RunRecord } from '../record.ts'
import { ById } from './by-id.ts'

/** The crowd of each account; 0 for none. */
export const crowdsOf = oncePerRecord(read)

function read(record: RunRecord): ById {
  const [ids, crowds] = record.numberColumns('SELECT id, crowd FROM buyers', 2)
  return new ById(ids, crowds)
}
