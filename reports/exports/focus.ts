/**
 * A run's bills as a FOCUS 1.2 dataset. `focus.csv` has the charges of the monthly bills: its BilledCost sums to the payable of each
 * bill. `focus-credit-notes.csv` has the refunds, as corrections of the bills before (I-04).
 */
import { monthOf, startOfMonth } from '#base/civil-time.ts'
import { HOUR } from '#base/time.ts'
import { chargedHour } from '../charged-hours.ts'
import type { RunRecord } from '../record.ts'
import { billCharges, type FocusCharge, focusHead, focusLine, hoursOf, PROVIDER, serviceOf } from './focus-rows.ts'
import type { Files } from './journal.ts'
import { chargedOrders } from './order-charges.ts'

const ONE = 10_000_000_000n

const spans = `
SELECT a.name, r.region, s.instance_id, iw.word, CASE iw.word WHEN 'image' THEN g.product ELSE p.flavour END,
  s.first_hour, s.hours, s.seconds, s.unit_price, s.amount, g.seller
FROM usage_spans s JOIN accounts a ON a.id = s.account JOIN words iw ON iw.id = s.item LEFT JOIN regions r ON r.id = a.region_id
LEFT JOIN pools p ON p.id = s.priced LEFT JOIN goods g ON g.id = s.priced ORDER BY s.rowid`

const bills = `
SELECT a.name, r.region, b.month, b.payable, b.rounding, coalesce(x.tax, 0), n.number
FROM bills b JOIN accounts a ON a.id = b.account LEFT JOIN regions r ON r.id = a.region_id
LEFT JOIN bill_taxes x ON x.account = b.account AND x.month = b.month
LEFT JOIN bill_numbers n ON n.account = b.account AND n.month = b.month ORDER BY b.rowid`

const notes = `
SELECT a.name, r.region, c.number, c.at, c.month, c.order_id, c.bill_number, c.amount
FROM credit_notes c JOIN accounts a ON a.id = c.account LEFT JOIN regions r ON r.id = a.region_id ORDER BY c.at, c.number`

interface Bill {
  readonly region: string
  readonly payable: bigint
  readonly rounding: bigint
  readonly tax: bigint
  readonly number: string
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
  for (const row of record.cursor(spans).rows) {
    const [account, region, instance, word, product, first, count, seconds, price, amount, seller] = row
    const kind = String(word)
    const [hours, begin] = [Number(count), Number(first)]
    for (let from = 0; from < hours; ) {
      const month = billOf(begin + from * HOUR)
      let until = from + 1
      while (until < hours && billOf(begin + until * HOUR) === month) until++
      const times = BigInt(until - from)
      const billed = (amount as bigint) * times
      const used = (seconds as bigint) * times
      const sku = `${kind}/${product ?? ''}`
      // Traffic has no hours: its price is of what passed.
      const priced =
        kind === 'traffic'
          ? { quantity: ONE, unit: 'Charges', price: billed * 100n }
          : { quantity: isBySecond(kind) ? hoursOf(used) : times * ONE, unit: 'Hours', price: price as bigint }
      yield {
        ...{ account: String(account), month, category: 'Usage', frequency: 'Usage-Based', sku, priced, billed },
        description: `${sku} of server ${instance}`,
        from: begin + from * HOUR,
        until: begin + until * HOUR,
        service: serviceOf(kind),
        publisher: kind === 'image' ? String(seller ?? PROVIDER) : PROVIDER,
        region: String(region ?? ''),
        invoice: '',
        consumed: kind === 'traffic' ? { quantity: ONE, unit: 'Charges' } : { quantity: used * ONE, unit: 'Seconds' },
        resource: { id: String(instance), type: 'Server' },
      }
      from = until
    }
  }
}

