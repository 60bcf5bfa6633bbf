/**
 * M-09: what the books hold at the end of each civil month and of the run, the record's postings by the days they belong to
 * against what was used and earned by then. Money moves when it is paid; what was used before and paid after is unbilled.
 */
import type { AuditContext, Check } from '../check.ts'
import { HOUR } from '../civil-time.ts'
import type { AccountFacts } from '../facts.ts'
import { ExactSum, type Whole } from '../findings.ts'
import { kinds } from '../kinds.ts'
import type { Premises } from '../premises.ts'
import { bookedParts, CLOUD, MARKET, type Settlements } from '../settlements.ts'
import type { Transaction } from '../transaction.ts'
import type { Workings } from '../workings.ts'

/** What moved, by the position of a ledger account and of a month. */
class Sums {
  readonly #months: number
  readonly #sums: readonly ExactSum[]

  constructor(ledgers: number, months: number) {
    this.#months = months
    this.#sums = Array.from({ length: ledgers * months }, () => new ExactSum())
  }

  add(month: number, ledger: number, amount: Whole, times = 1): void {
    this.#sums[ledger * this.#months + month].add(amount, times)
  }

  addSum(month: number, ledger: number, amount: bigint): void {
    this.#sums[ledger * this.#months + month].addSum(amount)
  }

  of(month: number, ledger: number): bigint {
    return this.#sums[ledger * this.#months + month].value
  }

  values(): bigint[] {
    return this.#sums.map(({ value }) => value)
  }

  join(values: readonly bigint[]): void {
    for (const [index, value] of values.entries()) this.#sums[index].addSum(value)
  }
}

/** Positions of the ledger accounts that are judged. */
const [CLOUD_REVENUE, PRODUCTS, DEFERRED, UNBILLED, DEFERRED_COST, COST, PAYABLE, ROUNDING] = [0, 1, 2, 3, 4, 5, 6, 7]
/** Up to this, a sum of numbers has room for what is owed in one more hour (`hourly-owed.ts`). */
const PLAIN = 2 ** 51
/** A ledger account that is not judged. */
const NONE = -1

