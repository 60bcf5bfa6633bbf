/** Invoices and credit notes as HTML and UBL: against the run, the rules of EN 16931, and the schemas of OASIS. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Decimal } from 'decimal.js'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type BusinessDocument, isInvoiced, itemsOf, totalsOf } from '#reports/documents/document.ts'
import { documentHtml, pageLines } from '#reports/documents/html.ts'
import { partiesOf } from '#reports/documents/parties.ts'
import { reconciled } from '#reports/documents/reconciliation.ts'
import { documentsOf } from '#reports/documents/run-documents.ts'
import { documentUbl } from '#reports/documents/ubl.ts'
import { exportInvoices, exportUbl } from '#reports/exports/documents.ts'
import type { RunRecord } from '#reports/record.ts'
import { hasProgram } from '../../house/programs.ts'
import { scenarioText } from '../../sim/market/payment-world.ts'
import { everyRuleRecord } from '../every-rule-run.ts'
import { type ShortRun, shortRun } from '../short-run.ts'
import { brokenRules } from './en16931.ts'
import { invalid, unpackedSchemas } from './ubl-schemas.ts'
import { textAt, xmlTree } from './xml-tree.ts'

/**
 * Orders of every kind, returned invoices and credit notes; bills that are invoiced with their use; and terms that are
 * unsubscribed from, with taxes and coupons, whose bills are invoiced.
 */
let record: RunRecord
let billed: ShortRun
let left: ShortRun
/** The same, whose buyers are customers of a reseller (O-06). */
let resold: ShortRun
const folder = mkdtempSync(join(tmpdir(), 'marketsim-documents-'))

const unsubscribed = scenarioText({
  end: '2024-05-20T00:00:00+08:00',
  policies: '{ invoice.mode: auto, invoice.issueDelay: 2h, tax.percent: "19" }',
  plans: '{ months: 1, price: "30" }',
  catalog: `[{ id: image, kind: image, seller: isv/1, category: c, specifications: [{ id: s, billing: monthly, plans: [{ months: 1, price: "20" }] }, { id: m, billing: pay-per-use, hourly: "0.0333" }] }]`,
  buyers: `wallet: { opening: 9000, coupons: [{ amount: 55 }, { kind: discount, amount: 7 }] }, load: { poisson: { perBuyer: 0.4/d } },
    buys: [{ product: image, specification: s, flavour: f, months: 1 }, { product: image, specification: m, flavour: f, lifetime: 9h }],
    habits: { unsubscribe: { probability: 0.5, after: 8d } }`,
})

const reseller = '{ name: Reseller, country: FR, vat: FR12345678901 }'
const seller = '{ name: Market, country: DE, vat: DE123456789 }'
beforeAll(async () => {
  record = await everyRuleRecord()
  billed = await shortRun([
    'end=2024-04-03T12:00:00+08:00',
    'policies.invoice.issueDelay=1h',
    'buyers.start-ups.count=12',
    'buyers.companies.count=5',
    'policies.invoice.mode=auto',
    'policies.tax.percent=8.25',
    `parties={ marketplace: ${seller}, buyers: { start-ups: { country: AT }, companies: { name: "A < B & C", country: FR } } }`,
  ])
  const path = join(folder, 'unsubscribed.yaml')
  writeFileSync(path, unsubscribed)
  left = await shortRun([`parties={ marketplace: ${seller}, buyers: { b: { country: AT } } }`], path)
  const parties = `{ marketplace: ${seller}, buyers: { b: { country: AT } }, resellers: { b: ${reseller} } }`
  resold = await shortRun([`parties=${parties}`, 'buyers.b.reseller={}'], path)
})
afterAll(() => {
  record.close()
  billed.remove()
  left.remove()
  resold.remove()
  rmSync(folder, { recursive: true })
})

