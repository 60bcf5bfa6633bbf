/** The invoices and credit notes of a run, one after the other. */
import { formatInstant, monthOf } from '#base/civil-time.ts'
import { tenTo } from '#base/decimal.ts'
import { decimalText } from '#base/decimal-text.ts'
import { MONEY_DECIMALS } from '#base/money.ts'
import { policiesAt, taxPercent } from '../explain/premises.ts'
import { usageCharges } from '../exports/focus.ts'
import { type ChargedOrder, chargedOrders } from '../exports/order-charges.ts'
import type { RunRecord } from '../record.ts'
import { coveringInvoices, type Reference } from './covering.ts'
import { type BusinessDocument, type Item, itemsOf, totalsOf } from './document.ts'

const invoicesSql = `
SELECT i.id, n.number, n.issued, a.name, a.segment, a.region_id, i.month, i.amount, r.number, r.issued,
  (SELECT min(s.at) FROM invoice_steps s WHERE s.invoice_id = i.id AND s.to_state = (SELECT id FROM words WHERE word = 'returned'))
FROM invoices i JOIN invoice_numbers n ON n.invoice_id = i.id JOIN accounts a ON a.id = i.account
LEFT JOIN invoice_numbers r ON r.invoice_id = i.reissue_of ORDER BY n.issued, i.id`

const linesSql = `
SELECT l.invoice_id, l.order_id, w.word, l.amount FROM invoice_lines l JOIN words w ON w.id = l.rule ORDER BY l.rowid`

const notesSql = `
WITH notes AS MATERIALIZED (SELECT * FROM credit_notes), lines AS MATERIALIZED (SELECT * FROM credit_note_lines),
  paid AS MATERIALIZED (SELECT order_id, min(at) AS at FROM transactions
    WHERE kind = (SELECT id FROM words WHERE word = 'payment') GROUP BY order_id)
SELECT c.number, c.at, a.name, a.segment, a.region_id, c.order_id, c.bill_number, c.amount, l.part, l.amount, o.at, p.at
FROM notes c JOIN accounts a ON a.id = c.account LEFT JOIN lines l ON l.number = c.number
LEFT JOIN orders o ON o.id = c.order_id LEFT JOIN paid p ON p.order_id = c.order_id ORDER BY c.number, l.part`

const taxesSql = 'SELECT account, month, at, tax FROM bill_taxes'

interface InvoiceLine {
  readonly order: bigint
  readonly rule: string
  readonly amount: bigint
}

/** Use of one kind and product in a month of an account. */
interface Used {
  readonly seconds: bigint
  readonly amount: bigint
}

const monthKey = (account: string, month: number): string => `${month} ${account}`

/** What a record says about all of its documents. */
class Sources {
  readonly #record: RunRecord
  readonly #unit: bigint
  /** By invoice. */
  readonly lines = new Map<bigint, InvoiceLine[]>()
  /** Orders that are on an invoice. */
  readonly #orders = new Map<bigint, ChargedOrder>()
  readonly #usage = new Map<string, Map<string, Used>>()
  /** Tax on use and when it was computed, by account and month. */
  readonly #taxes = new Map<string, { readonly at: number; readonly tax: bigint }>()
  /** The valid invoice that has an order. */
  readonly covering: ReadonlyMap<bigint, Reference>
  /** When orders were placed. */
  readonly #placed = new Map<bigint, number>()

  constructor(record: RunRecord) {
    this.#record = record
    this.#unit = tenTo(MONEY_DECIMALS - record.meta.decimals)
    const wanted = new Set<bigint>()
    for (const [invoice, order, rule, amount] of record.cursor(linesSql).rows) {
      const line = { order: order as bigint, rule: String(rule), amount: amount as bigint }
      const list = this.lines.get(invoice as bigint)
      if (list === undefined) this.lines.set(invoice as bigint, [line])
      else list.push(line)
      if (line.order !== 0n) wanted.add(line.order)
    }
    if (wanted.size > 0) {
      for (const order of chargedOrders(record)) if (wanted.has(order.id)) this.#orders.set(order.id, order)
      for (const [id, at] of record.cursor('SELECT id, at FROM orders').rows)
        if (wanted.has(id as bigint)) this.#placed.set(id as bigint, Number(at))
    }
    this.covering = coveringInvoices(record)
    this.#readUse()
  }

