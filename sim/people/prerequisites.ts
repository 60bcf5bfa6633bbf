/**
 * What buyers have before their first server, and how they create what is missing (O-02, E-03): they create it, and
 * return with the same wish when it exists.
 */

import type { Distribution } from '#engine/random/distribution.ts'
import type { Row } from '../cell/table.ts'
import type { OrderIntent } from '../market/orders/intent.ts'
import { create, missingPrerequisite, requestVpc } from '../market/servers/prerequisites.ts'
import type { Servers } from '../market/servers/servers.ts'
import { drawDuration, durationDistribution } from './draws.ts'
import type { StreamOf } from './stream-of.ts'
import { timersOf } from './timers.ts'

/** A wish that waits for a VPC, as plain numbers and words. */
export interface PutOff<C extends string> {
  readonly account: Row<'accounts'>
  /** Which wish of this buyer it is, from 1. */
  readonly number: number
  /** Line of the segment's `buys`, from 1. */
  readonly line: number
  readonly quantity: number
  /** Of the servers, where a trace names it. */
  readonly flavour?: string
  readonly months: number
  readonly lifetime: number
  readonly channel: C
  /** How often it was tried again after a refusal. */
  readonly tries?: number
}

export class Prerequisites<C extends string> {
  readonly #market: Servers
  readonly #streamOf: StreamOf
  readonly #creation: Distribution
  #putOff: PutOff<C>[] = []

  constructor(market: Servers, streamOf: StreamOf) {
    this.#market = market
    this.#streamOf = streamOf
    this.#creation = durationDistribution(market.region.network.vpcCreation)
  }

  /** Assigns what an account starts with; certain values are not drawn. */
  open(account: Row<'accounts'>): void {
    const { accounts, world, owners } = this.#market
    const { customers } = this.#market.orderChapter
    const habits = world.scenario.buyers[accounts.segment[account]].account
    const has = (probability: number): number =>
      probability >= 1 || this.#streamOf(account, 'prerequisites').next() < probability ? 1 : 0
    customers.registered[account] = has(habits.registered)
    owners.vpcs[account] = has(habits.vpc)
    owners.securityGroup[account] = has(habits.securityGroup)
    owners.credentials[account] = has(habits.credentials)
  }

  /**
   * After a refusal because something is missing (E-03), the buyer creates it. Returns whether to order again immediately;
   * otherwise the wish waits for a VPC, which may be in creation already.
   */
  provide(wish: PutOff<C>, order: Pick<OrderIntent, 'account' | 'specification' | 'pool' | 'quantity'>): boolean {
    const { account } = wish
    const missing = missingPrerequisite(this.#market, account)
    if (missing === null) return true
    if (missing !== 'vpc') {
      create(this.#market, account, missing)
      return true
    }
    const time = drawDuration(this.#creation, this.#streamOf(account, 'network'))
    requestVpc(this.#market, order, time)
    this.#putOff.push(wish)
    return false
  }

  /** A VPC was created: the buyer returns immediately. */
  vpcCreated(account: Row<'accounts'>): void {
    const timers = timersOf(this.#market)
    if (this.#putOff.some((wish) => wish.account === account)) timers.wake('buyerReturns', timers.now, account)
  }

  /** The postponed intents of the buyer, oldest first. */
  takePutOff(account: Row<'accounts'>): PutOff<C>[] {
    const mine = this.#putOff.filter((wish) => wish.account === account)
    this.#putOff = this.#putOff.filter((wish) => wish.account !== account)
    return mine
  }

  save(): readonly PutOff<C>[] {
    return this.#putOff
  }

  restore(state: readonly PutOff<C>[]): void {
    this.#putOff = [...state]
  }
}
