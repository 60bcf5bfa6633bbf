import { lifecycle } from '../../cell/lifecycle.ts'

/** I-01: an invoice from its request to its return. What is refunded leaves it as it is: a credit note corrects it (I-04). */
export const invoice = lifecycle('invoice', {
  requested: { issue: 'issued', requestReturn: null, return: null },
  issued: { issue: null, requestReturn: 'return-requested', return: null },
  'return-requested': { issue: null, requestReturn: null, return: 'returned' },
  returned: { issue: null, requestReturn: null, return: null },
})
