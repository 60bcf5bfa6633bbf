/**
 * Rules of money under load, each in a small market: the work that its history makes comes to what the simulation charged, and the
 * auditor of the ledger agrees with every amount.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { afterAll, describe, expect, test } from 'vitest'
import { parseScenario } from '#scenarios/reader.ts'
import { auditLedger } from '#sim/audit/load-test/audit-ledgers.ts'
import { BillingService } from '#sim/load-test/billing-service.ts'
import { checkBooked } from '#sim/load-test/booked-work.ts'
import { liveHistory } from '#sim/load-test/history.ts'
import { LedgerFile } from '#sim/load-test/ledger-file.ts'
import { ledgerMeta } from '#sim/load-test/prepare.ts'
import { readHistory } from '#sim/load-test/read-history.ts'
import { ledgerNumber } from '#sim/record/load-ledger.ts'
import { openRecord } from '#sim/record/open-record.ts'
import { buildWorld } from '#sim/world/world.ts'
import { type Given, scenarioText } from '../market/payment-world.ts'

const folder = mkdtempSync(join(tmpdir(), 'marketsim-load-rules-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

interface Loaded {
  /** Rows of a query of the ledger, and of the history. */
  readonly ledger: (sql: string) => number[][]
  readonly history: (sql: string) => number[][]
}

/** The history of a market, and its work done once over; the auditor agrees with it. */
async function loaded(given: Given): Promise<Loaded & { close(): void }> {
  const scenario = parseScenario(scenarioText(given), 'inline.yaml')
  const world = buildWorld({ scenario, traces: {} })
  const own = mkdtempSync(join(folder, 'market-'))
  const { signal } = new AbortController()
  const path = await liveHistory({
    ...{ scenario, traces: {}, seed: '7', threads: 1, folder: own, onProgress() {}, signal },
  })
  const stream = readHistory(path, world)
  const file = join(own, 'ledger.sqlite')
  const ledger = new LedgerFile(file, world, ledgerMeta(scenario, '7'), 'off')
  const service = new BillingService(stream, world, ledger)
  service.begin()
  for (let number = 0; number < stream.count; number++) service.execute(number)
  service.commit()
  ledger.close()
  const audit = auditLedger(file)
  expect(audit.differences).toEqual([])
  expect(audit.operations).toBe(stream.count)
  expect(audit.balances.reduce((sum, balance) => sum + balance, 0n)).toBe(0n)
  expect(checkBooked(file, stream)).toMatchObject({ wrong: 0, operations: stream.count })
  const [books, record] = [new Sqlite(file, { readonly: true }), openRecord(path)]
  const ask = (database: Sqlite.Database) => (sql: string) => database.prepare<[], number[]>(sql).raw().all()
  return {
    ledger: ask(books),
    history: ask(record),
    close() {
      books.close()
      record.close()
    },
  }
}

const posted = (name: Parameters<typeof ledgerNumber>[0]): string =>
  `SELECT coalesce(sum(amount), 0) FROM postings WHERE ledger = ${ledgerNumber(name)}`
const balance = (name: string): string => `SELECT coalesce(sum(balance), 0) FROM balances WHERE ledger = '${name}'`

/** Those of what buyers pay: bills of sellers have their own. */
const roundings = `SELECT coalesce(sum(p.amount * t.repeats), 0) FROM transactions t JOIN postings p ON p.transaction_id = t.id
  JOIN words k ON k.id = t.kind JOIN words l ON l.id = p.ledger
  WHERE k.word IN ('bill-rounding', 'refund') AND l.word = 'rounding-differences'`

const use = `load: { poisson: { perBuyer: 1/d } }, buys: [{ product: app, specification: s, quantity: 3 },
  { product: image, specification: s, flavour: f, lifetime: 5h }]`
const odd = `
  - { id: app, kind: saas, seller: isv/1, category: c, specifications: [{ id: s, billing: monthly, quantity: { attribute: seats, min: 1, max: 100 }, plans: [{ months: 1, price: { model: linear, unit: "3.3333" } }] }] }
  - { id: image, kind: image, seller: isv/1, category: c, specifications: [{ id: s, billing: pay-per-use, hourly: "0.0517" }] }`

