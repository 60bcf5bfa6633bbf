/** The answer to a scenario's question, from the figures of a run. */
import { nearestNames } from '#base/did-you-mean.ts'
import type { ThresholdRemark } from '#scenarios/reader.ts'
import type { Scenario } from '#scenarios/schema.ts'
import { answerParts } from '#scenarios/sections/answer.ts'
import type { Threshold } from '#scenarios/sections/thresholds.ts'
import { figureNamed, figures, knownFigure } from './figures/catalogue.ts'
import type { RunRecord } from './record.ts'
import { thresholdRemarks } from './threshold-remarks.ts'
import { isMet, shownInWords, thresholdValue } from './thresholds.ts'

function shownPart(record: RunRecord, scenario: Scenario, part: string | Threshold): string {
  if (typeof part === 'string') return part
  const { unit } = knownFigure(part.figure)
  const value = thresholdValue(record, scenario, part)
  return value === null ? 'none' : shownInWords(unit, value)
}

/** The first sentence that fits, its figures filled in; empty where the scenario has none. */
export function answerOf(record: RunRecord, scenario: Scenario): string {
  const found = scenario.answer?.find(({ when }) => when === null || isMet(record, scenario, when))
  if (found === undefined) return ''
  return answerParts(found.say)
    .map((part) => shownPart(record, scenario, part))
    .join('')
}

/** Figures, labels and units of an answer that the reports do not have. */
export function answerRemarks(scenario: Scenario): ThresholdRemark[] {
  return (scenario.answer ?? []).flatMap(({ when, say }, index) => {
    const asked = [
      ...(when === null ? [] : [{ threshold: when, key: 'when' }]),
      ...answerParts(say).flatMap((part) => (typeof part === 'string' ? [] : [{ threshold: part, key: 'say' }])),
    ]
    return asked.flatMap(({ threshold, key }) => {
      const path = ['answer', index, key]
      if (figureNamed(threshold.figure) === undefined) {
        const near = nearestNames(
          threshold.figure,
          figures.map(({ name }) => name),
        )
        const what = `there is no figure '${threshold.figure}'`
        const hint = `write ${near[0]} in place of ${threshold.figure}; did you mean ${near.join(', ')}?`
        return [{ threshold, path, what, expected: 'a figure of the reports', hint, at: 'value' as const }]
      }
      const found = thresholdRemarks({ ...scenario, thresholds: [threshold] })
      return found
        .filter(({ warning }) => warning === undefined)
        .map(({ instead: _, ...remark }) => ({ ...remark, path, at: 'value' as const }))
    })
  })
}

/** Everything that is wrong or odd with the thresholds and the answer of a scenario. */
export const remarksOf = (scenario: Scenario): ThresholdRemark[] => [
  ...thresholdRemarks(scenario),
  ...answerRemarks(scenario),
]
