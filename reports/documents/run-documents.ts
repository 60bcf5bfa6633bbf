/** The invoices and credit notes of a run, one after the other. */
import { formatInstant, monthOf } from '#base/civil-time.ts'
import { tenTo } from '#base/decimal.ts'
import { decimalText } from '#base/decimal-text.ts'
import { MONEY_DECIMALS } from '#base/money.ts'
import { billFinalAt } from '#sim/billing/final-bill.ts'
import { policiesAt, taxPercent } from '../explain/premises.ts'
import { usageCharges } from '../exports/focus.ts'
import { type ChargedOrder, chargedOrders } from '../exports/order-charges.ts'
import type { RunRecord } from '../record.ts'
import { coveringInvoices, type Reference } from './covering.ts'
import { type BusinessDocument, type Item, itemsOf, totalsOf } from './document.ts'
import { partiesOf } from './parties.ts'
import { resellerBillsSql, resoldOrdersSql } from './reseller-bills.ts'

const invoicesSql = `
SELECT i.id, n.number, n.issued, a.name, a.segment, a.region_id, i.month, i.amount, r.number, r.issued,
  (SELECT min(s.at) FROM invoice_steps s WHERE s.invoice_id = i.id AND s.to_state = (SELECT id FROM words WHERE word = 'returned'))
FROM invoices i JOIN invoice_numbers n ON n.invoice_id = i.id JOIN accounts a ON a.id = i.account
LEFT JOIN invoice_numbers r ON r.invoice_id = i.reissue_of ORDER BY n.issued, i.id`

const billsSql = `WITH resold AS MATERIALIZED (${resellerBillsSql})
SELECT r.account, n.number, a.name, a.segment, a.region_id, r.month, r.payable, r.rounding
FROM resold r JOIN bill_numbers n ON n.account = r.account AND n.month = r.month JOIN accounts a ON a.id = r.account ORDER BY r.month, n.number`

/** What a reseller paid for an order of a customer. */
const billedSql = `WITH orders AS MATERIALIZED (${resoldOrdersSql})
SELECT o.account, o.month, o.order_id, sum(p.amount * t.repeats) FROM orders o JOIN transactions t ON t.id = o.id
JOIN postings p ON p.transaction_id = t.id AND p.ledger = (SELECT id FROM words WHERE word = 'payment-clearing')
GROUP BY o.account, o.month, o.order_id ORDER BY o.order_id`

const linesSql = `
SELECT l.invoice_id, l.order_id, w.word, l.amount FROM invoice_lines l JOIN words w ON w.id = l.rule ORDER BY l.rowid`

