import { Chapter } from '../../cell/chapter.ts'
import { lifecycle } from '../../cell/lifecycle.ts'
import { Port } from '../../cell/port.ts'
import { count, type Row, sideTable, state } from '../../cell/table.ts'
import { ranks } from '../../cell/timers.ts'

/** O-14, N-07: what an account is, next to its standing: free, frozen for a violation, or frozen for legal reasons. */
export const accountFreeze = lifecycle('account freeze', {
  free: { freeze: 'frozen', freezeLegally: 'frozen-legally', unfreeze: null },
  frozen: { freeze: null, freezeLegally: 'frozen-legally', unfreeze: 'free' },
  // A legal freeze is the stronger one: a violation shows again when it is over.
  'frozen-legally': { freeze: 'frozen', freezeLegally: null, unfreeze: 'free' },
})

/** Whether each account is frozen, and how many freezes of each reason are in force. */
export const freezeTable = (accounts: number) =>
  sideTable('freezes', 'accounts', { state: state(accountFreeze), violation: count(), legal: count() }, accounts)

export const freezeTimers = { freezeEnds: ranks.expire } as const

/** Freezes of accounts (O-14, N-07): no orders, suspended servers, no charges. */
export class Freezes extends Chapter<keyof typeof freezeTimers> {
  readonly freezes = this.byAccount(freezeTable)
  readonly parts = { freezes: this.freezes }
  /** An account was free until now. */
  readonly accountFrozen = new Port<[account: Row<'accounts'>]>()
  /** No freeze of an account is in force any more. */
  readonly accountUnfrozen = new Port<[account: Row<'accounts'>]>()

  isFrozen(account: Row<'accounts'>): boolean {
    return this.freezes.state[account] !== accountFreeze.state.free
  }

  /** N-07: nothing is unsubscribed then. */
  isFrozenLegally(account: Row<'accounts'>): boolean {
    return this.freezes.state[account] === accountFreeze.state['frozen-legally']
  }
}
