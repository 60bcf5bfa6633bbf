/** P-01 linear: quantity x unit price. */

export interface LinearPlan {
  readonly model: 'linear'
  /** Whole 1e-10 of the currency. */
  readonly unit: bigint
  /** The same in a float64, NaN when it is beyond the safe integers. */
  readonly wholeUnit: number
}

/** `quantity` in whole 1e-8; the price in whole 1e-18 of the currency, exact. */
export const linearPrice = (plan: LinearPlan, quantity: bigint): bigint => plan.unit * quantity

/** A whole quantity's price in whole 1e-10, exact up to 2^53; NaN or beyond that asks for `linearPrice`. */
export const linearWhole = (plan: LinearPlan, quantity: number): number => plan.wholeUnit * quantity