describe.each([
  ['M-07: the tax on use is drawn with the bill', { policies: '{ tax.percent: "8.25" }' }],
  ['M-08: roundings of bills are drawn or returned', { catalog: odd }],
  [
    'M-07, M-08: with a tax of the region, in a currency without minor units',
    { catalog: odd, currency: 'JPY', region: 'taxPercent: "10",' },
  ],
  ['M-08: roundings stay on the balance', { catalog: odd, policies: '{ rounding.rest: keep, tax.percent: "19" }' }],
] as const)('%s', (_, given) => {
  test('bills, taxes and differences are those of the history', async () => {
    const { ledger, history, close } = await loaded({ buyers: `wallet: { opening: 90000 }, ${use}`, ...given })
    try {
      const bills = (sql: string) => `${sql} ORDER BY account, month`
      expect(ledger(bills('SELECT account, month, lines, charges, rounding, payable FROM bills'))).toEqual(
        history(bills('SELECT account, month, lines, charges, rounding, payable FROM bills')),
      )
      expect(ledger(posted('tax-payable'))).toEqual(history(balance('tax-payable')))
      expect(ledger(posted('rounding-differences'))).toEqual(history(roundings))
      expect(ledger('SELECT count(*) > 4, sum(due) FROM bills')).toEqual([[1, 0]])
    } finally {
      close()
    }
  })
})

test.each([
  ['some hours', 4],
  ['hours and taxes', 220],
])('O-05, A-01: cash coupons pay %s before the balance does', async (_, amount) => {
  const { ledger, history, close } = await loaded({
    buyers: `wallet: { opening: 90000, coupons: [{ amount: ${amount} }, { amount: ${amount / 4} }, { kind: discount, amount: 9 }] },
      load: { poisson: { perBuyer: 1/d } }, buys: [{ product: image, specification: s, flavour: f, lifetime: 5h }]`,
    policies: '{ tax.percent: "8.25" }',
  })
  try {
    for (const name of ['buyer-cash', 'buyer-coupons', 'promotion-expense', 'tax-payable'] as const)
      expect(ledger(posted(name)), name).toEqual(history(balance(name)))
    expect(ledger('SELECT count(*) > 10 FROM settlements WHERE coupon > 0')).toEqual([[1]])
    expect(ledger('SELECT count(*) > 0 FROM settlements WHERE coupon > 0 AND cash > 0')).toEqual([[1]])
    expect(ledger('SELECT count(*) > 0 FROM bills WHERE coupon > 0')).toEqual([[amount > 4 ? 1 : 0]])
  } finally {
    close()
  }
})

test('M-07, A-01: tax on use that the balance does not cover is in arrears, and the next money pays it', async () => {
  const { ledger, close } = await loaded({
    buyers: `wallet: { opening: 3, topUp: { below: 1, amount: 2, reaction: 40h } }, ${use}`,
    policies: '{ tax.percent: "19" }',
  })
  try {
    expect(ledger('SELECT count(*) > 0 FROM bills WHERE due > 0 AND tax > 0')).toEqual([[1]])
  } finally {
    close()
  }
})

test.each([
  ['USD', odd],
  ['JPY', odd.replace('3.3333', '333.3')],
])('O-13: bound cards are charged the minor units that the balance lacks, in %s', async (currency, catalog) => {
  const { ledger, history, close } = await loaded({
    catalog,
    currency,
    buyers: `wallet: { opening: 40, methods: { card: 0.7 }, card: { declines: 0.2 } }, load: { poisson: { perBuyer: 1/d } },
      buys: [{ product: app, specification: s, quantity: 3 }]`,
  })
  try {
    const charges = `SELECT sum(c.amount) FROM card_charges c JOIN words w ON w.id = c.outcome WHERE w.word = 'charged'`
    expect(ledger('SELECT sum(charged) FROM orders')).toEqual(history(charges))
    expect(ledger('SELECT count(*) > 10 FROM orders WHERE charged > 0')).toEqual([[1]])
    expect(ledger('SELECT count(*) FROM orders WHERE done = 0')).toEqual([[0]])
    expect(ledger(posted('buyer-cash'))).toEqual(history(balance('buyer-cash')))
  } finally {
    close()
  }
})

