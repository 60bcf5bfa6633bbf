/**
 * What buyers have before their first server, and how they create what is missing (O-02, E-03): they create it, and come
 * back with the same wish when it is there.
 */
import type { Distribution } from '#engine/random/distribution.ts'
import type { Market } from '../market/market.ts'
import { create, missingPrerequisite, type Prerequisite, requestVpc } from '../market/servers/prerequisites.ts'
import type { RefusalCode } from '../market/words.ts'
import { durationLaw } from './duration-law.ts'
import type { StreamOf } from './stream-of.ts'

/** A wish that waits for a VPC, as plain numbers and words. */
export interface PutOff<C extends string> {
  readonly account: number
  /** Which wish of this buyer it is, from 1. */
  readonly number: number
  /** Line of the segment's `buys`, from 1. */
  readonly line: number
  readonly quantity: number
  readonly months: number
  readonly lifetime: number
  readonly channel: C
}

const codes: Readonly<Record<Prerequisite, RefusalCode>> = {
  vpc: 'vpc-missing',
  'security-group': 'security-group-missing',
  credentials: 'credentials-missing',
}

export class Prerequisites<C extends string> {
  readonly #market: Market
  readonly #streamOf: StreamOf
  readonly #creation: Distribution
  #putOff: PutOff<C>[] = []

  constructor(market: Market, streamOf: StreamOf) {
    this.#market = market
    this.#streamOf = streamOf
    this.#creation = durationLaw(market.region.network.vpcCreation)
  }

  /** Deals out what an account begins with; what everybody has is not drawn. */
  open(account: number): void {
    const { accounts, world } = this.#market
    const habits = world.scenario.buyers[accounts.segment[account]].account
    const has = (probability: number): number =>
      probability >= 1 || this.#streamOf(account, 'prerequisites').next() < probability ? 1 : 0
    accounts.registered[account] = has(habits.registered)
    accounts.vpcs[account] = has(habits.vpc)
    accounts.securityGroup[account] = has(habits.securityGroup)
    accounts.credentials[account] = has(habits.credentials)
  }

  /** The refusal that stands in the way of a server, if any. */
  refusal(account: number): RefusalCode | null {
    const missing = missingPrerequisite(this.#market, account)
    return missing === null ? null : codes[missing]
  }

  /**
   * Refused for `wish`, he creates what is missing. Answers whether he may ask again at once; otherwise the wish waits
   * for a VPC, and one that the limit forbids is refused too: the wish waits for the one in the making.
   */
  create(wish: PutOff<C>, refuse: (code: RefusalCode, rule: string) => void): boolean {
    const { account } = wish
    const missing = missingPrerequisite(this.#market, account)
    if (missing === null) return true
    if (missing !== 'vpc') {
      create(this.#market, account, missing)
      return true
    }
    const time = Math.max(0, Math.round(this.#creation.sample(this.#streamOf(account, 'network'))))
    if (!requestVpc(this.#market, account, time)) refuse('vpc-limit', 'E-03')
    this.#putOff.push(wish)
    return false
  }

  /** Told that a VPC is there: the buyer comes back at once. */
  vpcCreated(account: number): void {
    const { timers } = this.#market
    if (this.#putOff.some((wish) => wish.account === account)) timers.wake('buyerReturns', timers.now, account)
  }

  /** The wishes with which he comes back, oldest first. */
  takePutOff(account: number): PutOff<C>[] {
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