export function monthEnds(context: AuditContext): Check {
  const { findings, premises, words } = context
  const months = new Months(premises)
  const parts = bookedParts(premises)
  const unbilled = premises.number('unbilled-receivable')
  const ledgers = [
    words.cloudRevenue,
    words.marketplaceRevenue,
    words.deferredRevenue,
    unbilled,
    words.deferredCost,
    words.sellerCost,
    words.unbilledPayable,
    words.rounding,
  ]
  const isPrincipal = premises.policies['revenue.presentation'] === 'principal'
  const costAccount = isPrincipal ? COST : PRODUCTS
  const posted = new Sums(ledgers.length, months.firsts.length)
  const audited = new Sums(ledgers.length, months.firsts.length)
  /** By the number of a ledger account, which one it counts for: money that moved is what is no longer unbilled. */
  const paid = new Set([words.cash, words.coupons, words.receivable, words.clearing])
  const positions: number[] = []
  for (const [position, ledger] of ledgers.entries()) if (ledger !== unbilled) positions[ledger] = position
  for (const ledger of paid) positions[ledger] = UNBILLED

  const hourAt = (index: number): number => premises.firstHour + index * HOUR
  /** By clock hour of the run, the month in which it is used, and that in which it is drawn. */
  const usedIn = Int32Array.from({ length: premises.hours }, (_, index) => months.of(hourAt(index)))
  const drawnIn = Int32Array.from({ length: premises.hours }, (_, index) =>
    months.of(premises.settledAt(hourAt(index))),
  )

  /** Where the record's legs count: money on the day it moved, all else on the day it is about. */
  function post({ legs, at, repeats, hour, day, kind, order }: Transaction): void {
    const about = hour > 0 ? hour : premises.calendar.instantOf(day)
    // L-02, L-06: judged by themselves, bill by bill and day by day of use.
    const isElsewhere = kind === words.sellerBill || (kind === words.sellerShare && order === 0)
    const month = months.only(about, repeats)
    const moved = months.only(at, repeats)
    for (let leg = legs.first; leg < legs.end; leg++) {
      const position = positions[legs.ledger(leg)] ?? NONE
      if (position === NONE) continue
      const amount = legs.amount(leg)
      if (month !== undefined) {
        posted.add(month, position, amount, repeats)
        if (isElsewhere) audited.add(month, position, amount, repeats)
      } else
        months.each(about, repeats, (each, times) => {
          posted.add(each, position, amount, times)
          if (isElsewhere) audited.add(each, position, amount, times)
        })
      if (position !== UNBILLED) continue
      if (moved !== undefined) posted.add(moved, UNBILLED, amount, -repeats)
      else months.each(at, repeats, (each, times) => posted.add(each, UNBILLED, amount, -times))
    }
  }

  /** Where settlements count: all of each is in one month, so that nothing of it is unbilled at its end. */
  function postSettled(settlements: Settlements): void {
    for (const { part, sums } of settlements.sums) {
      const month = months.of(parts.parts[part].since)
      posted.addSum(month, CLOUD_REVENUE, sums[CLOUD].value)
      posted.addSum(month, PRODUCTS, sums[MARKET].value)
    }
  }

  /** Used in one month, drawn perhaps in another. */
  function use(ecs: Whole, image: Whole, hour: number, drawnAt: number): void {
    const [used, drawn] = [months.of(hour), months.of(drawnAt)]
    audited.add(used, CLOUD_REVENUE, ecs, -1)
    audited.add(used, PRODUCTS, image, -1)
    if (used === drawn) return
    for (const amount of [ecs, image]) {
      audited.add(used, UNBILLED, amount)
      audited.add(drawn, UNBILLED, amount, -1)
    }
  }

  /** All hours of an account: those that are used and drawn within one month together. */
  function useHours(owed: Workings['owed']): void {
    const [ofEcs, ofImage] = [owed.plainEcs, owed.plainImage]
    if (ofEcs === undefined || ofImage === undefined) {
      for (let index = owed.first; index <= owed.last; index++)
        if (owed.isOwed(index)) useHour(index, owed.ecsAt(index), owed.imageAt(index))
      return
    }
    let [month, ecs, image] = [0, 0, 0]
    for (let index = owed.first; index <= owed.last; index++) {
      if (ofEcs[index] === 0 && ofImage[index] === 0) continue
      if (usedIn[index] !== drawnIn[index]) {
        useHour(index, ofEcs[index], ofImage[index])
        continue
      }
      if (usedIn[index] !== month || ecs > PLAIN || image > PLAIN) {
        useWithin(month, ecs, image)
        ecs = image = 0
        month = usedIn[index]
      }
      ecs += ofEcs[index]
      image += ofImage[index]
    }
    useWithin(month, ecs, image)
  }

  function useWithin(month: number, ecs: Whole, image: Whole): void {
    audited.add(month, CLOUD_REVENUE, ecs, -1)
    audited.add(month, PRODUCTS, image, -1)
  }

  function useHour(index: number, ecs: Whole, image: Whole): void {
    const hour = hourAt(index)
    use(ecs, image, hour, premises.settledAt(hour))
  }

  function earn(facts: AccountFacts, workings: Workings): void {
    for (const order of facts.orders) {
      const net = workings.priced(order.id)?.net ?? 0n
      const paidAt = order.steps.find(({ event }) => event === words.pay)?.at
      if (paidAt !== undefined && net > 0n) audited.add(months.of(paidAt), DEFERRED, -net)
      const refundedAt = workings.refundedAt(order.id)
      if (refundedAt !== undefined) audited.add(months.of(refundedAt), DEFERRED, net)
      for (const { day, amount, commission, cloud } of workings.earnings(order.id)) {
        const month = months.of(premises.calendar.instantOf(day))
        audited.add(month, DEFERRED, amount)
        if (cloud) audited.add(month, CLOUD_REVENUE, -amount)
        else {
          audited.add(month, PRODUCTS, isPrincipal ? -amount : -commission)
          audited.add(month, COST, isPrincipal ? amount - commission : 0n)
          audited.add(month, DEFERRED_COST, commission - amount)
        }
      }
      for (const { at, cost, deferred } of workings.shares(order.id)) {
        const month = months.of(at)
        audited.add(month, PAYABLE, -cost)
        audited.add(month, DEFERRED_COST, deferred)
        audited.add(month, costAccount, cost - deferred)
      }
      for (const { at, back, tax } of workings.returned(order.id)) audited.add(months.of(at), DEFERRED, back - tax)
      for (const { at, amount, cloud } of workings.takenBack(order.id)) {
        const month = months.of(at)
        audited.add(month, DEFERRED, -amount)
        audited.add(month, cloud ? CLOUD_REVENUE : PRODUCTS, amount)
      }
    }
  }

  return {
    account(facts, workings) {
      for (const transaction of facts.transactions) post(transaction)
      if (facts.settlements !== undefined) postSettled(facts.settlements)
      const { owed, replay } = workings
      useHours(owed)
      for (const { ecs, image, hour, at } of replay.late) use(ecs, image, hour, at)
      for (const { month, at, amount } of replay.taxes.values()) {
        audited.add(months.of(premises.calendar.nextMonth(month) - 1), UNBILLED, amount)
        audited.add(months.of(at), UNBILLED, -amount)
      }
      for (const { month, at, posted: amount } of replay.roundings.values()) {
        const about = month === undefined ? at : premises.calendar.nextMonth(month) - 1
        audited.add(months.of(about), ROUNDING, amount)
        if (month === undefined) continue
        audited.add(months.of(about), UNBILLED, -amount)
        audited.add(months.of(at), UNBILLED, amount)
      }
      earn(facts, workings)
    },
    gathered: () => [posted.values(), audited.values()],
    join(gathered) {
      const [ofPosted, ofAudited] = gathered as readonly (readonly bigint[])[]
      posted.join(ofPosted)
      audited.join(ofAudited)
    },
    finish() {
      for (const [position, number] of ledgers.entries()) {
        const ledger = premises.word(number)
        let [left, right] = [0n, 0n]
        for (const [month, first] of months.firsts.entries()) {
          left += posted.of(month, position)
          right += audited.of(month, position)
          findings.balances.push({ month: first, ledger, recorded: left, audited: right })
          if (left === right) findings.agree(kinds.monthEnd, left)
          else findings.differ(kinds.monthEnd, ledger, first, left, right, 'balance at the end of the month')
        }
      }
    },
  }
}

