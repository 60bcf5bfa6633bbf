/**
 * Every movement of money of a record in time order, repetitions spelled out: one transaction after the other, in memory
 * that does not grow with the record.
 */
import type { Cell, RunRecord } from '../record.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
/** Transactions that are read and sorted at a time; a single day may hold more. */
const WINDOW = 200_000

export interface Leg {
  readonly ledger: string
  readonly owner: bigint
  /** Whole 1e-8, debit positive. */
  readonly amount: bigint
}

export interface Movement {
  readonly id: bigint
  /** 1 for the first of its repetitions. */
  readonly repetition: number
  readonly repeats: number
  readonly at: number
  readonly kind: string
  /** Number and name of the buyer; 0 and empty when none. */
  readonly account: bigint
  readonly name: string
  readonly order: bigint
  /** The clock hour charged; 0 when none. */
  readonly hour: number
  readonly rule: string
  readonly legs: readonly Leg[]
}

/** `17`, or `17.2` for the second of several repetitions. */
export const movementCode = ({ id, repetition, repeats }: Movement): string =>
  repeats > 1 ? `${id}.${repetition}` : String(id)

/** Stretches of whole civil days with about as many transactions as are sorted at a time. */
function windows(record: RunRecord): { from: number; to: number }[] {
  const { utcOffset } = record.meta
  const days = record.rows<{ day: bigint; count: bigint }>(
    `SELECT (at + ${utcOffset}) / ${DAY} AS day, count(*) AS count FROM transactions GROUP BY 1 ORDER BY 1`,
  )
  const found: { from: number; to: number }[] = []
  let held = Number.POSITIVE_INFINITY
  for (const { day, count } of days) {
    const from = Number(day) * DAY - utcOffset
    held += Number(count)
    if (held > WINDOW) {
      found.push({ from, to: from + DAY })
      held = Number(count)
    } else found[found.length - 1].to = from + DAY
  }
  return found
}

/** The first repetitions of a window, in time order. */
function read(record: RunRecord, from: number, to: number): Movement[] {
  const { rows } = record.cursor(`
    SELECT t.id, t.at, t.repeats, kw.word, t.account, coalesce(a.name, ''), t.order_id, t.hour, rw.word,
      lw.word, p.owner, p.amount
    FROM transactions t JOIN postings p ON p.transaction_id = t.id
    JOIN words kw ON kw.id = t.kind JOIN words rw ON rw.id = t.rule JOIN words lw ON lw.id = p.ledger
    LEFT JOIN accounts a ON a.id = t.account
    WHERE t.at >= ${from} AND t.at < ${to} ORDER BY t.at, t.id, p.rowid`)
  const movements: (Movement & { legs: Leg[] })[] = []
  for (const row of rows) {
    const [ledger, owner, amount] = row.slice(9) as [string, bigint, bigint]
    const last = movements.at(-1)
    if (last !== undefined && last.id === row[0]) last.legs.push({ ledger, owner, amount })
    else movements.push(begun(row, { ledger, owner, amount }))
  }
  return movements
}

function begun(row: readonly Cell[], leg: Leg): Movement & { legs: Leg[] } {
  const [id, at, repeats, kind, account, name, order, hour, rule] = row
  return {
    id: id as bigint,
    repetition: 1,
    repeats: Number(repeats),
    at: Number(at),
    kind: String(kind),
    account: account as bigint,
    name: String(name),
    order: order as bigint,
    hour: Number(hour),
    rule: String(rule),
    legs: [leg],
  }
}

const isBefore = (a: Movement, b: Movement): boolean => a.at < b.at || (a.at === b.at && a.id < b.id)

/** Movements that go on repeating, the next one first: a binary heap. */
class Repeating {
  readonly #heap: Movement[] = []

  get next(): Movement | undefined {
    return this.#heap[0]
  }

  add(movement: Movement): void {
    const heap = this.#heap
    let at = heap.push(movement) - 1
    for (let up = (at - 1) >> 1; at > 0 && isBefore(movement, heap[up]); up = (at - 1) >> 1) {
      heap[at] = heap[up]
      at = up
    }
    heap[at] = movement
  }

  /** Puts another movement in the place of the next one, or takes it away. */
  replace(movement: Movement | undefined): void {
    const heap = this.#heap
    const moved = movement ?? (heap.pop() as Movement)
    if (heap.length === 0) return
    let at = 0
    for (let down = 1; down < heap.length; down = at * 2 + 1) {
      if (down + 1 < heap.length && isBefore(heap[down + 1], heap[down])) down++
      if (!isBefore(heap[down], moved)) break
      heap[at] = heap[down]
      at = down
    }
    heap[at] = moved
  }
}

const repeated = (movement: Movement): Movement | undefined =>
  movement.repetition === movement.repeats
    ? undefined
    : {
        ...movement,
        repetition: movement.repetition + 1,
        at: movement.at + HOUR,
        hour: movement.hour === 0 ? 0 : movement.hour + HOUR,
      }

/** All movements of a record, earliest first; those of one instant by their number. */
export function* movementsOf(record: RunRecord): Generator<Movement> {
  const repeating = new Repeating()
  function* until(first: Movement | undefined): Generator<Movement> {
    for (let next = repeating.next; next !== undefined; next = repeating.next) {
      if (first !== undefined && isBefore(first, next)) return
      yield next
      repeating.replace(repeated(next))
    }
  }
  for (const { from, to } of windows(record))
    for (const movement of read(record, from, to)) {
      yield* until(movement)
      yield movement
      const next = repeated(movement)
      if (next !== undefined) repeating.add(next)
    }
  yield* until(undefined)
}