type Write = typeof exportUbl | typeof exportInvoices
const TOTALS = 'account-totals.csv'
/** The documents that are written, without what they come to. */
const written = (write: Write, from: RunRecord, documents: readonly string[] = []): Map<string, string> => {
  const texts = writtenAll(write, from, documents)
  texts.delete(TOTALS)
  return texts
}
const writtenAll = (write: Write, from: RunRecord, documents: readonly string[] = []): Map<string, string> => {
  const texts = new Map<string, string>()
  write(from, { open: (name) => ({ write: (text) => texts.set(name, (texts.get(name) ?? '') + text) }) }, { documents })
  return texts
}

const both = () => [record, billed.record, left.record, resold.record]

test('I-03, I-04: each document has the amount of the run to the cent, and its parts add up', () => {
  for (const each of both()) {
    const recorded = new Map([
      ...each
        .rows<{ number: string; amount: bigint }>(
          'SELECT n.number, i.amount FROM invoices i JOIN invoice_numbers n ON n.invoice_id = i.id',
        )
        .map(({ number, amount }) => [number, amount] as const),
      ...each
        .rows<{ number: string; amount: bigint }>('SELECT number, amount FROM credit_notes')
        .map(({ number, amount }) => [number, amount] as const),
      ...each
        .rows<{ number: string; amount: bigint }>(
          `SELECT n.number, b.payable AS amount FROM bills b JOIN bill_numbers n ON n.account = b.account AND n.month = b.month
            WHERE b.final = 1 AND b.payable > 0 AND b.account IN (SELECT account FROM reseller_customers)`,
        )
        .map(({ number, amount }) => [number, amount] as const),
    ])
    const documents = [...documentsOf(each)].filter((one) => one.reseller !== 'seller')
    expect(documents.map(({ number }) => number).sort()).toEqual([...recorded.keys()].sort())
    for (const document of documents) {
      const { number, lines, rates, net, tax, rounding, payable, exact } = document
      expect(exact, number).toBe(recorded.get(number))
      expect(payable - exact < 500_000n && exact - payable <= 500_000n, number).toBe(true)
      if (document.kind === 'invoice') expect(payable, number).toBe(exact)
      expect(lines.reduce((sum, { amount }) => sum + amount, 0n)).toBe(net)
      expect(net + tax + rounding).toBe(payable)
      // Half a cent of each rate's total, of its tax, and of the sum.
      expect(Math.abs(Number(rounding)) / 1e6, number).toBeLessThanOrEqual(rates.length + 0.5)
    }
  }
})

test('I-03, I-04: invoices less credit notes are what each account was charged less what went back', () => {
  for (const each of both()) {
    const accounts = reconciled(each)
    const valid = [...documentsOf(each)].filter((one) => isInvoiced(one) && one.reseller !== 'seller')
    const sumOf = (kind: string) => valid.filter((one) => one.kind === kind).reduce((sum, { exact }) => sum + exact, 0n)
    const total = (value: (one: (typeof accounts)[number]) => bigint) =>
      accounts.reduce((sum, one) => sum + value(one), 0n)
    expect(accounts.filter(({ difference }) => difference !== 0n)).toEqual([])
    expect(total(({ invoiced }) => invoiced)).toBe(sumOf('invoice'))
    expect(total(({ credited }) => credited)).toBe(sumOf('credit note'))
    const [header, ...lines] = writtenAll(exportInvoices, each).get(TOTALS)?.trimEnd().split('\n') ?? []
    expect(header).toBe('account,charged,refunded,invoiced,credited,not_invoiced,rounding,difference')
    expect(lines.length).toBe(accounts.length)
  }
  const refunds = both().map((each) => reconciled(each).filter(({ refunded }) => refunded > 0n).length)
  expect(Math.min(refunds[0], refunds[2])).toBeGreaterThan(2)
  // By `invoice.mode: auto` nothing is left out but the month that the run left before its bill was final, less what of it went back.
  const others = [...documentsOf(left.record)].filter((one) => one.kind === 'credit note' && !isInvoiced(one))
  expect(others.length).toBeGreaterThan(0)
  for (const { account, invoiced, charged, notInvoiced, rounding } of reconciled(left.record)) {
    const [open] = left.record.rows<{ charges: bigint }>(
      'SELECT sum(b.payable - b.rounding) AS charges FROM bills b JOIN accounts a ON a.id = b.account WHERE b.final = 0 AND a.name = ?',
      account,
    )
    const back = others.filter((one) => one.account === account).reduce((sum, { exact }) => sum + exact, 0n)
    expect(notInvoiced, account).toBe((open.charges ?? 0n) - back)
    expect(invoiced + notInvoiced - rounding, account).toBe(charged - back)
  }
})

