import { expect, test } from 'vitest'
import { judge, type Model } from './model.ts'
import { models, moderate } from './registry.ts'

/** The suite is itself tested: a theory that is wrong by a few percent must not pass. */
function distorted(model: Model, factor: number): Model {
  const theory = () => Object.fromEntries(Object.entries(model.theory()).map(([name, x]) => [name, x * factor]))
  return { ...model, theory }
}

test.each([0.9, 1.1])('a theory off by a factor of %s is found in every model', (factor) => {
  for (const model of models.filter((each) => Object.values(each.theory()).some((x) => x !== 0))) {
    const verdicts = judge(distorted(model, factor), { ...moderate, confidence: 0.99 })
    expect(
      verdicts.some((verdict) => !verdict.covered),
      model.name,
    ).toBe(true)
  }
})
