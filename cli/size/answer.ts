/** The answer of `size` in words. Its first line is the answer; further ones say what is open and what would help. */
import { endOf, type SizedPlace, type SizeResult } from '#reports/size/result.ts'
import { shortPaths } from '#reports/sweep/result.ts'
import { neededText } from '../sweep/answer.ts'

export const percentText = (share: number): string => `${Number((100 * share).toPrecision(12))} %`

const sureOf = ({ confidence }: SizeResult): string => `(${percentText(confidence)} confidence)`

const boundsText = ({ asked }: SizeResult): string =>
  asked.length === 1 ? asked[0].text : `all ${asked.length} bounds`

const pronoun = ({ asked }: SizeResult): string => (asked.length === 1 ? 'it' : 'them')

const rangeText = (values: readonly string[]): string =>
  values.length === 1 ? values[0] : `${values[0]} to ${values.at(-1)}`

const least = ({ largest }: SizeResult): string => (largest ? 'largest' : 'least')

export function sizeAnswer(result: SizeResult): string[] {
  const { places } = result
  const end = endOf(result)
  if (end === 'found' && places.length > 1) return [allFound(result), ...places.flatMap((_, at) => edgeOf(result, at))]
  const at = end === 'found' ? 0 : places.findIndex((place) => place.end !== 'found')
  return [lineOf(result, at), ...edgeOf(result, at), ...helpOf(result, places[at])]
}

function allFound(result: SizeResult): string {
  const names = shortPaths(result)
  const values = result.places.map(({ kept }, index) => `${names[index]} ${kept}`)
  const lowered = result.largest ? 'raised' : 'lowered'
  return `${values.slice(0, -1).join(', ')} and ${values.at(-1)} keep ${boundsText(result)} ${sureOf(result)}; none of them can be ${lowered} alone`
}

function lineOf(result: SizeResult, at: number): string {
  const { kept, missed, end, to, open } = result.places[at]
  const name = shortPaths(result)[at]
  const what = boundsText(result)
  switch (end) {
    case 'found':
      if (open.length > 0)
        return `${kept} is a ${name} that keeps ${what} ${sureOf(result)}; the ${least(result)} is ${rangeText([...open, String(kept)])}`
      return `${kept} is the ${least(result)} ${name} that keeps ${what} ${sureOf(result)}${missed === null ? '' : `; ${missed} misses ${pronoun(result)}`}`
    case 'none':
      return `No ${name} ${result.largest ? 'from' : 'up to'} ${to} keeps ${what} ${sureOf(result)}`
    case 'contradiction':
      return `Undecided: ${kept} keeps ${what} and ${missed} misses ${pronoun(result)}, so a ${result.largest ? 'smaller' : 'larger'} ${name} is not always better`
    case 'undecided': {
      const known = [
        ...(kept === null ? [] : [`${kept} keeps ${pronoun(result)}`]),
        ...(missed === null ? [] : [`${missed} misses ${pronoun(result)}`]),
      ]
      return `Undecided: the ${least(result)} ${name} that keeps ${what} is not known${known.length === 0 ? '' : `; ${known.join(' and ')} ${sureOf(result)}`}`
    }
  }
}

/** The answer is the first value of the range: smaller ones may do. */
function edgeOf(result: SizeResult, at: number): string[] {
  const { end, kept, missed, from } = result.places[at]
  if (end !== 'found' || missed !== null || kept !== from) return []
  return [
    `${kept} is the ${result.largest ? 'end' : 'beginning'} of the range: widen --vary for ${result.largest ? 'more' : 'less'}`,
  ]
}

function helpOf(result: SizeResult, { end, open, needed }: SizedPlace): string[] {
  if (end !== 'undecided') return []
  const which = open.length === 0 ? [] : [`Open: ${rangeText(open)}`]
  if (result.spent) return [...which, 'The time of --spend is over: give it more']
  const runs =
    needed === null ? 'more runs are unlikely to decide' : `${neededText(needed)} at a value would decide (--most)`
  return [
    ...which,
    `After up to ${result.mostRuns} runs at a value (--most): ${runs}; --within 1 accepts the next value`,
  ]
}
