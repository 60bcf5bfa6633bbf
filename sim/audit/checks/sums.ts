/** M-05, M-09, U-01, U-02: what the record says its facts come to by month, against the facts themselves. */
import type { AuditContext, Check } from '../check.ts'
import { HOUR } from '../civil-time.ts'
import type { AccountFacts, Instance } from '../facts.ts'
import { ExactSum, type Whole } from '../findings.ts'
import { type Kind, kinds } from '../kinds.ts'
import { MonthParts } from '../month-parts.ts'
import { bookedParts, OWN, type Settlements, settledLedgers } from '../settlements.ts'
import type { Transaction } from '../transaction.ts'
import type { Spans } from '../usage-spans.ts'

/** Pools that a number has room for, next to a price. */
const POOLS = 65_536

/** Owners or prices that have arrays of their own: more than most accounts have. */
const MOST_PLACES = 64
/** More than there are parts with two words. */
const SHAPES = 2 ** 26

/** What one side of a sum comes to: how many legs or hours, seconds of use, and the amount. */
class Side {
  isThere = false
  count = 0
  seconds = 0
  readonly amount = new ExactSum()

  clear(): void {
    if (!this.isThere) return
    this.isThere = false
    this.count = this.seconds = 0
    this.amount.clear()
  }
}

/** A sum on two sides: what the record says, and what the facts come to. */
class Sum {
  part = 0
  readonly said = new Side()
  readonly worked = new Side()
}

/** Sums of one account by what they are about; those of the account before are used again. */
class Sums {
  readonly #sums: Sum[] = []
  #count = 0
  /** Those with a side that the record says, then those that facts alone have, in the order in which they come. */
  readonly #said: Sum[] = []
  readonly #worked: Sum[] = []
  /** Parts with two words, in the order in which they come, of all accounts: by part, then by word. */
  readonly #shapes: number[][][] = []
  #shapeCount = 0
  /** Owners, or prices with pools, in the order in which they come. */
  readonly #numbers = new Map<number, number>()
  /** By the place of a number, then by shape: which sum it is, counted from the first account on. */
  readonly #places: Float64Array[] = []
  /** How many sums the accounts before had: up to here none is of this account. */
  #before = 0
  /** Of places beyond those. */
  readonly #others = new Map<number, Sum>()
  /** What was asked for last, which is mostly asked for again. */
  #lastNumber = Number.NaN
  #lastPlace = 0

  said(part: number, first: number, second: number, number: number): Side {
    const sum = this.#of(part, first, second, number)
    if (!sum.said.isThere) {
      sum.said.isThere = true
      this.#said.push(sum)
    }
    return sum.said
  }

  worked(part: number, first: number, second: number, number: number): Side {
    const sum = this.#of(part, first, second, number)
    if (!sum.worked.isThere) {
      sum.worked.isThere = true
      this.#worked.push(sum)
    }
    return sum.worked
  }

