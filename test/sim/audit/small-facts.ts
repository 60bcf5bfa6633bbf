/**
 * A small record whose every number was computed on paper: three buyers, four servers, two subscriptions, one unpaid
 * order. Civil time is UTC+08:00, grace 2 days, retention 3 days, tax 6 %. Times are `MM-DD hh:mm:ss.mmm` of 2024.
 */
import { words } from '#sim/market/words.ts'
import type { FactTableName } from '#sim/record/columns.ts'

export const HOUR = 3_600_000
export const OFFSET = 8 * HOUR

/** `03-01 09:12:30.500` of 2024, civil time, in ms; months continue into 2025. */
export function at(text: string): number {
  const [date, time = '00:00'] = text.split(' ')
  const [hour, minute, second = '0'] = time.split(':')
  const [month, day] = date.split('-').map(Number)
  return (
    Date.UTC(2024, month - 1, day) -
    OFFSET +
    Number(hour) * HOUR +
    Number(minute) * 60_000 +
    Math.round(Number(second) * 1000)
  )
}

export type Value = number | string
export type Row = Readonly<Record<string, Value>>
export type Rows = Readonly<Partial<Record<FactTableName, readonly Row[]>>>

/** The scenario behind it; the loads are never run. */
export const scenarioText = `
name: small
start: 2024-03-01T00:00:00+08:00
end: 2024-04-05T12:00:00+08:00
policies: { grace.days: 2, retention.days: 3, tax.percent: 6, appeal.seller: any-time }
regions:
  - { id: r, zones: [{ id: z, pools: [{ flavour: f, capacity: [{ from: 1970-01-01T00:00:00Z, capacity: 1 }, { from: 2024-03-15T00:00:00+08:00, capacity: 2 }], hourly: "0.1234567891" }] }] }
sellers: [{ segment: isv }]
catalog:
  - id: stack
    kind: image
    seller: isv/1
    category: c
    specifications: [{ id: standard, billing: pay-per-use, hourly: "0.05" }]
  - id: crm
    kind: saas
    seller: isv/1
    category: c
    specifications:
      - id: seats
        billing: monthly
        quantity: { attribute: users, max: 200 }
        discount: { percentOff: 10 }
        plans:
          - { months: 1, price: { model: tiered, bands: [{ upTo: 3, unit: 9.5 }, { upTo: 20, unit: 8.25 }, { upTo: null, unit: 7 }] } }
  - id: mail
    kind: saas
    seller: isv/1
    category: c
    specifications:
      - { id: boxes, billing: yearly, quantity: { attribute: boxes, max: 100 }, plans: [{ months: 12, price: { model: linear, unit: 11.9 } }] }
  - id: tool
    kind: license
    seller: isv/1
    category: c
    specifications: [{ id: key, billing: one-off, price: 10 }]
  - id: desk
    kind: saas
    supervised: true
    seller: isv/1
    category: c
    specifications: [{ id: seat, billing: monthly, plans: [{ months: 1, price: 1 }] }]
buyers:
  - { segment: a, count: 1, wallet: { opening: 60, topUp: { below: 100, amount: 50, reaction: 1h } }, load: { poisson: { total: 1/d } }, buys: [{ product: mail, specification: boxes }] }
  - { segment: b, count: 1, wallet: { opening: 0.2, topUp: { below: 0.1, amount: 10, reaction: 1h } }, load: { poisson: { total: 1/d } }, buys: [{ product: mail, specification: boxes }] }
  - { segment: c, count: 1, load: { poisson: { total: 1/d } }, buys: [{ product: mail, specification: boxes }] }
`

const bands = {
  model: 'tiered',
  bands: [
    { upTo: 3, unit: '9.5' },
    { upTo: 20, unit: '8.25' },
    { upTo: null, unit: '7' },
  ],
}
export const dimensionRows: Readonly<Record<string, readonly (readonly Value[])[]>> = {
  words: words.map((word, id) => [id, word]),
  regions: [[1, 'r', 'r']],
  zones: [[1, 1, 'z']],
  pools: [[1, 1, 1, 'f', 1_234_567_891]],
  host_groups: [],
  host_pools: [],
  server_plans: [],
  capacities: [
    [1, 0, 1],
    [1, at('03-15 00:00'), 2],
  ],
  sellers: [[1, 'isv', 1, 1]],
  products: [
    [1, 'stack', 'stack', 'image', 'c', '', 1, 0],
    [2, 'crm', 'crm', 'saas', 'c', '', 1, 0],
    [3, 'mail', 'mail', 'saas', 'c', '', 1, 0],
    [4, 'tool', 'tool', 'license', 'c', '', 1, 1],
    [5, 'desk', 'desk', 'saas', 'c', '', 1, 1],
  ],
  specifications: [
    [1, 1, 'standard', 'pay-per-use', '', 500_000_000, ''],
    [2, 2, 'seats', 'monthly', 'users', 0, '{"percentOff":"10"}'],
    [3, 3, 'boxes', 'yearly', 'boxes', 0, ''],
    [4, 4, 'key', 'one-off', '', 0, ''],
    [5, 5, 'seat', 'monthly', '', 0, ''],
  ],
  plans: [
    [1, 2, 1, JSON.stringify(bands), 0],
    [2, 3, 12, JSON.stringify({ model: 'linear', unit: '11.9' }), 0],
    [3, 4, 0, JSON.stringify({ model: 'linear', unit: '10' }), 0],
    [4, 5, 1, JSON.stringify({ model: 'linear', unit: '1' }), 0],
  ],
  categories: [],
  policy_changes: [],
  listings: [],
  accounts: [
    [1, 'a', 1, 1, 'a/1'],
    [2, 'b', 1, 1, 'b/1'],
    [3, 'c', 1, 1, 'c/1'],
  ],
}

