/** Movements of money as moments of an explanation, and the workings of what they charged. */
import { dateText } from '#base/civil-text.ts'
import { dayOf, formatInstant } from '#base/civil-time.ts'
import { HOUR as HOUR_IN_MS } from '#base/time.ts'
import { hourLine, hourPart, type MeteredItem } from '#sim/billing/metering/hour-charge.ts'
import { chargedHour } from '../charged-hours.ts'
import { ofSellers } from '../ledger/chart-of-accounts.ts'
import { amountText, type Moment, type Working } from './explanation.ts'
import type { FactReader, FactRow } from './fact-reader.ts'
import { policiesAt } from './premises.ts'

const HOUR = BigInt(HOUR_IN_MS)

/** The legs of a transaction, one of its repetitions. */
export const legsOf = (reader: FactReader, transaction: bigint): FactRow[] =>
  reader.facts('postings', 'transaction_id = ?', transaction)

/** What a charge is drawn from; a reseller settles for its customers from outside of the run (O-06). */
export const paying = /^(buyer-|payment-clearing$)/

/** What a transaction drew from its buyer, all sources together. */
export const drawnBy = (reader: FactReader, transaction: bigint): bigint =>
  legsOf(reader, transaction).reduce(
    (sum, { ledger, amount }) => (paying.test(reader.word(ledger)) ? sum + amount : sum),
    0n,
  )

export function legText(reader: FactReader, leg: FactRow): string {
  const ledger = reader.word(leg.ledger)
  const owner =
    leg.owner === 0n ? undefined : reader.nameOf(ofSellers.includes(ledger) ? 'seller' : 'account', leg.owner)
  const side = leg.amount > 0n ? 'debit ' : 'credit'
  return `${side} ${ledger}${owner === undefined ? '' : ` of ${owner}`}  ${amountText(leg.amount < 0n ? -leg.amount : leg.amount)}`
}

/** A transaction with its postings. */
export function moneyMoment(reader: FactReader, transaction: FactRow): Moment {
  const { id, at, repeats, kind, hour, day } = transaction
  const times = repeats > 1n ? `, ${repeats} times an hour apart` : ''
  const charged = hour === 0n ? '' : ` of the hour from ${formatInstant(Number(hour), reader.utcOffset)}`
  const about = hour === 0n && day < dayOf(Number(at), reader.utcOffset) ? `, about ${dateText(Number(day))}` : ''
  return {
    at: Number(at),
    what: `transaction ${id}: ${reader.word(kind)}${charged}${times}${about}`,
    rule: reader.word(transaction.rule),
    details: legsOf(reader, id).map((leg) => legText(reader, leg)),
  }
}

/** How the hours of a span were charged. `hours`: how many of them count here. */
export function spanWorking(reader: FactReader, span: FactRow, hours = span.hours): Working {
  const kind = reader.word(span.item) as MeteredItem
  const line = (hours > 1n ? hourPart : hourLine)(
    kind,
    span.unit_price,
    Number(span.seconds),
    policiesAt(reader.record, Number(span.first_hour)),
  )
  const from = formatInstant(Number(span.first_hour), reader.utcOffset)
  const each = hours > 1n ? `${hours} hours from ${from}` : `hour from ${from}`
  return {
    what: `server ${span.instance_id}, ${kind}, ${each}`,
    rule: reader.word(span.rule),
    formula: hours === 1n ? line.text : `${line.text.endsWith(')') ? line.text : `(${line.text})`} x ${hours}`,
    amount: line.amount * hours,
    recorded: span.amount * hours,
  }
}

/** The use that an hour of an account was charged for, a working a server and kind. */
export const hourWorkings = (reader: FactReader, account: bigint, hour: bigint): Working[] =>
  reader
    .ofAccount('usage_spans', account)
    .flatMap((span) =>
      hoursCharged(reader, span, hour).map((first) => spanWorking(reader, { ...span, first_hour: first }, 1n)),
    )

/** The hours of a span that are charged with a clock hour: one, none, or with the last hour of the run two. */
function hoursCharged({ record }: FactReader, { first_hour: first, hours }: FactRow, hour: bigint): bigint[] {
  const charged = (instant: bigint): bigint => BigInt(chargedHour(Number(instant), record.meta))
  const nth = (hour - charged(first)) / HOUR
  return [nth, nth + 1n]
    .filter((each) => each >= 0n && each < hours)
    .map((each) => first + each * HOUR)
    .filter((instant) => charged(instant) === hour)
}

/** Transactions of an account that settled hours of [from, to). */
export const settlements = (reader: FactReader, account: bigint, from: bigint, to: bigint): FactRow[] =>
  reader.facts(
    'transactions',
    `account = ? AND hour > 0 AND hour < ? AND hour + (repeats - 1) * ${HOUR} >= ?`,
    account,
    to,
    from,
  )

/** Use that was metered and never charged, because every record of it came after the window (U-09). */
export const rejectedRecords = (reader: FactReader, account: bigint, hour: bigint): Working[] =>
  reader
    .ofAccount('usage_rejected', account)
    .filter((record) => BigInt(chargedHour(Number(record.hour), reader.record.meta)) === hour)
    .map(({ instance_id: instance, item, amount }) => ({
      what: `server ${instance}, ${reader.word(item)}, record arrived too late`,
      rule: 'U-09',
      formula: '',
      amount: null,
      recorded: -amount,
    }))

/** Whether there is any such use in the clock hours of [from, to). */
export const hasRejected = (reader: FactReader, account: bigint, from: bigint, to: bigint): boolean =>
  reader.ofAccount('usage_rejected', account).some((record) => {
    const hour = BigInt(chargedHour(Number(record.hour), reader.record.meta))
    return hour >= from && hour < to
  })