  #of(part: number, first: number, second: number, number: number): Sum {
    const place = number === this.#lastNumber ? this.#lastPlace : this.#placeOf(number)
    const shape = this.#shapeOf(part, first, second)
    if (place >= MOST_PLACES) return this.#otherOf(part, place * SHAPES + shape)
    let places = this.#places[place]
    if (places === undefined || shape >= places.length) places = this.#grow(place, shape)
    const known = places[shape] - this.#before
    if (known > 0) return this.#sums[known - 1]
    const sum = this.#next(part)
    places[shape] = this.#before + this.#count
    return sum
  }

  #otherOf(part: number, key: number): Sum {
    const known = this.#others.get(key)
    if (known !== undefined) return known
    const sum = this.#next(part)
    this.#others.set(key, sum)
    return sum
  }

  #next(part: number): Sum {
    if (this.#count === this.#sums.length) this.#sums.push(new Sum())
    const sum = this.#sums[this.#count++]
    sum.part = part
    return sum
  }

  #placeOf(number: number): number {
    let place = this.#numbers.get(number)
    if (place === undefined) this.#numbers.set(number, (place = this.#numbers.size))
    this.#lastNumber = number
    return (this.#lastPlace = place)
  }

  #shapeOf(part: number, first: number, second: number): number {
    const shapes = ((this.#shapes[part] ??= [])[first] ??= [])
    return (shapes[second] ??= this.#shapeCount++)
  }

  #grow(place: number, shape: number): Float64Array {
    const wider = new Float64Array(2 * shape + 16)
    wider.set(this.#places[place] ?? [])
    return (this.#places[place] = wider)
  }

  clear(): void {
    for (let at = 0; at < this.#count; at++) {
      this.#sums[at].said.clear()
      this.#sums[at].worked.clear()
    }
    this.#before += this.#count
    this.#count = 0
    this.#numbers.clear()
    this.#others.clear()
    this.#said.length = this.#worked.length = 0
    this.#lastNumber = Number.NaN
  }

  /** Every sum with either side. */
  each(visit: (sum: Sum) => void): void {
    for (let at = 0; at < this.#said.length; at++) visit(this.#said[at])
    for (let at = 0; at < this.#worked.length; at++) if (!this.#worked[at].said.isThere) visit(this.#worked[at])
  }
}

/** Sums may be numbers or bigint, by how they grew. */
const areEqual = (a: Whole, b: Whole): boolean => a === b || (typeof a !== typeof b && BigInt(a) === BigInt(b))

export function sums({ findings, premises, words }: AuditContext): Check {
  const { calendar, start, end, scenario } = premises
  const counted = scenario.measureFrom ?? start
  const booked = bookedParts(premises)
  // An hour counts that begins when figures do, or after.
  const hour = calendar.hourOf(counted + HOUR - 1)
  const used = new MonthParts(calendar, premises, counted > start ? hour : null)
  const paid = new Set([words.cash, words.coupons, words.receivable, words.clearing])
  const unbilled = premises.number('unbilled-receivable')
  const [ledger, metered] = [new Sums(), new Sums()]
  const settled = settledLedgers(words)

  /** Legs count when money moves, or on the day that they are about; between the two they are unbilled. */
  function book(account: number, transaction: Transaction): void {
    const { at, hour: charged, day, repeats, kind, order, legs } = transaction
    const later = (repeats - 1) * HOUR
    const about = charged > 0 ? charged : calendar.instantOf(day)
    const aboutLast = charged > 0 ? about + later : about
    const first = booked.of(at)
    const of = booked.of(about)
    if (booked.of(at + later) !== first || of !== first || booked.of(aboutLast) !== first) {
      bookApart(account, transaction, { first, about })
      return
    }
    const isLate = calendar.dayOf(Math.min(at + later, end - 1)) > day
    const part = partOfOrders(first, order)
    for (let leg = legs.first; leg < legs.end; leg++) {
      const on = legs.ledger(leg)
      if (isLate && paid.has(on)) ledger.worked(part, kind, unbilled, account)
      const sum = ledger.worked(part, kind, on, legs.owner(leg))
      sum.count += repeats
      sum.amount.add(legs.amount(leg), repeats)
    }
  }

  const partOfOrders = (part: number, order: number): number => part * 2 + (order > 0 ? 1 : 0)

  /** The same of what is in several parts of the run. */
  function bookApart(
    account: number,
    { at, hour: charged, day, repeats, kind, order, legs }: Transaction,
    { first, about }: { readonly first: number; readonly about: number },
  ): void {
    const isLate = calendar.dayOf(Math.min(at + (repeats - 1) * HOUR, end - 1)) > day
    const add = (part: number, of: number, owner: number, amount: Whole, count: number, times: number): void => {
      const sum = ledger.worked(partOfOrders(part, order), kind, of, owner)
      sum.count += count
      sum.amount.add(amount, times)
    }
    const made = booked.counts(at, repeats)
    const owed = charged > 0 ? booked.counts(about, repeats) : new Map([[booked.of(about), repeats]])
    for (let leg = legs.first; leg < legs.end; leg++) {
      const [of, owner, amount] = [legs.ledger(leg), legs.owner(leg), legs.amount(leg)]
      const isPaid = paid.has(of)
      if (isPaid && isLate) add(Math.min(first, booked.of(about)), unbilled, account, 0, 0, 0)
      for (const [part, times] of isPaid ? made : owed) add(part, of, owner, amount, times, times)
      if (!isPaid) continue
      for (const part of new Set([...made.keys(), ...owed.keys()])) {
        const between = (owed.get(part) ?? 0) - (made.get(part) ?? 0)
        if (between !== 0) add(part, unbilled, account, amount, Math.abs(between), between)
      }
    }
  }

  function bookSettled(account: number, { sums }: Settlements): void {
    for (const { part, legs, sums: amounts, isLate } of sums) {
      if (isLate) ledger.worked(part * 2, words.usage, unbilled, account)
      for (const [place, number] of settled.entries()) {
        if (legs[place] === 0) continue
        const sum = ledger.worked(part * 2, words.usage, number, place < OWN ? account : 0)
        sum.count += legs[place]
        sum.amount.addSum(amounts[place].value)
      }
    }
  }

  function meter({ pool, spans }: Instance): void {
    const { item, priced, rule, firstHour, hours } = spans.columns
    for (let row = spans.first; row < spans.end; row++) {
      // U-02: an hour that rolls is charged with the clock hour in which it ends.
      const charged = calendar.hourOf(firstHour[row] + HOUR - 1)
      const part = used.of(charged)
      const of = priced[row] * POOLS + pool
      if (used.of(charged + (hours[row] - 1) * HOUR) === part)
        meterIn(metered.worked(part, item[row], rule[row], of), spans, row, hours[row])
      else
        for (const [each, lines] of used.counts(charged, hours[row]))
          meterIn(metered.worked(each, item[row], rule[row], of), spans, row, lines)
    }
  }

  function meterIn(sum: Side, { columns }: Spans, row: number, lines: number): void {
    sum.count += lines
    sum.seconds += lines * columns.seconds[row]
    sum.amount.add(columns.amount[row], lines)
  }

  /** The part of a run that a row says; one that is none has a place behind them all. */
  function partOf({ parts }: MonthParts, month: number, measured: number): number {
    const part = parts.findIndex((each) => each.month === month && each.measured === measured)
    return part < 0 ? parts.length : part
  }

  function readSaid({ ledgerMonths, meteredMonths }: AccountFacts): void {
    for (const row of ledgerMonths) {
      const part = partOf(booked, row.month, row.measured)
      const sum = ledger.said(part * 2 + row.ofOrders, row.kind, row.ledger, row.owner)
      sum.count += row.times
      sum.amount.add(row.amount)
    }
    for (const row of meteredMonths) {
      const part = partOf(used, row.month, row.measured)
      const sum = metered.said(part, row.item, row.rule, row.priced * POOLS + row.pool)
      sum.count += row.lines
      sum.seconds += row.seconds
      sum.amount.add(row.amount)
    }
  }

  function judge(kind: Kind, account: number, of: Sums, instantOf: (part: number) => number): void {
    of.each(({ part, said, worked }) => {
      const [recorded, audited] = [said.amount.whole, worked.amount.whole]
      const isSame = said.isThere && worked.isThere && said.count === worked.count && said.seconds === worked.seconds
      if (isSame && areEqual(recorded, audited)) {
        findings.agree(kind, recorded)
        return
      }
      const countOf = ({ isThere, count }: Side): number | string => (isThere ? count : 'no')
      const text = `a sum of ${countOf(said)} lines and ${said.seconds} s, not of ${countOf(worked)} and ${worked.seconds} s`
      findings.differ(kind, `account ${account}`, instantOf(part), recorded, audited, text)
    })
  }

  return {
    account(facts) {
      for (const each of [ledger, metered]) each.clear()
      for (const transaction of facts.transactions) book(facts.id, transaction)
      if (facts.settlements !== undefined) bookSettled(facts.id, facts.settlements)
      for (const instance of facts.instances) meter(instance)
      readSaid(facts)
      const { id } = facts
      judge(kinds.ledgerMonth, id, ledger, (part) => booked.parts[Math.floor(part / 2)]?.month ?? 0)
      judge(kinds.meteredMonth, id, metered, (part) => used.parts[part]?.month ?? 0)
    },
  }
}