const server = (id: number, account: number, order: number, when: string, lifetime = -1): Row => ({
  id,
  at: when,
  order_id: order,
  account,
  pool: 1,
  specification: 1,
  billing: 'pay-per-use',
  lifetime,
})
const serverStep = (instance_id: number, when: string, event: string, from_state: string, to_state: string): Row => ({
  instance_id,
  at: when,
  event,
  from_state,
  to_state,
  rule: 'E-01',
  specification: 1,
})
const purchase = (id: number, account: number, when: string, what: Row): Row => ({
  id,
  at: when,
  account,
  kind: 'purchase',
  channel: 'search',
  interest: 1,
  rule: 'O-01',
  ...what,
})
const serverOrder = (id: number, account: number, when: string) =>
  purchase(id, account, when, { specification: 1, pool: 1, quantity: 100_000_000, instances: 1 })
const orderStep = (order_id: number, when: string, event: string, from_state: string, to_state: string): Row => ({
  order_id,
  at: when,
  event,
  from_state,
  to_state,
  rule: 'O-01',
})
const flowStep = (
  order_id: number,
  when: string,
  event: string,
  from_state: string,
  to_state: string,
  by: string,
): Row => ({ order_id, at: when, event, from_state, to_state, rule: 'S-03', by })
const appealOf = (id: number, order_id: number, account: number, when: string, by: string, ground: string): Row => ({
  id,
  at: when,
  order_id,
  account,
  seller: 1,
  by,
  ground,
  rule: 'S-06',
})
const appealStep = (
  appeal_id: number,
  when: string,
  event: string,
  from_state: string,
  to_state: string,
  outcome: string,
): Row => ({ appeal_id, at: when, event, from_state, to_state, rule: 'S-07', outcome })
const bought = (order: number, paid: string, completed: string): Row[] => [
  orderStep(order, paid, 'begin', '', 'pending-payment'),
  orderStep(order, paid, 'pay', 'pending-payment', 'processing'),
  orderStep(order, completed, 'complete', 'processing', 'completed'),
]
const span = (
  instance_id: number,
  account: number,
  item: string,
  first_hour: string,
  hours: number,
  seconds: number,
  amount: number,
): Row => ({
  instance_id,
  account,
  item,
  priced: 1,
  first_hour,
  hours,
  seconds,
  unit_price: item === 'ecs' ? 1_234_567_891 : 500_000_000,
  amount,
  rule: item === 'ecs' ? 'U-01' : 'U-02',
})
const standing = (account: number, when: string, event: string, from_state: string, to_state: string): Row => ({
  account,
  at: when,
  event,
  from_state,
  to_state,
  rule: 'A-01',
})
const notice = (account: number, when: string, code: string): Row => ({ account, at: when, code, rule: 'A-06' })
const poolHour = (hour: string, capacity: number, held_ms: number, peak: number, full_ms: number): Row => ({
  pool: 1,
  hour,
  capacity,
  capacity_ms: capacity * HOUR,
  held_ms,
  peak,
  full_ms,
})
/** `amounts`: charges, what brings them and their tax to cents (M-08), and what is payable. */
const bill = (account: number, month: string, lines: number, amounts: readonly number[], final: number): Row => ({
  account,
  month,
  lines,
  charges: amounts[0],
  rounding: amounts[1],
  payable: amounts[2],
  final,
  rule: 'I-02',
})

/** Taxed in the region of all buyers: the use, the tax on it, and that in the orders of the bill. */
const billTax = (account: number, month: string, at: string, amounts: readonly number[], transaction: number): Row => ({
  account,
  month,
  at,
  region: 1,
  taxable: amounts[0],
  tax: amounts[1],
  of_orders: amounts[2],
  transaction_id: transaction,
  rule: 'M-07',
})

/** A transaction and its legs, `ledger: amount`; buyers' ledger accounts are owned by the buyer. */
interface Movement {
  readonly id: number
  readonly account: number
  readonly kind: string
  readonly at: string
  readonly order?: number
  readonly hour?: string
  /** The civil day that it is about, where that is another one. */
  readonly about?: string
  readonly repeats?: number
  readonly legs: Readonly<Record<string, number>>
}

