/** Favourites, visits that ended without an order, and what buyers do about coming at all (C-06). */
import { account, at, column, type FactTable, rule } from '../column.ts'

export const channelTables = {
  favourites: {
    text: 'Products that buyers saved to their favourites (C-06).',
    columns: { account, at, product: column('id', 'the product: `products`'), rule },
  },
  unmet_demand: {
    text: 'Visits that ended without an order because no product was suitable (C-06).',
    columns: {
      account,
      at,
      category: column('id', 'the category searched: `categories`'),
      mailed: column('flag', '1 when the requirement was mailed to the marketplace'),
      rule,
    },
  },
  requirement_listings: {
    text: 'Products that a seller lists because enough requirements of their category came in (C-07).',
    columns: {
      product: column('id', 'the product: `products`'),
      at: column('instant', 'when the last of these requirements came in'),
      requirements: column('count', 'how many had come in by then'),
      listed: column('instant', 'from when it is listed'),
      rule,
    },
  },
  buyer_moves: {
    text: 'What buyers do about coming at all, and why (C-06).',
    columns: {
      account,
      at,
      move: column(
        'word',
        'join, leave, forgo (the price is too high), retry (after a refusal), return (after an outage), or recommend (another buyer comes)',
      ),
      reason: column('word', 'why: the code of a refusal, or outage; else empty'),
      rule,
    },
  },
} as const satisfies Record<string, FactTable>
