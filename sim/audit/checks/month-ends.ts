/**
 * M-09: what the books hold at the end of each civil month and of the run, the record's postings by the days they belong to
 * against what was used and earned by then. Money moves when it is paid; what was used before and paid after is unbilled.
 */
import type { Bench, Check } from '../check.ts'
import { HOUR } from '../civil-time.ts'
import type { AccountFacts, Transaction } from '../facts.ts'
import { ExactSum } from '../findings.ts'
import { kinds } from '../kinds.ts'
import type { Premises } from '../premises.ts'
import type { Workings } from '../workings.ts'

/** `month ledger` to what moved in the month. */
type Sums = Map<string, ExactSum>

const add = (sums: Sums, month: number, ledger: string, amount: bigint, times = 1): void => {
  if (amount === 0n || times === 0) return
  const key = `${month} ${ledger}`
  const sum = sums.get(key) ?? new ExactSum()
  sums.set(key, sum)
  sum.add(amount, times)
}

export function monthEnds(bench: Bench): Check {
  const { findings, premises, words } = bench
  const months = new Months(premises)
  const ledgers = {
    cloud: premises.word(words.cloudRevenue),
    products: premises.word(words.marketplaceRevenue),
    deferred: premises.word(words.deferredRevenue),
    unbilled: 'unbilled-receivable',
    deferredCost: premises.word(words.deferredCost),
    cost: premises.word(words.sellerCost),
    payable: premises.word(words.unbilledPayable),
    rounding: premises.word(words.rounding),
  }
  const isPrincipal = premises.policies['revenue.presentation'] === 'principal'
  const costAccount = isPrincipal ? ledgers.cost : ledgers.products
  const posted: Sums = new Map()
  const audited: Sums = new Map()
  const paid = new Set([words.cash, words.coupons, words.receivable, words.clearing])
  const judged = new Set<number>([
    words.cloudRevenue,
    words.marketplaceRevenue,
    words.deferredRevenue,
    words.deferredCost,
    words.sellerCost,
    words.unbilledPayable,
    words.rounding,
  ])

  /** Where the record's legs count: money on the day it moved, all else on the day it is about. */
  function post({ legs, at, repeats, hour, day, kind, order }: Transaction): void {
    const about = hour > 0 ? hour : premises.calendar.instantOf(day)
    for (const { ledger, amount } of legs) {
      const isPaid = paid.has(ledger)
      if (!isPaid && !judged.has(ledger)) continue
      const name = isPaid ? ledgers.unbilled : premises.word(ledger)
      months.each(about, repeats, (month, times) => {
        add(posted, month, name, amount, times)
        // L-02, L-06: judged by themselves, bill by bill and day by day of use.
        if (kind === words.sellerBill || (kind === words.sellerShare && order === 0))
          add(audited, month, name, amount, times)
      })
      if (isPaid) months.each(at, repeats, (month, times) => add(posted, month, name, -amount, times))
    }
  }

  /** Used in one month, drawn perhaps in another. */
  function use(ecs: bigint, image: bigint, hour: number, drawnAt: number): void {
    const [used, drawn] = [months.of(hour), months.of(drawnAt)]
    add(audited, used, ledgers.cloud, -ecs)
    add(audited, used, ledgers.products, -image)
    add(audited, used, ledgers.unbilled, ecs + image)
    add(audited, drawn, ledgers.unbilled, -ecs - image)
  }

  function earn(facts: AccountFacts, workings: Workings): void {
    for (const order of facts.orders) {
      const net = workings.priced(order.id)?.net ?? 0n
      const paidAt = order.steps.find(({ event }) => event === words.pay)?.at
      if (paidAt !== undefined && net > 0n) add(audited, months.of(paidAt), ledgers.deferred, -net)
      const refundedAt = workings.refundedAt(order.id)
      if (refundedAt !== undefined) add(audited, months.of(refundedAt), ledgers.deferred, net)
      for (const { day, amount, commission, cloud } of workings.earnings(order.id)) {
        const month = months.of(premises.calendar.instantOf(day))
        add(audited, month, ledgers.deferred, amount)
        if (cloud) add(audited, month, ledgers.cloud, -amount)
        else {
          add(audited, month, ledgers.products, isPrincipal ? -amount : -commission)
          add(audited, month, ledgers.cost, isPrincipal ? amount - commission : 0n)
          add(audited, month, ledgers.deferredCost, commission - amount)
        }
      }
      for (const { at, cost, deferred } of workings.shares(order.id)) {
        const month = months.of(at)
        add(audited, month, ledgers.payable, -cost)
        add(audited, month, ledgers.deferredCost, deferred)
        add(audited, month, costAccount, cost - deferred)
      }
      const returned = workings.returned(order.id)
      if (returned === undefined) continue
      const month = months.of(returned.at)
      add(audited, month, ledgers.deferred, returned.back - returned.tax)
      for (const { amount, cloud } of workings.takenBack(order.id)) {
        add(audited, month, ledgers.deferred, -amount)
        add(audited, month, cloud ? ledgers.cloud : ledgers.products, amount)
      }
    }
  }

  return {
    account(facts, workings) {
      for (const transaction of facts.transactions) post(transaction)
      const { owed, replay } = workings
      for (let index = owed.first; index <= owed.last; index++)
        if (owed.totalAt(index) !== 0n)
          use(owed.ecsAt(index), owed.imageAt(index), owed.hourAt(index), premises.settledAt(owed.hourAt(index)))
      for (const { ecs, image, hour, at } of replay.late) use(ecs, image, hour, at)
      for (const { month, at, amount } of replay.taxes.values()) {
        add(audited, months.of(premises.calendar.nextMonth(month) - 1), ledgers.unbilled, amount)
        add(audited, months.of(at), ledgers.unbilled, -amount)
      }
      for (const { month, at, posted: amount } of replay.roundings.values()) {
        const about = month === undefined ? at : premises.calendar.nextMonth(month) - 1
        add(audited, months.of(about), ledgers.rounding, amount)
        if (month === undefined) continue
        add(audited, months.of(about), ledgers.unbilled, -amount)
        add(audited, months.of(at), ledgers.unbilled, amount)
      }
      earn(facts, workings)
    },
    gathered: () => [posted, audited].map((sums) => new Map([...sums].map(([key, { value }]) => [key, value]))),
    join(gathered) {
      const later = gathered as readonly ReadonlyMap<string, bigint>[]
      for (const [index, sums] of [posted, audited].entries())
        for (const [key, value] of later[index]) {
          const sum = sums.get(key) ?? new ExactSum()
          sums.set(key, sum)
          sum.addSum(value)
        }
    },
    finish() {
      for (const ledger of Object.values(ledgers)) {
        let [left, right] = [0n, 0n]
        for (const [month, first] of months.firsts.entries()) {
          left += posted.get(`${month} ${ledger}`)?.value ?? 0n
          right += audited.get(`${month} ${ledger}`)?.value ?? 0n
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
