/** Verdicts of a sweep, and the answer of `size`, as JUnit XML. */
import { type JunitCase, junitSuite } from '../junit.ts'
import type { SizeResult } from '../size/result.ts'
import type { SweepResult } from './result.ts'
import { shownInterval } from './tables.ts'

/** Runs that differ from the audit are a failure of their own, first of all. */
function auditCase({ name, runs }: SweepResult): JunitCase {
  const differences = runs.flat().reduce((sum, run) => sum + run.differences, 0)
  const test = { group: `${name}.audit`, name: 'every amount is correct' }
  return differences === 0 ? test : { ...test, missed: { as: 'failure', message: `${differences} amounts differ` } }
}

/** One test for each bound at each point; an undecided one is skipped, with the runs that would decide. */
export function sweepJunit(result: SweepResult): string {
  const { name, asked, points, estimates } = result
  const cases = asked.flatMap(({ text, unit, bound }, figure) =>
    bound === null
      ? []
      : points.map(({ sets }, point): JunitCase => {
          const estimate = estimates[figure][point]
          const { verdict, needed } = estimate
          const test = { group: `${name}.sweep`, name: [text, ...sets].join(' at ') }
          if (verdict === 'kept') return test
          const found = shownInterval(unit, estimate)
          if (verdict === 'missed') return { ...test, missed: { as: 'failure', message: `${text}: ${found}` } }
          const more = needed !== null && Number.isFinite(needed) ? `; about ${needed} runs would decide` : ''
          return { ...test, missed: { as: 'skipped', message: `undecided: ${found}${more}` } }
        }),
  )
  return junitSuite(`marketsim sweep ${name}`, [auditCase(result), ...cases])
}

/** One test for each place; a search that ended without an answer is an error, because it says neither yes nor no. */
export function sizeJunit(result: SizeResult): string {
  const { name, asked, places } = result
  const bounds = asked.map(({ text }) => text).join(' and ')
  const cases = places.map(({ path, from, to, end, kept, missed }): JunitCase => {
    const test = { group: `${name}.size`, name: `a value of ${path} from ${from} to ${to} keeps ${bounds}` }
    if (end === 'found') return test
    if (end === 'none') return { ...test, missed: { as: 'failure', message: `no value keeps ${bounds}` } }
    const known = `${kept ?? 'no value'} is proved to keep, ${missed ?? 'none'} to miss`
    return { ...test, missed: { as: 'error', message: `${end}: ${known}` } }
  })
  return junitSuite(`marketsim size ${name}`, [auditCase(result), ...cases])
}
