import type { Cell } from '../../cell/cell.ts'
import { Chapter } from '../../cell/chapter.ts'
import { Port } from '../../cell/port.ts'
import type { HourPrice, Row } from '../../cell/table.ts'
import { ranks } from '../../cell/timers.ts'
import type { Servers } from '../servers/servers.ts'
import { InterruptibleServers } from './interruptible-servers.ts'
import { spotPrice } from './spot-price.ts'

export const interruptibleTimers = { noticeEnds: ranks.expire } as const

/** Interruptible servers (E-11): cheaper, and taken back when a request at the full price finds too few units. */
export class Interruptible extends Chapter<keyof typeof interruptibleTimers> {
  readonly servers: Servers
  readonly live = new InterruptibleServers(this.places.length)
  readonly parts = { live: this.live }
  /** For its owner: a server was interrupted. */
  readonly interrupted = new Port<[instance: Row<'instances'>]>()

  constructor(at: Cell, servers: Servers) {
    super(at)
    this.servers = servers
  }

  /** Whether pay-per-use servers of an account are interruptible in a pool. */
  isInterruptible(account: Row<'accounts'>, pool: Row<'pools'>): boolean {
    return this.places[pool].plan.interruptible !== null && this.#segmentOf(account).interruptible
  }

  /** What an hour of a server of a pool costs an account, by the pool's own price. */
  hourFor(hourly: HourPrice, account: Row<'accounts'>, pool: Row<'pools'>): HourPrice {
    return this.isInterruptible(account, pool) ? spotPrice(hourly, this.live.percentOff[pool]) : hourly
  }

  priorityOf(account: Row<'accounts'>): number {
    return this.#segmentOf(account).priority
  }

  #segmentOf(account: Row<'accounts'>) {
    return this.world.scenario.buyers[this.accounts.segment[account]]
  }
}