test('I-04, BT-25: each document that a file of UBL references is another file, of the same account and order, by number and day', () => {
  const left: string[][] = []
  for (const each of both()) {
    const documents = new Map([...documentsOf(each)].map((one) => [one.number, one]))
    const files = written(exportUbl, each)
    const at = (name: string, path: string) => textAt(xmlTree(files.get(`${name}.xml`) ?? ''), path)
    for (const [number, { kind, orders, account, reference, returned, reseller: side }] of documents) {
      const isWritten = files.has(`${number}.xml`)
      expect(isWritten, number).toBe(returned === '' && (kind === 'invoice' || reference !== undefined))
      const found = isWritten ? at(number, 'BillingReference/InvoiceDocumentReference/ID') : undefined
      if (!isWritten || kind === 'invoice') {
        expect(found, number).toBeUndefined()
        continue
      }
      const invoice = documents.get(found ?? '')
      expect([invoice?.kind, invoice?.account, invoice?.returned], number).toEqual(['invoice', account, ''])
      expect(invoice?.reseller, number).toBe(side)
      expect(invoice?.orders).toContain(orders[0])
      expect(at(number, 'BillingReference/InvoiceDocumentReference/IssueDate')).toBe(at(found ?? '', 'IssueDate'))
    }
    const notes = [...documents.values()].filter(({ kind }) => kind === 'credit note')
    left.push(notes.filter((note) => !isInvoiced(note)).map(({ number }) => number))
    for (const note of notes) expect(note.bill, note.number).toMatch(/^B-|^$/)
  }
  expect(left[0].length).toBeGreaterThan(2)
  const [number] = left[0]
  expect(exportUbl(record, { open: () => ({ write: () => {} }) }, { documents: [number] })).toMatchObject({ count: 0 })
  expect(written(exportInvoices, record, [number]).get(`${number}.html`)).toContain('on no valid invoice')
})

test('M-07: the tax of an invoiced bill is that of the run, but for the rounding to cents', () => {
  const taxes = new Map(
    billed.record
      .rows<{ name: string; tax: bigint; of_orders: bigint }>(
        'SELECT a.name, x.tax, x.of_orders FROM bill_taxes x JOIN accounts a ON a.id = x.account JOIN bills b ON b.account = x.account AND b.month = x.month WHERE b.final = 1',
      )
      .map(({ name, tax, of_orders: ofOrders }) => [name, tax + ofOrders]),
  )
  const invoices = [...documentsOf(billed.record)].filter(({ month }) => month !== undefined)
  expect(invoices.length).toBeGreaterThan(5)
  let compared = 0
  for (const { account, tax, lines, orders } of invoices) {
    expect(new Set(lines.map(({ percent }) => percent))).toEqual(new Set(['8.25']))
    expect(lines.some(({ note }) => note.endsWith(' hours')) || orders.length > 0).toBe(true)
    const recorded = taxes.get(account)
    if (recorded === undefined) continue
    compared++
    expect(Math.abs(Number(tax - recorded)), account).toBeLessThanOrEqual(1_500_000)
  }
  expect(compared).toBeGreaterThan(5)
})

