/** What would go round forever within one instant is refused, with its place and what ends it. */
import { expect, test } from 'vitest'
import { ScenarioErrors } from '#scenarios/errors.ts'
import { parseScenario } from '#scenarios/reader.ts'
import { marketplace } from './marketplace.ts'

function faultsOf(sets: readonly string[]) {
  try {
    parseScenario(marketplace, 'x.yaml', { sets })
  } catch (error) {
    if (error instanceof ScenarioErrors) return error.faults
    throw error
  }
  return []
}

const habits = 'buyers.start-ups.habits'
const disputed = ['catalog.crm.supervised=true', 'sellers.isv.response=0s']
const rejecting = [`${habits}.supervision.reject=1`, `${habits}.supervision.acceptance={ discrete: { values: [0s] } }`]
const refused = ['sellers.isv.rejectRequest=1', `${habits}.supervision.request=0s`]
const reissued = [
  'policies.invoice.issueDelay=0s',
  'policies.invoice.returnDelay=0s',
  'operations.tickets.handling=0s',
  `${habits}.invoicing={ probability: 1, return: { probability: 1, after: 0s }, reissue: 1 }`,
]

test.each<[sets: readonly string[], path: string, hint: RegExp]>([
  [[...disputed, ...rejecting], `${habits}.supervision.reject`, /a probability below 1/],
  [[...disputed, ...refused], `${habits}.supervision.request`, /rejectRequest below 1/],
  [reissued, `${habits}.invoicing.reissue`, /invoice.issueDelay/],
  [[`${habits}.stopStart={ probability: 0.1, after: 0s, pause: 0s }`], `${habits}.stopStart`, /repeat: false/],
])('%j', (sets, path, hint) => {
  expect(faultsOf(sets)).toMatchObject([{ path, what: expect.stringContaining('forever within one instant') }])
  expect(faultsOf(sets)[0].hint).toMatch(hint)
})

test('whatever takes time, or may end it, is let through', () => {
  for (const sets of [
    [...disputed, ...rejecting, 'sellers.isv.response=1min'],
    [...disputed, ...rejecting, `${habits}.supervision.reject=0.9`],
    [...disputed, ...rejecting, 'sellers.isv.regions={ eu-1: 1 }'],
    [...disputed, ...rejecting, 'catalog.crm.supervised=false'],
    [...disputed, ...refused, 'policies.reject.cap=3'],
    [...reissued, 'policies.invoice.issueDelay=1ms'],
    [`${habits}.stopStart={ probability: 0.1, after: 0s, pause: 0s, repeat: false }`],
  ])
    expect(faultsOf(sets), sets.join()).toEqual([])
})
