/** E-10: hosts as a scenario writes them, and what is wrong with them. */
import { expect, test } from 'vitest'
import { type Fault, ScenarioErrors } from '#scenarios/errors.ts'
import { plannedUnits } from '#scenarios/host-room.ts'
import { parseScenario } from '#scenarios/reader.ts'

const scenario = (zone: string, more = '') => `name: hosts
question: Can it be read?
start: 2024-03-01T00:00:00Z
duration: 10d
regions: [{ id: r, zones: [{ id: z, ${zone} }] }]
sellers: [{ segment: isv }]
catalog: [{ id: A, kind: image, seller: isv/1, category: c, specifications: [{ id: s, billing: pay-per-use, hourly: 1 }] }]
buyers:
  - { segment: b, count: 1, load: { poisson: { total: 1/d } }, buys: [{ product: A, specification: s, flavour: f, lifetime: 1h }] }
${more}`

const growth = '{ every: 1h, order: { above: 80, units: 2, most: 9 }}'
const costly = (costs: string) =>
  `pools: [{ flavour: f, capacity: 8, hourly: 1, costs: { ${costs}, leased: { hourly: 1 } } }]`
const rack = 'hosts: [{ id: rack, count: 2, vcpu: 8, memory: 32 }]'

function faultsOf(text: string): readonly Fault[] {
  try {
    parseScenario(text, 'x.yaml')
  } catch (error) {
    if (error instanceof ScenarioErrors) return error.faults
    throw error
  }
  return []
}

