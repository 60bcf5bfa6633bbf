/** The answer to a scenario's question, from the figures of a run. */
import { nearestNames } from '#base/did-you-mean.ts'
import { compare, negate, type Rational, subtract, ZERO } from '#base/rational.ts'
import type { ThresholdRemark } from '#scenarios/reader.ts'
import type { Scenario } from '#scenarios/schema.ts'
import {
  type AnswerCase,
  type AnswerPart,
  type AskedFigure,
  answerParts,
  figuresOfCase,
} from '#scenarios/sections/answer.ts'
import { ComparedRuns, scenarioOf } from './compared-runs.ts'
import { figureNamed, figures, knownFigure } from './figures/catalogue.ts'
import type { RunRecord } from './record.ts'
import { thresholdRemarks } from './threshold-remarks.ts'
import { boundOf, holds, shownInWords, thresholdValue } from './thresholds.ts'

/** The value of a figure in the run that is meant; null where there was nothing to measure. */
function measured(runs: ComparedRuns, { of, threshold }: AskedFigure): Rational | null {
  const record = runs.record(of)
  return thresholdValue(record, scenarioOf(record), threshold)
}

function shownPart(runs: ComparedRuns, part: AnswerPart): string {
  if (typeof part === 'string') return part
  const { unit } = knownFigure(part.threshold.figure)
  const value = measured(runs, part)
  const less = part.less === null ? ZERO : measured(runs, part.less)
  if (value === null || less === null) return 'none'
  const shown = subtract(value, less)
  return shown.numerator < 0n ? `−${shownInWords(unit, negate(shown))}` : shownInWords(unit, shown)
}

function fits(runs: ComparedRuns, { when, say }: AnswerCase): boolean {
  // A run without its comparisons says what it can say alone.
  if (!figuresOfCase({ when, say }).every(({ of }) => runs.has(of))) return false
  if (when === null) return true
  const { threshold, than } = when
  const value = measured(runs, when)
  const bound = than === null ? boundOf(knownFigure(threshold.figure), threshold) : measured(runs, than)
  return value !== null && bound !== null && holds[threshold.op](compare(value, bound))
}

/** The first sentence that fits, its figures filled in; empty where the scenario has none. */
export function answerOf(record: RunRecord, scenario: Scenario): string {
  const runs = new ComparedRuns(record)
  try {
    const found = scenario.answer?.find((each) => fits(runs, each))
    if (found === undefined) return ''
    return answerParts(found.say)
      .map((part) => shownPart(runs, part))
      .join('')
  } finally {
    runs.close()
  }
}

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
