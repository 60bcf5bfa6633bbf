import { expect, test } from 'vitest'
import { judge } from '../../engine/theory/model.ts'
import { models, moderate } from '../../engine/theory/registry.ts'

test.each(models.map((model) => [model.name, model] as const))('theory is in its interval: %s', (_, model) => {
  const verdicts = judge(model, moderate)
  const missed = verdicts.filter((verdict) => !verdict.covered)
  expect(missed).toEqual([])
  // An interval as wide as the truth itself would prove nothing; the thorough form has narrower ones.
  const relative = verdicts.map(({ theory, simulation }) => (theory === 0 ? 0 : simulation.halfWidth / theory))
  expect(Math.max(...relative)).toBeLessThan(0.75)
})
