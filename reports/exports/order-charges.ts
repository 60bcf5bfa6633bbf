/** Paid orders line by line, each line with its share of the order's tax. */
import { HIGH } from '#sim/record/wide.ts'
import { proportionalShares } from '../proportional-shares.ts'
import type { Cell, RunRecord } from '../record.ts'

/** One thing that was bought with an order. */
export interface OrderLine {
  /** Position of the line in the order. */
  readonly line: bigint
  /** `ecs` for servers, else the kind of the product. */
  readonly kind: string
  /** The flavour of servers; of everything else the product. */
  readonly product: string
  /** The specification and the duration of the plan: `seats for 12 months`. */
  readonly plan: string
  /** Before tax, and the line's share of the order's tax (M-07), whole 1e-8. */
  readonly net: bigint
  readonly tax: bigint
  readonly rule: string
  /** Who sells it: `isv/3`; empty for servers. */
  readonly seller: string
  /** The price of a list that it was bought at. */
  readonly listed: ListedPrice
}

/** Where a price list has the price of a line. */
export interface ListedPrice {
  /** `ecs`, or the resource of a server; else the kind of the product. */
  readonly item: string
  /** The flavour of a server, or the product. */
  readonly product: string
  /** Of a product; empty for servers. */
  readonly specification: string
  /** Of a server: `eu-1a/c6.large`, and its region; else empty. */
  readonly pool: string
  readonly region: string
  /** Duration; 0 where it has none. */
  readonly months: number
  /** JSON of a price plan; of a server whole 1e-10. */
  readonly price: string | bigint
}

export interface ChargedOrder {
  readonly id: bigint
  readonly account: string
  /** The product that was ordered. */
  readonly product: string
  /** purchase, renewal, upgrade or expansion. */
  readonly kind: string
  /** The subscription that it changes or renews, by its first order; 0 for a purchase. */
  readonly subject: bigint
  /** Of the quantity attribute, or servers; whole 1e-8. */
  readonly quantity: bigint
  /** When it was paid. */
  readonly at: number
  /** Tax included, whole 1e-8. */
  readonly amount: bigint
  readonly tax: bigint
  /** Position and rule of the tax line; undefined where the order has none. */
  readonly taxLine: { readonly line: bigint; readonly rule: string } | undefined
  readonly lines: readonly OrderLine[]
}

const sql = `
SELECT t.id, o.id, a.name, g.product, t.at, l.line, pw.word, g.kind, CASE pw.word WHEN 'ecs' THEN n.flavour || CASE s.item WHEN 'ecs' THEN '' ELSE ' ' || s.item END ELSE g.product END,
  g.specification, CASE pw.word WHEN 'ecs' THEN s.months ELSE p.months END, l.amount, rw.word, g.seller,
  kw.word, o.subject, o.quantity, s.item, n.flavour, n.pool, n.region, s.price, s.price_high, p.price
FROM transactions t JOIN orders o ON o.id = t.order_id JOIN accounts a ON a.id = o.account JOIN words kw ON kw.id = o.kind JOIN goods g ON g.id = o.specification
JOIN paid_lines l ON l.order_id = o.id
JOIN words pw ON pw.id = l.part JOIN words rw ON rw.id = l.rule
LEFT JOIN server_plans s ON pw.word = 'ecs' AND s.id = l.plan LEFT JOIN pool_names n ON n.id = s.pool
LEFT JOIN plans p ON pw.word <> 'ecs' AND p.id = l.plan
WHERE t.kind = (SELECT id FROM words WHERE word = 'payment') ORDER BY t.at, t.id, l.line`

/** Paid orders by the instant of their payment, their lines in order. */
export function* chargedOrders(record: RunRecord): Generator<ChargedOrder> {
  let payment: Cell = null
  let rows: Cell[][] = []
  for (const row of record.cursor(sql).rows) {
    if (row[0] !== payment && rows.length > 0) {
      yield orderOf(rows)
      rows = []
    }
    payment = row[0]
    rows.push(row)
  }
  if (rows.length > 0) yield orderOf(rows)
}

const isTax = (row: readonly Cell[]): boolean => row[6] === 'tax'
const isServer = (row: readonly Cell[]): boolean => row[6] === 'ecs'
const amountOf = (row: readonly Cell[]): bigint => row[11] as bigint
const sumOf = (rows: readonly Cell[][]): bigint => rows.reduce((sum, row) => sum + amountOf(row), 0n)

function orderOf(rows: readonly Cell[][]): ChargedOrder {
  const [, id, account, product, at] = rows[0]
  const [orderKind, subject, quantity] = rows[0].slice(14)
  const taxes = rows.filter(isTax)
  const tax = sumOf(taxes)
  // Servers first: what they are taxed by does not depend on how many lines the goods have.
  const sold = rows.filter((row) => !isTax(row)).sort((a, b) => Number(isServer(b)) - Number(isServer(a)))
  const shares = proportionalShares(sold.map(amountOf), tax)
  const lines = sold.map((row, index): OrderLine => {
    const [, , , , , line, , kind, name, specification, months, net, rule, seller] = row
    const [, , , item, flavour, pool, region, price, high, plan] = row.slice(14)
    const duration = months === null || months === 0n ? '' : ` for ${months} ${months === 1n ? 'month' : 'months'}`
    return {
      line: line as bigint,
      kind: isServer(row) ? 'ecs' : String(kind),
      product: String(name ?? ''),
      plan: isServer(row) ? `${name ?? ''}${duration}` : `${specification}${duration}`,
      net: net as bigint,
      tax: shares[index],
      rule: String(rule),
      seller: isServer(row) ? '' : String(seller ?? ''),
      listed: {
        item: String((isServer(row) ? item : kind) ?? 'ecs'),
        product: String((isServer(row) ? flavour : name) ?? ''),
        specification: isServer(row) ? '' : String(specification),
        pool: String(pool ?? ''),
        region: String(region ?? ''),
        months: Number(months ?? 0n),
        price: isServer(row)
          ? ((high as bigint | null) ?? 0n) * HIGH + ((price as bigint | null) ?? 0n)
          : String(plan ?? ''),
      },
    }
  })
  return {
    id: id as bigint,
    account: String(account),
    product: String(product),
    kind: String(orderKind),
    subject: subject as bigint,
    quantity: quantity as bigint,
    at: Number(at),
    amount: sumOf(rows as Cell[][]),
    tax,
    taxLine: taxes.length === 0 ? undefined : { line: taxes[0][5] as bigint, rule: String(taxes[0][12]) },
    lines: lines.sort((a, b) => Number(a.line - b.line)),
  }
}
