/**
 * A run's bills as a FOCUS dataset, 1.2 or 1.4. `focus.csv` has the charges of the monthly bills: its BilledCost sums to the payable of each
 * bill. `focus-credit-notes.csv` has the refunds, as corrections of the bills before (I-04). 1.4 adds the lines of
 * bills and credit notes and the billing periods (`focus-invoices.ts`).
 */
import { monthOf, startOfMonth } from '#base/civil-time.ts'
import { divideRounded, parseDecimal } from '#base/decimal.ts'
import { HOUR } from '#base/time.ts'
import { chargedHour } from '../charged-hours.ts'
import { gigabytesPerHour } from '../explain/premises.ts'
import type { RunRecord } from '../record.ts'
import { billedAt, InvoiceDetails } from './focus-invoices.ts'
import { type BoughtOrder, boughtOrders } from './focus-orders.ts'
import {
  billCharges,
  type FocusCharge,
  type FocusVersion,
  focusHead,
  focusLine,
  hoursOf,
  PROVIDER,
  priceName,
  serviceOf,
} from './focus-rows.ts'
import { type Bought, termCharges } from './focus-terms.ts'
import { UsePrices } from './focus-use-prices.ts'
import type { ExportOptions, Files } from './journal.ts'
import { KeptRows } from './kept-rows.ts'

const ONE = 10_000_000_000n

const spans = `
SELECT a.name, r.region, s.instance_id, iw.word, CASE iw.word WHEN 'image' THEN g.product ELSE p.flavour END,
  s.first_hour, s.hours, s.seconds, s.unit_price, s.amount, g.seller, s.priced, n.region, n.pool, g.specification, a.segment
FROM usage_spans s JOIN accounts a ON a.id = s.account JOIN words iw ON iw.id = s.item LEFT JOIN regions r ON r.id = a.region_id
LEFT JOIN pools p ON iw.word <> 'image' AND p.id = s.priced LEFT JOIN pool_names n ON n.id = p.id
LEFT JOIN goods g ON iw.word = 'image' AND g.id = s.priced ORDER BY s.rowid`

const bills = `
SELECT a.name, r.region, b.month, b.payable, b.rounding, coalesce(x.tax, 0), n.number, b.final
FROM bills b JOIN accounts a ON a.id = b.account LEFT JOIN regions r ON r.id = a.region_id
LEFT JOIN bill_taxes x ON x.account = b.account AND x.month = b.month
LEFT JOIN bill_numbers n ON n.account = b.account AND n.month = b.month ORDER BY b.rowid`

const notes = `
SELECT a.name, r.region, c.number, c.at, c.month, c.order_id, c.bill_number, c.amount, c.bill_month, l.part, l.amount
FROM credit_notes c LEFT JOIN credit_note_lines l ON l.number = c.number JOIN accounts a ON a.id = c.account LEFT JOIN regions r ON r.id = a.region_id ORDER BY c.at, c.number, l.part`

/** Use of months whose bills were final before its records came (I-04). */
const late = `
SELECT a.name, c.bill_month, t.repeats, p.amount FROM bill_corrections c JOIN transactions t ON t.id = c.transaction_id
JOIN postings p ON p.transaction_id = t.id JOIN words w ON w.id = p.ledger JOIN accounts a ON a.id = c.account
WHERE w.word IN ('marketplace-revenue', 'cloud-resource-revenue') ORDER BY t.id`

interface Bill {
  readonly region: string
  readonly payable: bigint
  readonly rounding: bigint
  readonly tax: bigint
  readonly number: string
  readonly isFinal: boolean
  /** What the rows before came to. */
  charged: bigint
}

