import { expect, test } from 'vitest'
import { valueAt } from '#scenarios/document.ts'
import { ScenarioErrors } from '#scenarios/errors.ts'
import { parseScenario } from '#scenarios/reader.ts'
import { marketplace } from './marketplace.ts'

const read = (...sets: string[]) => parseScenario(marketplace, 'x.yaml', { sets })

function faultsOf(...sets: string[]) {
  try {
    read(...sets)
  } catch (error) {
    if (error instanceof ScenarioErrors) return error.faults
    throw error
  }
  return []
}

const places: readonly [set: string, path: (string | number)[], value: unknown][] = [
  ['seed=9', ['seed'], '9'],
  ['policies.grace.days=3', ['policies', 'grace.days'], 3],
  ['policies.image.whenStopped=free', ['policies', 'image.whenStopped'], 'free'],
  [
    'regions.ap-1.zones.ap-1a.pools.c6.large.capacity=10',
    ['regions', 0, 'zones', 0, 'pools', 0, 'capacity', 0, 'capacity'],
    10,
  ],
  ['regions.1.zones.0.pools.0.hourly=0.10', ['regions', 1, 'zones', 0, 'pools', 0, 'hourly'], '0.1'],
  ['pools.m7.huge.capacity=1', ['regions', 1, 'zones', 0, 'pools', 0, 'capacity', 0, 'capacity'], 1],
  ['buyers.start-ups.wallet.topUp={ below: 1, amount: "2.50" }', ['buyers', 0, 'wallet', 'topUp', 'amount'], '2.50'],
  ['buyers.start-ups.wallet.paymentMethod=0.5', ['buyers', 0, 'wallet', 'paymentMethod'], 0.5],
  ['buyers.start-ups.habits.renewing.auto=0.5', ['buyers', 0, 'habits', 'renewing', 'auto'], 0.5],
  ['operations.managers.staff=3', ['operations', 'managers', 'staff'], 3],
  ['buyers.0.buys.crm.weight=3', ['buyers', 0, 'buys', 1, 'weight'], 3],
  ['catalog.crm.specifications.seats.quantity.max=300', ['catalog', 1, 'specifications', 0, 'quantity', 'max'], 300],
  ['name = other', ['name'], 'other'],
  ['thresholds.orders.refused="<= 3"', ['thresholds', 0, 'value'], '3'],
]

test.each(places)('%s', (set, path, value) => {
  expect(valueAt(read(set), path)).toEqual(value)
})

test('the position after the last item of a list adds one', () => {
  const event = (at: string) => `{ at: ${at}, policyChange: { grace.days: 3 } }`
  const [first, second] = ['2024-03-02T00:00:00+08:00', '2024-03-03T00:00:00+08:00']
  const before = read().events.length
  const { events } = read(`events.${before}=${event(first)}`, `events.${before + 1}=${event(second)}`)
  expect(events.slice(before).map(({ at }) => at)).toEqual([Date.parse(first), Date.parse(second)])
  expect(faultsOf(`events.${before + 1}=${event(first)}`)[0]).toMatchObject({ code: 'reference' })
})

test('a later option wins, and one may remove a key', () => {
  expect(read('seed=1', 'seed=2').seed).toBe('2')
  const scenario = read('end=', 'duration=2d')
  expect(scenario.end - scenario.start).toBe(2 * 86_400_000)
})

test('what was read before is left as it was', () => {
  const before = read()
  read('seed=9', 'policies.grace.days=3')
  expect(read()).toEqual(before)
})

const refused: readonly [set: string, column: number, words: RegExp][] = [
  ['seed', 1, /no path=value/],
  ['=3', 1, /no path=value/],
  ['regions.ap-2.zones=1', 1, /no ap-2.zones in regions.*ap-1, eu-1/],
  ['sead=1', 1, /no sead in the scenario.*write seed/],
  ['hourly=1', 1, /3 places end in hourly/],
  ['ap-1a.pools.c6.large.growth={}', 1, /write the whole path of a key that is new: regions\.\S+\.growth/],
  ['policies.grace.day=3', 20, /unknown key grace.day.*grace.days/],
  ['policies.grace.days=soon', 21, /found "soon"; expected a number/],
  ['buyers.start-ups.cuont=3', 24, /unknown key cuont.*count/],
  ['buyers.start-ups.wallet={ opning: 3 }', 27, /unknown key opning.*opening/],
  ['seed=[1', 8, /valid YAML/],
  ['buyers.start-ups.buys.crm.specification=seat', 41, /no specification of crm "seat"/],
  ['catalog.crm.id=crn', 0, /no product "crm"/],
]

test.each(refused)('%s is refused at its own text', (set, column, words) => {
  const faults = faultsOf(set)
  expect(faults.map(({ what, expected, hint }) => `${what}; expected ${expected}; ${hint}`).join('\n')).toMatch(words)
  if (column > 0) expect(faults[0]).toMatchObject({ file: '--set', line: 1, column, sourceLine: set })
})

test('errors of several options and of the file are reported together', () => {
  const faults = faultsOf('policies.grace.days=-1', 'nmae=x')
  expect(faults.map(({ file, line }) => `${file}:${line}`)).toEqual(['--set:1', '--set:2'])
})
