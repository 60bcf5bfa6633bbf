/** C-05, C-06: nothing is ordered while it is not listed, nor found by a way that does not lead to it. */
import type { Database } from 'better-sqlite3'
import type { AuditContext, Check } from '../check.ts'
import { kinds } from '../kinds.ts'
import type { Listings } from '../listings.ts'

const ordersSql = 'SELECT id, at, account, specification, channel FROM orders WHERE kind = ? ORDER BY id'
type OrderRow = [id: number, at: number, account: number, specification: number, channel: number]

/** What a product is, by its number. */
interface Listed {
  readonly id: number
  readonly product: string
  readonly isPopular: boolean
  readonly listings: Listings
}

export function channels(context: AuditContext): Check {
  return {
    finish(database) {
      const saved = savedProducts(context, database)
      const listed = listedProducts(context, database)
      const [popular, favourites] = ['popular', 'favourites'].map((word) => context.premises.number(word))
      const rows = database.prepare<[number], OrderRow>(ordersSql).raw().all(context.words.purchase) as OrderRow[]
      for (const [id, at, account, specification, channel] of rows) {
        const product = listed.get(specification)
        if (product === undefined) continue
        const wrong = !product.listings.isListed(at)
          ? `${product.product} is not listed`
          : channel === popular && !product.isPopular
            ? `${product.product} is not among popular applications`
            : channel === favourites && !isSavedBefore(saved.get(`${account} ${product.id}`), at, id)
              ? `${product.product} is not among the favourites`
              : null
        if (wrong === null) context.findings.agree(kinds.channel, 1)
        else context.findings.differ(kinds.channel, `order ${id}`, at, 1, 0, wrong)
      }
    },
  }
}

/** When a product was saved, and with which order. */
interface Saved {
  readonly at: number
  readonly order: number
}

/** Orders of one instant follow each other in the order of their numbers. */
const isSavedBefore = (saved: Saved | undefined, at: number, order: number): boolean =>
  saved !== undefined && (saved.at < at || (saved.at === at && saved.order < order))

/** When each account saved each product; what was never ordered by then cannot be saved. */
function savedProducts({ findings }: AuditContext, database: Database): ReadonlyMap<string, Saved> {
  const sql = `WITH ordered AS MATERIALIZED (SELECT o.account, s.product_id AS product, o.at, MIN(o.id) AS id
      FROM orders o JOIN specifications s ON s.id = o.specification GROUP BY 1, 2, 3)
    SELECT f.account, f.product, f.at, o.id FROM favourites f
    LEFT JOIN ordered o ON o.account = f.account AND o.product = f.product AND o.at = f.at ORDER BY f.rowid`
  const saved = new Map<string, Saved>()
  const rows = database.prepare<[], [number, number, number, number | null]>(sql).raw().all()
  for (const [account, product, at, order] of rows as [number, number, number, number | null][]) {
    const key = `${account} ${product}`
    const text = saved.has(key) ? 'saved twice' : 'saved without an order of it'
    if (order !== null && !saved.has(key)) findings.agree(kinds.channel, 1)
    else findings.differ(kinds.channel, `account ${account} product ${product}`, at, 1, 0, text)
    if (!saved.has(key)) saved.set(key, { at, order: order ?? 0 })
  }
  return saved
}

/** The product of each specification. */
function listedProducts({ premises }: AuditContext, database: Database): ReadonlyMap<number, Listed> {
  const { catalog } = premises.scenario
  const sql = 'SELECT s.id, p.id, p.product FROM specifications s JOIN products p ON p.id = s.product_id'
  const rows = database.prepare<[], [number, number, string]>(sql).raw().all() as [number, number, string][]
  return new Map(
    rows.map(([specification, id, product]) => {
      const written = catalog.find((candidate) => candidate.id === product)
      const isPopular = written?.popular === true
      const listings = premises.listingsOf(product)
      return [specification, { id, product, isPopular, listings }]
    }),
  )
}
