/** What a meter by the second keeps of each instance, and what it makes of it. */
import type { Instant } from '#base/time.ts'
import type { Cells, HourMoney, HourPrice } from '../../cell/table.ts'

/** Seconds of a whole hour. */
export const FULL = 3_600

/** Hours that are charged alike. */
export interface UsageLine {
  readonly first: number
  readonly hours: number
  readonly seconds: number
  /** 1e-10 an hour. */
  readonly price: HourPrice
}

/**
 * Columns by the rows of the instances. `hour` is what one whole hour costs as things are (0: not metered), `span` the first
 * hour of the run of whole hours before the current one, and `spanPrice` what it cost.
 */
export interface SecondsColumns {
  readonly on: Cells<'instances', number>
  readonly hour: Cells<'instances', HourMoney>
  readonly since: Cells<'instances', Instant>
  readonly used: Cells<'instances', number>
  readonly seconds: Cells<'instances', number>
  readonly rate: Cells<'instances', HourPrice>
  readonly span: Cells<'instances', Instant>
  readonly spanPrice: Cells<'instances', HourPrice>
}