const wrong: [zone: string, path: string, words: RegExp, more?: string][] = [
  ['pools: [{ flavour: f, hourly: 1 }]', 'pools.f', /a pool without a capacity.*add capacity, or hosts and vcpu/],
  [
    `${rack}, pools: [{ flavour: f, hosts: rack, vcpu: 2, capacity: 3, hourly: 1 }]`,
    'pools.f.capacity',
    /a capacity of a pool that is made of hosts.*remove capacity, or remove hosts/,
  ],
  [
    `${rack}, pools: [{ flavour: f, hosts: rak, vcpu: 2, hourly: 1 }]`,
    'pools.f.hosts',
    /no group of hosts "rak".*write rack/,
  ],
  [
    `${rack}, pools: [{ flavour: f, hosts: rack, hourly: 1 }]`,
    'pools.f',
    /without a size on hosts.*add for example vcpu: 2/,
  ],
  [
    `${rack}, pools: [{ flavour: f, hosts: rack, vcpu: 2, memory: 33, hourly: 1 }]`,
    'pools.f.hosts',
    /do not fit on an empty host of rack.*make the hosts larger, or the flavour smaller/,
  ],
  [
    `pools: [{ flavour: f, capacity: 3, vcpu: 2, hourly: 1 }]`,
    'pools.f.vcpu',
    /vcpu of a pool without hosts.*add hosts to the pool, or remove vcpu/,
  ],
  [
    `${rack.replace('count: 2', 'count: 2.5')}, pools: [{ flavour: f, hosts: rack, vcpu: 2, hourly: 1 }]`,
    'hosts.rack.count',
    /expected a whole number/,
  ],
  [
    `${rack.replace('vcpu: 8', 'vcpu: 8.0005')}, pools: [{ flavour: f, hosts: rack, vcpu: 2, hourly: 1 }]`,
    'hosts.rack.vcpu',
    /at most 3 decimals/,
  ],
  [
    `${rack}, pools: [{ flavour: f, hosts: rack, vcpu: 2, hourly: 1 }]`,
    'capacityChange',
    /a capacity of f, which is made of hosts.*write hostChange: \{ zone: z, hosts: rack, count: … \}/,
    'events: [{ at: 2024-03-02T00:00:00Z, capacityChange: { zone: z, flavour: f, capacity: 3 } }]',
  ],
  [
    `${rack}, pools: [{ flavour: f, hosts: rack, vcpu: 2, hourly: 1 }]`,
    'hostChange.hosts',
    /no group of hosts in z "racks".*write rack/,
    'events: [{ at: 2024-03-02T00:00:00Z, hostChange: { zone: z, hosts: racks, count: 3 } }]',
  ],
  [
    `${rack}, pools: [{ flavour: f, hosts: rack, vcpu: 2, hourly: 1 }, { flavour: g, hosts: rack, vcpu: 4, hourly: 1 }]`,
    'warmStart',
    /shares its hosts with other flavours.*remove warmStart/,
    'warmStart: true',
  ],
  [
    `${rack}, pools: [{ flavour: f, hosts: rack, vcpu: 2, hourly: 1, growth: ${growth} }]`,
    'pools.f.growth',
    /growth of a pool that is made of hosts.*move growth to the hosts rack/,
  ],
  [
    `${rack.replace('}]', `, growth: ${growth.replace('most: 9', 'most: 2')} }]`)}, pools: [{ flavour: f, hosts: rack, vcpu: 2, hourly: 1 }]`,
    'hosts.rack.growth.order.most',
    /a rule that orders up to 2, where 2 are there by schedule.*write 5, or another number above 2/,
  ],
  [
    `pools: [{ flavour: f, capacity: 9, hourly: 1, growth: ${growth} }]`,
    'pools.f.growth.order.most',
    /orders up to 9, where 9 are there/,
  ],
  [
    `pools: [{ flavour: f, capacity: 8, hourly: 1, growth: ${growth.replace('}}', '}, release: { below: 81, units: 1 } }')} }]`,
    'pools.f.growth.release.below',
    /released below 81 % and ordered above 80 %.*write 40, or another percentage below 80/,
  ],
  [
    `pools: [{ flavour: f, capacity: 8, hourly: 1, growth: ${growth.replace('1h', '1s')} }]`,
    'pools.f.growth.every',
    /expected at least 1min/,
  ],
  [
    `${rack}, pools: [{ flavour: f, hosts: rack, vcpu: 2, hourly: 1, costs: { leased: { hourly: 1 } } }]`,
    'pools.f.costs',
    /costs of a pool that is made of hosts.*move costs to the hosts rack/,
  ],
  [
    costly('owned: { units: 2 }'),
    'pools.f.costs.owned',
    /owned units that cost nothing.*add for example price: "900" and life: 1461d/,
  ],
  [costly('owned: { price: 900 }'), 'costs.owned.price', /a purchase price without a life.*add life: 1461d/],
  [costly('owned: { price: 900, life: 1min }'), 'costs.owned.life', /a life of less than an hour/],
  [
    costly('committed: [{ term: 90min, hourly: 1 }]'),
    'costs.committed',
    /less than a day, or no number of whole hours/,
  ],
  [
    costly('committed: [{ term: 90d, hourly: 1 }, { term: 20d, hourly: 1 }]'),
    'costs.committed',
    /no multiple of the next shorter one.*write 240d, or another multiple of 20d/,
  ],
]

test.each(wrong)('%s: %s', (zone, path, words, more) => {
  const [fault] = faultsOf(scenario(zone, more ?? ''))
  expect(fault.path).toContain(path)
  expect(`${fault.what}; expected ${fault.expected}; hint: ${fault.hint}`).toMatch(words)
})

test('the capacity of a pool of hosts is the servers that they take when they are empty, over all its groups', () => {
  const zone = `hosts: [{ id: a, count: 3, vcpu: 7, memory: 64 }, { id: b, count: 2, vcpu: 8, memory: 9, overcommit: { vcpu: 2, memory: 1.5 } }],
    pools: [{ flavour: f, hosts: [a, b], vcpu: 2, memory: 4, hourly: 1 }]`
  const read = parseScenario(scenario(zone), 'x.yaml')
  const [{ zones }] = read.regions
  // Three of 7 vCPUs, whose memory is for 16; three of 9 x 1.5 GiB, whose vCPUs are for 8.
  expect(plannedUnits(zones[0], zones[0].pools[0], read.start)).toBe(3 * 3 + 2 * 3)
})