const owned = ['buyer-cash', 'buyer-receivable', 'deferred-revenue']
const ofSeller = ['deferred-seller-cost', 'unbilled-payable']

interface Sold {
  readonly id: number
  readonly at: string
  readonly specification: number
  /** The month of its bill. */
  readonly month: string
  readonly sales: number
  /** 85 % of it. */
  readonly cost: number
  /** Of an order; else of the images of a civil day. */
  readonly order?: number
}

/** L-06: what sales bring the seller: orders when they are paid, supervised ones when completed, images day by day. */
const sold: readonly Sold[] = [
  { id: 101, at: '03-10 10:00', specification: 2, month: '03-01', sales: 4_050_000_000, cost: 3_442_500_000, order: 2 },
  { id: 102, at: '03-20 10:00', specification: 3, month: '03-01', sales: 3_570_000_000, cost: 3_034_500_000, order: 3 },
  { id: 103, at: '03-21 14:00', specification: 4, month: '04-01', sales: 1_000_000_000, cost: 850_000_000, order: 9 },
  { id: 104, at: '03-22 18:00', specification: 5, month: '04-01', sales: 100_000_000, cost: 85_000_000, order: 10 },
  // 4, 24, 24, 3, 3, 14, 24 and 12 hours of 0.05, and 2 that are settled in April.
  { id: 111, at: '03-01 12:00', specification: 1, month: '03-01', sales: 20_000_000, cost: 17_000_000 },
  { id: 112, at: '03-02 12:00', specification: 1, month: '03-01', sales: 120_000_000, cost: 102_000_000 },
  { id: 113, at: '03-03 12:00', specification: 1, month: '03-01', sales: 120_000_000, cost: 102_000_000 },
  { id: 114, at: '03-04 12:00', specification: 1, month: '03-01', sales: 15_000_000, cost: 12_750_000 },
  { id: 115, at: '03-05 12:00', specification: 1, month: '03-01', sales: 15_000_000, cost: 12_750_000 },
  { id: 116, at: '03-06 12:00', specification: 1, month: '03-01', sales: 70_000_000, cost: 59_500_000 },
  { id: 117, at: '03-07 12:00', specification: 1, month: '03-01', sales: 120_000_000, cost: 102_000_000 },
  { id: 118, at: '03-08 12:00', specification: 1, month: '03-01', sales: 60_000_000, cost: 51_000_000 },
  { id: 119, at: '03-31 12:00', specification: 1, month: '04-01', sales: 10_000_000, cost: 8_500_000 },
]

const shares = (): readonly Movement[] =>
  sold.map(({ id, at: when, cost, order }) => ({
    id,
    account: order === undefined ? 0 : 1,
    kind: 'seller-share',
    at: when,
    ...(order === undefined ? {} : { order }),
    legs: { [order === undefined ? 'marketplace-revenue' : 'deferred-seller-cost']: cost, 'unbilled-payable': -cost },
  }))

