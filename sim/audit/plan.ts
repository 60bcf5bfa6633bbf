/** Price plans and discounts as the record and the scenario write them. */

export type Band = { readonly upTo: number | null; readonly unit: string }
/** `plans.price`, as the scenario writes it. */
export type PriceModel =
  | { readonly model: 'linear'; readonly unit: string }
  | { readonly model: 'tiered' | 'volume'; readonly bands: readonly Band[] }

export type DiscountText = { readonly percentOff?: string; readonly fixedPrice?: string; readonly amountOff?: string }

export interface Plan {
  readonly id: number
  readonly specification: number
  readonly months: number
  readonly price: PriceModel
  /** Instant from which it is offered (C-05). */
  readonly since: number
}
