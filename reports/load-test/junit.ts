/** The verdicts of a load test as JUnit XML: whether it came to its end, kept up, has right books, and keeps its bounds. */
import { type JunitCase, junitSuite } from '../junit.ts'
import { shownFigure } from './show.ts'
import type { KneeFound, LoadSummary } from './summary.ts'

/** A search that was too noisy is an error: it says neither yes nor no. */
function kneeCase(group: string, { verdict, target, why }: KneeFound): JunitCase {
  const test = { group, name: `the knee of ${target} is found` }
  if (verdict === 'nothing') return { ...test, missed: { as: 'failure', message: `no rate held ${target}` } }
  return verdict === 'noisy' ? { ...test, missed: { as: 'error', message: `too noisy: ${why}` } } : test
}

/** One test a verdict; a test that was stopped is an error of its first. */
export function loadJunit(summary: LoadSummary): string {
  const { scenario, seed, load, audit, complete, thresholds, operations } = summary
  const group = (name: string): string => `${scenario.name}.load.${name}`
  const failure = (message: string): Pick<JunitCase, 'missed'> => ({ missed: { as: 'failure', message } })
  const stopped = `stopped after ${load.seconds} s of ${load.plannedSeconds} s`
  const late = `${shownFigure('rate', load.achievedPerSecond)} done of ${shownFigure('rate', load.askedPerSecond)} asked, ${operations.all.dropped} dropped`
  const different = audit.made
    ? `${audit.differences} of ${audit.amounts} ${summary.service === null ? 'amounts' : 'bills'} differ`
    : 'the books were not audited, because the test was stopped'
  return junitSuite(`marketsim load ${scenario.name} seed ${seed}`, [
    {
      group: group('complete'),
      name: 'the load ran to its end',
      ...(complete ? {} : { missed: { as: 'error', message: stopped } }),
    },
    {
      group: group('audit'),
      name: 'every amount is correct',
      ...((audit.made || (summary.service?.bills === null && summary.service.billsError === null)) &&
      audit.differences === 0
        ? {}
        : failure(different)),
    },
    summary.knee === null
      ? { group: group('rate'), name: 'the rate is reached', ...(load.reached ? {} : failure(late)) }
      : kneeCase(group('knee'), summary.knee),
    ...thresholds.map(({ text, passed, shown }) => ({
      group: group('threshold'),
      name: text,
      ...(passed ? {} : failure(`${text}: it is ${shown}`)),
    })),
  ])
}