test('M-08: a refund in cash has minor units, and no more than was paid', async () => {
  const { ledger, history, close } = await loaded({
    catalog: odd,
    seller: 'failure: 0.4',
    currency: 'JPY',
    buyers: `wallet: { opening: 90000 }, load: { poisson: { perBuyer: 1/d } }, buys: [{ product: app, specification: s, quantity: 50 }]`,
    policies: '{ tax.percent: "7" }',
  })
  try {
    expect(ledger('SELECT count(*) > 3, sum(rounding) < 0 FROM refunds')).toEqual([[1, 1]])
    expect(ledger(posted('buyer-cash'))).toEqual(history(balance('buyer-cash')))
    expect(ledger(posted('rounding-differences'))).toEqual(history(roundings))
  } finally {
    close()
  }
})

test.each([
  ['none', 0],
  ['10', 1],
  ['28', 1],
])('T-04, R-07: renewals aligned to day %s pay the days up to it, and earn them', async (day, aligned) => {
  const { ledger, history, close } = await loaded({
    end: '2024-05-12T00:00:00+08:00',
    catalog: `[{ id: image, kind: image, seller: isv/1, category: c, specifications: [{ id: s, billing: monthly, plans: [{ months: 1, price: "24.57" }] }] }]`,
    plans: '{ months: 1, price: "61.31" }',
    buyers: `wallet: { opening: 90000 }, load: { poisson: { perBuyer: 0.1/d } }, buys: [{ product: image, specification: s, flavour: f, months: 1 }],
      habits: { renewing: { manual: 1, before: 3d } }`,
    policies: `{ renewal.alignDay: ${day}, tax.percent: "6", proration.basis: day30 }`,
  })
  try {
    const paid = (kind: string) =>
      `SELECT count(*), sum(o.amount) FROM orders o JOIN words k ON k.id = o.kind WHERE k.word IN (${kind})
        AND o.id IN (SELECT t.order_id FROM transactions t JOIN words p ON p.id = t.kind WHERE p.word = 'payment')`
    expect(ledger('SELECT count(*), sum(amount) FROM orders')).toEqual(history(paid("'purchase', 'renewal'")))
    expect(ledger('SELECT count(*), sum(amount) FROM orders WHERE anchor > 0')).toEqual(history(paid("'renewal'")))
    expect(ledger('SELECT count(*) > 10 FROM orders WHERE anchor > 0')).toEqual([[1]])
    const byRule = "SELECT count(*) > 10 FROM order_lines l JOIN words w ON w.id = l.rule WHERE w.word = 'R-07'"
    expect(history(byRule)).toEqual([[aligned]])
    expect(ledger(posted('deferred-revenue'))).toEqual(history(balance('deferred-revenue')))
  } finally {
    close()
  }
})

const servers = `
  - { id: image, kind: image, seller: isv/1, category: c, specifications: [{ id: s, billing: monthly, plans: [{ months: 1, price: "30.01" }] }, { id: m, billing: pay-per-use, hourly: "0.0517" }] }
  - { id: app, kind: saas, seller: isv/2, category: c, specifications: [{ id: s, billing: monthly, quantity: { attribute: seats, min: 1, max: 100 }, plans: [{ months: 1, price: { model: linear, unit: "3.3333" } }] }] }
  - { id: advice, kind: professional-service, seller: isv/2, category: c, specifications: [{ id: s, billing: one-off, price: "70.03" }] }`
