/** S-01..S-10: supervision flows step by step, and the clocks of three hours and of 365 days. */
import type { AuditContext, Check } from '../check.ts'
import { DAY } from '../civil-time.ts'
import type { Order } from '../facts.ts'
import { kinds } from '../kinds.ts'
import { supervisionLifecycles } from '../lifecycles.ts'
import type { SupervisedKind } from '../premises.ts'
import { StepJudge } from '../step-judge.ts'

export function supervision(context: AuditContext): Check {
  const judges = new Map(
    Object.entries(supervisionLifecycles).map(([kind, flow]) => [kind, new StepJudge(context, `${kind} flow`, flow)]),
  )
  return {
    account(facts) {
      for (const order of facts.orders) {
        // S-10: what renews a license or a service is about its subscription, and starts no flow.
        const isPurchase = order.subject === 0
        const kind = (isPurchase && context.premises.specifications.get(order.specification)?.supervised) || null
        const paid = order.steps.find(({ event }) => event === context.words.pay)
        if (kind === null || paid === undefined) {
          if (order.supervision.length > 0)
            context.findings.differ(
              kinds.step,
              `flow ${order.id}`,
              order.at,
              1,
              0,
              'the product is not supervised (S-01)',
            )
          continue
        }
        judges.get(kind)?.judge('flow', order.id, order.supervision, paid.at)
        judgeResumes(context, order)
        judgeRejections(context, order)
        judgeEnd(context, order, kind, paid.at)
      }
    },
  }
}

/** S-04: a seller rejects no request once the cap is reached. */
function judgeRejections({ findings, words, premises }: AuditContext, order: Order): void {
  let rejected = 0
  for (const { at, event } of order.supervision) {
    if (event !== words.rejectRequest) continue
    const cap = premises.policyAt('reject.cap', at)
    rejected++
    findings.compare(kinds.supervision, cap === 'none' || rejected <= cap ? 1 : 0, 1, () => ({
      subject: `flow ${order.id}`,
      at,
      text: `rejection ${rejected} of a request, of ${cap} (S-04)`,
    }))
  }
}

/** S-07: a flow resumes where it was frozen. */
function judgeResumes({ findings, words, premises }: AuditContext, order: Order): void {
  let frozenIn = 0
  for (const { at, event, from, to } of order.supervision) {
    if (event === words.appeal) frozenIn = from
    if (from !== words.frozen || to === words.completed || to === words.cancelled) continue
    if (to === frozenIn) findings.agree(kinds.step, 1)
    else {
      const text = `frozen in ${premises.word(frozenIn)}, resumed in ${premises.word(to)}`
      findings.differ(kinds.step, `flow ${order.id}`, at, 1, 0, text)
    }
  }
}

/** The order ends with its flow; the flow ends by S-08, by a manager, or by S-09. */
function judgeEnd(context: AuditContext, order: Order, kind: SupervisedKind, paidAt: number): void {
  const { findings, words, premises } = context
  const flow = order.supervision
  const last = flow.at(-1)
  const subject = `flow ${order.id}`
  const ended = last !== undefined && (last.to === words.completed || last.to === words.cancelled)
  const close = order.steps.find(({ to }) => to === words.completed || to === words.cancelled)
  findings.compare(kinds.supervision, close?.at ?? 0, ended ? last.at : 0, () => ({
    subject,
    at: last?.at ?? 0,
    text: 'the order ends when its flow does',
  }))
  if (ended && last.event === words.complete && last.from === words.accepted) judgeCompletion(context, order)
  if (!premises.policies['auto365.kinds'].includes(kind)) return
  const requested = flow.find(({ event }) => event === words.submitRequest)?.at
  const from = premises.policies['auto365.start'] === 'paid' ? paidAt : requested
  if (from === undefined) return
  const limit = closesAt(context, order, from)
  const closed = flow.find(({ event }) => event === words.closeCompleted || event === words.closeCancelled)
  const described = (text: string) => () => ({ subject, at: closed?.at ?? limit, text })
  if (closed !== undefined)
    findings.compare(kinds.supervision, closed.at, limit, described('closed after 365 days (S-09)'))
  else if (limit < premises.end && (last === undefined || last.at > limit || !ended))
    findings.compare(kinds.supervision, 0, limit, described('older than 365 days, and not closed (S-09)'))
}

/** S-09: the first millisecond after 365 days from an instant; frozen time is left out where `freeze.pauses` says so. */
function closesAt({ words, premises }: AuditContext, { supervision: flow }: Order, from: number): number {
  let limit = from + 365 * DAY + 1
  if (!premises.policies['freeze.pauses'].includes('auto365')) return limit
  for (const [index, { at, to }] of flow.entries())
    if (to === words.frozen && at < limit)
      limit += Math.max(0, (flow[index + 1]?.at ?? Number.POSITIVE_INFINITY) - Math.max(at, from))
  return limit
}

/** S-08: completed three hours after acceptance; a freeze stops that clock where `freeze.pauses` says so. */
function judgeCompletion({ findings, words, premises }: AuditContext, order: Order): void {
  const flow = order.supervision
  const delay = premises.policies['completion.delay']
  const accepted = flow.findLastIndex(({ event }) => event === words.accept)
  if (accepted < 0) return
  let waited = 0
  for (let index = accepted; index + 1 < flow.length; index++)
    if (flow[index].to === words.accepted) waited += flow[index + 1].at - flow[index].at
  const completed = flow[flow.length - 1].at
  const described = () => ({
    subject: `flow ${order.id}`,
    at: completed,
    text: 'completed after completion.delay (S-08)',
  })
  const due = premises.policies['freeze.pauses'].includes('completion')
    ? completed - waited + delay
    : Math.max(flow[accepted].at + delay, flow.findLast(({ from }) => from === words.frozen)?.at ?? 0)
  findings.compare(kinds.supervision, completed, due, described)
}
