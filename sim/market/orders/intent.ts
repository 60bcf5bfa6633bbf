/** What a buyer wants, as it comes to the market, and the lines that an order of it has. */
import type { Duration } from '#base/time.ts'
import type { Id, Row } from '../../cell/table.ts'
import type { OrderKind } from './order.ts'

/** Purchases that answer what happened before: a refusal, a lost server, a recommendation. */
export type Reaction = 'retry' | 'return' | 'recommendation'

export interface OrderIntent {
  /** Row of the buyer. */
  readonly account: Row<'accounts'>
  /** Number of the specification. */
  readonly specification: Id<'specifications'>
  /** Row of the pool; NONE for what needs no server. */
  readonly pool: Row<'pools'>
  /** Of the quantity attribute, or ECS instances. */
  readonly quantity: number
  /** Duration bought; 0 for pay-per-use. */
  readonly months: number
  readonly channel: 'search' | 'category' | 'popular' | 'favourites' | 'trace' | 'warm-start' | Reaction | ''
  /** Line of the segment's `buys`, from 1. */
  readonly interest: number
  /** Which of the buyer's wishes it is, from 1; 0 where no wish made it. It names the random streams of the order. */
  readonly wish?: number
  /** How long a pay-per-use server lives from its launch, ms. */
  readonly lifetime: Duration
  /** O-03: what the buyer says when asked; without it to all that is asked yes. */
  readonly consent?: { acceptsTerms(): boolean; authorises(): boolean }
  /** What it does to which subscription (row); without it a purchase. */
  readonly about?: {
    readonly kind: Exclude<OrderKind, 'purchase' | 'trial'>
    readonly subscription: Row<'subscriptions'>
  }
  /** Number of the order that is changed or renewed; left out for a purchase. */
  readonly subject?: number
  /** What the order is for; a purchase unless said. */
  readonly kind?: 'purchase' | 'trial'
}

/** One line of an order's amount (M-04); `ecs` is the server under an image or a cloud resource of it (E-09), each with its own plan, `plan` 0 where no price plan made it. */
export interface OrderLine {
  readonly part: 'price' | 'ecs' | 'tax' | 'refund'
  readonly plan: number
  readonly amount: bigint
  readonly rule: string
}
