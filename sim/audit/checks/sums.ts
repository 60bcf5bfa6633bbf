/** M-05, M-09, U-01, U-02: what the record says its facts come to by month, against the facts themselves. */
import type { AuditContext, Check } from '../check.ts'
import { HOUR } from '../civil-time.ts'
import type { AccountFacts, Instance } from '../facts.ts'
import { ExactSum, type Whole } from '../findings.ts'
import { type Kind, kinds } from '../kinds.ts'
import { MonthParts } from '../month-parts.ts'
import { bookedParts, OWN, type Settlements, settledLedgers } from '../settlements.ts'
import type { Transaction } from '../transaction.ts'

/** Pools that a number has room for, next to a price. */
const POOLS = 65_536
/** More than there are parts with two words. With the few owners of most accounts, a key stays a small integer. */
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
  readonly #places = new Map<number, number>()
  readonly #sums: Sum[] = []
  /** Those with a side that the record says, then those that facts alone have, in the order in which they come. */
  readonly #said: Sum[] = []
  readonly #worked: Sum[] = []
  /** Parts with two words, in the order in which they come, of all accounts: by part, then by word. */
  readonly #shapes: number[][][] = []
  #shapeCount = 0
  /** Owners, or prices with pools, in the order in which they come. */
  readonly #numbers = new Map<number, number>()
  /** What was asked for last, which is mostly asked for again. */
  #lastNumber = Number.NaN
  #lastPlace = 0
  #lastKey = Number.NaN
  #lastSum = new Sum()

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
    let place = number === this.#lastNumber ? this.#lastPlace : this.#numbers.get(number)
    if (place === undefined) this.#numbers.set(number, (place = this.#numbers.size))
    this.#lastNumber = number
    this.#lastPlace = place
    const key = place * SHAPES + this.#shapeOf(part, first, second)
    if (key === this.#lastKey) return this.#lastSum
    let at = this.#places.get(key)
    if (at === undefined) {
      this.#places.set(key, (at = this.#places.size))
      if (at === this.#sums.length) this.#sums.push(new Sum())
      this.#sums[at].part = part
    }
    this.#lastKey = key
    return (this.#lastSum = this.#sums[at])
  }

  #shapeOf(part: number, first: number, second: number): number {
    const shapes = ((this.#shapes[part] ??= [])[first] ??= [])
    return (shapes[second] ??= this.#shapeCount++)
  }

  clear(): void {
    for (let at = 0; at < this.#places.size; at++) {
      this.#sums[at].said.clear()
      this.#sums[at].worked.clear()
    }
    for (const each of [this.#places, this.#numbers]) each.clear()
    this.#said.length = this.#worked.length = 0
    this.#lastNumber = this.#lastKey = Number.NaN
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
  function book(account: number, { at, hour: charged, day, repeats, kind, order, legs }: Transaction): void {
    const later = (repeats - 1) * HOUR
    const about = charged > 0 ? charged : calendar.instantOf(day)
    const aboutLast = charged > 0 ? about + later : about
    const [first, last] = [booked.of(at), booked.of(at + later)]
    const isLate = calendar.dayOf(Math.min(at + later, end - 1)) > day
    const ofOrders = order > 0 ? 1 : 0
    const add = (part: number, of: number, owner: number, amount: Whole, count: number, times: number): void => {
      const sum = ledger.worked(part * 2 + ofOrders, kind, of, owner)
      sum.count += count
      sum.amount.add(amount, times)
    }
    const isOfOne = first === last && booked.of(about) === first && booked.of(aboutLast) === first
    const made = isOfOne ? undefined : booked.counts(at, repeats)
    const owed = isOfOne
      ? undefined
      : charged > 0
        ? booked.counts(about, repeats)
        : new Map([[booked.of(about), repeats]])
    for (let leg = legs.first; leg < legs.end; leg++) {
      const [of, owner, amount] = [legs.ledger(leg), legs.owner(leg), legs.amount(leg)]
      const isPaid = paid.has(of)
      if (isPaid && isLate) add(Math.min(first, booked.of(about)), unbilled, account, 0, 0, 0)
      if (made === undefined || owed === undefined) {
        add(first, of, owner, amount, repeats, repeats)
        continue
      }
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
    const { item, priced, rule, firstHour, hours, seconds, amount } = spans.columns
    for (let row = spans.first; row < spans.end; row++) {
      // U-02: an hour that rolls is charged with the clock hour in which it ends.
      const charged = calendar.hourOf(firstHour[row] + HOUR - 1)
      const part = used.of(charged)
      const of = priced[row] * POOLS + pool
      const add = (each: number, lines: number): void => {
        const sum = metered.worked(each, item[row], rule[row], of)
        sum.count += lines
        sum.seconds += lines * seconds[row]
        sum.amount.add(amount[row], lines)
      }
      if (used.of(charged + (hours[row] - 1) * HOUR) === part) add(part, hours[row])
      else for (const [each, lines] of used.counts(charged, hours[row])) add(each, lines)
    }
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
