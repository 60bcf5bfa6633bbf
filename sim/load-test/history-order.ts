/** The requests of a history in the order of time: metered hours, their settlements, bills, and what people did. */
import { dayOf, monthOf, startOfDay, startOfMonth } from '#base/civil-time.ts'
import { HOUR } from '#base/time.ts'
import type { Request } from './request-stream.ts'

/** A run of clock hours in which the same was used. */
export interface Span {
  readonly account: number
  /** As `UseRequest.sale`. */
  readonly sale: number
  readonly use: number
  readonly firstHour: number
  readonly end: number
  readonly seconds: number
}

/** Operations at one instant: months are billed, hours close, hours are settled, then people act (T-06). */
const rank: Readonly<Record<Request['kind'], number>> = {
  bill: 0,
  meter: 1,
  settle: 2,
  'top-up': 3,
  order: 3,
  refund: 3,
  change: 3,
  earn: 3,
  coupon: 3,
  share: 3,
}

/** The spans that hold in each clock hour, hour by hour. */
function* hoursOf(spans: readonly Span[], until: number): Iterable<{ hour: number; active: readonly Span[] }> {
  let active: Span[] = []
  let next = 0
  for (let hour = spans[0]?.firstHour ?? until; hour < until; hour += HOUR) {
    active = active.filter(({ end }) => end > hour)
    while (next < spans.length && spans[next].firstHour <= hour) active.push(spans[next++])
    yield { hour, active }
  }
}

/** Every metered hour, at its end. */
export function* meterings(spans: readonly Span[], until: number): Iterable<Request> {
  for (const { hour, active } of hoursOf(spans, until))
    for (const { account, use, seconds } of active)
      yield { kind: 'meter', account, at: hour + HOUR, subject: use, value: seconds }
}

/** U-08: every account that was metered in an hour, a lag after its end; the last ones as the books close. */
export function* settlements(spans: readonly Span[], until: number, lag: number): Iterable<Request> {
  for (const { hour, active } of hoursOf(spans, until))
    for (const account of [...new Set(active.map((span) => span.account))].sort((a, b) => a - b))
      yield {
        kind: 'settle',
        account,
        at: Math.max(hour + HOUR, Math.min(hour + HOUR + lag, until)),
        subject: 0,
        value: hour,
      }
}

/** L-06: as a civil day ends, and as the books close, what was used in it of each specification by each account. */
export function* soldUse(
  spans: readonly Span[],
  until: number,
  offset: number,
  subjectOf: (sale: number, month: number) => number,
): Iterable<Request> {
  const accounts = new Map<number, number>()
  for (const { hour, active } of hoursOf(spans, until)) {
    for (const { sale, account } of active) if (sale > 0) accounts.set(sale, account)
    const at = hour + HOUR
    if (at < until && startOfDay(dayOf(at, offset), offset) !== at) continue
    const month = startOfMonth(monthOf(hour, offset), offset)
    for (const [sale, account] of [...accounts].sort(([a], [b]) => a - b))
      yield { kind: 'share', account, at, subject: subjectOf(sale, month), value: 0 }
    accounts.clear()
  }
}

/** Several sequences, each in the order of time, as one. */
export function* inTime(sequences: readonly Iterable<Request>[]): Iterable<Request> {
  const iterators = sequences.map((sequence) => sequence[Symbol.iterator]())
  const heads = iterators.map((iterator) => iterator.next())
  const isBefore = (a: Request, b: Request): boolean => a.at < b.at || (a.at === b.at && rank[a.kind] < rank[b.kind])
  for (;;) {
    let first = -1
    for (const [index, { done, value }] of heads.entries())
      if (done !== true && (first < 0 || isBefore(value, heads[first].value))) first = index
    if (first < 0) return
    yield heads[first].value
    heads[first] = iterators[first].next()
  }
}

/** What puts a charge on a bill, or may. */
const charging: ReadonlySet<Request['kind']> = new Set(['order', 'change', 'settle', 'refund'])

/** Bills of months: asked for as a month ends, of every account for which something was charged in it. */
export class Months {
  readonly #offset: number
  readonly #until: number
  #month = Number.NaN
  #charged = new Set<number>()

  constructor(offset: number, until: number) {
    this.#offset = offset
    this.#until = until
  }

  /** The bills that come before a request. */
  before(request: Request): Request[] {
    const month = startOfMonth(monthOf(Math.min(request.at, this.#until - 1), this.#offset), this.#offset)
    const due = month === this.#month ? [] : this.#close(month)
    this.#month = month
    if (charging.has(request.kind)) this.#charged.add(request.account)
    return due
  }

  rest(): Request[] {
    return this.#close(this.#until)
  }

  #close(at: number): Request[] {
    const bills = [...this.#charged].sort((a, b) => a - b)
    this.#charged.clear()
    return bills.map((account) => ({ kind: 'bill', account, at, subject: 0, value: this.#month }))
  }
}
