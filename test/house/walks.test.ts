/** How many files one order and one metered hour pass: who reads the code follows one of them. */
import { expect, test } from 'vitest'
import { type Instant, walk } from './walk.ts'

const scenario = (buy: string): string => `name: walk
question: Which files does it pass?
start: 2024-05-06T00:00:00+08:00
duration: 30d
seed: 1
currency: USD
regions:
  - id: here
    zones: [{ id: here-1, pools: [{ flavour: small, capacity: 10, hourly: "3.6", provisioning: 0s }] }]
sellers: [{ segment: isv, count: 1, provisioning: { constant: 40min } }]
catalog:
  - id: crm
    kind: saas
    seller: isv/1
    category: business
    specifications:
      - id: seats
        billing: monthly
        quantity: { attribute: users, min: 1, max: 20, step: 1 }
        plans: [{ months: 1, price: { model: linear, unit: "10" } }]
  - id: stack
    kind: image
    seller: isv/1
    category: systems
    specifications: [{ id: hourly, billing: pay-per-use, hourly: "0.1" }]
buyers:
  - segment: people
    count: 1
    wallet: { opening: "100000", topUp: { below: "5", amount: "50", reaction: 1h } }
    load: { poisson: { perBuyer: 1/day } }
    buys: [${buy}]
`
const has = (kind: string) => (instant: Instant) => instant.kinds.includes(kind)
const market = ({ files }: Instant): string[] => files.filter((file) => file.startsWith('sim/market/'))

test('a SaaS order, from the visit of its buyer until it is paid: 19 files of the market, 53 of sim', async () => {
  const [order] = (
    await walk(
      scenario('{ product: crm, specification: seats, weight: 1, quantity: 3, months: { constant: 1 } }'),
      has('buyerArrives'),
    )
  ).slice(-1)
  expect(order.files).toContain('sim/market/orders/payment.ts')
  expect(market(order).length, market(order).join(' ')).toBeLessThanOrEqual(19)
  expect(order.files.length, order.files.join(' ')).toBeLessThanOrEqual(53)
})

test('a metered hour, closed and settled: 7 files of the market, 12 of sim', async () => {
  let closed = 0
  const [hour] = (
    await walk(
      scenario('{ product: stack, specification: hourly, weight: 1, quantity: 1, flavour: small, lifetime: 20d }'),
      (instant) => {
        closed = instant.kinds.includes('buyerArrives')
          ? 1
          : closed > 0 && has('hourSettles')(instant)
            ? closed + 1
            : closed
        // An hour like those before it, whose settlements are one run in the books.
        return closed === 7
      },
    )
  ).slice(-1)
  expect(hour.files).toContain('sim/market/wallets/usage-run.ts')
  expect(market(hour).length, market(hour).join(' ')).toBeLessThanOrEqual(7)
  expect(hour.files.length, hour.files.join(' ')).toBeLessThanOrEqual(12)
})