/** The civil months of a run; what is made as it ends belongs to the last one. */
class Months {
  readonly firsts: readonly number[]
  readonly #last: number

  constructor({ calendar, start, end }: Premises) {
    const firsts = [calendar.monthOf(start)]
    for (let next = calendar.nextMonth(start); next < end; next = calendar.nextMonth(next)) firsts.push(next)
    this.firsts = firsts
    this.#last = end - 1
  }

  /** The position of the month that holds an instant. */
  of(at: number): number {
    const instant = Math.min(at, this.#last)
    let month = this.firsts.length - 1
    while (month > 0 && this.firsts[month] > instant) month--
    return month
  }

  /** The one month that holds all of `repeats` instants, an hour apart; undefined where there are several. */
  only(first: number, repeats: number): number | undefined {
    const month = this.of(first)
    return this.of(first + (repeats - 1) * HOUR) === month ? month : undefined
  }

  /** How many of `repeats` instants, an hour apart from `first`, each month holds. */
  each(first: number, repeats: number, visit: (month: number, times: number) => void): void {
    const to = this.of(first + (repeats - 1) * HOUR)
    for (let month = this.of(first), done = 0; month <= to; month++) {
      const before = month === to ? repeats : Math.ceil((this.firsts[month + 1] - first) / HOUR)
      visit(month, before - done)
      done = before
    }
  }
}
