/**
 * Charges of usage records that came after their hour was settled (U-09): drawn with the next settlement, on the bill of
 * the month in which their hour was settled, as long as that is not final. So bills do not depend on when records came.
 * What came after the window is, by `usage.late = next-bill`, a correction on the next bill, which names the hour (I-04).
 */

import type { Row } from '../../cell/table.ts'
import type { ClosedMonth } from '../invoices/closed-months.ts'
import { bookSettlement, drawCharge, drawn, postCharge } from '../wallets/usage-run.ts'
import type { Wallets } from '../wallets/wallets.ts'
import type { HourOwed } from './hour-owed.ts'

/** What an account still owes for a clock hour, whole 1e-8 units. */
export interface LateCharge {
  readonly account: Row<'accounts'>
  readonly hour: number
  /** I-04: its record came after the window, so that it is a line of the next bill. */
  readonly isCorrection: boolean
  ecs: bigint
  image: bigint
}

export class LateCharges {
  readonly #market: Wallets
  #owed: LateCharge[] = []
  /** Accounts that have a line on a bill for a clock hour. */
  #billed = new Map<number, Uint8Array>()

  constructor(market: Wallets) {
    this.#market = market
  }

  add(account: Row<'accounts'>, hour: number, item: 'ecs' | 'image', amount: number, isCorrection = false): void {
    let charge = this.#owed.find(
      (other) => other.account === account && other.hour === hour && other.isCorrection === isCorrection,
    )
    if (charge === undefined) this.#owed.push((charge = { account, hour, isCorrection, ecs: 0n, image: 0n }))
    charge[item] += BigInt(amount)
  }

  /** An hour was settled in time: accounts with a charge have a line. */
  settled(owed: HourOwed): void {
    this.#billed.set(
      owed.hour,
      Uint8Array.from({ length: owed.ecs.length }, (_, account) =>
        owed.ecs[account] > 0 || owed.image[account] > 0 ? 1 : 0,
      ),
    )
  }

  /** Forgets the hours of which no record can be taken any more. */
  forgetBefore(before: number): void {
    for (const hour of this.#billed.keys()) if (hour < before) this.#billed.delete(hour)
  }

  /** Draws what has gathered. `monthOf` is the closed month whose bill an hour belongs to; undefined for the current one. */
  settle(monthOf: (hour: number) => ClosedMonth | undefined): void {
    const charges = this.#owed.sort(
      (a, b) => a.account - b.account || a.hour - b.hour || Number(a.isCorrection) - Number(b.isCorrection),
    )
    this.#owed = []
    for (const charge of charges) {
      // A free hour is no charge, as it is none in time.
      if (charge.ecs + charge.image === 0n) continue
      if (charge.isCorrection) this.#correct(charge)
      else this.#bill(charge, monthOf(charge.hour))
      draw(this.#market, charge)
    }
  }

  /** I-04: a line of its own on the bill of the running month. */
  #correct({ account, ecs, image }: LateCharge): void {
    const { balances } = this.#market
    balances.monthCharges.add(account, ecs + image)
    balances.monthLines[account]++
  }

  #bill({ account, hour, ecs, image }: LateCharge, closed: ClosedMonth | undefined): void {
    const { accounts, balances } = this.#market
    const billed = this.#billed.get(hour) ?? new Uint8Array(accounts.rows)
    const line = billed[account] === 1 ? 0 : 1
    billed[account] = 1
    this.#billed.set(hour, billed)
    if (closed === undefined) {
      balances.monthCharges.add(account, ecs + image)
      balances.monthLines[account] += line
      return
    }
    closed.charges[account] += ecs + image
    closed.lines[account] += line
  }

  save() {
    return { owed: this.#owed.map((charge) => ({ ...charge })), billed: [...this.#billed] }
  }

  restore(state: ReturnType<LateCharges['save']>): void {
    this.#owed = state.owed.map((charge) => ({ ...charge }))
    this.#billed = new Map(state.billed.map(([hour, accounts]) => [hour, accounts.slice()]))
  }
}

/** Drawn as an hour in time is, in a transaction of its own. */
function draw(market: Wallets, { account, hour, ecs, image, isCorrection }: LateCharge): void {
  const { accounts, ledger, now } = market
  // The hours before it are in the books first.
  bookSettlement(market, account)
  const { coupon, cash } = drawn(market, account, ecs + image)
  const rule = market.word(isCorrection ? 'I-04' : 'U-09')
  const movement = { at: now, about: hour, account: accounts.id[account], order: 0, hour, repeats: 1, rule }
  ledger.begin({ ...movement, kind: 'late-usage' })
  postCharge(market, account, { ecs, image, coupon, cash, rest: ecs + image - coupon - cash })
  ledger.close()
  drawCharge(market, account, ecs + image)
}
