/** C-05, C-06: nothing is ordered while it is not listed, nor found by a way that does not lead to it. */
import type { Database } from 'better-sqlite3'
import type { Bench, Check } from '../check.ts'
import { kinds } from '../kinds.ts'

const ordersSql = `SELECT o.id, o.at, o.account, s.product_id, p.product, c.word, k.word
  FROM orders o JOIN specifications s ON s.id = o.specification JOIN products p ON p.id = s.product_id
  JOIN words c ON c.id = o.channel JOIN words k ON k.id = o.kind ORDER BY o.id`
type OrderRow = [
  id: number,
  at: number,
  account: number,
  productId: number,
  product: string,
  channel: string,
  kind: string,
]

export function channels(bench: Bench): Check {
  return {
    finish(database) {
      const saved = savedProducts(bench, database)
      const rows = database.prepare<[], OrderRow>(ordersSql).raw().iterate() as IterableIterator<OrderRow>
      for (const row of rows) if (row[6] === 'purchase') judge(bench, row, saved)
    },
  }
}

/** When each account saved each product; what was never ordered by then cannot be saved. */
function savedProducts({ findings }: Bench, database: Database): ReadonlyMap<string, number> {
  const sql = `SELECT f.account, f.product, f.at, EXISTS (SELECT 1 FROM orders o JOIN specifications s ON s.id = o.specification
    WHERE o.account = f.account AND s.product_id = f.product AND o.at = f.at) FROM favourites f ORDER BY f.rowid`
  const saved = new Map<string, number>()
  const rows = database.prepare<[], [number, number, number, number]>(sql).raw().all()
  for (const [account, product, at, isOrdered] of rows as [number, number, number, number][]) {
    const key = `${account} ${product}`
    const text = saved.has(key) ? 'saved twice' : 'saved without an order of it'
    if (isOrdered === 1 && !saved.has(key)) findings.agree(kinds.channel, 1)
    else findings.differ(kinds.channel, `account ${account} product ${product}`, at, 1, 0, text)
    if (!saved.has(key)) saved.set(key, at)
  }
  return saved
}

function judge({ findings, premises }: Bench, row: OrderRow, saved: ReadonlyMap<string, number>): void {
  const [id, at, account, productId, product, channel] = row
  const written = premises.scenario.catalog.find((candidate) => candidate.id === product)
  const savedAt = saved.get(`${account} ${productId}`) ?? Number.POSITIVE_INFINITY
  const wrong = !isListed(premises.scenario, product, at)
    ? `${product} is not listed`
    : channel === 'popular' && written?.popular !== true
      ? `${product} is not among popular applications`
      : channel === 'favourites' && savedAt >= at
        ? `${product} is not among the favourites`
        : null
  if (wrong === null) findings.agree(kinds.channel, 1)
  else findings.differ(kinds.channel, `order ${id}`, at, 1, 0, wrong)
}

/** C-05: the last of its listings up to an instant counts. */
function isListed({ catalog, events }: Bench['premises']['scenario'], product: string, at: number): boolean {
  const listed = catalog.find(({ id }) => id === product)?.listed ?? null
  const steps = listed === null ? [] : [{ at: listed, on: true }]
  for (const event of events)
    if ((event.kind === 'list' || event.kind === 'delist') && event.product === product)
      steps.push({ at: event.at, on: event.kind === 'list' })
  const last = steps.toSorted((a, b) => a.at - b.at).findLast((step) => step.at <= at)
  return last?.on ?? listed === null
}