test('UBL: every file keeps the arithmetic of EN 16931 (BR-CO-04 to BR-CO-26, BR-DEC, BR-S, BR-Z)', () => {
  for (const each of both()) {
    const files = written(exportUbl, each)
    const sums = { Invoice: new Decimal(0), CreditNote: new Decimal(0) }
    for (const [name, text] of files) {
      const root = xmlTree(text)
      expect(brokenRules(root), name).toEqual([])
      sums[root.name as 'Invoice'] = sums[root.name as 'Invoice'].plus(
        textAt(root, 'LegalMonetaryTotal/PayableAmount') ?? 'NaN',
      )
    }
    const valid = [...documentsOf(each)].filter(isInvoiced)
    expect([...files.keys()]).toEqual(valid.map(({ number }) => `${number}.xml`))
    const sumOf = (kind: string) =>
      valid.filter((one) => one.kind === kind).reduce((sum, { payable }) => sum + payable, 0n)
    expect(sums.Invoice.times(1e8).toFixed()).toBe(String(sumOf('invoice')))
    expect(sums.CreditNote.times(1e8).toFixed()).toBe(String(sumOf('credit note')))
  }
})

test('O-06: the reseller is invoiced for the final bills of its customers, and invoices each customer for the same', () => {
  const documents = [...documentsOf(resold.record)]
  const [bought, sold] = (['buyer', 'seller'] as const).map((side) => documents.filter((one) => one.reseller === side))
  expect(bought.length + sold.length).toBe(documents.length)
  // Orders and use come to the bill by themselves: no line says a difference, and no record of this run came late.
  const texts = documents.flatMap(({ lines }) => lines.map(({ text }) => text))
  expect(texts.filter((text) => /difference|arrived late/.test(text))).toEqual([])
  const amounts = (of: readonly BusinessDocument[]) => of.map(({ account, kind, exact }) => [account, kind, exact])
  expect(amounts(sold)).toEqual(amounts(bought))
  for (const [prefix, kind] of [
    ['R', 'invoice'],
    ['RC', 'credit note'],
  ] as const) {
    const numbers = sold.filter((one) => one.kind === kind).map(({ number }) => number)
    expect(numbers.length).toBeGreaterThan(2)
    expect(numbers).toEqual(numbers.map((_, index) => `${prefix}-b-${String(index + 1).padStart(6, '0')}`))
  }
  const files = written(exportUbl, resold.record)
  const named = ({ number }: BusinessDocument) =>
    ['AccountingSupplierParty', 'AccountingCustomerParty'].map((side) =>
      textAt(xmlTree(files.get(`${number}.xml`) ?? ''), `${side}/Party/PartyName/Name`),
    )
  const valid = (one: BusinessDocument) => isInvoiced(one)
  for (const one of bought.filter(valid)) expect(named(one), one.number).toEqual(['Market', 'Reseller'])
  for (const one of sold.filter(valid)) expect(named(one), one.number).toEqual(['Reseller', one.account])
  // Only the month without a final bill is not invoiced, less what of it went back.
  for (const one of reconciled(resold.record)) {
    const back = bought.filter((each) => each.account === one.account && !isInvoiced(each))
    const [open] = resold.record.rows<{ charges: bigint | null; rounding: bigint | null }>(
      'SELECT sum(b.payable - b.rounding) AS charges, sum(b.rounding) AS rounding FROM bills b JOIN accounts a ON a.id = b.account WHERE b.final = 0 AND a.name = ?',
      one.account,
    )
    expect(one.notInvoiced, one.account).toBe((open.charges ?? 0n) - back.reduce((sum, { exact }) => sum + exact, 0n))
    expect(one.rounding, one.account).toBe(-(open.rounding ?? 0n))
  }
})

