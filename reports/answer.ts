/** The answer to a scenario's question, from the figures of a run. */
import { compare, negate, type Rational, subtract, ZERO } from '#base/rational.ts'
import type { Scenario } from '#scenarios/schema.ts'
import {
  type AnswerCase,
  type AnswerPart,
  type AskedFigure,
  answerParts,
  figuresOfCase,
} from '#scenarios/sections/answer.ts'
import { ComparedRuns, scenarioOf } from './compared-runs.ts'
import { knownFigure } from './figures/catalogue.ts'
import type { RunRecord } from './record.ts'
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
