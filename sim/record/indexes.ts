/** Indexes that the auditor, the reports and people ask by: table and column. */
import type { FactTableName } from './columns.ts'

export const indexes = [
  ['order_lines', 'order_id'],
  ['order_steps', 'order_id'],
  ['instances', 'order_id'],
  ['instance_steps', 'instance_id'],
  ['subscription_steps', 'subscription_id'],
  ['usage_spans', 'instance_id'],
  ['postings', 'transaction_id'],
  ['recognitions', 'transaction_id'],
  ['seller_shares', 'transaction_id'],
  ['transactions', 'account'],
] as const satisfies readonly (readonly [FactTableName, string])[]
