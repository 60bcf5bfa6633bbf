import { startOfHour } from '#base/civil-time.ts'
import type { Cell } from '../../cell/cell.ts'
import { Chapter } from '../../cell/chapter.ts'
import type { Parts } from '../../cell/parts.ts'
import { ranks } from '../../cell/timers.ts'
import type { Invoices } from '../invoices/invoices.ts'
import type { Sellers } from '../sellers/sellers.ts'
import type { Servers } from '../servers/servers.ts'
import type { Wallets } from '../wallets/wallets.ts'
import { Meter } from './meter.ts'
import { UsageIntake } from './usage-faults.ts'

export const meteringTimers = { hourCloses: ranks.closeHour, hourSettles: ranks.settle } as const

/** Metering (U): what each hour of each server and image costs, and its settlement. */
export class Metering extends Chapter<keyof typeof meteringTimers> {
  readonly wallets: Wallets
  readonly sellers: Sellers
  readonly invoices: Invoices
  readonly servers: Servers
  readonly meter: Meter
  /** U-09: is between meter and settlement where usage records can go astray. */
  readonly intake: UsageIntake | null
  readonly parts: Parts

  constructor(at: Cell, wallets: Wallets, sellers: Sellers, invoices: Invoices, servers: Servers, isFaulty: boolean) {
    super(at)
    this.wallets = wallets
    this.sellers = sellers
    this.invoices = invoices
    this.servers = servers
    const { scenario, policies } = this.world
    this.meter = new Meter(servers, startOfHour(scenario.start, policies['time.utcOffset']))
    this.intake = isFaulty ? new UsageIntake(this) : null
    this.parts = { meter: this.meter, ...(this.intake === null ? {} : { intake: this.intake }) }
  }
}
