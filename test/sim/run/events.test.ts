/** Planned events: what each changes, from which instant on, and what it leaves alone. */
import { expect, test } from 'vitest'
import { digestOfText, type Simulated, simulated } from './inline-run.ts'

const HOUR = 3_600_000
const START = Date.parse('2024-03-04T00:00:00+08:00')
const at = (hours: number): string => new Date(START + hours * HOUR).toISOString()

interface Parts {
  readonly events: string
  readonly load?: string
  readonly buy?: string
  readonly wallet?: string
  readonly habits?: string
  readonly policies?: string
  readonly count?: number
}

/** One region with two zones; `hours` of the run are counted from its start. */
const market = ({ events, load, buy, wallet, habits, policies, count = 1 }: Parts) => `
name: planned
question: What does a planned event change?
start: 2024-03-04T00:00:00+08:00
duration: 2d
policies: ${policies ?? '{}'}
regions:
  - id: home
    zones:
      - { id: east, pools: [{ flavour: s, capacity: 10, hourly: 1 }] }
      - { id: west, pools: [{ flavour: s, capacity: 10, hourly: 1 }] }
sellers: [{ segment: isv, provisioning: 30min }]
catalog:
  - id: stack
    kind: image
    seller: isv/1
    category: systems
    specifications: [{ id: plain, billing: pay-per-use, hourly: "0.1" }]
  - id: crm
    kind: saas
    seller: isv/1
    category: office
    specifications:
      - { id: seat, billing: monthly, plans: [{ months: 1, price: { model: linear, unit: 10 } }, { months: 3, price: { model: linear, unit: 25 } }] }
  - id: audit
    kind: professional-service
    seller: isv/1
    category: advice
    specifications: [{ id: day, billing: one-off, price: { model: linear, unit: 500 } }]
buyers:
  - segment: people
    count: ${count}
    wallet: ${wallet ?? '{ opening: 100000 }'}
    load: ${load ?? '{ closed: { thinkTime: 1h } }'}
    buys: [${buy ?? '{ product: crm, specification: seat }'}]
    ${habits === undefined ? '' : `habits: ${habits}`}
events:
${events}
`

const server = (more = '') => `{ product: stack, specification: plain, flavour: s, lifetime: 100d${more} }`
const inEast = ', zones: { east: 1 }'

/** Hours of the run, and what a query counts in them. */
const hoursOf = ({ rows }: Simulated, sql: string): number[] =>
  rows<{ at: number }>(sql).map((row) => Math.round(((row.at - START) / HOUR) * 100) / 100)

test('C-05, O-04: a repricing by duration holds for orders made from its instant on', () =>
  simulated(
    market({
      events: `
  - { at: ${at(10)}, priceChange: { product: crm, specification: seat, plans: [{ months: 1, price: 12 }, { months: 3, price: 30 }] } }
  - { at: ${at(20)}, priceChange: { product: crm, specification: seat, discount: { percentOff: 50 } } }
  - { at: ${at(30)}, priceChange: { product: crm, specification: seat, discount: none } }`,
    }),
    ({ outcome, rows }) => {
      expect(outcome.differences).toBe(0)
      // The order at the instant itself is made at the new price.
      const amounts = rows<{ amount: number; at: number }>('SELECT amount, at FROM orders')
      for (const order of amounts) {
        const hour = (order.at - START) / HOUR
        const expected = hour < 10 ? 10 : hour < 20 ? 12 : hour < 30 ? 6 : 12
        expect(order.amount, `hour ${hour}`).toBe(expected * 1e8)
      }
      expect(amounts.length).toBe(32)
    },
  ))

test('O-04: an order that waits for money keeps the price it was made with', () =>
  simulated(
    market({
      wallet: '{ opening: 0, topUp: { below: 0, amount: 10, reaction: 5h } }',
      load: '{ closed: { thinkTime: 8h } }',
      events: `  - { at: ${at(10)}, priceChange: { product: crm, specification: seat, plans: [{ months: 1, price: 12 }] } }`,
    }),
    ({ outcome, rows }) => {
      expect(outcome.differences).toBe(0)
      const [first] = rows<{ amount: number; paid: number }>(
        "SELECT o.amount, s.at AS paid FROM orders o JOIN order_steps s ON s.order_id = o.id JOIN words w ON w.id = s.event WHERE w.word = 'pay'",
      )
      expect(first).toEqual({ amount: 10e8, paid: START + 13 * HOUR })
    },
  ))

