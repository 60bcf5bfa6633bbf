/**
 * How bills are paid before anything is invoiced (O-05): one cash coupon, then prepaid balances in the order in which they expire, then
 * what a balance may be overdrawn by. Tax is that of the bill: a coupon or a balance pays it like any other part.
 */
import { monthOf } from '#base/civil-time.ts'
import type { Currency } from '#scenarios/currencies.ts'
import type { CashCoupon, PrepaidBalance } from './prepaid-fields.ts'
import type { UsageBill, UsageLine } from './usage-line.ts'

export type PrepaidMovementKind =
  | 'bought'
  | 'coupon'
  | 'drawn'
  | 'overdrawn'
  | 'repaid'
  | 'due'
  | 'refunded'
  | 'expired'

/** What changed a balance, or paid a bill; amounts are above 0, whole 1e-8. */
export interface PrepaidMovement {
  readonly account: string
  readonly month: number
  readonly currency: Currency
  /** Of the balance or the coupon. */
  readonly name: string
  readonly kind: PrepaidMovementKind
  readonly amount: bigint
  /** Of the balance afterwards; 0 of a coupon. */
  readonly balance: bigint
  /** Of a refund: what is paid back, where the balance cost less than it was worth. */
  readonly paid?: bigint
}

/** A bill with what paid it; all in whole 1e-8. */
export interface PaidBill extends UsageBill {
  readonly coupon: bigint
  /** Balances before anything of the month, and after all of it. */
  readonly opening: bigint
  readonly bought: bigint
  /** Paid by balances, what they were overdrawn by included. */
  readonly drawn: bigint
  readonly refunded: bigint
  readonly expired: bigint
  /** Overdrafts of balances that ended, which are invoiced. */
  readonly due: bigint
  readonly closing: bigint
  /** Payable less what was paid, and what is due. */
  readonly invoiced: bigint
}

interface Held {
  readonly of: PrepaidBalance
  balance: bigint
  isOver: boolean
}

const keyOf = (account: string, code: string): string => JSON.stringify([account, code])
const least = (...values: readonly bigint[]): bigint => values.reduce((a, b) => (b < a ? b : a))

/**
 * Pays bills, account by account and month by month. `end`: an instant in the last month; balances that end later are still there.
 * `bills` are all of the log, as a balance depends on every bill before. Months in which a balance changes without a bill have one of 0.
 */
export function paidBills(
  bills: readonly UsageBill[],
  lines: readonly UsageLine[],
  {
    prepaid,
    cashCoupons,
  }: { readonly prepaid: readonly PrepaidBalance[]; readonly cashCoupons: readonly CashCoupon[] },
  end: number,
  utcOffset: number,
): { readonly bills: PaidBill[]; readonly movements: PrepaidMovement[] } {
  const ended = Number.isFinite(end) ? monthOf(end, utcOffset) : Number.NEGATIVE_INFINITY
  const last = bills.reduce((most, { month }) => Math.max(most, month), ended)
  const accounts = new Map<string, { account: string; currency: Currency; bills: Map<number, UsageBill> }>()
  const entryOf = (account: string, currency: Currency) => {
    const key = keyOf(account, currency.code)
    const known = accounts.get(key) ?? { account, currency, bills: new Map() }
    accounts.set(key, known)
    return known
  }
  for (const bill of bills) entryOf(bill.account, bill.currency).bills.set(bill.month, bill)
  for (const { account, currency } of prepaid) entryOf(account, currency)
  const charged = chargesOf(lines)
  const paid: PaidBill[] = []
  const movements: PrepaidMovement[] = []
  for (const [key, entry] of [...accounts].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const own = <T extends { readonly account: string; readonly currency: Currency }>(all: readonly T[]): T[] =>
      all.filter(({ account, currency }) => keyOf(account, currency.code) === key)
    const payer = new Payer(entry.account, entry.currency, own(prepaid), own(cashCoupons))
    const months = new Set([...entry.bills.keys(), ...payer.months.filter((month) => month <= last)])
    for (const month of [...months].sort((a, b) => a - b)) {
      const bill = entry.bills.get(month)
      const made = payer.pay(month, bill, charged.get(JSON.stringify([entry.account, month, entry.currency.code])))
      if (made !== undefined) paid.push(made)
    }
    movements.push(...payer.movements)
  }
  return { bills: paid, movements }
}

type Charges = ReadonlyMap<string, bigint>

/** What each metric and offer comes to on each bill. */
function chargesOf(lines: readonly UsageLine[]): ReadonlyMap<string, Charges> {
  const found = new Map<string, Map<string, bigint>>()
  for (const { account, bill, currency, metric, amount } of lines) {
    const key = JSON.stringify([account, bill, currency.code])
    const sums = found.get(key) ?? new Map<string, bigint>()
    sums.set(metric, (sums.get(metric) ?? 0n) + amount)
    found.set(key, sums)
  }
  return found
}

const NONE: Charges = new Map()

/** What is left to pay of a bill, in all and by metric. A balance of certain metrics pays no more than they are charged. */
class Payable {
  left: bigint
  readonly #charges: Map<string, bigint>

  constructor(payable: bigint, charges: Charges) {
    this.left = payable > 0n ? payable : 0n
    this.#charges = new Map(charges)
  }

  /** What something of these metrics can still pay. */
  of(metrics: ReadonlySet<string> | undefined): bigint {
    if (metrics === undefined) return this.left
    let sum = 0n
    for (const name of metrics) sum += this.#charges.get(name) ?? 0n
    return sum > 0n ? least(sum, this.left) : 0n
  }

