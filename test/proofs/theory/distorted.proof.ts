import { expect, test } from 'vitest'
import { judge, type Model } from '../../engine/theory/model.ts'
import { models, moderate } from '../../engine/theory/registry.ts'
import { isShort } from '../effort.ts'

/** The proof is itself tested: a theory that is wrong by a few percent must not pass. */
function distorted(model: Model, factor: number): Model {
  const theory = () => Object.fromEntries(Object.entries(model.theory()).map(([name, x]) => [name, x * factor]))
  return { ...model, theory }
}

/** Every model with each factor; in the short form with one of them. */
test.each([0.9, 1.1])('a theory off by a factor of %s is found in every model', (factor) => {
  const wrong = models.filter((each) => Object.values(each.theory()).some((x) => x !== 0))
  const turn = factor < 1 ? 0 : 1
  for (const model of wrong.filter((_, index) => !isShort || index % 2 === turn)) {
    const verdicts = judge(distorted(model, factor), { ...moderate, confidence: 0.99 })
    expect(
      verdicts.some((verdict) => !verdict.covered),
      model.name,
    ).toBe(true)
  }
})
