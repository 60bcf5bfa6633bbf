/**
 * C-07: a product that waits for requirements is listed when the last of them has come in and its seller has taken the time; what
 * is listed is found by those who would have found nothing, and by no search.
 */
import type { Database } from 'better-sqlite3'
import type { AuditContext, Check } from '../check.ts'
import { kinds } from '../kinds.ts'

type Product = AuditContext['premises']['scenario']['catalog'][number]

export function requirements(context: AuditContext): Check {
  return {
    record(database) {
      const waiting = context.premises.scenario.catalog.filter((product) => product.requirements !== null)
      if (waiting.length === 0) return
      for (const product of waiting) judgeListing(context, database, product)
      judgeFound(context, database)
      judgeOrders(context, database)
    },
  }
}

const nameOf = ({ category, subcategory }: Product): string =>
  [category, ...((subcategory ?? '') ? [subcategory] : [])].join('/')

/** When the product should be listed, and what the record says of it. */
function judgeListing({ findings, premises }: AuditContext, database: Database, product: Product): void {
  const { count, after } = product.requirements ?? { count: 0, after: 0 }
  const delay = premises.scenario.messageDelay
  const mailed = database
    .prepare<[string], number>(
      `SELECT u.at FROM unmet_demand u JOIN categories c ON c.id = u.category WHERE u.mailed = 1 AND c.category = ? ORDER BY u.at`,
    )
    .pluck()
    .all(nameOf(product))
  const last = mailed.length < count ? Number.POSITIVE_INFINITY : mailed[count - 1] + delay
  const due = last < premises.end ? [`${last} ${count} ${last + (after > delay ? after : delay)}`] : []
  const rows = database
    .prepare<[string], [number, number, number]>(
      `SELECT l.at, l.requirements, l.listed FROM requirement_listings l JOIN products p ON p.id = l.product WHERE p.product = ?`,
    )
    .raw()
    .all(product.id) as [number, number, number][]
  const recorded = rows.map((row) => row.join(' '))
  findings.compare(kinds.requirement, recorded.join() === due.join() ? 1 : 0, 1, () => ({
    subject: product.id,
    at: rows[0]?.[0] ?? premises.end,
    text: `listed ${recorded.join(' and ') || 'never'}, should be ${due.join() || 'never'} (came in, requirements, from)`,
  }))
}

/** No buyer finds nothing where something is listed for what they look for. */
function judgeFound({ findings, premises }: AuditContext, database: Database): void {
  type Row = [account: number, at: number, category: string, segment: string]
  const sql = `SELECT u.account, u.at, c.category, a.segment FROM unmet_demand u JOIN categories c ON c.id = u.category
    JOIN accounts a ON a.id = u.account`
  for (const [account, at, category, name] of database.prepare<[], Row>(sql).raw().all() as Row[]) {
    const buys = premises.scenario.buyers.find(({ segment }) => segment === name)?.buys ?? []
    const found = premises.scenario.catalog.find(
      (product) =>
        product.requirements !== null &&
        nameOf(product) === category &&
        buys.some((buy) => buy.product === product.id) &&
        premises.listingsOf(product.id).isListed(at),
    )
    findings.compare(kinds.requirement, found === undefined ? 1 : 0, 1, () => ({
      subject: `account ${account}`,
      at,
      text: `found nothing in ${category}, where ${found?.id} is listed`,
    }))
  }
}

/** What waited for requirements is bought by those who looked for it: no first visit finds it by search. */
function judgeOrders({ findings, premises }: AuditContext, database: Database): void {
  type Row = [id: number, at: number, segment: string, interest: number, channel: number]
  const sql = `SELECT o.id, o.at, a.segment, o.interest, o.channel FROM orders o JOIN accounts a ON a.id = o.account
    WHERE o.interest > 0`
  for (const [id, at, name, interest, channel] of database.prepare<[], Row>(sql).raw().all() as Row[]) {
    const buy = premises.scenario.buyers.find(({ segment }) => segment === name)?.buys[interest - 1]
    const product = premises.scenario.catalog.find((candidate) => candidate.id === buy?.product)
    if (product == null || product.requirements === null) continue
    const word = premises.word(channel)
    findings.compare(kinds.requirement, word === 'search' ? 0 : 1, 1, () => ({
      subject: `order ${id}`,
      at,
      text: `${product.id} found by ${word}`,
    }))
  }
}
