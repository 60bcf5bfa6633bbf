/** C-05, C-06: nothing is ordered while it is not listed, nor found by a way that does not lead to it. */
import type { Database } from 'better-sqlite3'
import type { AuditContext, Check } from '../check.ts'
import { kinds } from '../kinds.ts'
import type { Listings } from '../listings.ts'
import { type OrderColumns, orderColumns } from '../thing-columns.ts'

/** What a product is, by its number. */
interface Listed {
  readonly id: number
  readonly product: string
  readonly isPopular: boolean
  readonly listings: Listings
}

export function channels(context: AuditContext): Check {
  return {
    record(database) {
      const listed = listedProducts(context, database)
      const orders = orderColumns(database)
      const saved = savedProducts(context, database, orders, listed)
      const [popular, favourites] = ['popular', 'favourites'].map((word) => context.premises.number(word))
      for (let row = 0; row < orders.id.length; row++) {
        if (orders.kind[row] !== context.words.purchase) continue
        const [id, at, channel] = [orders.id[row], orders.at[row], orders.channel[row]]
        const product = listed.get(orders.specification[row])
        if (product === undefined) continue
        const wrong = !product.listings.isListed(at)
          ? `${product.product} is not listed`
          : channel === popular && !product.isPopular
            ? `${product.product} is not among popular applications`
            : channel === favourites && !isSavedBefore(saved.get(`${orders.account[row]} ${product.id}`), at, id)
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
function savedProducts(
  { findings }: AuditContext,
  database: Database,
  orders: OrderColumns,
  listed: ReadonlyMap<number, Listed>,
): ReadonlyMap<string, Saved> {
  const rows = database
    .prepare<[], [number, number, number]>('SELECT account, product, at FROM favourites ORDER BY rowid')
    .raw()
    .all()
  const ordered = firstOrders(orders, listed, new Set(rows.map(([account, product]) => pairOf(account, product))))
  const saved = new Map<string, Saved>()
  for (const [account, product, at] of rows) {
    const key = `${account} ${product}`
    const order = ordered.get(`${key} ${at}`)
    const text = saved.has(key) ? 'saved twice' : 'saved without an order of it'
    if (order !== undefined && !saved.has(key)) findings.agree(kinds.channel, 1)
    else findings.differ(kinds.channel, `account ${account} product ${product}`, at, 1, 0, text)
    if (!saved.has(key)) saved.set(key, { at, order: order ?? 0 })
  }
  return saved
}

/** More than there are products. */
const PRODUCTS = 2 ** 20

/** An account and a product as one number. */
const pairOf = (account: number, product: number): number => account * PRODUCTS + product

/** The first order of some accounts and products at each instant, by `account product instant`. */
function firstOrders(
  { id, account, at, specification }: OrderColumns,
  listed: ReadonlyMap<number, Listed>,
  asked: ReadonlySet<number>,
): ReadonlyMap<string, number> {
  const first = new Map<string, number>()
  for (let row = 0; row < id.length; row++) {
    const product = listed.get(specification[row])
    if (product === undefined || !asked.has(pairOf(account[row], product.id))) continue
    const key = `${account[row]} ${product.id} ${at[row]}`
    if (!first.has(key)) first.set(key, id[row])
  }
  return first
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
