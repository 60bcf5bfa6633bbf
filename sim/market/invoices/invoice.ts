import { lifecycle } from '../../cell/lifecycle.ts'

/** I-01: an invoice from its request to its return. `lapse`: what it covers was refunded, so it returns by itself. */
export const invoice = lifecycle('invoice', {
  requested: { issue: 'issued', requestReturn: null, return: null, lapse: 'returned' },
  issued: { issue: null, requestReturn: 'return-requested', return: null, lapse: 'returned' },
  'return-requested': { issue: null, requestReturn: null, return: 'returned', lapse: 'returned' },
  returned: { issue: null, requestReturn: null, return: null, lapse: null },
})
