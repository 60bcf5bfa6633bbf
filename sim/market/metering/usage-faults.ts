/**
 * Usage records on their way from the meter to the settlement (U-09), where some may come twice, late or changed. A record
 * is taken once; the same again is dropped, another quantity is reported, and so is what comes after the window. What comes
 * within the window, but is drawn when the bill of its month is final, is a correction on the next bill (I-04).
 */

import { startOfHour } from '#base/civil-time.ts'
import { DAY, HOUR, type Instant } from '#base/time.ts'
import { billFinalAt } from '../../billing/final-bill.ts'
import { type Reception, UsageInbox } from '../../billing/metering/usage-inbox.ts'
import {
  code,
  flag,
  hourMoney,
  id,
  instant,
  number,
  numberOfSome,
  type Row,
  row,
  seconds,
  table,
} from '../../cell/table.ts'
import { ranks, type Timers } from '../../cell/timers.ts'
import { sellLate } from '../sellers/month-sales.ts'
import type { Sellers } from '../sellers/sellers.ts'
import type { Wallets } from '../wallets/wallets.ts'
import { addOwed, type HourOwed } from './hour-owed.ts'
import { LateCharges } from './late-charges.ts'
import type { Metered } from './usage-lines.ts'
import { owedAs, type UsageRecord, usageItems } from './usage-record.ts'

/** A record that is on its way until `due`; `clockHour` is the hour with which it is charged. */
export const deliveryTable = () =>
  table('deliveries', {
    id: id('instances'),
    account: row('accounts'),
    item: code(usageItems),
    key: number('keys'),
    priced: numberOfSome('pools or specifications'),
    hour: instant(),
    clockHour: instant(),
    seconds: seconds(),
    amount: hourMoney(),
    due: instant(),
    isCopy: flag(),
  })

export const intakeTimers = { usageArrives: ranks.closeHour } as const

/** The hours that are not settled yet. */
interface OpenHours {
  /** Start of the clock hour that is being metered. */
  readonly hourStart: Instant
  /** What a closed clock hour owes, while it is not settled. */
  unsettled(hour: number): HourOwed | undefined
}

/** Who a record is about, and who is charged for it. */
interface Collaborators {
  readonly servers: Metered
  readonly sellers: Sellers
  readonly wallets: Wallets
  readonly meter: OpenHours
}

export class UsageIntake {
  readonly late: LateCharges
  readonly #market: Metered
  readonly #sellers: Sellers
  readonly #meter: OpenHours
  readonly #timers: Timers<keyof typeof intakeTimers>
  readonly #inbox: UsageInbox
  readonly #deliveries = deliveryTable()

  constructor({ servers, sellers, wallets, meter }: Collaborators) {
    this.#market = servers
    this.#sellers = sellers
    this.#meter = meter
    this.#timers = servers.at.clock
    const { policies } = servers
    // A record that contradicts another comes up to two delays after its hour.
    const longest = policies['usage.late'] === 'reject' ? undefined : 2 * policies['usage.faults'].maxDelay + DAY
    this.#inbox = new UsageInbox(policies, longest)
    this.late = new LateCharges(wallets)
  }

  /** A record arrives with the closing of its hour, as it should. */
  take(record: UsageRecord): void {
    const delivery = this.#pack(record, record.seconds)
    this.#receive(delivery, true)
    this.#deliveries.remove(delivery)
  }

  /** A record, or a copy of one that was sent before, which says `seconds`, will arrive after `delay`, ms. */
  send(record: UsageRecord, seconds: number, delay: number, isCopy: boolean): void {
    const { now } = this.#market
    const row = this.#pack(record, seconds)
    this.#deliveries.due[row] = now + delay
    this.#deliveries.isCopy[row] = isCopy ? 1 : 0
    // Entities from 1 on: at one instant a delivery comes after the hour has been closed.
    this.#timers.wake('usageArrives', now + delay, row + 1)
  }

  arrives(entity: number): void {
    this.#receive(entity - 1, false)
    this.#deliveries.remove(entity - 1)
  }

  /** The books close: whatever is on its way is taken now, in the order in which it would have come. */
  takeAll(): void {
    const { id, due, rows } = this.#deliveries
    const onTheWay = Array.from({ length: rows }, (_, row) => row).filter((row) => id[row] > 0)
    for (const row of onTheWay.sort((a, b) => due[a] - due[b] || a - b)) this.arrives(row + 1)
  }

