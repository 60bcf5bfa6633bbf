import { expect, test } from 'vitest'
import { often } from '../../house/effort.ts'
import { judge, type Model } from './model.ts'
import { models, moderate } from './registry.ts'

/** The suite is itself tested: a theory that is wrong by a few percent must not pass. */
function distorted(model: Model, factor: number): Model {
  const theory = () => Object.fromEntries(Object.entries(model.theory()).map(([name, x]) => [name, x * factor]))
  return { ...model, theory }
}

/** Every model with each factor where the tests are thorough, with one of them in the suite. */
test.each([0.9, 1.1])('a theory off by a factor of %s is found in every model', (factor) => {
  const wrong = models.filter((each) => Object.values(each.theory()).some((x) => x !== 0))
  const turn = factor < 1 ? 0 : 1
  for (const model of wrong.filter((_, index) => often(index % 2 === turn, true))) {
    const verdicts = judge(distorted(model, factor), { ...moderate, confidence: 0.99 })
    expect(
      verdicts.some((verdict) => !verdict.covered),
      model.name,
    ).toBe(true)
  }
})
