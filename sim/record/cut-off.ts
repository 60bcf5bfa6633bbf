/**
 * M-09 in SQL: which part of the books belongs to which civil days. The record keeps a transaction once; this says on
 * which day each of its legs counts. What a buyer pays with (cash, coupons, credit or debt, a reseller's account) moves
 * on the day the transaction was made; everything else belongs to the day the transaction is about, however late it was
 * booked. Between the two days the amount is `unbilled-receivable`. What is made as the run ends counts on its last day.
 *
 * The fragments read `t` (`transactions`), `p` (`postings`) and, where days of a term count, `r` (`recognitions` or null).
 */
import { HOUR } from '#base/time.ts'
import type { LedgerAccount } from './ledger-accounts.ts'

const DAY = 24 * HOUR

/** Ledger accounts whose legs count on the day the transaction was made. */
export const paidLedgers = [
  'buyer-cash',
  'buyer-coupons',
  'buyer-receivable',
  'payment-clearing',
] as const satisfies readonly LedgerAccount[]

/** SQL of the offset of civil time and of the end of the run, both in ms. */
export interface RunClock {
  readonly offset: string
  readonly end: string
}

/** A query that has the table `run(utc_offset, "end")` in it. */
export const ofRun: RunClock = { offset: 'utc_offset', end: '"end"' }

/** A view, which has to ask `meta`. */
export const ofMeta: RunClock = {
  offset: `(SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'utcOffset')`,
  end: `(SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'end')`,
}

/** The number of the civil day in which an instant is, and the first instant of a day. */
export const dayNumber = (instant: string, { offset }: RunClock): string => `((${instant}) + ${offset}) / ${DAY}`
export const startOfDay = (day: string, { offset }: RunClock): string => `((${day}) * ${DAY} - ${offset})`

/** The ledger accounts of `paidLedgers` as numbers of the record's words. */
export const paidLedgerNumbers = `(SELECT id FROM words WHERE word IN (${paidLedgers.map((name) => `'${name}'`).join(', ')}))`
/** Whether a leg is of what a buyer pays with. */
export const isPaid = `p.ledger IN ${paidLedgerNumbers}`

/** Repetitions that are before an instant; the first is at `first`. */
const repeatsBefore = (first: string, instant: string): string =>
  `max(0, min(t.repeats, (${instant} - ${first} + ${HOUR - 1}) / ${HOUR}))`

/** Repetitions of a transaction that were made before an instant; all of them where it is the end of the run. */
export const madeBefore = (instant: string, { end }: RunClock): string =>
  `(CASE WHEN ${instant} >= ${end} THEN t.repeats ELSE ${repeatsBefore('t.at', instant)} END)`

/** Repetitions of a transaction that are about days before the first instant of a day. */
export const aboutBefore = (instant: string, clock: RunClock): string =>
  `(CASE WHEN t.hour > 0 THEN ${repeatsBefore('t.hour', instant)} ELSE t.repeats * (${startOfDay('t.day', clock)} < ${instant}) END)`

/** Repetitions of a leg that count before the first instant of a day; a term's days count as one. */
export const timesBefore = (instant: string, clock: RunClock): string =>
  `(CASE WHEN ${isPaid} THEN ${madeBefore(instant, clock)} ELSE ${aboutBefore(instant, clock)} END)`

/** A leg's amount, and an amount of a recognition times `days` / `r.days`, truncated: as one of the parts of `wide.ts`. */
interface AmountSql {
  readonly leg: string
  readonly earned: (amount: string, days: string) => string
}

const unitsOf = (amount: string): string => `(${amount}_high * 10000000000 + ${amount} / 100000000)`

/** Whole units of currency, and the 1e-8 next to them, so that neither a product nor a sum overflows. */
export const amountParts = {
  units: {
    leg: unitsOf('p.amount'),
    earned: (amount, days) => `(${unitsOf(amount)} * (${days}) / r.days)`,
  },
  parts: {
    leg: '(p.amount % 100000000)',
    earned: (amount, days) =>
      `((${unitsOf(amount)} * (${days}) % r.days * 100000000 + ${amount} % 100000000 * (${days})) / r.days)`,
  },
} as const satisfies Record<string, AmountSql>

export type AmountPart = keyof typeof amountParts

/** Days of a recognition that are earned before the first instant of a day. */
const earnedBefore = (instant: string, clock: RunClock): string =>
  `(CASE WHEN ${dayNumber(instant, clock)} <= r.since THEN r.earned_from
    ELSE max(r.earned_from, min(r.earned_to, ${dayNumber(instant, clock)} - r.first_day)) END)`

/** What of an amount of the whole period is earned by a recognition before the first instant of a day. */
const pieceBefore = (amount: string, instant: string, clock: RunClock, part: AmountPart): string =>
  `(${amountParts[part].earned(amount, earnedBefore(instant, clock))} - ${amountParts[part].earned(amount, 'r.earned_from')})`

const wholePiece = (amount: string, part: AmountPart): string =>
  `(${amountParts[part].earned(amount, 'r.earned_to')} - ${amountParts[part].earned(amount, 'r.earned_from')})`

/** Whether a leg is the whole price of a recognition; of a price and a commission far apart it is compared as a real. */
const isPrice = `(${amountParts.units.leg} + ${wholePiece('r.price', 'units')}) * 100000000
  + ${amountParts.parts.leg} + ${wholePiece('r.price', 'parts')} = 0`

const number = (name: LedgerAccount): string => `(SELECT id FROM words WHERE word = '${name}')`

/** The part of a recognition`s leg: of the price, of the commission, or of the seller's share between the two (L-06). */
const recognisedBefore = (instant: string, clock: RunClock, part: AmountPart): string => {
  const price = pieceBefore('r.price', instant, clock, part)
  const commission = pieceBefore('r.commission', instant, clock, part)
  return `CASE p.ledger WHEN ${number('deferred-revenue')} THEN ${price}
    WHEN ${number('seller-cost')} THEN ${price} - ${commission}
    WHEN ${number('deferred-seller-cost')} THEN ${commission} - ${price}
    ELSE -(CASE WHEN ${isPrice} THEN ${price} ELSE ${commission} END) END`
}

/** What of a leg belongs to the days before the first instant of a day. */
export const amountBefore = (instant: string, clock: RunClock, part: AmountPart): string =>
  `(CASE WHEN r.transaction_id IS NULL THEN ${amountParts[part].leg} * ${timesBefore(instant, clock)}
    ELSE ${recognisedBefore(instant, clock, part)} END)`

/** What a leg that was paid with leaves on `unbilled-receivable` of the transaction's account by then; else 0. */
export const unbilledBefore = (instant: string, clock: RunClock, part: AmountPart): string =>
  `(${amountParts[part].leg} * ${unbilledTimes(instant, clock)})`

/** How often a leg is on `unbilled-receivable` by then. */
export const unbilledTimes = (instant: string, clock: RunClock): string =>
  `(CASE WHEN ${isPaid} THEN ${aboutBefore(instant, clock)} - ${madeBefore(instant, clock)} ELSE 0 END)`

/** The first and the last civil day on which something of a transaction counts. */
export const firstDay = (clock: RunClock): string =>
  `coalesce(max(r.first_day + r.earned_from, r.since), min(t.day, ${dayNumber(`min(t.at, ${clock.end} - 1)`, clock)}))`
export const lastDay = (clock: RunClock): string =>
  `max(t.day, ${dayNumber(`min(t.at + (t.repeats - 1) * ${HOUR}, ${clock.end} - 1)`, clock)})`