/** An ECS hour of 3600 s costs 0.12345678, one of 1800 s 0.06172839; a started image hour 0.05. */
const movements: readonly Movement[] = [
  {
    id: 1,
    account: 1,
    kind: 'opening',
    at: '03-01 00:00',
    legs: { 'payment-clearing': 6_000_000_000, 'buyer-cash': -6_000_000_000 },
  },
  {
    id: 2,
    account: 2,
    kind: 'opening',
    at: '03-01 00:00',
    legs: { 'payment-clearing': 20_000_000, 'buyer-cash': -20_000_000 },
  },
  // Server 1: 2850 s, two whole hours, 1815 s.
  {
    id: 3,
    account: 1,
    kind: 'usage',
    at: '03-01 11:00',
    hour: '03-01 09:00',
    legs: { 'buyer-cash': 14_773_662, 'cloud-resource-revenue': -9_773_662, 'marketplace-revenue': -5_000_000 },
  },
  {
    id: 4,
    account: 1,
    kind: 'usage',
    at: '03-01 12:00',
    hour: '03-01 10:00',
    repeats: 2,
    legs: { 'buyer-cash': 17_345_678, 'cloud-resource-revenue': -12_345_678, 'marketplace-revenue': -5_000_000 },
  },
  {
    id: 5,
    account: 1,
    kind: 'usage',
    at: '03-01 14:00',
    hour: '03-01 12:00',
    legs: { 'buyer-cash': 11_224_279, 'cloud-resource-revenue': -6_224_279, 'marketplace-revenue': -5_000_000 },
  },
  // Server 2: the second hour finds 0.02654322 left; from then on all is due.
  {
    id: 6,
    account: 2,
    kind: 'usage',
    at: '03-02 02:00',
    hour: '03-02 00:00',
    legs: { 'buyer-cash': 17_345_678, 'cloud-resource-revenue': -12_345_678, 'marketplace-revenue': -5_000_000 },
  },
  {
    id: 7,
    account: 2,
    kind: 'usage',
    at: '03-02 03:00',
    hour: '03-02 01:00',
    legs: {
      'buyer-cash': 2_654_322,
      'buyer-receivable': 14_691_356,
      'cloud-resource-revenue': -12_345_678,
      'marketplace-revenue': -5_000_000,
    },
  },
  {
    id: 8,
    account: 2,
    kind: 'usage',
    at: '03-02 04:00',
    hour: '03-02 02:00',
    repeats: 49,
    legs: { 'buyer-receivable': 17_345_678, 'cloud-resource-revenue': -12_345_678, 'marketplace-revenue': -5_000_000 },
  },
  {
    id: 9,
    account: 2,
    kind: 'top-up',
    at: '03-05 12:00',
    legs: { 'payment-clearing': 1_000_000_000, 'buyer-cash': -1_000_000_000 },
  },
  {
    id: 10,
    account: 2,
    kind: 'arrears-paid',
    at: '03-05 12:00',
    legs: { 'buyer-cash': 864_629_578, 'buyer-receivable': -864_629_578 },
  },
  // Stopped, so only its image.
  {
    id: 11,
    account: 2,
    kind: 'usage',
    at: '03-05 14:00',
    hour: '03-05 12:00',
    repeats: 3,
    legs: { 'buyer-cash': 5_000_000, 'marketplace-revenue': -5_000_000 },
  },
  {
    id: 12,
    account: 3,
    kind: 'usage',
    at: '03-06 12:00',
    hour: '03-06 10:00',
    repeats: 50,
    legs: { 'buyer-receivable': 17_345_678, 'cloud-resource-revenue': -12_345_678, 'marketplace-revenue': -5_000_000 },
  },
  // (3 x 9.5 + 2 x 8.25) less 10 % = 40.5, and 6 % of it.
  {
    id: 13,
    account: 1,
    kind: 'payment',
    at: '03-10 10:00',
    order: 2,
    legs: { 'buyer-cash': 4_293_000_000, 'deferred-revenue': -4_050_000_000, 'tax-payable': -243_000_000 },
  },
  {
    id: 14,
    account: 1,
    kind: 'top-up',
    at: '03-20 09:00',
    legs: { 'payment-clearing': 5_000_000_000, 'buyer-cash': -5_000_000_000 },
  },
  // 3 x 11.9 = 35.7, and 6 % of it.
  {
    id: 15,
    account: 1,
    kind: 'payment',
    at: '03-20 10:00',
    order: 3,
    legs: { 'buyer-cash': 3_784_200_000, 'deferred-revenue': -3_570_000_000, 'tax-payable': -214_200_000 },
  },
  // 22 of 32 days, then 26; 12 of 366, then 16.
  {
    id: 16,
    account: 1,
    kind: 'recognition',
    at: '04-01 00:00',
    order: 2,
    legs: {
      'deferred-revenue': 2_784_375_000,
      'marketplace-revenue': -417_656_250,
      'deferred-seller-cost': -2_366_718_750,
    },
  },
  {
    id: 17,
    account: 1,
    kind: 'recognition',
    at: '04-01 00:00',
    order: 3,
    legs: { 'deferred-revenue': 117_049_180, 'marketplace-revenue': -17_557_377, 'deferred-seller-cost': -99_491_803 },
  },
  {
    id: 18,
    account: 1,
    kind: 'usage',
    at: '04-01 00:00',
    hour: '03-31 22:00',
    legs: { 'buyer-cash': 17_345_678, 'cloud-resource-revenue': -12_345_678, 'marketplace-revenue': -5_000_000 },
  },
  {
    id: 19,
    account: 1,
    kind: 'usage',
    at: '04-01 01:00',
    hour: '03-31 23:00',
    legs: { 'buyer-cash': 11_172_839, 'cloud-resource-revenue': -6_172_839, 'marketplace-revenue': -5_000_000 },
  },
  {
    id: 20,
    account: 1,
    kind: 'recognition',
    at: '04-05 12:00',
    order: 2,
    legs: { 'deferred-revenue': 506_250_000, 'marketplace-revenue': -75_937_500, 'deferred-seller-cost': -430_312_500 },
  },
  {
    id: 21,
    account: 1,
    kind: 'recognition',
    at: '04-05 12:00',
    order: 3,
    legs: { 'deferred-revenue': 39_016_393, 'marketplace-revenue': -5_852_459, 'deferred-seller-cost': -33_163_934 },
  },
  // The license that was never delivered, and the money of it; 10 and 14 of 32 days.
  {
    id: 22,
    account: 1,
    kind: 'payment',
    at: '03-12 09:00',
    order: 8,
    legs: { 'buyer-cash': 1_060_000_000, 'deferred-revenue': -1_000_000_000, 'tax-payable': -60_000_000 },
  },
  {
    id: 23,
    account: 1,
    kind: 'refund',
    at: '03-19 10:00',
    order: 8,
    legs: { 'deferred-revenue': 1_000_000_000, 'tax-payable': 60_000_000, 'buyer-cash': -1_060_000_000 },
  },
  {
    id: 24,
    account: 1,
    kind: 'payment',
    at: '03-21 09:00',
    order: 9,
    legs: { 'buyer-cash': 1_060_000_000, 'deferred-revenue': -1_000_000_000, 'tax-payable': -60_000_000 },
  },
  {
    id: 25,
    account: 1,
    kind: 'recognition',
    at: '03-21 14:00',
    order: 9,
    legs: {
      'deferred-revenue': 1_000_000_000,
      'marketplace-revenue': -150_000_000,
      'deferred-seller-cost': -850_000_000,
    },
  },
  {
    id: 26,
    account: 1,
    kind: 'payment',
    at: '03-22 09:00',
    order: 10,
    legs: { 'buyer-cash': 106_000_000, 'deferred-revenue': -100_000_000, 'tax-payable': -6_000_000 },
  },
  {
    id: 27,
    account: 1,
    kind: 'recognition',
    at: '04-01 00:00',
    order: 10,
    legs: { 'deferred-revenue': 31_250_000, 'marketplace-revenue': -4_687_500, 'deferred-seller-cost': -26_562_500 },
  },
  {
    id: 28,
    account: 1,
    kind: 'recognition',
    at: '04-05 12:00',
    order: 10,
    legs: { 'deferred-revenue': 12_500_000, 'marketplace-revenue': -1_875_000, 'deferred-seller-cost': -10_625_000 },
  },
  ...shares(),
  // M-07: 6 % of what was used in March, drawn with the bill of the 3rd at 10:00, and of April's use with the end.
  {
    id: 29,
    account: 1,
    kind: 'usage-tax',
    at: '04-03 10:00',
    about: '03-31',
    legs: { 'buyer-cash': 3_641_357, 'tax-payable': -3_641_357 },
  },
  {
    id: 30,
    account: 2,
    kind: 'usage-tax',
    at: '04-03 10:00',
    about: '03-31',
    legs: { 'buyer-cash': 53_977_774, 'tax-payable': -53_977_774 },
  },
  {
    id: 31,
    account: 3,
    kind: 'usage-tax',
    at: '04-03 10:00',
    about: '03-31',
    legs: { 'buyer-receivable': 52_037_034, 'tax-payable': -52_037_034 },
  },
  {
    id: 32,
    account: 1,
    kind: 'usage-tax',
    at: '04-05 12:00',
    about: '04-05',
    legs: { 'buyer-cash': 1_711_111, 'tax-payable': -1_711_111 },
  },
  // M-08: what brings each bill to cents is drawn, or released, and then pays what is due.
  {
    id: 33,
    account: 1,
    kind: 'bill-rounding',
    at: '04-03 10:00',
    about: '03-31',
    legs: { 'buyer-cash': 469_346, 'rounding-differences': -469_346 },
  },
  {
    id: 34,
    account: 2,
    kind: 'bill-rounding',
    at: '04-03 10:00',
    about: '03-31',
    legs: { 'buyer-cash': 392_648, 'rounding-differences': -392_648 },
  },
  {
    id: 35,
    account: 3,
    kind: 'bill-rounding',
    at: '04-03 10:00',
    about: '03-31',
    legs: { 'buyer-cash': -320_934, 'rounding-differences': 320_934 },
  },
  {
    id: 36,
    account: 3,
    kind: 'arrears-paid',
    at: '04-03 10:00',
    legs: { 'buyer-cash': 320_934, 'buyer-receivable': -320_934 },
  },
  {
    id: 37,
    account: 1,
    kind: 'bill-rounding',
    at: '04-05 12:00',
    about: '04-05',
    legs: { 'buyer-cash': -229_628, 'rounding-differences': 229_628 },
  },
]

