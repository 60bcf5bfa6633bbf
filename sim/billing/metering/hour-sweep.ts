/**
 * The hour sweep: what every running instance owes for the hour, gathered by account in one pass over columns.
 * Whoever reads the gathered amounts checks that they are safe integers (M-01); sums of non-negative safe integers
 * never come back below 2^53 once they have passed it, so one check at the end is enough.
 */
export function sweepHour(account: Int32Array, hourAmount: Float64Array, rows: number, owed: Float64Array): void {
  for (let row = 0; row < rows; row++) owed[account[row]] += hourAmount[row]
}
