/** P-01 linear: quantity x unit price. */

export interface LinearPlan {
  readonly model: 'linear'
  /** Whole 1e-10 of the currency. */
  readonly unit: bigint
}

/** `quantity` in whole 1e-8; the price in whole 1e-18 of the currency, exact. */
export const linearPrice = (plan: LinearPlan, quantity: bigint): bigint => plan.unit * quantity
