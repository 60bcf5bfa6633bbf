/** Of whose sales the shares of sellers are where their legs name no buyer (L-06), by loops over the facts. */
import type Sqlite from 'better-sqlite3'

interface Part {
  readonly segment: string | null
  readonly region: string | null
  readonly specification: bigint
  amount: bigint
}

interface Share {
  readonly id: bigint
  readonly order_id: bigint
  readonly specification: bigint
  readonly seller: bigint
  readonly billed: bigint
  readonly month: string
  readonly cost: bigint
  readonly segment: string | null
  readonly region: string | null
}

interface Leg {
  readonly ledger: string
  readonly amount: bigint
}

const columns = ['month', 'kind', 'product', 'segment', 'region', 'ledger', 'amount'] as const

const monthOfDay = (day: string): string => `strftime('%Y-%m', ${day} * 86400, 'unixepoch')`
/** Of the clock hour in which an hour of use ends, none of them after the run. */
const monthOfHour = (hour: string): string =>
  `strftime('%Y-%m', min((${hour} + 3599999) / 3600000 * 3600000, (SELECT value - 1 FROM meta WHERE key = 'end')) / 1000, 'unixepoch', '+8 hours')`
const buyer = 'JOIN accounts a ON a.id = h.account JOIN regions r ON r.id = a.region_id'

/** By segment, region and specification, in their order: the order of parts decides who gets the last unit. */
const inOrder = (parts: Iterable<Part>): Part[] =>
  [...parts].sort((a, b) => {
    const [left, right] = [a, b].map(({ segment, region }) => `${segment ?? ''}\n${region ?? ''}`)
    return left < right ? -1 : left > right ? 1 : Number(a.specification - b.specification)
  })

/**
 * Makes the table `attributed(month, kind, product, segment, region, ledger, amount)`: legs that name no buyer or product, taken
 * back and put where they belong.
 */
export function makeAttributed(plain: Sqlite.Database): void {
  plain.exec(`CREATE TEMP TABLE attributed (${columns.join(', ')})`)
  const insert = plain.prepare(`INSERT INTO attributed VALUES (${columns.map(() => '?').join(', ')})`)
  const goods = new Map<bigint, readonly [kind: string, product: string]>()
  for (const { id, kind, product } of plain
    .prepare('SELECT s.id, p.kind, p.product FROM specifications s JOIN products p ON p.id = s.product_id')
    .all() as { id: bigint; kind: string; product: string }[])
    goods.set(id, [kind, product])
  const put = (month: string, ledger: string, { segment, region, specification, amount }: Part): void => {
    const [kind, product] = goods.get(specification) ?? [null, null]
    insert.run(month, kind, product, segment, region, ledger, amount)
  }
  const addTo = (known: Map<string, Part>, { segment, region, specification, amount }: Part): void => {
    const key = `${segment}\n${region}\n${specification}`
    const part = known.get(key)
    if (part === undefined) known.set(key, { segment, region, specification, amount })
    else part.amount += amount
  }
  const listOf = <T>(lists: Map<string, T>, key: string, make: () => T): T => {
    const known = lists.get(key) ?? make()
    lists.set(key, known)
    return known
  }

  const uses = new Map<string, Map<string, Part>>()
  for (const row of plain
    .prepare(
      `SELECT ${monthOfHour('h.hour')} AS month, a.segment, r.region, h.priced AS specification, sum(h.amount) AS amount
       FROM (SELECT account, item, priced, hour, amount FROM usage_hours
         UNION ALL SELECT account, item, priced, hour, -amount FROM usage_rejected) h ${buyer}
       JOIN words i ON i.id = h.item WHERE i.word = 'image' GROUP BY 1, 2, 3, 4`,
    )
    .all() as (Part & { month: string })[]) {
    addTo(
      listOf(uses, `${row.month} ${row.specification}`, () => new Map<string, Part>()),
      row,
    )
    const [kind, product] = goods.get(row.specification) as readonly [string, string]
    insert.run(row.month, kind, product, row.segment, row.region, 'marketplace-revenue', -row.amount)
    insert.run(row.month, 'image', null, row.segment, row.region, 'marketplace-revenue', row.amount)
  }

  const legsOf = (id: bigint): Leg[] =>
    plain
      .prepare(
        'SELECT w.word AS ledger, p.amount FROM postings p JOIN words w ON w.id = p.ledger WHERE p.transaction_id = ? AND p.amount <> 0 ORDER BY p.rowid',
      )
      .all(id) as Leg[]
  /** The last leg is what the others leave, so that each part balances. */
  const share = (month: string, legs: readonly Leg[], parts: readonly Part[], tell: (leg: Leg, part: Part) => void) => {
    const whole = parts.reduce((sum, { amount }) => sum + amount, 0n)
    const left = parts.map(() => 0n)
    for (const [at, leg] of legs.entries()) {
      let [upTo, given] = [0n, 0n]
      for (const [index, part] of parts.entries()) {
        upTo += part.amount
        const amount = at === legs.length - 1 ? -left[index] : (leg.amount * upTo) / whole - given
        given += amount
        left[index] += amount
        put(month, leg.ledger, { ...part, amount })
        tell(leg, { ...part, amount })
      }
      insert.run(month, null, null, null, null, leg.ledger, -leg.amount)
    }
  }

  const billed = new Map<string, Map<string, Part>>()
  const shares = plain
    .prepare(
      `SELECT t.id, t.order_id, s.specification, p.seller_id AS seller, s.month AS billed, ${monthOfDay('t.day')} AS month, s.cost,
         a.segment, r.region
       FROM seller_shares s JOIN transactions t ON t.id = s.transaction_id JOIN specifications g ON g.id = s.specification
       JOIN products p ON p.id = g.product_id LEFT JOIN accounts a ON a.id = t.account LEFT JOIN regions r ON r.id = a.region_id`,
    )
    .all() as Share[]
  for (const { id, order_id, specification, seller, billed: on, month, cost, segment, region } of shares) {
    const bill = listOf(billed, `${seller} ${on}`, () => new Map<string, Part>())
    if (order_id > 0n) addTo(bill, { segment, region, specification, amount: cost })
    else
      share(month, legsOf(id), inOrder(uses.get(`${month} ${specification}`)?.values() ?? []), (leg, part) => {
        if (leg.ledger === 'unbilled-payable') addTo(bill, { ...part, amount: -part.amount })
      })
  }
  const bills = plain
    .prepare(
      `SELECT t.id, b.seller, b.month AS billed, ${monthOfDay('t.day')} AS month FROM v_transactions v
       JOIN transactions t ON t.id = v.id JOIN seller_bills b ON b.at = t.at
       WHERE v.kind = 'seller-bill' AND b.seller = (SELECT owner FROM v_postings WHERE transaction_id = t.id AND ledger = 'unbilled-payable')`,
    )
    .all() as { id: bigint; seller: bigint; billed: bigint; month: string }[]
  for (const { id, seller, billed: on, month } of bills)
    share(month, legsOf(id), inOrder(billed.get(`${seller} ${on}`)?.values() ?? []), () => {})
}