test('C-05, U-07: hours of servers and images cost the price in force at their first use', () =>
  simulated(
    market({
      buy: server(inEast),
      load: '{ closed: { thinkTime: 30min } }',
      events: `
  - { at: ${at(10)}, serverPriceChange: { zone: east, flavour: s, hourly: 2 } }
  - { at: ${at(20.5)}, serverPriceChange: { zone: east, flavour: s, hourly: 3 } }
  - { at: ${at(30.5)}, priceChange: { product: stack, specification: plain, hourly: "0.4" } }`,
    }),
    ({ outcome, rows }) => {
      expect(outcome.differences).toBe(0)
      const first = rows<{ item: string; hour: number; price: number }>(`
        SELECT w.word AS item, (h.hour - ${START}) / ${HOUR} AS hour, h.unit_price AS price FROM usage_hours h
        JOIN words w ON w.id = h.item WHERE instance_id = 1 ORDER BY 1, 2`)
      const prices = (item: string) => first.filter((line) => line.item === item)
      for (const { hour, price } of prices('ecs'))
        expect(price, `${hour}`).toBe((hour < 10 ? 1 : hour < 21 ? 2 : 3) * 1e10)
      for (const { hour, price } of prices('image')) expect(price, `${hour}`).toBe((hour < 31 ? 0.1 : 0.4) * 1e10)
      expect(prices('ecs')).toHaveLength(48)
    },
  ))

test('E-01: a capacity below use evicts no server; E-02: a flavour is sold out, then abandoned, then sold again', () =>
  simulated(
    market({
      buy: server(inEast),
      events: `
  - { at: ${at(5.5)}, capacityChange: { zone: east, flavour: s, capacity: 3 } }
  - { at: ${at(10.5)}, capacityChange: { zone: east, flavour: s, capacity: 8 } }
  - { at: ${at(12.5)}, flavourChange: { zone: east, flavour: s, status: sold-out } }
  - { at: ${at(14.5)}, flavourChange: { zone: east, flavour: s, status: abandoned } }
  - { at: ${at(16.5)}, flavourChange: { zone: east, flavour: s, status: normal } }`,
    }),
    (run) => {
      expect(run.outcome.differences).toBe(0)
      expect(hoursOf(run, 'SELECT at FROM orders')).toEqual([1, 2, 3, 4, 5, 11, 12, 17])
      const why = run.rows<{ code: string; n: number }>('SELECT code, COUNT(*) AS n FROM v_refusals GROUP BY code')
      expect(why).toEqual([
        { code: 'capacity-sold-out', n: 5 + 2 + 30 },
        { code: 'flavour-abandoned', n: 2 },
      ])
    },
  ))

test('outage: nothing is created or started while it lasts, and running servers of the zone alone break', () =>
  simulated(
    market({
      buy: server(),
      count: 2,
      load: '{ closed: { thinkTime: 2h } }',
      events: `  - { at: ${at(7)}, outage: { zone: east, for: 4h } }`,
    }),
    (run) => {
      expect(run.outcome.differences).toBe(0)
      const lost = run.rows<{ zone: string; n: number }>(`SELECT z.zone, COUNT(*) AS n FROM v_instance_steps s
        JOIN instances i ON i.id = s.instance_id JOIN pools p ON p.id = i.pool JOIN zones z ON z.id = p.zone_id
        WHERE s.event = 'fail' GROUP BY z.zone`)
      expect(lost).toEqual([{ zone: 'east', n: 3 }])
      // The usual zone is down, so the buyer asks the next one.
      const east = 'SELECT i.at FROM instances i JOIN pools p ON p.id = i.pool WHERE p.zone_id = 1 ORDER BY i.at'
      expect(hoursOf(run, east).filter((hour) => hour >= 7 && hour < 11)).toEqual([])
      expect(run.ask('SELECT SUM(broken) FROM pool_changes')).toBe(3)
    },
  ))

test('outage: `breaks` is the part of the running servers that is lost', () =>
  simulated(
    market({
      buy: server(`, quantity: 10${inEast}`),
      events: `
  - { at: ${at(1)}, capacityChange: { zone: east, flavour: s, capacity: 1000 } }
  - { at: ${at(40.5)}, outage: { zone: east, flavour: s, for: 1h, breaks: 0.3 } }
  - { at: ${at(44.5)}, outage: { zone: east, for: 1h, breaks: 0 } }`,
    }),
    ({ outcome, ask }) => {
      expect(outcome.differences).toBe(0)
      const lost: number = ask("SELECT COUNT(*) FROM v_instance_steps WHERE event = 'fail'")
      expect(Math.abs(lost - 400 * 0.3)).toBeLessThan(4.5 * Math.sqrt(400 * 0.3 * 0.7))
      expect(ask("SELECT COUNT(*) FROM v_refusals WHERE code = 'zone-down'")).toBe(2)
    },
  ))

