/** What must hold in every state of the model, as the rulebook states it. */
import type { State } from './model.ts'
import { DAY, prices, type Rules } from './rules.ts'

type Promise = readonly [rule: string, holds: (rules: Rules, state: State) => boolean]

const promises: readonly Promise[] = [
  [
    'E-01, Q-03: the pool holds at most its one unit',
    (_, { orders }) => count(orders, ({ server }) => server?.holds === true) <= 1,
  ],
  [
    'E-01: what is being created or runs holds a unit, what is stopped or gone holds none',
    (_, { orders }) =>
      orders.every(({ server }) => {
        if (server === null) return true
        if (server.state === 'creating' || server.state === 'running') return server.holds
        return server.state === 'suspended' || !server.holds
      }),
  ],
  [
    'E-02: no order waits while the unit is free',
    (_, { orders, queue }) => queue.length === 0 || orders.some(({ server }) => server?.holds === true),
  ],
  [
    'E-02: who waits is in the queue once, and no other is',
    (_, { orders, queue }) =>
      JSON.stringify(queue.toSorted()) ===
      JSON.stringify(orders.flatMap(({ server }, index) => (server?.state === 'waiting' ? [index] : []))),
  ],
  ['A-01: who owes has no cash', (_, { accounts }) => accounts.every(({ cash, due }) => cash === 0 || due === 0)],
  [
    'A-01, A-05: an account is in arrears exactly while something is due',
    (_, { accounts }) => accounts.every(({ due, standing }) => due > 0 === (standing !== 'good')),
  ],
  [
    'Q-01: what came in and what was charged explain the balance',
    (_, { accounts }) => accounts.every(({ cash, due, came, went }) => cash - due === came - went && cash >= 0),
  ],
  [
    'A-04: grace and retention end in time',
    ({ graceDays, retentionDays, instants }, { accounts, now, instant }) =>
      // As the books close, what is read is settled, and no clock runs any more.
      instant >= instants.length ||
      accounts.every(
        ({ standing, since }) =>
          (standing !== 'grace' || now < since + graceDays * DAY) &&
          (standing !== 'suspended' || now < since + retentionDays * DAY),
      ),
  ],
  [
    'A-03: nothing of a suspended account runs, and a released one has no server',
    (_, { orders, accounts }) =>
      orders.every(({ account, server }) => {
        const { standing } = accounts[account]
        if (server === null || standing === 'good' || standing === 'grace') return server?.state !== 'suspended'
        if (standing === 'released') return ['gone', 'never', 'waiting', 'creating'].includes(server.state)
        return server.state !== 'running' && server.state !== 'stopped'
      }),
  ],
  [
    'O-01, S-01: a supervised order is processing exactly while its flow is open',
    (_, { orders }) =>
      orders.every(({ kind, state, flow }) => kind === null || (state === 'processing') === (flow !== null)),
  ],
  [
    'O-05, Q-05: every order was paid once, and refunded at most once',
    (rules, { orders, accounts }) => {
      const paid = (index: number) =>
        count(
          orders,
          ({ account, kind, state, flow }) =>
            account === index && kind !== null && (flow !== null || state === 'completed'),
        )
      return accounts.every(
        ({ went }, index) =>
          rules.closeRefund === 'none' || rules.sells.includes('server') || went === paid(index) * prices.flow,
      )
    },
  ],
  [
    'O-01: no order stays unpaid for longer than it may',
    ({ unpaidLife }, { orders, now }) =>
      orders.every(({ state, madeAt }) => state !== 'pending-payment' || now < madeAt + unpaidLife),
  ],
  [
    'S-06: only a flow that was rejected or waited for is frozen',
    ({ sellerAppeals, silence }, { orders, now }) =>
      orders.every(
        ({ flow, madeAt }) =>
          flow?.state !== 'frozen' ||
          sellerAppeals === 'any-time' ||
          flow.sellerRejections + flow.buyerRejections > 0 ||
          now - madeAt > silence,
      ),
  ],
  [
    'S-07: a frozen flow knows where it continues, and no other does',
    (_, { orders }) =>
      orders.every(({ flow }) => flow === null || (flow.state === 'frozen') === (flow.frozenFrom !== null)),
  ],
  [
    'S-08: an accepted flow is completed in time',
    ({ completionDelay }, { orders, now }) =>
      orders.every(
        ({ flow }) =>
          flow?.state !== 'accepted' ||
          (flow.completion !== null && flow.completion.since !== null && now < flow.completion.since + completionDelay),
      ),
  ],
  [
    'S-09: no flow of a kind that is closed grows older than 365 days',
    ({ closes, ageFrom, pauses }, { orders, now }) =>
      orders.every(
        ({ flow, madeAt, kind }) =>
          flow === null ||
          !closes.includes(kind as never) ||
          ageFrom !== 'paid' ||
          pauses.includes('auto365') ||
          now - madeAt <= 365 * DAY,
      ),
  ],
]

const count = <T>(items: readonly T[], holds: (item: T) => boolean): number => items.filter(holds).length

/** The first promise that a state breaks; null for none. */
export const broken = (rules: Rules, state: State): string | null =>
  promises.find(([, holds]) => !holds(rules, state))?.[0] ?? null
