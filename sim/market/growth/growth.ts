import { parseDecimal } from '#base/decimal.ts'
import type { Growth as Plan } from '#scenarios/sections/growth.ts'
import type { Cell } from '../../cell/cell.ts'
import { Chapter } from '../../cell/chapter.ts'
import type { Row } from '../../cell/table.ts'
import { ranks } from '../../cell/timers.ts'
import type { Servers } from '../servers/servers.ts'
import { growthTable } from './tables.ts'

/** A review sees what was in use before anything happens at its instant. */
export const growthTimers = {
  useReviewed: ranks.closeHour,
  unitsArrive: ranks.expire,
  unitsLeave: ranks.expire,
} as const

/** What a rule orders for: one pool, or one group of hosts. */
export interface GrowthRule {
  readonly of: { readonly pool: Row<'pools'> } | { readonly group: Row<'hostGroups'> }
  readonly plan: Plan
  /** Percent x 1e8. */
  readonly above: bigint
  readonly below: bigint
}

const percentOf = (text: string): bigint => parseDecimal(text, 8, 'percentage', 'unsigned')

/** Growth of capacity by a rule (E-12): what it has ordered, and what is on the way. */
export class Growth extends Chapter<keyof typeof growthTimers> {
  readonly servers: Servers
  /** By row of `ordered`. */
  readonly rules: readonly GrowthRule[]
  readonly ordered
  readonly parts

  constructor(at: Cell, servers: Servers) {
    super(at)
    this.servers = servers
    const ruleOf = (of: GrowthRule['of'], plan: Plan | null): GrowthRule[] =>
      plan === null
        ? []
        : [{ of, plan, above: percentOf(plan.order.above), below: percentOf(plan.release?.below ?? '0') }]
    this.rules = [
      ...this.places.flatMap(({ row, plan }) => ruleOf({ pool: row }, plan.growth)),
      ...servers.hostChapter.plans.flatMap(({ row, plan }) => ruleOf({ group: row }, plan.growth)),
    ]
    this.ordered = growthTable(this.rules.length)
    for (const _ of this.rules) this.ordered.add()
    this.parts = { ordered: this.ordered }
  }
}