test('L-04: while its seller is on strike nothing is set up and no request is answered', () =>
  simulated(
    market({
      load: '{ closed: { thinkTime: 5h30min } }',
      buy: '{ product: crm, specification: seat }',
      events: `
  - { at: ${at(11)}, sellerStrike: { segment: isv, for: 6h } }
  - { at: ${at(16)}, sellerStrike: { for: 2h } }`,
    }),
    (run) => {
      const done = "SELECT s.at FROM order_states s WHERE state = 'completed' ORDER BY s.at"
      // Asked for at 11:30, set up half an hour after the strikes ended at 18:00.
      expect(hoursOf(run, done).slice(0, 4)).toEqual([6, 18.5, 24.5, 30.5])
      expect(run.outcome.differences).toBe(0)
    },
  ))

test('L-04: a supervised request waits until the strike is over', () =>
  simulated(
    market({
      load: '{ closed: { thinkTime: 4h } }',
      buy: '{ product: audit, specification: day }',
      habits: '{ supervision: { request: 1h, acceptance: 1h } }',
      events: `  - { at: ${at(4.5)}, sellerStrike: { for: 10h } }`,
    }),
    (run) => {
      expect(run.outcome.differences).toBe(0)
      const [delivered] = hoursOf(
        run,
        "SELECT s.at FROM supervision_steps s JOIN words w ON w.id = s.event WHERE w.word = 'deliver' ORDER BY s.at",
      )
      expect(delivered).toBeGreaterThanOrEqual(14.5)
    },
  ))

test('O-05: while payments fail, orders wait and top-ups are tried again; afterwards both go through', () =>
  simulated(
    market({
      wallet: '{ opening: 60, topUp: { below: 25, amount: 100, reaction: 10min } }',
      events: `  - { at: ${at(3.5)}, paymentFailure: { segment: people, for: 4h } }`,
    }),
    (run) => {
      expect(run.outcome.differences).toBe(0)
      const paid = hoursOf(
        run,
        'SELECT at FROM v_order_steps'.replace(
          'v_order_steps',
          "order_steps s JOIN words w ON w.id = s.event WHERE w.word = 'pay' ORDER BY s.at",
        ),
      )
      expect(paid.slice(0, 4)).toEqual([1, 2.5, 7.5, 9])
      expect(run.ask("SELECT COUNT(*) FROM v_notices WHERE code = 'payment-failed'")).toBe(1)
      // 60 - 10 - 10 - 10 leaves 30: no top-up is needed before the fourth order.
      expect(run.ask('SELECT COUNT(*) FROM orders')).toBeGreaterThan(20)
    },
  ))

test('A-05: a top-up that fails is tried again until it goes through', () =>
  simulated(
    market({
      wallet: '{ opening: 25, topUp: { below: 5, amount: 100, reaction: 20min } }',
      events: `  - { at: ${at(3.5)}, paymentFailure: { for: 4h } }`,
    }),
    (run) => {
      expect(run.outcome.differences).toBe(0)
      const [topUp] = hoursOf(
        run,
        "SELECT t.at FROM transactions t JOIN words w ON w.id = t.kind WHERE w.word = 'top-up'",
      )
      expect(topUp).toBeGreaterThanOrEqual(7.5)
      expect(topUp).toBeLessThan(8)
      expect(run.ask("SELECT COUNT(*) FROM v_notices WHERE code = 'top-up-failed'")).toBeGreaterThan(8)
    },
  ))

test('C-05: a delisted product is not sold until it is listed again', () =>
  simulated(
    market({
      load: '{ closed: { thinkTime: 30min } }',
      events: `
  - { at: ${at(10.5)}, delist: { product: crm } }
  - { at: ${at(20.2)}, list: { product: crm } }`,
    }),
    (run) => {
      expect(run.outcome.differences).toBe(0)
      const hours = hoursOf(run, 'SELECT at FROM orders')
      expect(hours.filter((hour) => hour >= 10.5 && hour < 20.2)).toEqual([])
      expect(hours.filter((hour) => hour >= 20.2)[0]).toBe(20.5)
      expect(run.rows('SELECT DISTINCT code, rule FROM v_refusals')).toEqual([
        { code: 'product-delisted', rule: 'C-05' },
      ])
      expect(run.rows('SELECT listing FROM listings WHERE product_id = 2 ORDER BY since')).toEqual(
        ['listed', 'delisted', 'listed'].map((listing) => ({ listing })),
      )
    },
  ))

