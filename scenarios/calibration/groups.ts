/** Kinds of servers: how often each is ordered, how many at a time, and for how long. */
import { kaplanMeier, type SurvivalStep } from '#engine/fitting/kaplan-meier.ts'
import { lifetimesOf } from '#engine/fitting/sample.ts'
import { fitLives, type LifetimeFit, rankCorrelation } from './lifetimes.ts'
import type { UseGroup } from './observed.ts'

export interface GroupFit {
  readonly flavour: string
  readonly zone: string
  readonly product: string
  /** Of the term that is bought; 0: none. */
  readonly months: number
  readonly orders: number
  readonly quantities: ReadonlyMap<number, number>
  /** Undefined of terms: they last until they are not renewed. */
  readonly lifetime: LifetimeFit | undefined
  /** The share that is longer than a time, by Kaplan and Meier. */
  readonly steps: readonly SurvivalStep[]
  /** Rank correlation of quantity and lifetime; 0: none that is clear. */
  readonly correlation: number
  /** Whether too few lifetimes of its own ended, so that those of all are used. */
  readonly isPooled: boolean
}

/** `pooled`: the lifetimes of all kinds, for one that has too few; undefined where all are terms. */
export function groupFit(group: UseGroup, pooled: LifetimeFit | undefined): GroupFit {
  const { flavour, zone, product, months, orders, quantities } = group
  const own = months > 0 ? undefined : fitLives(group.lives)
  const lifetime = months > 0 ? undefined : (own ?? pooled)
  return {
    ...{ flavour, zone, product, months, orders, quantities, lifetime },
    steps: lifetime?.steps ?? kaplanMeier(lifetimesOf(group.lives)),
    isPooled: months === 0 && own === undefined,
    correlation: months > 0 ? 0 : rankCorrelation(group.lives),
  }
}

/** A kind as people call it. */
export const nameOfKind = ({
  flavour,
  zone,
  product,
  months,
}: Pick<GroupFit, 'flavour' | 'zone' | 'product' | 'months'>): string =>
  [flavour, product, zone, months > 0 ? `terms of ${months}` : ''].filter((text) => text !== '').join(', ') ||
  'all uses'
