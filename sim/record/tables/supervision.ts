/** Supervision flows (S-01..S-11), their appeals, and who worked on them. */
import { account, at, column, type FactTable, order, rule, step } from '../column.ts'

export const supervisionTables = {
  supervision_steps: {
    text: 'Each step of each supervision flow (S-02..S-09); the flow bears the number of its order.',
    columns: { order_id: order, ...step, by: column('word', 'buyer, seller, system or manager') },
  },
  silence_breaches: {
    text: 'Turns of a flow in which the move was owed for more than `appeal.silence` (S-06), once each.',
    columns: { order_id: order, at, by: column('word', 'who owed the move: buyer or seller'), rule },
  },
  appeals: {
    text: 'Every appeal (S-06); what became of it is in `appeal_steps`.',
    columns: {
      id: column('id', 'number of the appeal'),
      at,
      order_id: order,
      account,
      seller: column('id', 'the seller: `sellers`'),
      by: column('word', 'buyer or seller'),
      ground: column('word', 'silence (a), request-rejections (b), product-rejections (c) or at-will'),
      rule,
    },
  },
  appeal_steps: {
    text: 'Each step of each appeal (S-06, S-07).',
    columns: {
      appeal_id: column('id', 'the appeal: `appeals`'),
      ...step,
      outcome: column('word', 'complete, cancel or resume once decided; 0 otherwise'),
    },
  },
  seller_cases: {
    text: 'Turns of supervision flows that sellers worked on (L-04), first come first served.',
    columns: {
      seller: column('id', 'the seller: `sellers`'),
      order_id: order,
      arrived: column('instant', 'when he was told'),
      started: column('instant', 'when somebody began to work on it'),
      at: column('instant', 'when it was done'),
      rule,
    },
  },
  appeal_cases: {
    text: 'Appeals that operations managers worked on (L-05), first come first served.',
    columns: {
      appeal_id: column('id', 'the appeal: `appeals`'),
      arrived: column('instant', 'when it reached them'),
      started: column('instant', 'when somebody began to work on it'),
      at: column('instant', 'when it was decided'),
      outcome: column('word', 'complete, cancel or resume; 0 when there was nothing left to decide'),
      rule,
    },
  },
  app_credentials: {
    text: 'Supervised SaaS applications that were handed over (S-11). That there is a password is all that is recorded.',
    columns: { order_id: order, at, account, rule },
  },
} as const satisfies Record<string, FactTable>
