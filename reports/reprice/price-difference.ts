/**
 * What the same history costs under two price lists or rule versions, line by line (shadow billing). Amounts are sums by account,
 * month, kind, product and rule; memory grows with these groups, and not with the lines.
 */
import type { Amount } from '#base/money.ts'

export type Side = 'old' | 'new'

/** What a line is about. Orders, use and refunds are charges; tax and rounding make what is paid of them. */
export type LineKind = 'ecs' | 'image' | 'usage' | 'tax' | 'rounding' | (string & {})

/** By what the lines of a group are equal. */
export interface GroupKey {
  readonly account: string
  /** Civil month of the bill, year x 12 + month - 1. */
  readonly month: number
  readonly kind: LineKind
  readonly product: string
  readonly rule: string
  /** Code of the currency. */
  readonly currency: string
}

/** A group of lines on both sides; amounts are whole 1e-8. */
export interface Group extends GroupKey {
  readonly lines: Readonly<Record<Side, number>>
  readonly old: Amount
  readonly new: Amount
}

/** A bill of one side; amounts are whole 1e-8. */
export interface PricedBill {
  readonly account: string
  readonly month: number
  readonly currency: string
  readonly charges: Amount
  readonly tax: Amount
  readonly payable: Amount
}

/** A sum that takes float64 while it is exact, since millions of lines are added. */
class Sum {
  #whole = 0n
  #part = 0
  lines = 0

  add(amount: number): void {
    const sum = this.#part + amount
    if (Number.isSafeInteger(sum)) this.#part = sum
    else {
      this.#whole += BigInt(this.#part)
      this.#part = amount
    }
    this.lines++
  }

  addAmount(amount: Amount, lines: number): void {
    this.#whole += amount
    this.lines += lines
  }

  get amount(): Amount {
    return this.#whole + BigInt(this.#part)
  }
}

interface Row extends GroupKey {
  readonly old: Sum
  readonly new: Sum
}

const textOrder = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

export class PriceDifference {
  readonly #rows = new Map<string, Row>()
  /** The row of each kind that was asked for last: nearly always the next line's. */
  readonly #latest = new Map<string, Row>()

  /** Adds a line whose amount is a whole number of 1e-8 that float64 holds. */
  add(side: Side, key: GroupKey, amount: number): void {
    const latest = this.#latest.get(key.kind)
    const row = latest !== undefined && isSame(latest, key) ? latest : this.#row(key)
    row[side].add(amount)
  }

  /** Adds what some lines come to, of any size. */
  addAmount(side: Side, key: GroupKey, amount: Amount, lines = 1): void {
    const latest = this.#latest.get(key.kind)
    const row = latest !== undefined && isSame(latest, key) ? latest : this.#row(key)
    row[side].addAmount(amount, lines)
  }

  /** What a bill adds to its lines: tax on the total (M-07), and the rounding to minor units (M-08). */
  addBill(side: Side, { account, month, currency, charges, tax, payable }: PricedBill): void {
    const added = { account, month, product: '', currency }
    if (tax !== 0n) this.addAmount(side, { ...added, kind: 'tax', rule: 'M-07' }, tax)
    const rounding = payable - charges - tax
    if (rounding !== 0n) this.addAmount(side, { ...added, kind: 'rounding', rule: 'M-08' }, rounding)
  }

  #row(key: GroupKey): Row {
    const { account, month, kind, product, rule, currency } = key
    const text = JSON.stringify([account, month, kind, product, rule, currency])
    let row = this.#rows.get(text)
    if (row === undefined) {
      row = { account, month, kind, product, rule, currency, old: new Sum(), new: new Sum() }
      this.#rows.set(text, row)
    }
    this.#latest.set(kind, row)
    return row
  }

  /** All groups in the order of currency, account, month, kind, product, rule. */
  groups(): Group[] {
    return [...this.#rows.values()]
      .sort(
        (a, b) =>
          textOrder(a.currency, b.currency) ||
          textOrder(a.account, b.account) ||
          a.month - b.month ||
          textOrder(a.kind, b.kind) ||
          textOrder(a.product, b.product) ||
          textOrder(a.rule, b.rule),
      )
      .map(({ old, new: now, ...key }) => ({
        ...key,
        lines: { old: old.lines, new: now.lines },
        old: old.amount,
        new: now.amount,
      }))
  }
}

const isSame = (row: Row, { account, month, product, rule, currency }: GroupKey): boolean =>
  row.account === account &&
  row.month === month &&
  row.product === product &&
  row.rule === rule &&
  row.currency === currency

/** Both sides of something, whole 1e-8; `difference` is new less old. */
export interface Change {
  readonly currency: string
  readonly old: Amount
  readonly new: Amount
  readonly difference: Amount
}

/** The groups added up by a part of their keys and by currency, in the order in which they come first. */
export function sumsBy<T>(
  groups: readonly Group[],
  keyOf: (group: Group) => string,
  about: (group: Group) => T,
): (T & Change)[] {
  const sums = new Map<string, { about: T; currency: string; old: Amount; new: Amount }>()
  for (const group of groups) {
    const key = JSON.stringify([group.currency, keyOf(group)])
    const sum = sums.get(key) ?? { about: about(group), currency: group.currency, old: 0n, new: 0n }
    sum.old += group.old
    sum.new += group.new
    sums.set(key, sum)
  }
  return [...sums.values()].map(({ about: part, ...sum }) => ({ ...part, ...sum, difference: sum.new - sum.old }))
}

/** What everything comes to in each currency. */
export const totalsOf = (groups: readonly Group[]): Change[] =>
  sumsBy(
    groups,
    () => '',
    () => ({}),
  )

export interface AccountChange extends Change {
  readonly account: string
}

export const byAccount = (groups: readonly Group[]): AccountChange[] =>
  sumsBy(
    groups,
    ({ account }) => account,
    ({ account }) => ({ account }),
  )

export interface Movers {
  /** Those who pay less, the most first. */
  readonly winners: readonly AccountChange[]
  /** Those who pay more, the most first. */
  readonly losers: readonly AccountChange[]
  readonly unchanged: number
}

/** Accounts by what the new prices mean to them. */
export function moversOf(accounts: readonly AccountChange[]): Movers {
  const size = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0)
  const winners = accounts.filter(({ difference }) => difference < 0n)
  const losers = accounts.filter(({ difference }) => difference > 0n)
  return {
    winners: winners.sort((a, b) => size(a.difference, b.difference) || textOrder(a.account, b.account)),
    losers: losers.sort((a, b) => size(b.difference, a.difference) || textOrder(a.account, b.account)),
    unchanged: accounts.length - winners.length - losers.length,
  }
}
