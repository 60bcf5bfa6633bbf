/** Clock hours (U-08, A-01): closed as they end, and a lag later what they owe is drawn from each account. */
import { monthOf, startOfMonth } from '#base/civil-time.ts'
import { HOUR } from '#base/time.ts'
import { closeHostHour } from '../hosts/use.ts'
import type { ClosedMonth } from '../invoices/closed-months.ts'
import { sellHour } from '../sellers/month-sales.ts'
import { closePoolHour } from '../servers/pools.ts'
import { chargeHours } from '../wallets/usage-run.ts'
import type { HourOwed } from './hour-owed.ts'
import type { Metering } from './metering.ts'

/** Draws one closed hour from all accounts. */
function settleHour(market: Metering, owed: HourOwed): void {
  chargeHours(market.wallets, owed)
  sellHour(market.sellers, owed.hour, owed.sold)
}

/** The clock hour is over: what pools and instances were in it is written, and it will be settled after the lag. */
export function closeHour(market: Metering): void {
  const { meter, servers, timers, world, now } = market
  closePoolHour(servers, meter.hourStart)
  if (servers.hostChapter.plans.length > 0) closeHostHour(servers.hostChapter, meter.hourStart)
  meter.closeHour(now)
  timers.wake('hourSettles', now + world.policies['settlement.lag'], 0)
  timers.wake('hourCloses', now + HOUR, 0)
}

/** Settles the hour that was closed longest ago; false when none is left. */
export function settleNext(market: Metering): boolean {
  const { meter, intake } = market
  const owed = meter.takeClosed()
  if (owed === undefined) return false
  settleHour(market, owed)
  if (intake !== null) {
    // What came too late for its own hour (U-09).
    intake.late.settled(owed)
    intake.late.settle((hour) => closedMonth(market, hour))
    intake.forgetBefore()
  }
  meter.recycle(owed)
  return true
}

/** The closed month with whose bill a clock hour was settled in time; undefined for the current one, or a final bill. */
function closedMonth({ invoices, world }: Metering, hour: number): ClosedMonth | undefined {
  const { policies } = world
  const offset = policies['time.utcOffset']
  const month = startOfMonth(monthOf(hour + HOUR + policies['settlement.lag'], offset), offset)
  return invoices.months.all.find((closed) => closed.month === month)
}

/** The run ends: the meter reads a last time, and what it read is settled immediately (the lag of U-08 is waived). */
export function settleAll(market: Metering): void {
  const { meter, servers, intake } = market
  closePoolHour(servers, meter.hourStart)
  if (servers.hostChapter.plans.length > 0) closeHostHour(servers.hostChapter, meter.hourStart)
  intake?.takeAll()
  // What is read now is taken now.
  if (intake !== null) meter.collector = (record) => intake.take(record)
  meter.finish(market.now)
  while (settleNext(market));
}
