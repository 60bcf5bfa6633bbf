/** Every lifecycle of the marketplace, in the order in which `docs/reference/lifecycles.md` draws them. */
import { startState } from '../billing/supervision-flow.ts'
import type { Lifecycle } from '../cell/lifecycle.ts'
import { standing } from './arrears/standing.ts'
import { accountFreeze } from './freezes/freezes.ts'
import { invoice } from './invoices/invoice.ts'
import { order } from './orders/order.ts'
import { sellerAccount } from './sellers/seller-account.ts'
import { supportContact } from './sellers/support-contact.ts'
import { ticket } from './sellers/ticket.ts'
import { instance } from './servers/instance.ts'
import { subscription } from './subscriptions/subscription.ts'
import { appeal } from './supervision/appeal.ts'
import { supervisionKinds, supervisionLifecycles } from './supervision/supervision-lifecycles.ts'

export interface DrawnLifecycle {
  readonly lifecycle: Lifecycle<string, string>
  /** States in which one may begin. */
  readonly begins: readonly string[]
  /** Whose life it is, and the rules that made it. */
  readonly text: string
}

export const lifecycles: readonly DrawnLifecycle[] = [
  {
    lifecycle: order,
    begins: ['pending-approval', 'pending-payment'],
    text: 'An order, from creation to its one final state (O-01).',
  },
  {
    lifecycle: instance,
    begins: ['creating'],
    text: 'An ECS instance; it holds a unit of its pool in every state but `stopped`, `interrupted` (E-11), `deleted` and `failed` (E-01), and, by `outage.servers`, `down` (E-10).',
  },
  {
    lifecycle: subscription,
    begins: ['active'],
    text: 'A yearly/monthly subscription (R-01, R-02).',
  },
  {
    lifecycle: standing,
    begins: ['good'],
    text: 'The standing of an account in arrears (A-01..A-05).',
  },
  {
    lifecycle: accountFreeze,
    begins: ['free'],
    text: 'An account that the marketplace freezes for a violation or for legal reasons, next to its standing (O-14, N-07).',
  },
  ...supervisionLifecycles.map((lifecycle, kind) => ({
    lifecycle,
    begins: [startState[supervisionKinds[kind]]],
    text: `The supervision flow of a ${supervisionKinds[kind]} (S-01..S-09).`,
  })),
  { lifecycle: appeal, begins: ['filed'], text: 'An appeal in a supervision flow (S-06, S-07).' },
  { lifecycle: invoice, begins: ['requested'], text: 'An invoice (I-01).' },
  { lifecycle: supportContact, begins: ['mailed'], text: 'An after-sales request to a seller (L-01).' },
  { lifecycle: sellerAccount, begins: ['settled'], text: 'The account of a seller with the marketplace (L-02, L-03).' },
  { lifecycle: ticket, begins: ['open'], text: 'A service ticket to the cloud (L-01).' },
]
