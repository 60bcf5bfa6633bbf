/** What crosses between the cells of buyers, sellers and operations managers for supervision flows. */
export const supervisionMessages = {
  /** To the seller: seller, flow, order, turn, what (bits of `asks`). */
  sellersTurn: 10,
  /** To the seller: seller, order. The turn ended without the seller. */
  turnOver: 11,
  /** From the seller: flow, order, turn, move. */
  sellerMoved: 12,
  /** To the managers: flow, order, turn, appeal. */
  appealFiled: 13,
  /** To the managers: order. */
  appealLapsed: 14,
  /** From the managers: flow, order, turn, outcome. */
  appealDecided: 15,
} as const

/** Options of a seller's case, as bits: may reject the request, may appeal, may only appeal. */
export const asks = { mayReject: 1, mayAppeal: 2, appealOnly: 4 } as const

/** Moves of a seller as messages name them. */
export const sellerMoveNames = ['deliver', 'reject-request', 'appeal'] as const