/** One charge of each stretch of equal hours of a resource on one bill. */
export function* usageCharges(record: RunRecord): Generator<FocusCharge> {
  const { meta } = record
  const lag = Number(meta.policies['settlement.lag'] ?? 0)
  const billOf = (hour: number): number =>
    monthOf(Math.min(chargedHour(hour, meta) + HOUR + lag, meta.end - 1), meta.utcOffset)
  const isBySecond = (kind: string): boolean =>
    kind === 'image'
      ? meta.policies['image.granularity'] === 'second'
      : meta.policies['ecs.granularity'] !== 'hour-ceil'
  const prices = new UsePrices(record)
  const sizes = new Map<bigint, bigint | undefined>()
  /** GB of traffic in an hour, whole 1e-10. */
  const sizeOf = (pool: bigint): bigint | undefined => {
    if (!sizes.has(pool)) {
      const text = gigabytesPerHour(record, pool)
      const size = text === null ? 0n : parseDecimal(text, 10, 'gigabytesPerHour', 'unsigned')
      sizes.set(pool, size === 0n ? undefined : size)
    }
    return sizes.get(pool)
  }
  for (const row of record.cursor(spans).rows) {
    const [account, home, instance, word, product, first, count, seconds, price, amount, seller, pool] = row
    const [region, place, specification, segment] = row.slice(12)
    const kind = String(word)
    const zone = place === null ? '' : String(place).slice(0, String(place).indexOf('/'))
    const isDynamic = kind === 'ecs' && prices.isInterruptible(pool as bigint, String(segment))
    const [hours, begin] = [Number(count), Number(first)]
    for (let from = 0; from < hours; ) {
      const month = billOf(begin + from * HOUR)
      let until = from + 1
      while (until < hours && billOf(begin + until * HOUR) === month) until++
      const times = BigInt(until - from)
      const billed = (amount as bigint) * times
      const used = (seconds as bigint) * times
      const sku = `${kind}/${product ?? ''}`
      const listed =
        kind === 'image' ? prices.imageList(pool as bigint, begin + from * HOUR, price as bigint) : (price as bigint)
      const gigabytes = kind === 'traffic' ? sizeOf(pool as bigint) : undefined
      // Traffic is priced and consumed by what passed, all else by time.
      const priced =
        gigabytes === undefined
          ? { quantity: isBySecond(kind) ? hoursOf(used) : times * ONE, unit: 'Hours', price: listed }
          : {
              quantity: divideRounded(gigabytes * used, 3_600n, 'half-up'),
              unit: 'GB',
              price: divideRounded((price as bigint) * ONE, gigabytes, 'half-up'),
            }
      yield {
        ...{ account: String(account), month, category: 'Usage', frequency: 'Usage-Based', sku, priced, billed },
        description: `${sku} of server ${instance}`,
        from: begin + from * HOUR,
        until: begin + until * HOUR,
        service: serviceOf(kind),
        publisher: kind === 'image' ? String(seller ?? PROVIDER) : PROVIDER,
        region: String(region ?? home ?? ''),
        ...{ zone, isDynamic },
        price: priceName(
          sku,
          [
            kind === 'image' ? String(specification) : zone,
            gigabytes === undefined ? (isDynamic ? 'interruptible hour' : 'hour') : 'GB',
          ],
          kind === 'image' ? { x_Specification: String(specification) } : isDynamic ? { x_Interruptible: 'yes' } : {},
        ),
        invoice: '',
        consumed: gigabytes === undefined ? { quantity: used * ONE, unit: 'Seconds' } : priced,
        resource: { id: String(instance), type: 'Server' },
      }
      from = until
    }
  }
}

/** What of an order its bill has: its parts, and their tax. */
function* orderCharges(order: BoughtOrder, utcOffset: number): Generator<FocusCharge> {
  const { id, account, at, from, until, frequency, resource, tax, parts } = order
  const common = {
    ...{ account, month: monthOf(at, utcOffset), from, until, frequency, publisher: PROVIDER, region: '', invoice: '' },
  } as const
  for (const { kind, sku, price, publisher, region, zone, unit, quantity, listPrice, net } of parts)
    yield {
      ...{ ...common, publisher, region, zone, sku, price, resource, billed: net },
      category: 'Purchase',
      description: `${order.kind} of ${price.id}, order ${id}`,
      service: serviceOf(kind),
      priced: { quantity, unit, price: listPrice },
    }
  if (tax !== 0n)
    yield {
      ...{ ...common, category: 'Tax', billed: tax },
      description: `tax of order ${id}`,
      service: serviceOf(parts.at(0)?.kind ?? 'orders'),
    }
}