test('O-14: products of a seller who violated the rules are delisted for a time, and sold again after it as planned', () =>
  simulated(
    market({
      load: '{ closed: { thinkTime: 30min } }',
      events: `
  - { at: ${at(10.5)}, violation: { seller: isv/1, for: 3h } }
  - { at: ${at(11)}, delist: { product: crm } }
  - { at: ${at(15.2)}, list: { product: crm } }
  - { at: ${at(20.2)}, violation: { seller: isv/1 } }`,
    }),
    (run) => {
      expect(run.outcome.differences).toBe(0)
      const hours = hoursOf(run, 'SELECT at FROM orders')
      expect(hours.filter((hour) => (hour >= 10.5 && hour < 15.2) || hour >= 20.2)).toEqual([])
      expect(hours.filter((hour) => hour >= 15.2)[0]).toBe(15.5)
      const refused = (rule: string) =>
        hoursOf(
          run,
          `SELECT f.at FROM refusals f JOIN words c ON c.id = f.code JOIN words r ON r.id = f.rule
            WHERE c.word = 'product-delisted' AND r.word = '${rule}' ORDER BY f.at`,
        )
      expect(refused('C-05').every((hour) => hour >= 13.5 && hour < 15.2)).toBe(true)
      expect(refused('O-14').every((hour) => (hour >= 10.5 && hour < 13.5) || hour >= 20.2)).toBe(true)
      expect([refused('C-05').length, refused('O-14').length].every((count) => count > 2)).toBe(true)
      expect(run.rows('SELECT listing FROM listings WHERE product_id = 2 ORDER BY since')).toEqual(
        ['listed', 'violation', 'delisted', 'listed', 'violation'].map((listing) => ({ listing })),
      )
    },
  ))

test('C-05: a product that is listed during the run is sold from then on', () =>
  simulated(
    market({ events: '  []' }).replace('category: office', `category: office\n    listed: ${at(9.2)}`),
    (run) => {
      expect(hoursOf(run, 'SELECT at FROM orders')[0]).toBe(10)
      expect(run.ask("SELECT COUNT(*) FROM v_refusals WHERE code = 'product-delisted'")).toBe(9)
    },
  ))

test('policyChange: the tax of orders made from its instant on, the life of unpaid ones, and both in the record', () =>
  simulated(
    market({
      wallet: '{ opening: 150 }',
      events: `
  - { at: ${at(5.2)}, policyChange: { tax.percent: 50 } }
  - { at: ${at(12.2)}, policyChange: { order.unpaidLife: 5h } }`,
    }),
    (run) => {
      expect(run.outcome.differences).toBe(0)
      const amounts = run
        .rows<{ amount: number }>('SELECT amount / 100000000 AS amount FROM orders')
        .map((row) => row.amount)
      expect(amounts.slice(0, 5)).toEqual([10, 10, 10, 15, 15])
      // 120 left at 15 each: the twelfth order finds nothing, and is unpaid for five hours.
      const expired = hoursOf(
        run,
        "SELECT s.at FROM order_steps s JOIN words w ON w.id = s.event WHERE w.word = 'expire'",
      )
      const waiting = hoursOf(run, 'SELECT at FROM orders')[11]
      expect(expired[0]).toBe(Math.round((waiting + 5) * 100) / 100)
      expect(run.rows('SELECT policy, value FROM policy_changes')).toEqual([
        { policy: 'tax.percent', value: '"50"' },
        { policy: 'order.unpaidLife', value: String(5 * HOUR) },
      ])
    },
  ))

test('all kinds together have one history on 1 and 2 threads', async () => {
  const text = market({
    buy: `${server()}, { product: crm, specification: seat }, { product: audit, specification: day }`,
    count: 12,
    load: '{ poisson: { perBuyer: 1/h } }',
    events: `
  - { at: ${at(3)}, priceChange: { product: crm, specification: seat, plans: [{ months: 1, price: 12 }] } }
  - { at: ${at(4)}, serverPriceChange: { zone: east, flavour: s, hourly: 2 } }
  - { at: ${at(5)}, capacityChange: { zone: west, flavour: s, capacity: 200 } }
  - { at: ${at(6)}, flavourChange: { zone: west, flavour: s, status: sold-out } }
  - { at: ${at(7)}, outage: { zone: east, for: 2h, breaks: 0.5 } }
  - { at: ${at(8)}, sellerStrike: { for: 3h } }
  - { at: ${at(9)}, paymentFailure: { for: 3h, probability: 0.5 } }
  - { at: ${at(10)}, demandSurge: { for: 3h, factor: 4 } }
  - { at: ${at(11)}, policyChange: { tax.percent: 7 } }
  - { at: ${at(12)}, delist: { product: crm, renewals: stop } }
  - { at: ${at(13)}, list: { product: crm } }
  - { at: ${at(14)}, violation: { seller: isv/1, for: 1h } }`,
  })
    .replace(
      'regions:\n  - id: home',
      'regions:\n  - { id: far, zones: [{ id: far-1, pools: [{ flavour: s, capacity: 50, hourly: 1 }] }] }\n  - id: home',
    )
    .replace('duration: 2d', 'duration: 20h')
  expect(await digestOfText(text, 2)).toBe(await digestOfText(text, 1))
})
