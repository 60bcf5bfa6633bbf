export const DAY = 86_400_000
export const WEEK = 7 * DAY

/** The first instant of 1970 was a Thursday; weeks here begin on Monday. */
const EPOCH_IN_WEEK = 3 * DAY

/** Half-open hours [from, to) of one weekday, ms after its midnight; Monday is 0. `to` may be up to 24 h. */
export type Shift = { day: number; from: number; to: number }

/** A calendar that repeats every week, in civil time at a fixed offset from UTC. All times in whole ms. */
export class WorkingHours {
  /** Ends of the open spans within a week, in order; touching spans are one. */
  private readonly opens: number[] = []
  private readonly closes: number[] = []
  /** Open time in a week before each span. */
  private readonly before: number[] = []
  private readonly perWeek: number
  private readonly offset: number

  /**
   * @param shifts the open hours, in any order, not overlapping
   * @param utcOffset ms to add to UTC for civil time, e.g. 8 hours
   * @throws RangeError for a shift outside its day, empty, or overlapping another
   */
  constructor(shifts: readonly Shift[], utcOffset: number) {
    let open = 0
    const spans = shifts.map(({ day, from, to }) => {
      if (!(day >= 0 && day < 7 && from >= 0 && from < to && to <= DAY)) {
        throw new RangeError(`shift on day ${day} from ${from} to ${to}: days are 0-6, hours 0 <= from < to <= 24 h`)
      }
      return { from: day * DAY + from, to: day * DAY + to }
    })
    spans.sort((x, y) => x.from - y.from)
    for (const { from, to } of spans) {
      const last = this.closes.length - 1
      if (from < (this.closes[last] ?? 0)) throw new RangeError(`two shifts overlap on day ${Math.floor(from / DAY)}`)
      if (from === this.closes[last]) this.closes[last] = to
      else {
        this.opens.push(from)
        this.closes.push(to)
        this.before.push(open)
      }
      open += to - from
    }
    this.perWeek = open
    this.offset = utcOffset
  }

  /** Whether it is open at this instant. */
  open(now: number): boolean {
    const time = this.inWeek(now)
    const span = this.spanAt(time)
    return span >= 0 && time < this.closes[span]
  }

  /** The first instant after `now` at which it opens or closes; Infinity when it never does. */
  nextChange(now: number): number {
    if (this.perWeek === 0 || this.perWeek === WEEK) return Number.POSITIVE_INFINITY
    const time = this.inWeek(now)
    const span = this.spanAt(time)
    if (span >= 0 && time < this.closes[span]) return this.closing(now - time, span)
    if (span + 1 < this.opens.length) return now - time + this.opens[span + 1]
    if (this.opens[0] > 0) return now - time + WEEK + this.opens[0]
    return now - time + WEEK
  }

  /** Open time between two instants, ms. */
  businessTime(from: number, to: number): number {
    return this.elapsed(to) - this.elapsed(from)
  }

  /** The instant at which `work` ms of open time have passed since `from`; Infinity when it is never open. */
  finish(from: number, work: number): number {
    if (work === 0) return from
    if (this.perWeek === 0) return Number.POSITIVE_INFINITY
    const target = this.elapsed(from) + work
    const weeks = Math.ceil(target / this.perWeek) - 1
    const rest = target - weeks * this.perWeek
    let span = this.before.length - 1
    while (this.before[span] >= rest) span--
    return weeks * WEEK + this.opens[span] + rest - this.before[span] - EPOCH_IN_WEEK - this.offset
  }

  /** A span that reaches the end of the week continues if Monday opens at midnight. */
  private closing(week: number, span: number): number {
    if (this.closes[span] === WEEK && this.opens[0] === 0) return week + WEEK + this.closes[0]
    return week + this.closes[span]
  }

  /** Open time since the Monday before the epoch. */
  private elapsed(now: number): number {
    const time = this.inWeek(now)
    const weeks = (now + this.offset + EPOCH_IN_WEEK - time) / WEEK
    const span = this.spanAt(time)
    const within = span < 0 ? 0 : this.before[span] + Math.min(time, this.closes[span]) - this.opens[span]
    return weeks * this.perWeek + within
  }

  private inWeek(now: number): number {
    const time = (now + this.offset + EPOCH_IN_WEEK) % WEEK
    return time < 0 ? time + WEEK : time
  }

  /** The last span that begins at or before a time of the week, -1 when none does. */
  private spanAt(time: number): number {
    let span = this.opens.length - 1
    while (span >= 0 && this.opens[span] > time) span--
    return span
  }
}
