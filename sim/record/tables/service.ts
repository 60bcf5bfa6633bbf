/** Invoices (I-01..I-03), service tickets and support contacts (L-01). */
import { account, at, column, type FactTable, order, rule, step } from '../column.ts'

export const serviceTables = {
  invoices: {
    text: 'Every invoice at its request (I-01); its steps are in `invoice_steps`.',
    columns: {
      id: column('id', 'number of the invoice'),
      at,
      account,
      month: column('instant', 'first instant of the month whose bill it covers; 0 when it was requested for an order'),
      lines: column('count', 'lines on it'),
      amount: column('money', 'their sum (I-03), in minor units of the currency (M-08)'),
      reissue_of: column('id', 'the returned invoice that it replaces: `invoices`; 0 when none'),
      rule,
    },
  },
  invoice_lines: {
    text: 'Lines of invoices; no line is on two live invoices (I-03).',
    columns: {
      invoice_id: column('id', 'the invoice: `invoices`'),
      order_id: column('id', 'the order: `orders`; 0 for the metered use of the month, and for the rounding (M-08)'),
      amount: column('money', 'of this line'),
      rule,
    },
  },
  invoice_steps: {
    text: 'Every step of every invoice (I-01).',
    columns: { invoice_id: column('id', 'the invoice: `invoices`'), ...step },
  },
  tickets: {
    text: 'Service tickets to the cloud (L-01); their steps are in `ticket_steps`.',
    columns: {
      id: column('id', 'number of the ticket'),
      at,
      account,
      about: column('word', 'credit, support or invoice-return'),
      subject: column('id', 'the support contact or invoice it concerns; 0 when none'),
      rule,
    },
  },
  ticket_steps: {
    text: 'Every step of every service ticket.',
    columns: { ticket_id: column('id', 'the ticket: `tickets`'), ...step },
  },
  ticket_cases: {
    text: 'Tickets handled by the service desk, first come, first served (L-01).',
    columns: {
      ticket_id: column('id', 'the ticket: `tickets`'),
      arrived: column('instant', 'when it reached the desk'),
      started: column('instant', 'when work on it started'),
      at: column('instant', 'when it was solved'),
      rule,
    },
  },
  support_contacts: {
    text: 'After-sales mails of buyers to sellers (L-01); their steps are in `support_steps`.',
    columns: {
      id: column('id', 'number of the contact'),
      at,
      account,
      seller: column('id', 'the seller: `sellers`'),
      order_id: order,
      rule,
    },
  },
  support_steps: {
    text: 'Every step of every support contact (L-01).',
    columns: {
      contact_id: column('id', 'the contact: `support_contacts`'),
      ...step,
      by: column('word', 'buyer, seller, or manager (the cloud’s service desk)'),
    },
  },
  support_cases: {
    text: 'Mails handled by sellers (L-01, L-04), first come, first served.',
    columns: {
      contact_id: column('id', 'the contact: `support_contacts`'),
      seller: column('id', 'the seller: `sellers`'),
      arrived: column('instant', 'when it reached the seller'),
      started: column('instant', 'when work on it started'),
      at: column('instant', 'when it was answered'),
      rule,
    },
  },
} as const satisfies Record<string, FactTable>
