/** Axes of charts: whole numbers for counts, short numbers for money. */

/** Ticks of a count are whole numbers, also where there are few. */
export const countAxis = { tickCount: 5, format: ',d', tickMinStep: 1 } as const

/** `10k`; d3 would write 0 as `0k`. */
export const moneyAxis = {
  tickCount: 5,
  labelExpr: "datum.value === 0 ? '0' : format(datum.value, '~s')",
} as const