  /** Forgets what can no longer come. */
  forgetBefore(): void {
    const { now, policies } = this.#market
    this.#inbox.forgetBefore(now)
    this.late.forgetBefore(now - policies['usage.lateWindow'] - policies['usage.faults'].maxDelay - 2 * DAY)
  }

  #pack(record: UsageRecord, seconds: number): Row<'deliveries'> {
    const { instances } = this.#market
    const row = this.#deliveries.add()
    this.#deliveries.id[row] = instances.id[record.instance]
    this.#deliveries.account[row] = instances.account[record.instance]
    this.#deliveries.item[row] = usageItems.indexOf(record.item)
    this.#deliveries.key[row] = record.key
    this.#deliveries.priced[row] = record.priced
    this.#deliveries.hour[row] = record.hour
    this.#deliveries.clockHour[row] = this.#meter.hourStart
    this.#deliveries.seconds[row] = seconds
    this.#deliveries.amount[row] = record.amount
    return row
  }

  #receive(row: Row<'deliveries'>, isPunctual: boolean): void {
    const { id, key, hour, clockHour, seconds, account, priced, amount } = this.#deliveries
    const received = this.#inbox.receive(id[row], key[row], hour[row], seconds[row], this.#market.now)
    const outcome = received === 'accepted' && this.#isBilled(clockHour[row]) ? 'correction' : received
    if (!isPunctual || outcome !== 'accepted') this.#write(row, outcome)
    const isCorrection = outcome === 'correction'
    if (outcome !== 'accepted' && !isCorrection) return
    const item = owedAs(usageItems[this.#deliveries.item[row]])
    const owed = isCorrection ? undefined : this.#meter.unsettled(clockHour[row])
    if (owed === undefined) this.late.add(account[row], clockHour[row], item, amount[row], isCorrection)
    else addOwed(owed[item], account[row], amount[row])
    if (item !== 'image') return
    if (owed === undefined)
      sellLate(
        this.#sellers,
        priced[row],
        clockHour[row],
        BigInt(amount[row]),
        isCorrection ? this.#drawnAt : undefined,
      )
    else addOwed(owed.sold, priced[row] - 1, amount[row])
  }

  /** I-04: whether what a clock hour owes will be drawn after the bill of the month in which it was settled is final. */
  #isBilled(clockHour: number): boolean {
    if (this.#meter.unsettled(clockHour) !== undefined) return false
    const { world, policies } = this.#market
    const { end } = world.scenario
    const lag = policies['settlement.lag']
    const final = billFinalAt(Math.min(clockHour + HOUR + lag, end - 1), policies['time.utcOffset'])
    // The bills that are due as the run ends are provisional.
    return final <= this.#drawnAt && final < end
  }

  /** When is drawn what comes late now: at the next settlement, or as the run ends. */
  get #drawnAt(): Instant {
    const { now, world, policies } = this.#market
    const { start, end } = world.scenario
    const first = startOfHour(start, policies['time.utcOffset']) + HOUR + policies['settlement.lag']
    return Math.min(end, first + Math.max(0, Math.ceil((now - first) / HOUR)) * HOUR)
  }

  #write(row: Row<'deliveries'>, outcome: Reception): void {
    const { accounts, facts, now } = this.#market
    const { id, account, item, priced, hour, seconds, amount } = this.#deliveries
    facts.usage_faults({
      instance_id: id[row],
      account: accounts.id[account[row]],
      item: this.#market.word(usageItems[item[row]]),
      priced: priced[row],
      hour: hour[row],
      at: now,
      seconds: seconds[row],
      amount: amount[row],
      copy: this.#deliveries.isCopy[row],
      outcome: this.#market.word(outcome),
      rule: this.#market.word('U-09'),
    })
  }

  save() {
    return { inbox: this.#inbox.save(), deliveries: this.#deliveries.save(), late: this.late.save() }
  }

  restore(state: ReturnType<UsageIntake['save']>): void {
    this.#inbox.restore(state.inbox)
    this.#deliveries.restore(state.deliveries)
    this.late.restore(state.late)
  }
}
