/** T-04, T-05, R-02: steps that follow one another by their lifecycle, one end at most, and terms. */
import type { AuditContext, Check } from '../check.ts'
import type { Instance, Order, Step } from '../facts.ts'
import { kinds } from '../kinds.ts'
import { type LifecycleName, lifecycles } from '../lifecycles.ts'
import { StepJudge } from '../step-judge.ts'

export function steps(context: AuditContext): Check {
  const judges = Object.fromEntries(
    Object.entries(lifecycles).map(([name, lifecycle]) => [name, new StepJudge(context, name, lifecycle)]),
  ) as Record<LifecycleName, StepJudge>
  return {
    account(facts, workings) {
      const servers = facts.instances.length === 0 ? undefined : Map.groupBy(facts.instances, ({ order }) => order)
      for (const order of facts.orders) {
        judges.order.judge('order', order.id, order.steps, order.at)
        if (order.subscription.length > 0) {
          judges.subscription.judge('subscription', order.id, order.subscription)
        }
        judgeOrder(context, order)
        judgeServers(context, order, servers?.get(order.id) ?? NONE)
      }
      for (const instance of facts.instances) {
        judges.instance.judge('instance', instance.id, instance.steps, instance.at)
        judgeBirth(context, instance, workings.order(instance.order))
      }
      judges.standing.judge('account', facts.id, facts.standing)
      judges.freeze.judge('account', facts.id, facts.freezeSteps)
    },
  }
}

const NONE: readonly Instance[] = []

/** O-01, O-10: unpaid orders expire in time, and a term begins when its order is completed. */
function judgeOrder(context: AuditContext, order: Order): void {
  const { findings, premises, words } = context
  const expiry = order.at + premises.policyAt('order.unpaidLife', order.at)
  const last: Step | undefined = order.steps[order.steps.length - 1]
  const expired = order.steps.find(({ event }) => event === words.expire)
  // E-04: what is paid only when its servers are there may live that much longer.
  const isLater = order.pool > 0 && expired !== undefined && expired.at > expiry
  if (expired !== undefined)
    findings.compare(kinds.standing, expired.at, isLater ? expired.at : expiry, () => ({
      subject: `order ${order.id}`,
      at: expired.at,
      text: 'expired unpaid (O-01)',
    }))
  else if (
    last !== undefined &&
    premises.word(last.to) === 'pending-payment' &&
    expiry < premises.end &&
    order.pool === 0
  )
    findings.differ(
      kinds.standing,
      `order ${order.id}`,
      expiry,
      0,
      expiry,
      'unpaid for longer than order.unpaidLife (O-01)',
    )
  const completed = order.steps.find(({ event }) => event === words.complete)
  const begun = order.subscription[0]
  const isTerm = order.kind === words.purchase && order.months > 0
  if (begun !== undefined || (completed !== undefined && isTerm)) {
    const at = completed?.at ?? 0
    findings.compare(kinds.term, begun?.at ?? 0, at, () => ({
      subject: `order ${order.id}`,
      at,
      text: 'the term begins with completion (O-10)',
    }))
  }
}

/** E-05: all servers of an order or none; O-10: it is completed when the last one is there. */
function judgeServers({ findings, words }: AuditContext, order: Order, mine: readonly Instance[]): void {
  if (order.instances === 0) return
  const completed = order.steps.find(({ event }) => event === words.complete)
  if (mine.length === order.instances) findings.agree(kinds.orderShape, mine.length)
  else if (mine.length > 0 || completed !== undefined) {
    const text = 'servers admitted, all that were ordered or none (E-05)'
    findings.differ(kinds.orderShape, `order ${order.id}`, order.at, mine.length, order.instances, text)
  }
  if (completed === undefined || mine.length === 0) return
  let last = 0
  for (const { steps } of mine) last = Math.max(last, steps.find(({ from }) => from === words.creating)?.at ?? 0)
  findings.compare(kinds.term, completed.at, last, () => ({
    subject: `order ${order.id}`,
    at: completed.at,
    text: 'completed when its last server is there (O-10)',
  }))
}

/** An instance belongs to an order of its account, in the pool and with the image that was ordered. */
function judgeBirth({ findings }: AuditContext, instance: Instance, order: Order | undefined): void {
  const text =
    order === undefined
      ? `of order ${instance.order}, which the account does not have`
      : order.pool !== instance.pool
        ? `in pool ${instance.pool}, ordered in pool ${order.pool}`
        : order.specification !== instance.specification
          ? `with image ${instance.specification}, ordered with ${order.specification}`
          : null
  if (text === null) findings.agree(kinds.orderShape, 1)
  else findings.differ(kinds.orderShape, `instance ${instance.id}`, instance.at, 1, 0, text)
}
