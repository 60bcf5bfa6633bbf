/** What crosses between the cells of buyers, sellers and the service desk for support and tickets (L-01). */
export const supportMessages = {
  /** To the seller: seller, contact's row, contact. */
  sellerMailed: 20,
  /** From the seller: contact's row, 1 answered or 0 never arrived. */
  sellerAnswered: 21,
  /** To the desk: ticket's row, ticket. */
  ticketFiled: 22,
  /** From the desk: ticket's row. */
  ticketSolved: 23,
} as const
