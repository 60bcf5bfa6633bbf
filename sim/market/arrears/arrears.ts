import type { Cell } from '../../cell/cell.ts'
import { Chapter } from '../../cell/chapter.ts'
import { Port } from '../../cell/port.ts'
import { instant, type Row, sideTable, state, timer } from '../../cell/table.ts'
import { ranks } from '../../cell/timers.ts'
import type { Freezes } from '../freezes/freezes.ts'
import type { Wallets } from '../wallets/wallets.ts'
import { standing } from './standing.ts'

/** How each account is, since when, and the timer of its next milestone. */
export const standingTable = (accounts: number) =>
  sideTable('standings', 'accounts', { state: state(standing), since: instant(), timer: timer() }, accounts)

export type StandingTable = ReturnType<typeof standingTable>

export const arrearsTimers = { standingMilestone: ranks.expire } as const

/** Arrears (A-01..A-06): what an account's debts do to it. */
export class Arrears extends Chapter<keyof typeof arrearsTimers> {
  readonly wallets: Wallets
  /** What an account is next to its standing (O-14). */
  readonly freezes: Freezes
  readonly balances
  readonly standings = this.byAccount(standingTable)
  readonly parts = { standings: this.standings }
  /** An account fell into arrears: its grace has begun. */
  readonly arrearsEntered = new Port<[account: Row<'accounts'>]>()
  /** Grace is over: what is pay-per-use is frozen. */
  readonly accountSuspended = new Port<[account: Row<'accounts'>]>()
  /** Nothing is due any more. */
  readonly accountRestored = new Port<[account: Row<'accounts'>]>()
  /** Retention is over: what was pay-per-use is deleted. */
  readonly accountReleased = new Port<[account: Row<'accounts'>]>()

  constructor(at: Cell, wallets: Wallets, freezes: Freezes) {
    super(at)
    this.wallets = wallets
    this.freezes = freezes
    this.balances = wallets.balances
  }

  /** O-10: an account in arrears orders, changes and starts nothing. */
  isInGoodStanding(account: Row<'accounts'>): boolean {
    return this.standings.state[account] === standing.state.good
  }
}
