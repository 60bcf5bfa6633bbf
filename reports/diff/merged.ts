/** Two sorted tables side by side: what only one of them has. */
import { HOUR } from '#base/time.ts'
import type { Cell } from '../record.ts'
import type { Source } from './rows.ts'

/** A row of a source: its time in ms, then its columns. */
export type TimedRow = readonly Cell[]

/** A row that one run has and the other has not, or one of another number of hours there. */
export interface OtherRow {
  readonly side: 'a' | 'b'
  /** When the runs begin to differ in it, ms; of a month, its first instant. */
  readonly at: number
  readonly row: TimedRow
}

const orderOfCells = (a: Cell, b: Cell): number => {
  if (a === b) return 0
  // As SQLite sorts: nothing, then numbers, then text.
  const rank = (cell: Cell): number => (cell === null ? 0 : typeof cell === 'string' ? 2 : 1)
  if (rank(a) !== rank(b)) return rank(a) - rank(b)
  return (a as bigint) < (b as bigint) ? -1 : 1
}

/** The order of two rows by their time and the first `compared` columns. */
function orderOfRows(a: TimedRow, b: TimedRow, compared: number): number {
  for (let place = 0; place <= compared; place++) {
    const order = orderOfCells(a[place], b[place])
    if (order !== 0) return order
  }
  return 0
}

/** The rows of two runs that have no equal in the other one, in order of their time in the table. */
export function* otherRows(
  { compared, repeats, when }: Source,
  rowsA: Iterator<TimedRow>,
  rowsB: Iterator<TimedRow>,
): Generator<OtherRow> {
  const known = when === 'hour' ? HOUR : 0
  const other = (side: 'a' | 'b', row: TimedRow, hours = 0): OtherRow => ({
    ...{ side, row },
    at: Number(row[0]) + known + hours * HOUR,
  })
  let a = rowsA.next()
  let b = rowsB.next()
  while (a.done !== true || b.done !== true) {
    const order = a.done === true ? 1 : b.done === true ? -1 : orderOfRows(a.value, b.value, compared)
    if (order === 0) {
      a = rowsA.next()
      b = rowsB.next()
    } else if (a.done !== true && b.done !== true && repeats >= 0 && orderOfRows(a.value, b.value, repeats) === 0) {
      // The same hours, but for how many: they differ where the shorter row ends.
      const hours = Math.min(Number(a.value[repeats + 1]), Number(b.value[repeats + 1]))
      yield other('a', a.value, hours)
      yield other('b', b.value, hours)
      a = rowsA.next()
      b = rowsB.next()
    } else if (order < 0) {
      yield other('a', a.value)
      a = rowsA.next()
    } else {
      yield other('b', b.value)
      b = rowsB.next()
    }
  }
}
