/** Numbers of the words that the auditor asks the record about. */
import type { Premises } from './premises.ts'

const asked = {
  running: 'running',
  stopped: 'stopped',
  suspended: 'suspended',
  creating: 'creating',
  changingImage: 'changing-image',
  deleted: 'deleted',
  failed: 'failed',
  good: 'good',
  grace: 'grace',
  released: 'released',
  active: 'active',
  completed: 'completed',
  cancelled: 'cancelled',
  begin: 'begin',
  pay: 'pay',
  complete: 'complete',
  expire: 'expire',
  fallDue: 'fallDue',
  graceEnds: 'graceEnds',
  retentionEnds: 'retentionEnds',
  settle: 'settle',
  ecs: 'ecs',
  image: 'image',
  payPerUse: 'pay-per-use',
  purchase: 'purchase',
  price: 'price',
  tax: 'tax',
  opening: 'opening',
  topUp: 'top-up',
  usage: 'usage',
  payment: 'payment',
  refund: 'refund',
  recognition: 'recognition',
  arrearsPaid: 'arrears-paid',
  cash: 'buyer-cash',
  receivable: 'buyer-receivable',
  deferredRevenue: 'deferred-revenue',
  marketplaceRevenue: 'marketplace-revenue',
  cloudRevenue: 'cloud-resource-revenue',
  taxPayable: 'tax-payable',
  clearing: 'payment-clearing',
} as const

export type Vocabulary = { readonly [K in keyof typeof asked]: number }

export const vocabularyOf = (premises: Premises): Vocabulary =>
  Object.fromEntries(
    Object.entries(asked).map(([name, word]) => [name, premises.number(word)]),
  ) as unknown as Vocabulary
