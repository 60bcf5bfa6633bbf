/** buyers who enable, modify or disable automatic renewal in the term. */
import { distribution } from '#engine/random/distribution.ts'
import type { BuyerSegment } from '#scenarios/sections/buyers.ts'
import type { Row } from '../cell/table.ts'
import {
  changesAutoRenewal,
  disableAutoRenewal,
  enableAutoRenewal,
  modifyAutoRenewal,
} from '../market/subscriptions/auto-renewal.ts'
import type { Subscriptions } from '../market/subscriptions/subscriptions.ts'
import { Behaviour, type Declared, type Habit, habitFrom } from './behaviour.ts'
import type { StreamOf } from './stream-of.ts'

type What = 'enable' | 'modify' | 'disable'

interface AutoHabit extends Habit {
  readonly renewing: BuyerSegment['habits']['renewing']
}

const never = { probability: 0, after: distribution({ constant: 0 }) }

/** Positions in `autoActions`. */
const [MODIFY, DISABLE] = [1, 2] as const

/** One action; a subscription has one at a time, considered in the order disable, modify, enable. */
const acting = (
  what: What,
  renews: (row: Row<'subscriptions'>) => void,
): Declared<Subscriptions, 'subscriptions', AutoHabit> => ({
  timer: 'autoRenewalChanges',
  stream: `auto-renewal-${what}`,
  habit: (segment) => ({
    ...(changesAutoRenewal(segment) ? habitFrom(segment.habits.renewing[what]) : never),
    renewing: segment.habits.renewing,
  }),
  account: ({ subscriptions }) => subscriptions.account,
  pending: ({ subscriptions }) => subscriptions.autoHabitTimer,
  // Enabling is for what is not enabled, the others for what is.
  applies: ({ subscriptions }, row) => (subscriptions.autoOn[row] === 1) === (what !== 'enable'),
  act: (market, row, behaviour) => {
    const { autoDay, modify } = behaviour.habit(row).renewing
    if (market.subscriptions.autoOn[row] === 0) enableAutoRenewal(market, row, autoDay)
    else if (market.subscriptions.autoNext[row] === MODIFY)
      modifyAutoRenewal(market, row, modify.day, modify.months ?? 0)
    else {
      disableAutoRenewal(market, row)
      renews(row)
    }
  },
})

export class AutoRenewing {
  readonly #market: Subscriptions
  readonly #actions: Readonly<Record<What, Behaviour<Subscriptions, 'subscriptions', AutoHabit>>>

  /** `renews`: who has disabled it decides about renewing by hand. */
  constructor(market: Subscriptions, streamOf: StreamOf, renews: (row: Row<'subscriptions'>) => void) {
    const behaviour = (what: What) => new Behaviour(market, streamOf, acting(what, renews))
    this.#market = market
    this.#actions = { enable: behaviour('enable'), modify: behaviour('modify'), disable: behaviour('disable') }
  }

  /** A term began, or was renewed: what the buyer will do about its automatic renewal. */
  turned(row: Row<'subscriptions'>): void {
    const { subscriptions } = this.#market
    const { enable, modify, disable } = this.#actions
    if (disable.consider(row)) subscriptions.autoNext[row] = DISABLE
    else if (modify.consider(row)) subscriptions.autoNext[row] = MODIFY
    else enable.consider(row)
  }

  acts(row: Row<'subscriptions'>): void {
    this.#actions.enable.act(row)
  }
}
