/**
 * M-01: how the record holds money of any size. SQLite's INTEGER ends at 9.2e18, which is 9.2e10 units of currency at 1e-8.
 * So a money column `x` has a column `x_high` next to it, and the amount is `x_high * 1e18 + x` whole 1e-8: below ten
 * billion units `x_high` is 0, and `x` is the amount. Both have the sign of the amount. On its way there, in the fact log
 * of float64, an amount is two numbers likewise, of 1e15.
 */

/** What one of `x_high` is worth, whole 1e-8: ten billion units of currency. */
export const HIGH = 1_000_000_000_000_000_000n
/** The name of the column next to a money column. */
export const highOf = (column: string): string => `${column}_high`

/** What one of the second number of an amount is worth in the fact log, whole 1e-8. */
export const LOG_HIGH = 1_000_000_000_000_000
const LOG_HIGH_WHOLE = BigInt(LOG_HIGH)

/** The two numbers of an amount in the fact log. */
export const logLow = (amount: bigint): number => Number(amount % LOG_HIGH_WHOLE)
export const logHigh = (amount: bigint): number => Number(amount / LOG_HIGH_WHOLE)

/** The amount that two numbers of the fact log make. */
export const fromLog = (low: number, high: number): bigint => BigInt(high) * LOG_HIGH_WHOLE + BigInt(low)

/** The two cells of an amount in SQLite: `x` and `x_high`. */
export const cellsOf = (amount: bigint): readonly [low: bigint, high: bigint] => [amount % HIGH, amount / HIGH]

/** What half of a sum each part of an amount goes to: whole units of currency, and the 1e-8 next to them. */
const UNITS = '100000000'

/**
 * The two expressions of an exact sum: what `sum(times * x)` would be, were SQLite's integers wide enough. Units of
 * currency and 1e-8 are summed apart, so that neither overflows before 1e15 units. `where` may hold a FILTER.
 */
export interface SumSql {
  /** Whole units of currency. */
  readonly units: string
  /** Whole 1e-8 next to them. */
  readonly parts: string
}

export const sumSql = (column: string, times = '1', filter = ''): SumSql => ({
  units: `coalesce(sum((${column}_high * 10000000000 + ${column} / ${UNITS}) * (${times}))${filter}, 0)`,
  parts: `coalesce(sum(${column} % ${UNITS} * (${times}))${filter}, 0)`,
})

/** `x` and `x_high` of a sum whose units and parts are columns: both with the sign of the sum. */
export function sumColumns(units: string, parts: string, name: string): string {
  const whole = `(${units} + ${parts} / ${UNITS})`
  const rest = `(${parts} % ${UNITS})`
  // A rest of the other sign borrows one unit.
  const borrow = `(CASE WHEN ${whole} > 0 AND ${rest} < 0 THEN 1 WHEN ${whole} < 0 AND ${rest} > 0 THEN -1 ELSE 0 END)`
  const even = `(${whole} - ${borrow})`
  return `${even} % 10000000000 * ${UNITS} + ${rest} + ${borrow} * ${UNITS} AS ${name}, ${even} / 10000000000 AS ${highOf(name)}`
}
