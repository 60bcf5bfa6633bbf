/** Buyers who unsubscribe from a yearly/monthly image, or from a server under an image (N-01). */
import { NONE } from '../cell/table.ts'
import type { Subscriptions } from '../market/subscriptions/subscriptions.ts'
import { unsubscribe } from '../market/subscriptions/unsubscribe.ts'
import { type Declared, habitFrom } from './behaviour.ts'

export const unsubscribing: Declared<Subscriptions, 'subscriptions'> = {
  timer: 'buyerUnsubscribes',
  stream: 'unsubscribing',
  habit: ({ habits }) => habitFrom(habits.unsubscribe),
  account: ({ subscriptions }) => subscriptions.account,
  pending: ({ subscriptions }) => subscriptions.unsubscribeTimer,
  applies: ({ subscriptions }, row) => subscriptions.pool[row] !== NONE,
  act: unsubscribe,
}