function* orderCharges(record: RunRecord): Generator<FocusCharge> {
  const { utcOffset } = record.meta
  for (const order of chargedOrders(record)) {
    const common = {
      account: order.account,
      month: monthOf(order.at, utcOffset),
      from: order.at,
      until: order.at,
      publisher: PROVIDER,
      region: '',
      invoice: '',
    } as const
    for (const { kind, product, plan, net } of order.lines)
      yield {
        ...common,
        category: 'Purchase',
        frequency: 'One-Time',
        description: `order ${order.id}: ${plan}`,
        billed: net,
        service: serviceOf(kind),
        sku: `${kind}/${product}/${plan}`,
        priced: { quantity: ONE, unit: 'Orders', price: net * 100n },
        resource: { id: `order ${order.id}`, type: 'Order' },
      }
    if (order.tax !== 0n)
      yield {
        ...common,
        category: 'Tax',
        frequency: 'One-Time',
        description: `tax of order ${order.id}`,
        billed: order.tax,
        service: serviceOf(order.lines[0]?.kind ?? 'orders'),
      }
  }
}

const key = (account: string, month: number): string => `${month} ${account}`

/** Writes focus.csv and focus-credit-notes.csv. Returns the number of rows. */
export function exportFocus(record: RunRecord, files: Files): number {
  const { utcOffset, currency } = record.meta
  let rows = 0
  const out = files.open('focus.csv')
  out.write(focusHead)
  const found = new Map<string, Bill>()
  for (const [account, region, month, payable, rounding, tax, number] of record.cursor(bills).rows)
    found.set(key(String(account), monthOf(Number(month), utcOffset)), {
      region: String(region ?? ''),
      number: String(number ?? ''),
      ...{ payable: payable as bigint, rounding: rounding as bigint, tax: tax as bigint, charged: 0n },
    })
  const write = (charge: FocusCharge): void => {
    if (charge.billed === 0n && (charge.category !== 'Usage' || charge.isCorrection)) return
    const bill = found.get(key(charge.account, charge.month))
    if (bill !== undefined) bill.charged += charge.billed
    const region = charge.region === '' ? (bill?.region ?? '') : charge.region
    out.write(focusLine({ ...charge, region, invoice: bill?.number ?? '' }, currency, utcOffset))
    rows++
  }
  for (const charge of usageCharges(record)) write(charge)
  for (const charge of orderCharges(record)) write(charge)
  for (const [name, bill] of found) {
    const [month, account] = [Number(name.slice(0, name.indexOf(' '))), name.slice(name.indexOf(' ') + 1)]
    for (const charge of billCharges(
      { account, month, ...bill, charges: bill.payable - bill.tax - bill.rounding },
      utcOffset,
    ))
      write(charge)
    const late = 'use of which the records arrived late: on another bill, or never charged (U-09)'
    write({
      ...{ account, month, category: 'Usage', isCorrection: true, frequency: 'Usage-Based', description: late },
      from: startOfMonth(month, utcOffset),
      until: startOfMonth(month + 1, utcOffset),
      billed: bill.payable - bill.charged,
      ...{ service: serviceOf('ecs'), publisher: PROVIDER, region: '', invoice: '' },
      consumed: { quantity: 0n, unit: 'Seconds' },
      resource: { id: 'late records', type: 'Server' },
    })
  }
  return rows + writeNotes(record, files)
}

function writeNotes(record: RunRecord, files: Files): number {
  const { utcOffset, currency } = record.meta
  const out = files.open('focus-credit-notes.csv')
  out.write(focusHead)
  let rows = 0
  for (const [account, region, number, at, month, order, corrected, amount] of record.cursor(notes).rows) {
    const charge: FocusCharge = {
      account: String(account),
      month: monthOf(Number(month), utcOffset),
      category: 'Purchase',
      isCorrection: true,
      frequency: 'One-Time',
      description: `refund of order ${order}, on bill ${corrected ?? ''}`,
      from: Number(at),
      until: Number(at),
      billed: -(amount as bigint),
      service: serviceOf('orders'),
      publisher: PROVIDER,
      region: String(region ?? ''),
      invoice: String(number),
      resource: { id: `order ${order}`, type: 'Order' },
    }
    out.write(focusLine(charge, currency, utcOffset))
    rows++
  }
  return rows
}