const losing = {
  catalog: servers,
  plans: '{ months: 1, price: "60.07" }',
  pool: 'failure: 0.3',
  seller: 'withholdingPercent: "2.5", taxPercent: "3"',
  buyers: `wallet: { opening: 90000 }, load: { poisson: { perBuyer: 0.7/d } },
    buys: [{ product: image, specification: s, flavour: f, months: 1, quantity: { discrete: { values: [2, 3, 5] } } },
      { product: image, specification: m, flavour: f, lifetime: 70h }, { product: app, specification: s, quantity: 3 },
      { product: advice, specification: s }],
    habits: { renewing: { manual: 1, before: { uniform: { min: 10d, max: 25d } } }, unsubscribe: { probability: 0.6, after: 5d } }`,
  events: `[{ at: 2024-03-12T10:00:00+08:00, outage: { zone: z1, for: 2h, breaks: 0.3 } }, { at: 2024-03-20T10:00:00+08:00, outage: { zone: z1, for: 2h, breaks: 0.4 } },
    { at: 2024-03-29T03:00:00+08:00, outage: { zone: z1, for: 2h, breaks: 1 } }]`,
} as const
const withCoupons = losing.buyers.replace(
  'opening: 90000',
  'opening: 90000, coupons: [{ amount: 701 }, { kind: discount, amount: 203 }]',
)
const kept = 'custom.partial: keep-created, outage.refund: rest-of-term'

test.each([
  ['an agent', { policies: `{ ${kept}, tax.percent: "6" }` }],
  ['a principal', { policies: `{ ${kept}, tax.percent: "6", revenue.presentation: principal, refund.fiveDay: cn }` }],
  ['an agent, with coupons', { policies: `{ ${kept}, tax.percent: "6" }`, buyers: withCoupons }],
  [
    'a principal, with untaxed coupons, in yen',
    {
      policies: `{ ${kept}, tax.percent: "7", tax.couponBase: paid, revenue.presentation: principal }`,
      buyers: withCoupons,
      currency: 'JPY',
    },
  ],
])(
  'E-05, E-10, L-06, Q-07: single servers are refunded, sellers get their shares, and nothing stays deferred, as %s',
  async (_, given) => {
    const { ledger, history, close } = await loaded({ ...losing, ...given })
    try {
      const amounts = 'consumed, fee, amount, coupon, tax, cloud, rounding'
      const periods = `SELECT account, at, ${amounts} FROM refunds WHERE in_full = 0 ORDER BY account, at, paid, amount`
      const refunds = `SELECT account, at, ${amounts.replace('coupon', 'coupon_returned')} FROM refunds ORDER BY account, at, cash + coupon, amount`
      expect(ledger(periods)).toEqual(history(refunds))
      for (const forced of [
        'no_fee = 1 AND part < parts AND begun = 0',
        'no_fee = 1 AND part < parts AND begun = 1',
        'no_fee = 0 AND in_full = 0',
      ])
        expect(ledger(`SELECT count(*) > 1 FROM refunds WHERE ${forced}`), forced).toEqual([[1]])
      for (const name of [
        'buyer-cash',
        'buyer-coupons',
        'deferred-revenue',
        'deferred-seller-cost',
        'cloud-resource-revenue',
        'refunds',
      ] as const)
        expect(ledger(posted(name)), name).toEqual(history(balance(name)))
      const shares = (id: string) => `SELECT count(*), sum(s.sales), sum(s.cost) FROM ${id}`
      expect(ledger(shares('shares s WHERE order_id > 0'))).toEqual(
        history(
          shares('seller_shares s JOIN transactions t ON t.id = s.transaction_id WHERE t.order_id > 0 AND s.sales > 0'),
        ),
      )
      expect(ledger('SELECT sum(cost) FROM refunds')).toEqual(
        history(
          'SELECT sum(s.cost) FROM seller_shares s JOIN transactions t ON t.id = s.transaction_id WHERE t.order_id > 0 AND s.sales <= 0',
        ),
      )
      // Shares of use are truncated by account here, in the simulation on the sum of all accounts.
      const use = 'sum(s.sales)'
      expect(ledger(`SELECT ${use} FROM shares s WHERE order_id = 0`)).toEqual(
        history(
          `SELECT ${use} FROM seller_shares s JOIN transactions t ON t.id = s.transaction_id WHERE t.order_id = 0`,
        ),
      )
    } finally {
      close()
    }
  },
)