const key = (account: string, month: number): string => `${month} ${account}`

/** What use on a bill corrects of bills that were final before, by bill: whole 1e-8. */
function lateCharges(record: RunRecord): ReadonlyMap<string, bigint> {
  const found = new Map<string, bigint>()
  for (const [account, month, repeats, amount] of record.cursor(late).rows) {
    const bill = key(String(account), monthOf(Number(month), record.meta.utcOffset))
    found.set(bill, (found.get(bill) ?? 0n) - (amount as bigint) * (repeats as bigint))
  }
  return found
}

/** Bills as text and back. */
const billText = (bill: Bill): string =>
  JSON.stringify(bill, (_, value) => (typeof value === 'bigint' ? String(value) : value))

function billOfText(text: string): Bill {
  const bill = JSON.parse(text)
  for (const name of ['payable', 'rounding', 'tax', 'charged']) bill[name] = BigInt(bill[name])
  return bill
}

/** What was bought with an order as text and back. */
const boughtText = (bought: Bought): string =>
  JSON.stringify(bought, (_, value) => (typeof value === 'bigint' ? String(value) : value))

function boughtOfText(text: string): Bought {
  const bought = JSON.parse(text)
  for (const part of bought.parts) for (const name of ['quantity', 'listPrice', 'net']) part[name] = BigInt(part[name])
  return bought
}

function readBills(record: RunRecord, most?: number): KeptRows<Bill> {
  const found = new KeptRows<Bill>(billText, billOfText, most)
  for (const [account, region, month, payable, rounding, tax, number, final] of record.cursor(bills).rows)
    found.set(key(String(account), monthOf(Number(month), record.meta.utcOffset)), {
      region: String(region ?? ''),
      number: String(number ?? ''),
      isFinal: final === 1n,
      ...{ payable: payable as bigint, rounding: rounding as bigint, tax: tax as bigint, charged: 0n },
    })
  return found
}

/**
 * Writes focus.csv and focus-credit-notes.csv; with 1.4 also focus-invoice-detail.csv and focus-billing-period.csv. Returns the
 * number of rows. `most`: bills and orders that are held in memory.
 */