  /** Use of the months whose bills are invoiced. */
  #readUse(): void {
    const { utcOffset } = this.#record.meta
    const months = this.#record.rows<{ name: string; id: bigint; month: bigint }>(
      'SELECT DISTINCT a.name, a.id, i.month FROM invoices i JOIN accounts a ON a.id = i.account WHERE i.month <> 0',
    )
    if (months.length === 0) return
    for (const { name, month } of months) this.#usage.set(monthKey(name, monthOf(Number(month), utcOffset)), new Map())
    for (const { account, month, sku = '', billed, consumed } of usageCharges(this.#record)) {
      const used = this.#usage.get(monthKey(account, month))
      if (used === undefined) continue
      const before = used.get(sku) ?? { seconds: 0n, amount: 0n }
      const seconds = consumed?.unit === 'Seconds' ? consumed.quantity / 10_000_000_000n : 0n
      used.set(sku, { seconds: before.seconds + seconds, amount: before.amount + billed })
    }
    const names = new Map(months.map(({ id, name }) => [id, name]))
    for (const [account, month, at, tax] of this.#record.cursor(taxesSql).rows) {
      const name = names.get(account as bigint)
      if (name !== undefined)
        this.#taxes.set(monthKey(name, monthOf(Number(month), utcOffset)), {
          at: Number(at),
          tax: tax as bigint,
        })
    }
  }

  /** The lines of an order that was paid, each at the rate at which the order was taxed (M-07). */
  orderItems({ order: id, amount }: InvoiceLine, region: number): Item[] {
    const order = this.#orders.get(id)
    const at = this.#placed.get(id) ?? 0
    if (order === undefined) return [{ text: `order ${id}`, note: '', net: amount, percent: '0' }]
    const percent = this.rateAt(region, at, order.at)
    const { lines } = order
    const rest = amount - lines.reduce((sum, line) => sum + line.net + line.tax, 0n)
    return [
      ...lines.flatMap(({ kind, product, plan, net, tax }) =>
        itemsOf(
          {
            text: kind === 'ecs' ? `server ${plan}` : `${kind} ${product}: ${plan}`,
            note: `order ${id}`,
            net,
            percent,
          },
          tax,
          this.#unit,
        ),
      ),
      ...(rest === 0n ? [] : [{ text: `order ${id}, difference`, note: '', net: rest, percent: '0' }]),
    ]
  }

  /** Percentage of tax of an order: at its creation, or at its payment (O-04, `order.quoteLock`). */
  rateAt(region: number, placed: number, paid: number): string {
    const isAsked = policiesAt(this.#record, paid)['order.quoteLock'] === 'payment'
    return taxPercent(this.#record, region, isAsked ? paid : placed)
  }

  /** What was metered in a month, by kind and product; `amount` has the tax on it. */
  useItems(account: string, month: number, region: number, amount: bigint): Item[] {
    const key = monthKey(account, monthOf(month, this.#record.meta.utcOffset))
    const taxed = this.#taxes.get(key)
    const net = amount - (taxed?.tax ?? 0n)
    const items: Item[] = [...(this.#usage.get(key) ?? [])]
      .filter(([, used]) => used.amount !== 0n)
      .map(([sku, used]) => ({
        text: sku.replace('/', ' '),
        note: used.seconds === 0n ? '' : `${decimalText((used.seconds * 100n) / 3600n, 2)} hours`,
        net: used.amount,
        percent: '0',
      }))
    const rest = net - items.reduce((sum, item) => sum + item.net, 0n)
    if (rest !== 0n) items.push({ text: 'use whose records arrived late (U-09)', note: '', net: rest, percent: '0' })
    if (taxed === undefined) return items
    const percent = taxPercent(this.#record, region, taxed.at)
    // What was taxed is one amount: its parts have the rate of the whole, or the whole is one line.
    const [part, ...more] = itemsOf({ text: 'metered use', note: '', net, percent }, taxed.tax, this.#unit)
    return more.length === 0 ? items.map((item) => ({ ...item, percent: part.percent })) : [part, ...more]
  }
}

function* invoices(record: RunRecord, sources: Sources): Generator<BusinessDocument> {
  const { decimals, utcOffset } = record.meta
  for (const row of record.cursor(invoicesSql).rows) {
    const [id, number, issued, account, segment, region, month, amount, replaced, replacedAt, returned] = row
    const lines = sources.lines.get(id as bigint) ?? []
    const items = lines.flatMap((line) => {
      if (line.rule === 'M-08') return []
      return line.order === 0n
        ? sources.useItems(String(account), Number(month), Number(region), line.amount)
        : sources.orderItems(line, Number(region))
    })
    yield {
      kind: 'invoice',
      number: String(number),
      issued: Number(issued),
      account: String(account),
      segment: String(segment),
      month: month === 0n ? undefined : Number(month),
      orders: lines.map(({ order }) => order).filter((order) => order !== 0n),
      reference: replaced === null ? undefined : { number: String(replaced), issued: Number(replacedAt) },
      bill: '',
      returned: returned === null ? '' : `returned on ${formatInstant(Number(returned), utcOffset).slice(0, 10)}`,
      ...totalsOf(items, amount as bigint, decimals),
    }
  }
}

/** Parts of a credit note: what of the price goes back, and the tax on it; its rounding is that of the document. */
interface NoteParts {
  readonly row: readonly unknown[]
  price: bigint
  tax: bigint
}

function noteOf(record: RunRecord, sources: Sources, { row, price, tax }: NoteParts): BusinessDocument {
  const { decimals } = record.meta
  const [number, at, account, segment, region, order, bill, amount, , , placed, paid] = row
  const percent = sources.rateAt(Number(region), Number(placed ?? at), Number(paid ?? at))
  const item = { text: `refund of order ${order}`, note: '', net: price, percent }
  return {
    kind: 'credit note',
    number: String(number),
    issued: Number(at),
    account: String(account),
    segment: String(segment),
    month: undefined,
    orders: [order as bigint],
    reference: sources.covering.get(order as bigint),
    bill: bill === null ? '' : String(bill),
    returned: '',
    ...totalsOf(itemsOf(item, tax, tenTo(MONEY_DECIMALS - decimals)), amount as bigint, decimals),
  }
}

function* creditNotes(record: RunRecord, sources: Sources): Generator<BusinessDocument> {
  let note: NoteParts | undefined
  for (const row of record.cursor(notesSql).rows) {
    if (note === undefined || note.row[0] !== row[0]) {
      if (note !== undefined) yield noteOf(record, sources, note)
      note = { row, price: 0n, tax: 0n }
    }
    if (row[8] === 'price') note.price += row[9] as bigint
    if (row[8] === 'tax') note.tax += row[9] as bigint
  }
  if (note !== undefined) yield noteOf(record, sources, note)
}

/** Every issued invoice, then every credit note; each in the order of its number. */
export function* documentsOf(record: RunRecord): Generator<BusinessDocument> {
  const sources = new Sources(record)
  yield* invoices(record, sources)
  yield* creditNotes(record, sources)
}
