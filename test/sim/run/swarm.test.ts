/** Random scenarios of everything that is simulated: the auditor agrees, and each has one history. `npm run swarm` tries more. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { policyKeys } from '#scenarios/policies.ts'
import { often } from '../../house/effort.ts'
import { scenarioDoc } from '../../swarm/draw.ts'
import { policyValues } from '../../swarm/policy-values.ts'
import { readDoc, yamlOf } from '../../swarm/read-doc.ts'
import { noCases, search } from '../../swarm/search.ts'

test('Q-01..Q-08: random months hold every promise, on one thread, on two, and interrupted and resumed', async () => {
  const cases = often(2, 7)
  const tally = noCases()
  const failure = await search({ seed: 20240101, cases, shrinkFor: 20_000 }, tally)
  expect(failure && `${failure.why}\n${yamlOf(failure.doc)}`).toBeNull()
  expect(tally.cases).toBe(cases)
})

test('every draw is a scenario that the reader takes', () => {
  for (const doc of fc.sample(scenarioDoc, { numRuns: often(10, 40), seed: 7 }))
    expect(() => readDoc(doc), yamlOf(doc)).not.toThrow()
})

test('every switch has values to draw', () => {
  expect(policyKeys.filter((key) => policyValues[key].length < 2)).toEqual([])
})
