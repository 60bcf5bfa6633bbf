/** The answer of a selection in words. Its first line is the answer. */
import type { SelectResult } from '#reports/select/result.ts'
import { shortPaths } from '#reports/sweep/result.ts'
import { shownFine } from '#reports/sweep/tables.ts'
import { percentText } from '../size/answer.ts'

const methods = { kn: 'KN', knockout: 'knockout tournament', ocba: 'OCBA' } as const

const nameOf = (result: SelectResult, point: number): string =>
  result.points[point].values.map((value, index) => `${shortPaths(result)[index]} ${value}`).join(', ')

const listed = (names: readonly string[]): string =>
  names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join('; ')} and ${names.at(-1)}`

const boundsOf = ({ asked }: SelectResult): string => {
  const bounds = asked.slice(1)
  return bounds.length === 1 ? bounds[0].text : `all ${bounds.length} bounds`
}

export function selectAnswer(result: SelectResult): string[] {
  const { selection, asked, runs } = result
  const { objective, largest, method, indifference, confidence, end, best, remaining, probability, claims } = selection
  const goal = `the ${largest ? 'largest' : 'least'} ${objective}`
  const sure =
    probability === null
      ? `${percentText(confidence)} confidence`
      : `probability about ${percentText(Math.round(probability * 1000) / 1000)}`
  const small = `differences below ${shownFine(asked[0].unit, indifference)} do not matter`
  const bounds = asked.length > 1
  const made = `${runs.flat().length} runs, ${methods[method]}`
  if (end === 'none') return [`No point keeps ${boundsOf(result)} (${sure})`, made]
  const name = best === null ? '' : nameOf(result, best)
  if (end === 'selected')
    return [`${name} has ${goal}${bounds ? ` of those that keep ${boundsOf(result)}` : ''} (${sure}; ${small})`, made]
  const why =
    bounds && remaining.length === 1 && best !== null && claims[best] === 'undecided'
      ? `${name} has ${goal}, and whether it keeps ${boundsOf(result)} is not known`
      : `${listed(remaining.map((point) => nameOf(result, point)))} may have ${goal}; by the runs so far it is ${name}`
  return [`Undecided: ${why}`, `${made}; raise --most, or --indifference`]
}