const notesSql = `
WITH notes AS MATERIALIZED (SELECT * FROM credit_notes), lines AS MATERIALIZED (SELECT * FROM credit_note_lines),
  paid AS MATERIALIZED (SELECT order_id, min(at) AS at FROM transactions
    WHERE kind = (SELECT id FROM words WHERE word = 'payment') GROUP BY order_id)
SELECT c.number, c.at, a.name, a.segment, a.region_id, c.order_id, c.bill_number, c.amount, l.part, l.amount, o.at, p.at, c.account IN (SELECT account FROM reseller_customers)
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

function listed<K>(lists: Map<K, InvoiceLine[]>, key: K, line: InvoiceLine): void {
  const list = lists.get(key)
  if (list === undefined) lists.set(key, [line])
  else list.push(line)
}

const monthKey = (account: string, month: number): string => `${month} ${account}`

/** What a record says about all of its documents. */
class Sources {
  readonly #record: RunRecord
  readonly #unit: bigint
  /** By invoice. */
  readonly lines = new Map<bigint, InvoiceLine[]>()
  /** O-06: orders on final bills of customers of a reseller, by account and month. */
  readonly billed = new Map<string, InvoiceLine[]>()
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
      listed(this.lines, invoice as bigint, line)
      if (line.order !== 0n) wanted.add(line.order)
    }
    for (const [account, month, order, amount] of record.cursor(billedSql).rows) {
      listed(this.billed, `${month} ${account}`, { order: order as bigint, rule: 'O-06', amount: amount as bigint })
      wanted.add(order as bigint)
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
      `SELECT a.name, a.id, i.month FROM (SELECT account, month FROM invoices WHERE month <> 0
        UNION SELECT account, month FROM (${resellerBillsSql})) i JOIN accounts a ON a.id = i.account`,
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
      reseller: undefined,
      month: month === 0n ? undefined : Number(month),
      orders: lines.map(({ order }) => order).filter((order) => order !== 0n),
      reference: replaced === null ? undefined : { number: String(replaced), issued: Number(replacedAt) },
      bill: '',
      returned: returned === null ? '' : `returned on ${formatInstant(Number(returned), utcOffset).slice(0, 10)}`,
      ...totalsOf(items, amount as bigint, decimals),
    }
  }
}

/** O-06: the reseller is charged, so a final bill of its customer is the reseller's invoice. */
function* resellerInvoices(record: RunRecord, sources: Sources): Generator<BusinessDocument> {
  const { decimals, utcOffset } = record.meta
  for (const [id, number, account, segment, region, month, payable, rounding] of record.cursor(billsSql).rows) {
    const paid = sources.billed.get(`${month} ${id}`) ?? []
    const use = paid.reduce((rest, { amount }) => rest - amount, (payable as bigint) - (rounding as bigint))
    const items = paid.flatMap((line) => sources.orderItems(line, Number(region)))
    if (use !== 0n) items.push(...sources.useItems(String(account), Number(month), Number(region), use))
    yield {
      kind: 'invoice',
      number: String(number),
      issued: billFinalAt(Number(month), utcOffset),
      account: String(account),
      segment: String(segment),
      reseller: 'buyer',
      month: Number(month),
      orders: paid.map(({ order }) => order),
      reference: undefined,
      bill: '',
      returned: '',
      ...totalsOf(items, payable as bigint, decimals),
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
  const [number, at, account, segment, region, order, bill, amount, , , placed, paid, isResold] = row
  const percent = sources.rateAt(Number(region), Number(placed ?? at), Number(paid ?? at))
  const item = { text: `refund of order ${order}`, note: '', net: price, percent }
  return {
    kind: 'credit note',
    number: String(number),
    issued: Number(at),
    account: String(account),
    segment: String(segment),
    reseller: isResold === 1n ? 'buyer' : undefined,
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

/** O-06: numbers of the documents of resellers to their customers, without gaps by reseller and kind. */
class ResellerNumbers {
  readonly #last = { invoice: new Map<string, number>(), 'credit note': new Map<string, number>() }
  /** By the number of the invoice to the reseller. */
  readonly #invoices = new Map<string, string>()

  /** What a document to the reseller is for the customer: the same amounts, from the reseller. */
  passedOn(document: BusinessDocument): BusinessDocument {
    const { kind, segment, reference } = document
    const last = (this.#last[kind].get(segment) ?? 0) + 1
    this.#last[kind].set(segment, last)
    const number = `${kind === 'invoice' ? 'R' : 'RC'}-${segment}-${String(last).padStart(6, '0')}`
    if (kind === 'invoice') this.#invoices.set(document.number, number)
    const corrected = reference && { ...reference, number: this.#invoices.get(reference.number) ?? reference.number }
    return { ...document, number, reseller: 'seller', reference: corrected, bill: '' }
  }
}

/**
 * Every issued invoice, then the invoices to resellers, then every credit note; each in the order of its number. A document to a
 * reseller that `parties` names is followed by that of the reseller to the customer (O-06).
 */
export function* documentsOf(record: RunRecord): Generator<BusinessDocument> {
  const sources = new Sources(record)
  const resellers = partiesOf(record)?.resellers ?? {}
  const numbers = new ResellerNumbers()
  yield* invoices(record, sources)
  for (const documents of [resellerInvoices(record, sources), creditNotes(record, sources)])
    for (const document of documents) {
      yield document
      if (document.reseller !== undefined && Object.hasOwn(resellers, document.segment))
        yield numbers.passedOn(document)
    }
}
