/**
 * Every movement of money of a record by the civil day it belongs to (M-09), and within a day in time order; repetitions
 * and days of terms spelled out: one transaction after the other, in memory that does not grow with the record.
 */
import { HOUR } from '#base/time.ts'
import { firstDay, paidLedgers } from '#sim/record/cut-off.ts'
import { HIGH } from '#sim/record/wide.ts'
import type { Cell, RunRecord } from '../record.ts'

const DAY = 24 * HOUR
/** Transactions that are read and sorted at a time, about 2 KB each; a single day may hold more. */
const WINDOW = 20_000

export interface Leg {
  readonly ledger: string
  readonly owner: bigint
  /** Whole 1e-8, debit positive. */
  readonly amount: bigint
}

/** What of a transaction belongs to one day. */
export interface Movement {
  readonly id: bigint
  /** 1 for the first of its repetitions, or of its days. */
  readonly repetition: number
  readonly repeats: number
  /** Of what is charged for one day and drawn on a later one: `drawn` on the later; else empty. */
  readonly part: '' | 'drawn'
  /** When it was made. */
  readonly at: number
  /** The civil day it belongs to, since 1 January 1970. */
  readonly day: number
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

/** `17`, `17.2` for the second of several repetitions or days, `17.2-drawn` for what was drawn on a later day. */
export const movementCode = ({ id, repetition, repeats, part }: Movement): string =>
  `${id}${repeats > 1 ? `.${repetition}` : ''}${part === '' ? '' : `-${part}`}`

/** Days of a term that one transaction earns: by the end of day n of it, price x n / days, truncated. */
interface EarnedDays {
  readonly price: bigint
  readonly commission: bigint
  readonly firstDay: number
  readonly days: number
  readonly since: number
  readonly from: number
  readonly to: number
}

/** A transaction as the record keeps it. */
interface Recorded extends Omit<Movement, 'repetition' | 'part' | 'legs'> {
  readonly legs: Leg[]
  readonly earned: EarnedDays | null
}

/** The run's clock: where its civil days begin, and the last instant that belongs to it. */
interface Clock {
  readonly utcOffset: number
  readonly end: number
}

const dayOf = (instant: number, { utcOffset }: Clock): number => Math.floor((instant + utcOffset) / DAY)

/** The day on which something was made; what was made as the run ended counts on its last day. */
const madeDay = (at: number, clock: Clock): number => dayOf(Math.min(at, clock.end - 1), clock)

const startingDay = ({ utcOffset, end }: Clock): string => firstDay({ offset: String(utcOffset), end: String(end) })

/** Stretches of whole civil days with about as many transactions as are sorted at a time. */
function windows(record: RunRecord, clock: Clock): { from: number; to: number }[] {
  // A table of the days on the disk, so that all transactions are gone through once and not for each stretch.
  record.keepIndexed(
    'transaction_days',
    'day INTEGER, id INTEGER, PRIMARY KEY (day, id)',
    `SELECT ${startingDay(clock)}, t.id
     FROM transactions t LEFT JOIN recognitions r ON r.transaction_id = t.id ORDER BY 1, 2`,
  )
  const days = record.rows<{ day: bigint; count: bigint }>(
    'SELECT day, count(*) AS count FROM temp.transaction_days GROUP BY 1 ORDER BY 1',
  )
  const found: { from: number; to: number }[] = []
  let held = Number.POSITIVE_INFINITY
  for (const { day, count } of days) {
    const from = Number(day)
    held += Number(count)
    if (held > WINDOW) {
      found.push({ from, to: from })
      held = Number(count)
    } else found[found.length - 1].to = from
  }
  return found
}

/** The transactions of which something belongs to the days of a window, and nothing to an earlier one. */
function read(record: RunRecord, { from, to }: { from: number; to: number }): Recorded[] {
  const { rows } = record.cursor(`
    SELECT t.id, t.at, t.repeats, t.day, kw.word, t.account, coalesce(a.name, ''), t.order_id, t.hour, rw.word,
      r.price, r.price_high, r.commission, r.commission_high, r.first_day, r.days, r.since, r.earned_from, r.earned_to, lw.word, p.owner, p.amount
    FROM temp.transaction_days d CROSS JOIN transactions t ON t.id = d.id JOIN postings p ON p.transaction_id = t.id
    JOIN words kw ON kw.id = t.kind JOIN words rw ON rw.id = t.rule JOIN words lw ON lw.id = p.ledger
    LEFT JOIN accounts a ON a.id = t.account LEFT JOIN recognitions r ON r.transaction_id = t.id
    WHERE d.day BETWEEN ${from} AND ${to} ORDER BY t.id, p.rowid`)
  const found: Recorded[] = []
  for (const row of rows) {
    const [ledger, owner, amount] = row.slice(19) as [string, bigint, bigint]
    const last = found.at(-1)
    if (last !== undefined && last.id === row[0]) last.legs.push({ ledger, owner, amount })
    else found.push(begun(row, { ledger, owner, amount }))
  }
  return found
}

function begun(row: readonly Cell[], leg: Leg): Recorded {
  const [
    id,
    at,
    repeats,
    day,
    kind,
    account,
    name,
    order,
    hour,
    rule,
    price,
    priceHigh,
    commission,
    commissionHigh,
    first,
    days,
    since,
    from,
    to,
  ] = row
  return {
    id: id as bigint,
    repeats: Number(repeats),
    at: Number(at),
    day: Number(day),
    kind: String(kind),
    account: account as bigint,
    name: String(name),
    order: order as bigint,
    hour: Number(hour),
    rule: String(rule),
    legs: [leg],
    earned:
      price === null
        ? null
        : {
            price: (price as bigint) + (priceHigh as bigint) * HIGH,
            commission: (commission as bigint) + (commissionHigh as bigint) * HIGH,
            firstDay: Number(first),
            days: Number(days),
            since: Number(since),
            from: Number(from),
            to: Number(to),
          },
  }
}

const isPaid = ({ ledger }: Leg): boolean => (paidLedgers as readonly string[]).includes(ledger)

/** The movements of a transaction in the order of their days: two lists, because draws come later than what is drawn. */
const partsOf = (recorded: Recorded, clock: Clock): readonly Iterator<Movement>[] =>
  recorded.earned === null ? [charges(recorded, clock), draws(recorded, clock)] : [earnings(recorded, recorded.earned)]

/** Each repetition on the day it is about: whole, or where it was made later with what is not drawn yet. */
function* charges(recorded: Recorded, clock: Clock): Generator<Movement> {
  const { earned: _, ...movement } = recorded
  for (let repetition = 1; repetition <= recorded.repeats; repetition++) {
    const { at, hour, day, isLate } = turn(recorded, repetition, clock)
    const legs = isLate ? [...recorded.legs.filter((leg) => !isPaid(leg)), ...unbilled(recorded, 1n)] : recorded.legs
    if (legs.length > 0) yield { ...movement, repetition, part: '', at, hour, day, legs }
  }
}

/** What is drawn on a later day than the one it is about. */
function* draws(recorded: Recorded, clock: Clock): Generator<Movement> {
  const { earned: _, ...movement } = recorded
  for (let repetition = 1; repetition <= recorded.repeats; repetition++) {
    const { at, hour, isLate } = turn(recorded, repetition, clock)
    const legs = isLate ? [...recorded.legs.filter(isPaid), ...unbilled(recorded, -1n)] : []
    if (legs.length > 0) yield { ...movement, repetition, part: 'drawn', at, hour, day: madeDay(at, clock), legs }
  }
}

/** One repetition: they are an hour apart. `isLate`: it was made on a later day than the one it is about. */
function turn({ at, hour, day }: Recorded, repetition: number, clock: Clock) {
  const later = (repetition - 1) * HOUR
  const about = hour === 0 ? day : dayOf(hour + later, clock)
  const made = at + later
  return { at: made, hour: hour === 0 ? 0 : hour + later, day: about, isLate: madeDay(made, clock) !== about }
}

/** What is paid of a transaction, as it is on unbilled receivable: owed (1) or cleared (-1). */
function unbilled({ account, legs }: Recorded, side: bigint): Leg[] {
  const amount = legs.reduce((sum, leg) => (isPaid(leg) ? sum + leg.amount : sum), 0n)
  return amount === 0n ? [] : [{ ledger: 'unbilled-receivable', owner: account, amount: amount * side }]
}

/** A term's days, one by one; those before the payment together with its day. */
function* earnings(recorded: Recorded, earned: EarnedDays): Generator<Movement> {
  const { earned: _, ...movement } = recorded
  const { firstDay: first, days, since, from, to } = earned
  const partOf = (whole: bigint, day: number, before: number): bigint =>
    (whole * BigInt(day)) / BigInt(days) - (whole * BigInt(before)) / BigInt(days)
  const wholePrice = partOf(earned.price, to, from)
  const start = Math.max(from + 1, Math.min(to, since - first + 1))
  const repeats = to - start + 1
  for (let day = start; day <= to; day++) {
    const before = day === start ? from : day - 1
    const price = partOf(earned.price, day, before)
    const commission = partOf(earned.commission, day, before)
    const amountOf = ({ ledger, amount }: Leg): bigint => {
      if (ledger === 'deferred-revenue') return price
      if (ledger === 'seller-cost') return price - commission
      if (ledger === 'deferred-seller-cost') return commission - price
      return amount === -wholePrice ? -price : -commission
    }
    const legs = recorded.legs.map((leg) => ({ ...leg, amount: amountOf(leg) })).filter((leg) => leg.amount !== 0n)
    const about = Math.max(first + day - 1, since)
    if (legs.length > 0) yield { ...movement, repetition: day - start + 1, repeats, part: '', day: about, legs }
  }
}

const isBefore = (a: Movement, b: Movement): boolean =>
  a.day < b.day || (a.day === b.day && (a.at < b.at || (a.at === b.at && a.id < b.id)))

/** Lists of movements, each in order; the next movement of all of them first: a binary heap. */
class Merged {
  readonly #heap: { next: Movement; readonly rest: Iterator<Movement> }[] = []