test('O-06: without the reseller in parties, what it needs is left out and said', () => {
  const { resellers, ...others } = partiesOf(record) ?? {}
  expect(resellers).toBeDefined()
  const meta = { ...record.meta, scenario: { ...record.meta.scenario, parties: others } }
  const unnamed = new Proxy(record, {
    get(target, key) {
      const value: unknown = key === 'meta' ? meta : Reflect.get(target, key, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
  const own = [...documentsOf(unnamed)].filter((one) => one.reseller !== undefined)
  expect(new Set(own.map(({ reseller: side }) => side))).toEqual(new Set(['buyer']))
  const ignored = { open: () => ({ write: () => {} }) }
  const hint = `to write them, add resellers: { resold: { name: …, country: DE, vat: DE123456789 } } to the parties of the scenario`
  const { notes = [] } = exportInvoices(unnamed, ignored)
  expect(notes).toEqual([`${own.length} documents of resellers to their customers are left out (O-06); ${hint}`])
  const without = own.filter(isInvoiced).length
  expect(exportUbl(unnamed, ignored).notes).toContain(
    `${without} documents to resellers, and those to their customers, are left out (O-06); ${hint}`,
  )
  expect(documentHtml(own[0], unnamed)).toContain('the reseller of resold')
})

test('planted errors break the rule that is about them', () => {
  const [text] = written(exportUbl, billed.record).values()
  const planted: readonly (readonly [rule: string, pattern: RegExp, instead: string])[] = [
    ['BR-CO-10', /(<cac:InvoiceLine>[\s\S]*?<cbc:LineExtensionAmount[^>]*>)/, '$19'],
    ['BR-CO-13', /(<cbc:TaxExclusiveAmount[^>]*>)/, '$19'],
    ['BR-CO-14', /(<cac:TaxTotal>\s*<cbc:TaxAmount[^>]*>)/, '$19'],
    ['BR-CO-15', /(<cbc:TaxInclusiveAmount[^>]*>)/, '$19'],
    ['BR-CO-16', /(<cbc:PayableAmount[^>]*>)/, '$19'],
    ['BR-CO-17', /(<cac:TaxSubtotal>[\s\S]*?<cbc:TaxAmount[^>]*>)/, '$19'],
    ['BR-CO-25', /<cac:PaymentTerms>[\s\S]*?<\/cac:PaymentTerms>/, ''],
    ['BR-CO-26', /<cac:PartyTaxScheme>[\s\S]*?<\/cac:PartyTaxScheme>/, ''],
    ['BR-CO-09', /DE123456789/, '123456789'],
    ['BR-DEC', /(<cbc:PayableAmount[^>]*>\d+\.\d\d)/, '$11'],
  ]
  for (const [rule, pattern, instead] of planted) {
    const changed = text.replace(pattern, instead)
    expect(changed, rule).not.toBe(text)
    expect(brokenRules(xmlTree(changed)), rule).toContain(rule)
  }
})

test('UBL: every file is valid by the schemas of UBL 2.1', () => {
  if (!hasProgram('xmllint')) return
  const schemas = unpackedSchemas(folder)
  const files = [...both()].flatMap((each, index) =>
    [...written(exportUbl, each)].map(([name, text]) => {
      const path = join(folder, `${index}-${name}`)
      writeFileSync(path, text)
      return { path, isInvoice: text.includes('<Invoice ') }
    }),
  )
  for (const kind of ['Invoice', 'CreditNote'] as const) {
    const own = files.filter(({ isInvoice }) => isInvoice === (kind === 'Invoice')).map(({ path }) => path)
    expect(own.length).toBeGreaterThan(10)
    expect(invalid(schemas, kind, own)).toEqual([])
    const broken = join(folder, `broken-${kind}.xml`)
    writeFileSync(broken, readFileSync(own[0], 'utf8').replace('<cbc:IssueDate>', '<cbc:IssueDate>x'))
    expect(invalid(schemas, kind, [broken])[0]).toContain('IssueDate')
  }
})

test('HTML: every line that fits, the parties, what is void, and text escaped', () => {
  const files = written(exportInvoices, billed.record)
  const documents = [...documentsOf(billed.record)]
  expect([...files.keys()]).toEqual(documents.map(({ number }) => `${number}.html`))
  const company = documents.find(({ segment }) => segment === 'companies') as BusinessDocument
  const page = files.get(`${company.number}.html`) ?? ''
  expect(page).toContain('A &lt; B &amp; C')
  expect(page).toContain('VAT DE123456789')
  expect(page).not.toContain('<script')
  const returned = [...documentsOf(record)].find((each) => each.returned !== '') as BusinessDocument
  expect(documentHtml(returned, record)).toContain('Not valid: returned on')
})

test('pages: at most 15 lines, which have the sums of all by rate', () => {
  const line = (index: number) => ({
    text: `item ${index}`,
    note: '',
    net: BigInt(index),
    amount: BigInt(index),
    percent: index % 2 === 0 ? '6' : '0',
  })
  const many = Array.from({ length: 500 }, (_, index) => line(index))
  const shown = pageLines(many)
  expect(shown.length).toBe(15)
  for (const percent of ['6', '0']) {
    const sum = (lines: typeof shown) =>
      lines.filter((each) => each.percent === percent).reduce((total, { amount }) => total + amount, 0n)
    expect(sum(shown)).toBe(sum(many))
  }
  expect(pageLines(many.slice(0, 15))).toEqual(many.slice(0, 15))
})

test('BR-CO-26: a seller whose only number is a tax number is identified by it', () => {
  const parties = partiesOf(billed.record)
  if (parties === undefined) throw new Error('no parties')
  const [document] = documentsOf(billed.record)
  const bare = { ...parties.marketplace, vat: null, registration: null, taxNumber: 'T1' }
  const root = xmlTree(documentUbl(document, { seller: bare, buyer: parties.marketplace }, billed.record.meta))
  expect(textAt(root, 'AccountingSupplierParty/Party/PartyIdentification/ID')).toBe('T1')
  expect(brokenRules(root)).toEqual([])
})

test('--document takes one; without parties, or in a currency with three decimals, UBL is refused with what to do', () => {
  const [first] = documentsOf(billed.record)
  expect([...written(exportUbl, billed.record, [first.number]).keys()]).toEqual([`${first.number}.xml`])
  expect(() => written(exportUbl, billed.record, ['I-x-1'])).toThrow(/no invoice or credit note I-x-1/)
  const changed = (meta: object) => ({ meta: { ...billed.record.meta, ...meta }, path: 'x' }) as unknown as RunRecord
  expect(() => written(exportUbl, changed({ scenario: {} }))).toThrow(/names, addresses and tax numbers/)
  expect(() => written(exportUbl, changed({ decimals: 3, currency: 'KWD' }))).toThrow(
    /at most two decimals, and KWD has 3/,
  )
})

test('M-08: whatever is charged, lines and taxes add up to the payable amount by less than half a cent each', () => {
  const item = fc.record({
    net: fc.bigInt(-1_000_000_000_000n, 1_000_000_000_000n),
    percent: fc.constantFrom('0', '6', '8.25', '19'),
  })
  fc.assert(
    fc.property(fc.array(item, { minLength: 1, maxLength: 30 }), fc.constantFrom(0, 2, 3), (raw, decimals) => {
      const unit = 10n ** BigInt(8 - decimals)
      const items = raw.flatMap(({ net, percent }) =>
        itemsOf({ text: 'x', note: '', net, percent }, (net * BigInt(Number(percent) * 100)) / 10000n, unit),
      )
      const exact = items.reduce(
        (sum, { net, percent }) => sum + net + (net * BigInt(Number(percent) * 100)) / 10000n,
        0n,
      )
      const totals = totalsOf(items, exact, decimals)
      for (const amount of [...totals.lines.map((line) => line.amount), totals.net, totals.tax, totals.rounding])
        expect(amount % unit).toBe(0n)
      expect(totals.net + totals.tax + totals.rounding).toBe(totals.payable)
      const bound = BigInt(totals.rates.length) + 1n
      expect(totals.rounding <= bound * unit && -totals.rounding <= bound * unit).toBe(true)
    }),
    { numRuns: 300 },
  )
})

test('M-07: where only a part was taxed, an item becomes its taxed and its untaxed part', () => {
  const item = { text: 'crm', note: '', net: 100_00000000n, percent: '6' }
  expect(itemsOf(item, 6_00000000n, 1_000_000n)).toEqual([item])
  expect(itemsOf(item, 3_00000000n, 1_000_000n).map(({ net, percent }) => [net, percent])).toEqual([
    [50_00000000n, '6'],
    [50_00000000n, '0'],
  ])
})
