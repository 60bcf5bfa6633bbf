/** The price of an interruptible server (E-11). */
import { packPrice, type UnitPrice, unpackPrice } from '#base/money.ts'
import type { HourPrice } from '../../cell/table.ts'

const HUNDRED = 10_000_000_000n

/** An hour's price less its discount (percent x 1e8): a price of 10 decimals, by truncation. */
export const spotPrice = (hourly: HourPrice, percentOff: bigint): HourPrice =>
  packPrice((unpackPrice(hourly as UnitPrice) * (HUNDRED - percentOff)) / HUNDRED)