  get next(): Movement | undefined {
    return this.#heap[0]?.next
  }

  add(rest: Iterator<Movement>): void {
    const first = rest.next()
    if (first.done === true) return
    const heap = this.#heap
    const added = { next: first.value, rest }
    let at = heap.push(added) - 1
    for (let up = (at - 1) >> 1; at > 0 && isBefore(added.next, heap[up].next); up = (at - 1) >> 1) {
      heap[at] = heap[up]
      at = up
    }
    heap[at] = added
  }

  /** Takes the next one out; its list continues. */
  take(): Movement {
    const heap = this.#heap
    const [top] = heap
    const taken = top.next
    const following = top.rest.next()
    if (following.done !== true) top.next = following.value
    const moved = following.done === true ? (heap.pop() as (typeof heap)[number]) : top
    if (heap.length === 0) return taken
    let at = 0
    for (let down = 1; down < heap.length; down = at * 2 + 1) {
      if (down + 1 < heap.length && isBefore(heap[down + 1].next, heap[down].next)) down++
      if (!isBefore(heap[down].next, moved.next)) break
      heap[at] = heap[down]
      at = down
    }
    heap[at] = moved
    return taken
  }
}

/** All movements of a record, those of the earliest day first; of a day in time order, then by their number. */
export function* movementsOf(record: RunRecord): Generator<Movement> {
  const clock = record.meta
  const merged = new Merged()
  for (const window of windows(record, clock)) {
    // Everything that belongs to earlier days is there.
    while (merged.next !== undefined && merged.next.day < window.from) yield merged.take()
    for (const recorded of read(record, window)) for (const parts of partsOf(recorded, clock)) merged.add(parts)
  }
  while (merged.next !== undefined) yield merged.take()
}
