/**
 * What supervision flows have besides their steps: requests by template or with an attachment (S-02), reasons of
 * rejections (S-05), application information and when it is shown (S-11), and withdrawals (N-01).
 */
import type { Database } from 'better-sqlite3'
import type { AuditContext, Check } from '../check.ts'
import { nameApplications } from '../completion-tables.ts'
import type { AccountFacts, Order } from '../facts.ts'
import { kinds } from '../kinds.ts'

/** What the tables and the view must say: `order at …`, each once. */
interface Due {
  readonly templates: Set<string>
  readonly reasons: Set<string>
  readonly shown: Set<string>
  /** Steps of each order that submit a request for a service, which may have an attachment. */
  readonly attachable: Set<string>
}

type Product = AuditContext['premises']['scenario']['catalog'][number]

export function flowDetails(context: AuditContext): Check {
  const due: Due = { templates: new Set(), reasons: new Set(), shown: new Set(), attachable: new Set() }
  return {
    account(facts) {
      for (const order of facts.orders) gather(context, facts, order, due)
    },
    gathered: () => due,
    join(gathered) {
      for (const name of Object.keys(due) as (keyof Due)[])
        for (const each of (gathered as Due)[name]) due[name].add(each)
    },
    finish(database, mass) {
      nameApplications(database, mass, context.words)
      judgeRequests(context, database, due)
      judgeReasons(context, database, due)
      judgeShown(context, database, due)
    },
  }
}

function gather({ premises, words, findings }: AuditContext, facts: AccountFacts, order: Order, due: Due): void {
  const product = productOf(premises, order.specification)
  if (product === undefined || order.subject !== 0) return
  const { supervision } = order
  const segment =
    supervision.length === 0 ? undefined : premises.scenario.buyers.find((buyers) => buyers.segment === facts.segment)
  for (const { at, event } of supervision) {
    if (event === words.submitRequest && product.requestTemplate) due.templates.add(`${order.id} ${at}`)
    if (event === words.submitRequest && product.kind === 'professional-service')
      due.attachable.add(`${order.id} ${at}`)
    if (event === words.rejectProduct && segment?.habits.supervision.reasons) due.reasons.add(`${order.id} ${at}`)
    if (event !== words.withdraw) continue
    const allowed = premises.policyAt('unsubscribe.beforeCompletion', at) === 'full-refund'
    findings.compare(kinds.flowFact, allowed ? 1 : 0, 1, () => ({
      subject: `flow ${order.id}`,
      at,
      text: 'unsubscribed before completion, which the policy does not allow (N-01)',
    }))
  }
  if (product.kind !== 'saas') return
  const delivered = supervision.find(({ event }) => event === words.deliver)
  const ended = supervision.find(({ to }) => to === words.completed || to === words.cancelled)
  const completed = order.steps.find(({ event }) => event === words.complete)
  if (delivered !== undefined) due.shown.add(`${order.id} service-supervision ${delivered.at} ${ended?.at ?? 'open'}`)
  if (completed !== undefined) due.shown.add(`${order.id} purchased-apps ${completed.at} open`)
}

function productOf(premises: AuditContext['premises'], specification: number): Product | undefined {
  const { product } = premises.specifications.get(specification) ?? { product: 0 }
  return premises.scenario.catalog[product - 1]
}

const described = (subject: string, at: number, text: string) => () => ({ subject, at, text })

function judgeRequests({ findings }: AuditContext, database: Database, due: Due): void {
  const open = new Set(due.templates)
  const sql = 'SELECT order_id, at, template, attachment FROM supervision_requests ORDER BY rowid'
  for (const [order, at, template, attachment] of database.prepare<[], number[]>(sql).raw().all()) {
    const key = `${order} ${at}`
    const isTemplate = open.delete(key)
    const isAttachable = due.attachable.has(key)
    const isDue = (template === 1) === isTemplate && (attachment === 0 || isAttachable) && template + attachment > 0
    findings.compare(
      kinds.flowFact,
      isDue ? 1 : 0,
      1,
      described(`flow ${order}`, at, 'how its request was made (S-02)'),
    )
  }
  for (const key of [...open].sort())
    findings.differ(kinds.flowFact, `flow ${key}`, 0, 0, 1, 'a request that did not use the template (S-02)')
}

function judgeReasons({ findings, premises }: AuditContext, database: Database, due: Due): void {
  const open = new Set(due.reasons)
  const sql = `SELECT r.order_id, r.at, w.word, a.segment FROM product_rejections r JOIN words w ON w.id = r.reason
    JOIN orders o ON o.id = r.order_id JOIN accounts a ON a.id = o.account ORDER BY r.rowid`
  type Row = [order: number, at: number, reason: string, segment: string]
  for (const [order, at, reason, segment] of database.prepare<[], Row>(sql).raw().all() as Row[]) {
    const weights: Readonly<Record<string, number>> =
      premises.scenario.buyers.find((buyers) => buyers.segment === segment)?.habits.supervision.reasons ?? {}
    const isDue = open.delete(`${order} ${at}`) && (weights[reason] ?? 0) > 0
    findings.compare(kinds.flowFact, isDue ? 1 : 0, 1, described(`flow ${order}`, at, `rejected as ${reason} (S-05)`))
  }
  for (const key of [...open].sort())
    findings.differ(kinds.flowFact, `flow ${key}`, 0, 0, 1, 'a rejection without a reason (S-05)')
}

function judgeShown({ findings }: AuditContext, database: Database, due: Due): void {
  const open = new Set(due.shown)
  const sql = `SELECT order_id, page, since, coalesce(until, 'open'), password FROM application_information`
  type Row = [order: number, page: string, since: number, until: number | string, password: string]
  for (const [order, page, since, until, password] of database.prepare<[], Row>(sql).raw().all() as Row[]) {
    const isDue = open.delete(`${order} ${page} ${since} ${until}`) && /^\*+$/.test(password)
    findings.compare(kinds.flowFact, isDue ? 1 : 0, 1, described(`order ${order}`, since, `shown on ${page} (S-11)`))
  }
  for (const key of [...open].sort())
    findings.differ(kinds.flowFact, `order ${key}`, 0, 0, 1, 'application information that is not shown (S-11)')
}
