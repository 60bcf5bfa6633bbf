/** What `npm run swarm` draws. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { policyKeys } from '#scenarios/policies.ts'
import { often } from '../house/effort.ts'
import { scenarioDoc } from './draw.ts'
import { policyValues } from './policy-values.ts'
import { readDoc, yamlOf } from './read-doc.ts'

test('every draw is a scenario that the reader takes', () => {
  for (const doc of fc.sample(scenarioDoc, { numRuns: often(10, 40), seed: 7 }))
    expect(() => readDoc(doc), yamlOf(doc)).not.toThrow()
})

test('every switch has values to draw', () => {
  expect(policyKeys.filter((key) => policyValues[key].length < 2)).toEqual([])
})
