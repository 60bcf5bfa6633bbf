/** Each chapter names what must hold as a month or the run ends; an error that is planted into its tables is found. */
import { expect, test } from 'vitest'
import type { Chapters } from '#sim/market/modules.ts'
import { ticket } from '#sim/market/sellers/ticket.ts'
import { SmallMarket } from './small-market.ts'

const needed: Partial<Record<keyof Chapters, string>> = {
  hosts: 'regions.here.zones.here-1.hosts=[{ id: rack, count: 1, vcpu: 8 }]',
  growth: 'regions.here.zones.here-1.pools.small.growth={ order: { above: 80, units: 2, most: 20 } }',
}

const plants: readonly (readonly [keyof Chapters, string, (market: Chapters) => void])[] = [
  ['wallets', 'O-05', ({ wallets }) => wallets.balances.coupons.put(0, 5n)],
  ['freezes', 'O-14', ({ freezes }) => void freezes.freezes.legal[0]++],
  ['arrears', 'A-01', ({ wallets }) => wallets.balances.due.put(0, 1n)],
  [
    'sellers',
    'L-01',
    ({ sellers: { tickets } }) => {
      const row = tickets.add()
      tickets.id[row] = 1
      tickets.state[row] = ticket.state.solved
    },
  ],
  ['invoices', 'I-03', ({ invoices: { book } }) => void book.covering.set(7, book.table.add())],
  ['orders', 'O-01', ({ orders }) => orders.unpaid.append(0, orders.orders.add())],
  ['subscriptions', 'Q-07', ({ subscriptions: { earnings } }) => earnings.recognised.put(earnings.add(), 1n)],
  ['hosts', 'E-10', ({ hosts }) => void hosts.groups.vcpu[0]++],
  ['servers', 'Q-03', ({ servers }) => void servers.pools.held[0]++],
  ['interruptible', 'E-11', ({ servers }) => void servers.pools.interrupted[0]++],
  ['growth', 'E-12', ({ servers }) => void servers.pools.grown[0]++],
  [
    'metering',
    'Q-04',
    ({ metering: { meter }, servers }) => {
      meter.admit(servers.instances.add())
      meter.meters.ecsOn[0] = 1
    },
  ],
  [
    'supervision',
    'S-01',
    ({ supervision: { flows }, orders }) => {
      const row = flows.add()
      flows.id[row] = 9
      flows.order[row] = orders.orders.add()
    },
  ],
]

test('every chapter has an invariant, and a market without errors keeps them all', () => {
  const { market, cell } = new SmallMarket()
  expect(plants.map(([chapter]) => chapter)).toEqual(Object.keys(market))
  cell.checkInvariants()
})

test.each(plants)('%s: %s', (chapter, rule, plant) => {
  const sets = needed[chapter]
  const { market, cell } = new SmallMarket(sets === undefined ? [] : [sets])
  plant(market)
  expect(() => cell.checkInvariants()).toThrow(rule)
})