  pay(amount: bigint, metrics: ReadonlySet<string> | undefined): void {
    this.left -= amount
    let rest = amount
    for (const name of metrics ?? []) {
      const charge = this.#charges.get(name) ?? 0n
      const part = charge > 0n ? least(charge, rest) : 0n
      this.#charges.set(name, charge - part)
      rest -= part
    }
  }
}

class Payer {
  readonly movements: PrepaidMovement[] = []
  readonly #account: string
  readonly #currency: Currency
  /** In the order in which they expire; of two, the one that was bought first. */
  readonly #held: readonly Held[]
  readonly #coupons: CashCoupon[]
  #balance = 0n

  constructor(
    account: string,
    currency: Currency,
    balances: readonly PrepaidBalance[],
    coupons: readonly CashCoupon[],
  ) {
    this.#account = account
    this.#currency = currency
    this.#held = balances
      .toSorted((a, b) => a.until - b.until || a.from - b.from || a.index - b.index)
      .map((of) => ({ of, balance: 0n, isOver: false }))
    this.#coupons = coupons.toSorted((a, b) => a.until - b.until || (a.off > b.off ? -1 : 1) || a.index - b.index)
  }

  /** Months in which balances change by themselves. */
  get months(): number[] {
    return this.#held.flatMap(({ of }) => [of.from, of.until, ...(of.refunded === undefined ? [] : [of.refunded])])
  }

  #move(
    month: number,
    name: string,
    kind: PrepaidMovementKind,
    amount: bigint,
    balance: bigint,
    paid?: bigint,
  ): bigint {
    const { movements } = this
    const common = { account: this.#account, month, currency: this.#currency, name, kind, amount, balance }
    if (amount !== 0n) movements.push(paid === undefined ? common : { ...common, paid })
    return amount
  }

  pay(month: number, bill: UsageBill | undefined, charges: Charges = NONE): PaidBill | undefined {
    const opening = this.#balance
    const before = this.movements.length
    const { refunded, expired, due } = this.#end(month)
    const bought = this.#begin(month)
    const payable = new Payable(bill?.payable ?? 0n, charges)
    const coupon = this.#useCoupon(month, payable)
    const drawn = this.#draw(month, payable)
    this.#balance = opening + bought - drawn - refunded - expired + due
    if (bill === undefined && this.movements.length === before) return undefined
    const whole = bill ?? {
      ...{ account: this.#account, month, currency: this.#currency, lines: 0, charges: 0n, tax: 0n, payable: 0n },
    }
    const invoiced = whole.payable - coupon - drawn + due
    return { ...whole, coupon, opening, bought, drawn, refunded, expired, due, closing: this.#balance, invoiced }
  }

  /** What ends with the month before: it is refunded, or lost; what was overdrawn is due. */
  #end(month: number): { refunded: bigint; expired: bigint; due: bigint } {
    let [refunded, expired, due] = [0n, 0n, 0n]
    for (const held of this.#held) {
      const { name, amount, price, from, until } = held.of
      if (held.isOver || from >= month || month < (held.of.refunded ?? until)) continue
      const left = held.balance
      held.isOver = true
      held.balance = 0n
      if (left < 0n) due += this.#move(month, name, 'due', -left, 0n)
      else if (held.of.refunded === undefined) expired += this.#move(month, name, 'expired', left, 0n)
      else refunded += this.#move(month, name, 'refunded', left, 0n, (left * price) / amount)
    }
    return { refunded, expired, due }
  }

  /** What is bought repays first what other balances are overdrawn by. */
  #begin(month: number): bigint {
    let bought = 0n
    for (const held of this.#held) {
      if (held.of.from !== month) continue
      held.balance = held.of.amount
      bought += this.#move(month, held.of.name, 'bought', held.of.amount, held.balance)
      for (const other of this.#held) {
        if (other.isOver || other.balance >= 0n || other === held) continue
        const part = least(-other.balance, held.balance)
        other.balance += part
        held.balance -= part
        this.#move(month, other.of.name, 'repaid', part, other.balance)
      }
    }
    return bought
  }

  /** O-05: one, which is used up. */
  #useCoupon(month: number, payable: Payable): bigint {
    const place = this.#coupons.findIndex(
      ({ from, until, of, least: atLeast }) =>
        from <= month && month < until && payable.of(of) > 0n && payable.of(of) >= atLeast,
    )
    if (place < 0) return 0n
    const [{ name, off, of }] = this.#coupons.splice(place, 1)
    const part = least(off, payable.of(of))
    payable.pay(part, of)
    return this.#move(month, name, 'coupon', part, 0n)
  }

  #draw(month: number, payable: Payable): bigint {
    let drawn = 0n
    const running = this.#held.filter(({ of, isOver }) => !isOver && of.from <= month)
    for (const kind of ['drawn', 'overdrawn'] as const)
      for (const held of running) {
        const { name, of, overdraft } = held.of
        // Below 0 only once it is used up.
        const room = kind === 'drawn' ? held.balance : held.balance > 0n ? 0n : held.balance + overdraft
        if (room <= 0n) continue
        const part = least(room, payable.of(of))
        if (part === 0n) continue
        held.balance -= part
        payable.pay(part, of)
        drawn += this.#move(month, name, kind, part, held.balance)
      }
    return drawn
  }
}
