/**
 * The clock hour with which an hour of use is charged. Hours of use are clock hours, except those of an image that roll
 * (`image.hour: rolling`, U-02): they begin with their first use and are charged when they are over, with the clock hour in which
 * they end. That hour is the one that counts in every month, day and total, because it is the one the ledger has (M-09); what is
 * still open when the run ends is charged with its last hour.
 */
import { startOfHour } from '#base/civil-time.ts'
import { HOUR } from '#base/time.ts'
import type { RunMeta } from './record.ts'

type Clock = Pick<RunMeta, 'end' | 'utcOffset'>

/** For an hour of use that begins at `first`. */
export const chargedHour = (first: number, { end, utcOffset }: Clock): number =>
  Math.min(startOfHour(first + HOUR - 1, utcOffset), startOfHour(end - 1, utcOffset))

/** The same in a query that has the table `run` in it, but for the end of the run: of the first hour of a span. */
export const chargedFrom = (first: string): string =>
  `((${first} + ${HOUR - 1} + utc_offset) / ${HOUR} * ${HOUR} - utc_offset)`