/** A civil day, counted from 1970-01-01. */
const dayOf = (instant: number): number => Math.floor((instant + OFFSET) / (24 * HOUR))

/** Which days the recognitions earn: of 32 days from 10 March, 366 from 20 March, and 32 from 22 March. */
const recognitions = [
  {
    transaction_id: 16,
    price: 4_050_000_000,
    commission: 607_500_000,
    first_day: dayOf(at('03-10')),
    days: 32,
    earned_from: 0,
    earned_to: 22,
  },
  {
    transaction_id: 17,
    price: 3_570_000_000,
    commission: 535_500_000,
    first_day: dayOf(at('03-20')),
    days: 366,
    earned_from: 0,
    earned_to: 12,
  },
  {
    transaction_id: 20,
    price: 4_050_000_000,
    commission: 607_500_000,
    first_day: dayOf(at('03-10')),
    days: 32,
    earned_from: 22,
    earned_to: 26,
  },
  {
    transaction_id: 21,
    price: 3_570_000_000,
    commission: 535_500_000,
    first_day: dayOf(at('03-20')),
    days: 366,
    earned_from: 12,
    earned_to: 16,
  },
  {
    transaction_id: 27,
    price: 100_000_000,
    commission: 15_000_000,
    first_day: dayOf(at('03-22')),
    days: 32,
    earned_from: 0,
    earned_to: 10,
  },
  {
    transaction_id: 28,
    price: 100_000_000,
    commission: 15_000_000,
    first_day: dayOf(at('03-22')),
    days: 32,
    earned_from: 10,
    earned_to: 14,
  },
].map((row) => ({ ...row, since: row.first_day }))

