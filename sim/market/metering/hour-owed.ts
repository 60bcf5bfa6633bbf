/** What a clock hour comes to, before it is settled. */

/** Sums of an hour: bigint where float64 might not hold them exactly. */
export type OwedColumn = Float64Array | bigint[]

/** What one clock hour owes, by account of the cell: whole 1e-8 units. */
export interface HourOwed {
  readonly hour: number
  readonly ecs: OwedColumn
  readonly image: OwedColumn
  /** By specification, from 1 at position 0: what its image hours come to for all accounts (L-02). */
  readonly sold: OwedColumn
}

/** Adds an amount that float64 holds exactly. */
export function addOwed(column: OwedColumn, index: number, amount: number): void {
  if (column instanceof Float64Array) column[index] += amount
  else column[index] += BigInt(amount)
}