export function exportFocus(
  record: RunRecord,
  files: Files,
  { focusVersion = '1.2' }: ExportOptions = {},
  most?: number,
): number {
  const { utcOffset, currency } = record.meta
  let rows = 0
  const out = files.open('focus.csv')
  out.write(focusHead(focusVersion))
  const found = readBills(record, most)
  const details = focusVersion === '1.2' ? undefined : new InvoiceDetails(record)
  const write = (charge: FocusCharge): void => {
    if (charge.billed === 0n && (charge.category !== 'Usage' || charge.isCorrection)) return
    const bill = found.get(key(charge.account, charge.month))
    if (bill !== undefined) bill.charged += charge.billed
    const region = charge.region === '' ? (bill?.region ?? '') : charge.region
    const whole = { ...charge, region, invoice: bill?.number ?? '' }
    out.write(focusLine(whole, currency, utcOffset, focusVersion))
    details?.add(whole, bill?.isFinal === true ? billedAt(charge.month, utcOffset) : undefined)
    rows++
  }
  for (const charge of usageCharges(record)) write(charge)
  const bought = new KeptRows<Bought>(boughtText, boughtOfText, most)
  for (const order of boughtOrders(record, most)) {
    for (const charge of orderCharges(order, utcOffset)) write(charge)
    const month = monthOf(order.at, utcOffset)
    const region = found.get(key(order.account, month))?.region ?? ''
    bought.set(String(order.id), { month, region, resource: order.resource, parts: order.parts })
  }
  for (const [charge, { month }] of termCharges(record, (order) => bought.get(String(order)))) {
    // The purchase is on the bill of its month; of 1.4 an invoice has a line of it, and none of its days.
    const invoice = focusVersion === '1.2' ? found.get(key(charge.account, month))?.number : undefined
    out.write(focusLine({ ...charge, invoice: invoice ?? '' }, currency, utcOffset, focusVersion))
    rows++
  }
  const corrections = focusVersion === '1.2' ? undefined : lateCharges(record)
  for (const name of found.keys()) {
    const bill = found.get(name)
    if (bill === undefined) continue
    const [month, account] = [Number(name.slice(0, name.indexOf(' '))), name.slice(name.indexOf(' ') + 1)]
    for (const charge of billCharges(
      { account, month, ...bill, charges: bill.payable - bill.tax - bill.rounding },
      utcOffset,
    ))
      write(charge)
    const common = {
      ...({ account, month, category: 'Usage', frequency: 'Usage-Based' } as const),
      from: startOfMonth(month, utcOffset),
      until: startOfMonth(month + 1, utcOffset),
      ...{ service: serviceOf('ecs'), publisher: PROVIDER, region: '', invoice: '' },
      consumed: { quantity: 0n, unit: 'Seconds' },
      resource: { id: 'late records', type: 'Server' },
    } as const
    const text = 'use of which the records arrived late: on another bill, or never charged (U-09)'
    const corrected = corrections?.get(name) ?? 0n
    if (corrected !== 0n)
      write({
        ...{ ...common, isCorrection: true, billed: corrected },
        description: 'use of earlier months of which the records arrived late (I-04)',
      })
    const billed = bill.payable - (found.get(name)?.charged ?? 0n)
    // A row of this bill's own month is no correction of a closed one.
    if (billed !== 0n) write({ ...common, description: text, billed, isCorrection: focusVersion === '1.2' })
  }
  found.close()
  bought.close()
  rows += writeNotes(record, files, focusVersion, details)
  if (details !== undefined) rows += details.write(files)
  return rows
}

const noteCategories = { price: 'Purchase', tax: 'Tax', rounding: 'Adjustment' } as const

function writeNotes(
  record: RunRecord,
  files: Files,
  version: FocusVersion,
  details: InvoiceDetails | undefined,
): number {
  const { utcOffset, currency } = record.meta
  const out = files.open('focus-credit-notes.csv')
  out.write(focusHead(version))
  let rows = 0
  let last = ''
  for (const row of record.cursor(notes).rows) {
    const [account, region, number, at, month, order, bill, amount, billMonth, part, ofPart] = row
    // In 1.2 a note is one row; in 1.4 its tax is apart, as an invoice has it.
    if (version === '1.2' && number === last) continue
    last = String(number)
    const category = version === '1.2' ? 'Purchase' : noteCategories[(part ?? 'price') as keyof typeof noteCategories]
    const charge: FocusCharge = {
      account: String(account),
      month: monthOf(Number(month), utcOffset),
      category,
      isCorrection: version === '1.2' || isClosedAt(billMonth, Number(at), utcOffset),
      frequency: 'One-Time',
      description: `${category === 'Tax' ? 'tax of order' : 'refund of order'} ${order}, on bill ${bill ?? ''}`,
      from: Number(at),
      until: Number(at),
      billed: -((version === '1.2' ? amount : (ofPart ?? amount)) as bigint),
      service: serviceOf('orders'),
      publisher: PROVIDER,
      region: String(region ?? ''),
      invoice: String(number),
      resource: { id: `order ${order}`, type: 'Order' },
    }
    if (charge.billed === 0n) continue
    out.write(focusLine(charge, currency, utcOffset, version))
    details?.add(charge, Number(at), String(bill ?? number))
    rows++
  }
  return rows
}

/** Whether the bill of a month was final at an instant. */
const isClosedAt = (month: unknown, at: number, utcOffset: number): boolean =>
  month !== null && at >= billedAt(monthOf(Number(month), utcOffset), utcOffset)
