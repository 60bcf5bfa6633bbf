/** Supervision flows (S-01..S-11), their appeals, and who worked on them. */
import { account, at, column, type FactTable, order, rule, step } from '../column.ts'

export const supervisionTables = {
  supervision_steps: {
    text: 'Every step of every supervision flow (S-02..S-09). A flow has the number of its order.',
    columns: { order_id: order, ...step, by: column('word', 'buyer, seller, system or manager') },
  },
  silence_breaches: {
    text: 'Turns of a flow that were overdue by more than `appeal.silence` (S-06), one row each.',
    columns: { order_id: order, at, by: column('word', 'whose turn it was: buyer or seller'), rule },
  },
  appeals: {
    text: 'Every appeal (S-06); its steps are in `appeal_steps`.',
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
    text: 'Every step of every appeal (S-06, S-07).',
    columns: {
      appeal_id: column('id', 'the appeal: `appeals`'),
      ...step,
      outcome: column('word', 'complete, cancel or resume once decided; otherwise 0'),
    },
  },
  seller_cases: {
    text: 'Turns of supervision flows handled by sellers (L-04), first come, first served.',
    columns: {
      seller: column('id', 'the seller: `sellers`'),
      order_id: order,
      arrived: column('instant', 'when the case was assigned'),
      started: column('instant', 'when work on it started'),
      at: column('instant', 'when it was done'),
      rule,
    },
  },
  appeal_cases: {
    text: 'Appeals handled by operations managers (L-05), first come, first served.',
    columns: {
      appeal_id: column('id', 'the appeal: `appeals`'),
      arrived: column('instant', 'when it reached the desk'),
      started: column('instant', 'when work on it started'),
      at: column('instant', 'when it was decided'),
      outcome: column('word', 'complete, cancel or resume; 0 when nothing was left to decide'),
      rule,
    },
  },
  supervision_requests: {
    text: 'Requests that filled in the template of the seller, or had an attachment (S-02).',
    columns: {
      order_id: order,
      at,
      template: column('flag', '1 when it filled in the template of the seller of a SaaS'),
      attachment: column('flag', '1 when it had an attachment for a professional service'),
      rule,
    },
  },
  product_rejections: {
    text: 'Reasons of buyers for rejecting a delivery (S-05).',
    columns: { order_id: order, at, reason: column('word', 'why'), rule },
  },
  app_credentials: {
    text: 'Supervised SaaS applications that were handed over (S-11). The record has no password, only that one exists.',
    columns: { order_id: order, at, account, rule },
  },
} as const satisfies Record<string, FactTable>
