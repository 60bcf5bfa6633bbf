import { lifecycle } from '../../cell/lifecycle.ts'

/**
 * L-01: a buyer's question to a seller, by mail; if the seller cannot be reached (`bounce`) or cannot solve the problem
 * (`give-up`), by service ticket to the cloud.
 */
export const supportContact = lifecycle('support contact', {
  mailed: { answer: 'answered', bounce: 'ticketed', 'give-up': 'ticketed' },
  ticketed: { answer: 'answered', bounce: null, 'give-up': null },
  answered: { answer: null, bounce: null, 'give-up': null },
})
