/** What can be explained, and what its number is. */
export const subjects = {
  order: 'the number of an order',
  instance: 'the number of a server',
  bill: 'an account and a month, such as start-ups/12/2024-03, or its number B-ap-1-000017',
  posting: 'the number of a transaction, or 17.2 for its second posting',
  transaction: 'the number of a transaction',
  refusal: 'the number of a refusal',
  account: 'the name or number of an account, such as start-ups/12',
  invoice: 'the number of an invoice, such as I-ap-1-000017, or that of the record',
  credit: 'the name or number of an account',
  'credit-note': 'the number of a credit note, such as C-ap-1-000003',
  'seller-bill': 'the number of a bill of a seller, or a seller and a month, such as isv/1/2024-03',
  coupon: 'the number of a coupon',
  refund: 'the number of a refunded order, or of its unsubscription or partial refund',
  costs:
    'a pool or a group of hosts with costs, such as ap-1a/c6.large, and a month if you want one: ap-1a/c6.large/2024-03',
} as const

export type Subject = keyof typeof subjects

export const isSubject = (word: string): word is Subject => Object.hasOwn(subjects, word)
