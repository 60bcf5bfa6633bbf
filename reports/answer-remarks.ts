/** What is wrong or odd with the answer of a scenario before it runs: it reads no record. */
import { nearestNames } from '#base/did-you-mean.ts'
import type { ThresholdRemark } from '#scenarios/reader.ts'
import type { Scenario } from '#scenarios/schema.ts'
import { type AskedFigure, answerParts, figuresOfCase } from '#scenarios/sections/answer.ts'
import { figureNamed, figures } from './figures/catalogue.ts'
import { thresholdRemarks } from './threshold-remarks.ts'

/** What is wrong with one figure of an answer; undefined where nothing is. */
function figureRemark(scenario: Scenario, { of, threshold }: AskedFigure) {
  const names = (scenario.compareWith ?? []).map(({ name }) => name)
  if (of !== null && !names.includes(of)) {
    const hint =
      names.length === 0 ? `add compareWith: { ${of}: { … } }, or remove ${of}:` : `write ${nearestNames(of, names)[0]}`
    return { what: `there is no run '${of}' to compare with`, expected: 'a name of compareWith', hint }
  }
  if (figureNamed(threshold.figure) === undefined) {
    const near = nearestNames(
      threshold.figure,
      figures.map(({ name }) => name),
    )
    const what = `there is no figure '${threshold.figure}'`
    const hint = `write ${near[0]} in place of ${threshold.figure}; did you mean ${near.join(', ')}?`
    return { what, expected: 'a figure of the reports', hint }
  }
  return undefined
}

/** Two figures that are compared, or subtracted, have one unit. */
function unitRemark(asked: AskedFigure, other: AskedFigure | null) {
  if (other === null) return undefined
  const [unit, otherUnit] = [asked, other].map(({ threshold }) => figureNamed(threshold.figure)?.unit)
  if (unit === otherUnit || unit === undefined || otherUnit === undefined) return undefined
  const [one, two] = [asked.threshold.figure, other.threshold.figure]
  return {
    what: `${one} is in ${unit}, and ${two} in ${otherUnit}`,
    expected: 'two figures of one unit',
    hint: `write ${one} in place of ${two}`,
  }
}

/** Figures, labels and units of an answer that the reports do not have, and runs that it is not compared with. */
export function answerRemarks(scenario: Scenario): ThresholdRemark[] {
  return (scenario.answer ?? []).flatMap((each, index) => {
    const { when, say } = each
    const pairs = [
      ...(when === null ? [] : [{ asked: when, other: when.than, key: 'when' }]),
      ...answerParts(say).flatMap((part) =>
        typeof part === 'string' ? [] : [{ asked: part, other: part.less, key: 'say' }],
      ),
    ]
    const units = pairs.flatMap(({ asked, other, key }) => {
      const remark = unitRemark(asked, other)
      return remark === undefined
        ? []
        : [{ ...remark, threshold: asked.threshold, path: ['answer', index, key], at: 'value' as const }]
    })
    const figuresFound = figuresOfCase(each).flatMap((asked): ThresholdRemark[] => {
      const { threshold, key } = asked
      const place = { threshold, path: ['answer', index, key], at: 'value' as const }
      const remark = figureRemark(scenario, asked)
      if (remark !== undefined) return [{ ...remark, ...place }]
      return thresholdRemarks({ ...scenario, thresholds: [threshold] })
        .filter(({ warning }) => warning === undefined)
        .map(({ instead: _, ...found }) => ({ ...found, ...place }))
    })
    return [...figuresFound, ...units]
  })
}

/** Everything that is wrong or odd with the thresholds and the answer of a scenario. */
export const remarksOf = (scenario: Scenario): ThresholdRemark[] => [
  ...thresholdRemarks(scenario),
  ...answerRemarks(scenario),
]