/** The last day that a recognition earns. */
function aboutOf(id: number): number | undefined {
  const row = recognitions.find(({ transaction_id: transaction }) => transaction === id)
  return row && row.first_day + row.earned_to - 1
}

export const facts: Rows = {
  orders: [
    serverOrder(1, 1, '03-01 09:10'),
    purchase(2, 1, '03-10 10:00', { specification: 2, quantity: 500_000_000, months: 1, amount: 4_293_000_000 }),
    purchase(3, 1, '03-20 10:00', { specification: 3, quantity: 300_000_000, months: 12, amount: 3_784_200_000 }),
    serverOrder(4, 2, '03-02 00:00'),
    serverOrder(5, 3, '03-06 10:00'),
    serverOrder(6, 1, '03-31 22:00'),
    purchase(8, 1, '03-12 09:00', { specification: 4, quantity: 100_000_000, amount: 1_060_000_000 }),
    purchase(9, 1, '03-21 09:00', { specification: 4, quantity: 100_000_000, amount: 1_060_000_000 }),
    purchase(10, 1, '03-22 09:00', { specification: 5, quantity: 100_000_000, months: 1, amount: 106_000_000 }),
    purchase(7, 3, '03-01 08:00', { specification: 2, quantity: 100_000_000, months: 1, amount: 906_300_000 }),
  ],
  order_lines: [
    { order_id: 2, line: 1, part: 'price', plan: 1, amount: 4_050_000_000, rule: 'P-02' },
    { order_id: 2, line: 2, part: 'tax', amount: 243_000_000, rule: 'M-07' },
    { order_id: 3, line: 1, part: 'price', plan: 2, amount: 3_570_000_000, rule: 'P-01' },
    { order_id: 3, line: 2, part: 'tax', amount: 214_200_000, rule: 'M-07' },
    { order_id: 7, line: 1, part: 'price', plan: 1, amount: 855_000_000, rule: 'P-02' },
    { order_id: 7, line: 2, part: 'tax', amount: 51_300_000, rule: 'M-07' },
    { order_id: 8, line: 1, part: 'price', plan: 3, amount: 1_000_000_000, rule: 'P-01' },
    { order_id: 8, line: 2, part: 'tax', amount: 60_000_000, rule: 'M-07' },
    { order_id: 9, line: 1, part: 'price', plan: 3, amount: 1_000_000_000, rule: 'P-01' },
    { order_id: 9, line: 2, part: 'tax', amount: 60_000_000, rule: 'M-07' },
    { order_id: 10, line: 1, part: 'price', plan: 4, amount: 100_000_000, rule: 'P-01' },
    { order_id: 10, line: 2, part: 'tax', amount: 6_000_000, rule: 'M-07' },
  ],
  // 8: delivered never, cancelled by a manager. 9: three hours after acceptance. 10: one hour, a freeze, two hours.
  supervision_steps: [
    flowStep(8, '03-12 09:00', 'begin', '', 'awaiting-seller', 'system'),
    flowStep(8, '03-18 09:00', 'appeal', 'awaiting-seller', 'frozen', 'buyer'),
    flowStep(8, '03-19 10:00', 'cancel', 'frozen', 'cancelled', 'manager'),
    flowStep(9, '03-21 09:00', 'begin', '', 'awaiting-seller', 'system'),
    flowStep(9, '03-21 10:00', 'deliver', 'awaiting-seller', 'awaiting-acceptance', 'seller'),
    flowStep(9, '03-21 11:00', 'accept', 'awaiting-acceptance', 'accepted', 'buyer'),
    flowStep(9, '03-21 14:00', 'complete', 'accepted', 'completed', 'system'),
    flowStep(10, '03-22 09:00', 'begin', '', 'awaiting-request', 'system'),
    flowStep(10, '03-22 09:30', 'submit-request', 'awaiting-request', 'awaiting-seller', 'buyer'),
    flowStep(10, '03-22 10:00', 'deliver', 'awaiting-seller', 'awaiting-acceptance', 'seller'),
    flowStep(10, '03-22 11:00', 'accept', 'awaiting-acceptance', 'accepted', 'buyer'),
    flowStep(10, '03-22 12:00', 'appeal', 'accepted', 'frozen', 'seller'),
    flowStep(10, '03-22 16:00', 'resume-accepted', 'frozen', 'accepted', 'manager'),
    flowStep(10, '03-22 18:00', 'complete', 'accepted', 'completed', 'system'),
  ],
  // Five days and a millisecond after the payment of 8; the seller of 10 appeals as allowed at any time.
  silence_breaches: [{ order_id: 8, at: '03-17 09:00:00.001', by: 'seller', rule: 'S-06' }],
  appeals: [
    appealOf(1, 8, 1, '03-18 09:00', 'buyer', 'silence'),
    appealOf(2, 10, 3, '03-22 12:00', 'seller', 'at-will'),
  ],
  appeal_steps: [
    appealStep(1, '03-18 09:00', 'begin', '', 'filed', ''),
    appealStep(1, '03-19 10:00', 'decide', 'filed', 'decided', 'cancel'),
    appealStep(2, '03-22 12:00', 'begin', '', 'filed', ''),
    appealStep(2, '03-22 16:00', 'decide', 'filed', 'decided', 'resume'),
  ],
  order_steps: [
    ...bought(1, '03-01 09:10', '03-01 09:12:30.500'),
    ...bought(2, '03-10 10:00', '03-10 11:30'),
    ...bought(3, '03-20 10:00', '03-20 10:45'),
    ...bought(4, '03-02 00:00', '03-02 00:00'),
    ...bought(5, '03-06 10:00', '03-06 10:00'),
    ...bought(6, '03-31 22:00', '03-31 22:00'),
    orderStep(7, '03-01 08:00', 'begin', '', 'pending-payment'),
    orderStep(7, '03-08 08:00', 'expire', 'pending-payment', 'cancelled'),
    orderStep(8, '03-12 09:00', 'begin', '', 'pending-payment'),
    orderStep(8, '03-12 09:00', 'pay', 'pending-payment', 'processing'),
    orderStep(8, '03-19 10:00', 'cancel', 'processing', 'cancelled'),
    ...bought(9, '03-21 09:00', '03-21 14:00'),
    ...bought(10, '03-22 09:00', '03-22 18:00'),
  ],
  instances: [
    server(1, 1, 1, '03-01 09:10', 11_864_750),
    server(2, 2, 4, '03-02 00:00', 86 * HOUR + HOUR / 3),
    server(3, 3, 5, '03-06 10:00'),
    server(4, 1, 6, '03-31 22:00', 1.5 * HOUR),
  ],
  instance_steps: [
    serverStep(1, '03-01 09:10', 'begin', '', 'creating'),
    serverStep(1, '03-01 09:12:30.500', 'launch', 'creating', 'running'),
    serverStep(1, '03-01 12:30:15.250', 'delete', 'running', 'deleted'),
    serverStep(2, '03-02 00:00', 'begin', '', 'creating'),
    serverStep(2, '03-02 00:00', 'launch', 'creating', 'running'),
    serverStep(2, '03-04 03:00', 'suspend', 'running', 'suspended'),
    serverStep(2, '03-05 12:00', 'unfreeze', 'suspended', 'stopped'),
    serverStep(2, '03-05 14:20', 'delete', 'stopped', 'deleted'),
    serverStep(3, '03-06 10:00', 'begin', '', 'creating'),
    serverStep(3, '03-06 10:00', 'launch', 'creating', 'running'),
    serverStep(3, '03-08 12:00', 'suspend', 'running', 'suspended'),
    serverStep(3, '03-11 12:00', 'release', 'suspended', 'deleted'),
    serverStep(4, '03-31 22:00', 'begin', '', 'creating'),
    serverStep(4, '03-31 22:00', 'launch', 'creating', 'running'),
    serverStep(4, '03-31 23:30', 'delete', 'running', 'deleted'),
  ],
  subscription_steps: [
    {
      subscription_id: 2,
      at: '03-10 11:30',
      event: 'begin',
      to_state: 'active',
      rule: 'T-05',
      term_start: '03-10 11:30',
      term_end: '04-11 00:00',
    },
    {
      subscription_id: 3,
      at: '03-20 10:45',
      event: 'begin',
      to_state: 'active',
      rule: 'T-05',
      term_start: '03-20 10:45',
      term_end: '15-21 00:00',
    },
    {
      subscription_id: 10,
      at: '03-22 18:00',
      event: 'begin',
      to_state: 'active',
      rule: 'O-11',
      term_start: '03-22 11:00',
      term_end: '04-23 00:00',
    },
  ],
  account_steps: [
    standing(2, '03-02 03:00', 'fallDue', 'good', 'grace'),
    standing(2, '03-04 03:00', 'graceEnds', 'grace', 'suspended'),
    standing(2, '03-05 12:00', 'settle', 'suspended', 'good'),
    standing(3, '03-06 12:00', 'fallDue', 'good', 'grace'),
    standing(3, '03-08 12:00', 'graceEnds', 'grace', 'suspended'),
    standing(3, '03-11 12:00', 'retentionEnds', 'suspended', 'released'),
  ],
  // 2850 s x 0.1234567891 / 3600 = 0.0977366247…, 1815 s = 0.0622427978…: both are cut off.
  usage_spans: [
    span(1, 1, 'ecs', '03-01 09:00', 1, 2850, 9_773_662),
    span(1, 1, 'ecs', '03-01 10:00', 2, 3600, 12_345_678),
    span(1, 1, 'ecs', '03-01 12:00', 1, 1815, 6_224_279),
    span(1, 1, 'image', '03-01 09:00', 4, 3600, 5_000_000),
    span(2, 2, 'ecs', '03-02 00:00', 51, 3600, 12_345_678),
    span(2, 2, 'image', '03-02 00:00', 51, 3600, 5_000_000),
    span(2, 2, 'image', '03-05 12:00', 3, 3600, 5_000_000),
    span(3, 3, 'ecs', '03-06 10:00', 50, 3600, 12_345_678),
    span(3, 3, 'image', '03-06 10:00', 50, 3600, 5_000_000),
    span(4, 1, 'ecs', '03-31 22:00', 1, 3600, 12_345_678),
    span(4, 1, 'ecs', '03-31 23:00', 1, 1800, 6_172_839),
    span(4, 1, 'image', '03-31 22:00', 2, 3600, 5_000_000),
  ],
  transactions: movements.map(({ id, at: when, repeats, kind, account, order, hour, about }) => ({
    id,
    at: when,
    repeats: repeats ?? 1,
    kind,
    account,
    order_id: order ?? 0,
    hour: hour ?? 0,
    day: aboutOf(id) ?? dayOf(at(about ?? hour ?? when)),
    rule: 'M-05',
  })),
  recognitions,
  seller_shares: sold.map(({ id, specification, month, sales, cost }) => ({
    transaction_id: id,
    specification,
    month: at(month),
    sales,
    cost,
  })),
  postings: movements.flatMap(({ id, account, legs }) =>
    Object.entries(legs).map(([ledger, amount]) => ({
      transaction_id: id,
      ledger,
      owner: ofSeller.includes(ledger) ? 1 : owned.includes(ledger) ? account : 0,
      amount,
    })),
  ),
  bills: [
    bill(1, '03-01', 9, [10_363_889_297, 469_346, 10_368_000_000], 1),
    bill(1, '04-01', 2, [28_518_517, -229_628, 30_000_000], 0),
    bill(2, '03-01', 54, [899_629_578, 392_648, 954_000_000], 1),
    bill(3, '03-01', 50, [867_283_900, -320_934, 919_000_000], 1),
  ],
  bill_taxes: [
    billTax(1, '03-01', '04-03 10:00', [60_689_297, 3_641_357, 583_200_000], 29),
    billTax(1, '04-01', '04-05 12:00', [28_518_517, 1_711_111, 0], 32),
    billTax(2, '03-01', '04-03 10:00', [899_629_578, 53_977_774, 0], 30),
    billTax(3, '03-01', '04-03 10:00', [867_283_900, 52_037_034, 0], 31),
  ],
  refusals: [
    {
      id: 1,
      at: '03-08 08:00',
      account: 3,
      code: 'unpaid',
      specification: 2,
      quantity: 1,
      order_id: 7,
      lost: 906_300_000,
      rule: 'O-01',
    },
  ],
  // Grace and retention are too short for the early messages but for one, 2 days before the release.
  notices: [
    notice(2, '03-02 03:00', 'arrears-entered'),
    notice(2, '03-04 03:00', 'frozen'),
    notice(2, '03-05 03:00', 'release-in-2-days'),
    notice(3, '03-06 12:00', 'arrears-entered'),
    notice(3, '03-08 12:00', 'frozen'),
    notice(3, '03-09 12:00', 'release-in-2-days'),
    notice(3, '03-11 12:00', 'released'),
    // the first term of order 2 ends with 10 April.
    { account: 1, at: '04-04 00:00', code: 'expires-in-7-days', subject: 2, rule: 'R-02' },
    // N-01: who accepts is warned.
    { account: 1, at: '03-21 11:00', code: 'no-unsubscription', subject: 9, rule: 'N-01' },
    { account: 1, at: '03-22 11:00', code: 'no-unsubscription', subject: 10, rule: 'N-01' },
  ],
  // The unit that goes at the very start of an hour was still there when the hour began: its peak is 1.
  pool_hours: [
    poolHour('03-01 00:00', 1, 0, 0, 0),
    poolHour('03-01 09:00', 1, 3_000_000, 1, 3_000_000),
    poolHour('03-01 10:00', 1, HOUR, 1, HOUR),
    poolHour('03-01 12:00', 1, 1_815_250, 1, 1_815_250),
    poolHour('03-01 13:00', 1, 0, 0, 0),
    poolHour('03-02 00:00', 1, HOUR, 1, HOUR),
    poolHour('03-05 12:00', 1, 0, 0, 0),
    poolHour('03-06 10:00', 1, HOUR, 1, HOUR),
    poolHour('03-11 12:00', 1, 0, 0, 0),
    poolHour('03-15 00:00', 2, 0, 0, 0),
    poolHour('03-31 22:00', 2, HOUR, 1, 0),
    poolHour('03-31 23:00', 2, HOUR / 2, 1, 0),
    poolHour('04-01 00:00', 2, 0, 0, 0),
  ],
}
