/** The rest of the ladder for orders of servers: what they need first (E-03), and room in their pool (E-02). */
import { climb, type Denial, ladder, type Rung } from '../orders/admission.ts'
import type { OrderIntent } from '../orders/intent.ts'
import type { Launch } from './launch.ts'
import { create, missingPrerequisite, type Prerequisite } from './prerequisites.ts'
import { shortage } from './room.ts'
import { hourOf, termLines } from './server-price.ts'
import type { Servers } from './servers.ts'

/** How the servers of an order would be created. */
export interface Creation {
  /** One a server. */
  readonly launches: readonly Launch[]
  /** How long the order waits where the pool is full, ms; Infinity forever. */
  readonly patience: number
}

/** An order of servers. Those of a term are paid before they are created, unless `provisioning` is quick (E-04). */
export interface ServerIntent extends OrderIntent {
  readonly provisioning: 'quick' | 'customised'
  /** Asked once, of an order that comes as far as its pool. */
  readonly creation: () => Creation
}

const missing: Readonly<Record<Prerequisite, Denial>> = {
  vpc: { refused: 'vpc-missing', rule: 'E-03' },
  'security-group': { refused: 'security-group-missing', rule: 'E-03' },
  credentials: { refused: 'credentials-missing', rule: 'E-03' },
}

/** E-03: a VPC, a security group and credentials, in this order. */
function prerequisites(market: Servers, { account, specification, provisioning }: ServerIntent): Denial | null {
  let first = missingPrerequisite(market, account)
  // E-04: the seller recommends one, which comes with the instance.
  if (
    first === 'security-group' &&
    provisioning === 'quick' &&
    market.offer(specification).product.recommendsSecurityGroup
  ) {
    create(market, account, 'security-group', 'E-04')
    first = missingPrerequisite(market, account)
  }
  return first === null ? null : missing[first]
}

/** E-02: a pool without room refuses, or lets servers wait. What is lost is an hour of them, or their term. */
function capacity(market: Servers, intent: ServerIntent): Denial | null {
  const { account, pool, quantity, months, specification } = intent
  const refused = shortage(market, { account, pool, quantity })
  if (refused === null) return null
  const lost =
    months > 0
      ? termLines(market, intent).reduce((sum, line) => sum + line.amount, 0n)
      : hourOf(market, pool, specification, account) * BigInt(quantity)
  return { refused, rule: 'E-02', lost }
}

const ofOrders = ladder.map(
  (rung): Rung<Servers, ServerIntent> =>
    (market, intent) =>
      rung(market.orderChapter, intent),
)

/** All that a buyer has to have, before the pool is asked. */
const entitled: readonly Rung<Servers, ServerIntent>[] = [...ofOrders, prerequisites]

/** The whole ladder of an order of servers. */
export const serverLadder: readonly Rung<Servers, ServerIntent>[] = [...entitled, capacity]

/**
 * How an order of servers that is admitted will be created, or why it is not. That is drawn for every order that comes to a
 * pool, with room or without, so that a change of capacity moves no other draw.
 */
export function admission(market: Servers, intent: ServerIntent): Creation | Denial {
  const refusal = climb(market, entitled, intent)
  if (refusal !== null) return refusal
  const creation = intent.creation()
  return climb(market, [capacity], intent) ?? creation
}
