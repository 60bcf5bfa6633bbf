/** Bounds of numbers: what is at one is read, and what is beyond it is an error that names it. */
import { expect, test } from 'vitest'
import { ScenarioErrors } from '#scenarios/errors.ts'
import { parseScenario } from '#scenarios/reader.ts'
import { marketplace } from './marketplace.ts'

function faultsOf(instead: string, written: string): readonly string[] {
  const text = marketplace.replace(instead, written)
  expect(text).not.toBe(marketplace)
  try {
    parseScenario(text, 'x.yaml')
    return []
  } catch (error) {
    if (!(error instanceof ScenarioErrors)) throw error
    return error.faults.map(({ line, column, expected }) => `${line > 0 && column > 0} ${expected}`)
  }
}

const lifetime = 'lifetime: { exponential: { mean: 9h } }'
const long = 'a duration of at most 3652500d, which is 10,000 years'
const surge = (factor: number, from: number) =>
  `{ at: 2024-03-0${from}T00:00:00Z, demandSurge: { for: 2d, factor: ${factor} } }`

test.each([
  ['provisioning: 90s', 'provisioning: 3652500d', 'provisioning: 3652501d', long],
  ['provisioning: 90s', 'provisioning: 87660000h', 'provisioning: 87660000h1ms', long],
  [lifetime, 'lifetime: { exponential: { mean: 3652500d } }', 'lifetime: { exponential: { mean: 3652501d } }', long],
  ['reaction: 2h', 'reaction: 3652500d', 'reaction: 104249991d', long],
  ['grace.days: 15', 'settlement.lag: 3652500d', 'settlement.lag: 104249991d', long],
  ['seed: 7', 'messageDelay: 3652500d', 'messageDelay: 104249991d', long],
  ['grace.days: 15', 'grace.days: 3650', 'grace.days: 3651', 'at most 3650'],
  ['perBuyer: 3/week', 'perBuyer: 1000000/s', 'perBuyer: 1000001/s', 'a rate of at most 1000000/s'],
  ['perBuyer: 3/week', 'perBuyer: 60000000/min', 'perBuyer: 999999999999/min', 'a rate of at most 1000000/s'],
  ['capacity: 60', 'capacity: 1000000000', 'capacity: 1000000001', 'at most 1000000000'],
  ['count: 400', 'count: 10000000', 'count: 10000001', 'at most 10000000'],
  ['ap-1: 2', 'ap-1: 1000000000', 'ap-1: 1000000001', 'at most 1000000000'],
  [
    lifetime,
    'lifetime: { weibull: { shape: 0.01, scale: 1d } }',
    'lifetime: { weibull: { shape: 0.009, scale: 1d } }',
    'at least 0.01',
  ],
  [lifetime, 'weight: 1000000000, lifetime: 1d', 'weight: 1000000001, lifetime: 1d', 'at most 1000000000'],
  ['events: []', `events: [${surge(1000, 2)}]`, `events: [${surge(1001, 2)}]`, 'at most 1000'],
  [
    'events: []',
    `events: [${surge(100, 2)}, ${surge(10, 3)}]`,
    `events: [${surge(100, 2)}, ${surge(11, 3)}]`,
    'at most 1000 at any instant',
  ],
  [
    'events: []',
    `events: [${surge(100, 2)}, ${surge(100, 4)}]`,
    `events: [${surge(100, 2)}, ${surge(100, 2)}]`,
    'at most 1000 at any instant',
  ],
  ['end: 2024-04-01T00:00:00+08:00', 'end: 2124-01-01T00:00:00Z', 'end: 10000-01-01T00:00:00Z', 'an instant such as'],
])('%s: %s is read, and %s is beyond the bound', (instead, at, beyond, words) => {
  if (!at.startsWith('sellers.')) expect(faultsOf(instead, at)).toEqual([])
  expect(faultsOf(instead, beyond)).toContainEqual(expect.stringMatching(new RegExp(`^true .*${words}`)))
})
