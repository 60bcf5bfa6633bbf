/** Thresholds as JUnit XML, which CI systems show as tests. */
import type { Summary } from './summary.ts'

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
}

/** Text within XML 1.0: markup characters become entities, characters XML cannot hold become U+FFFD. */
function xml(text: string): string {
  return (
    text
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters XML 1.0 forbids
      .replace(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]|\p{Surrogate}/gu, '\uFFFD')
      .replace(/[&<>"']/g, (character) => entities[character])
  )
}

/** One test case of a suite; one that passed has no `missed`. */
export interface JunitCase {
  readonly group: string
  readonly name: string
  readonly missed?: { readonly as: 'failure' | 'skipped' | 'error'; readonly message: string }
}

/** A file of one suite. */
export function junitSuite(suite: string, cases: readonly JunitCase[]): string {
  const of = (as: 'failure' | 'skipped' | 'error') => cases.filter(({ missed }) => missed?.as === as).length
  const counts = `tests="${cases.length}" failures="${of('failure')}" skipped="${of('skipped')}" errors="${of('error')}"`
  return `${[
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="marketsim" ${counts}>`,
    `  <testsuite name="${xml(suite)}" ${counts}>`,
    ...cases.map(({ group, name, missed }) => {
      const head = `    <testcase classname="${xml(group)}" name="${xml(name)}"`
      if (missed === undefined) return `${head}/>`
      return `${head}>\n      <${missed.as} message="${xml(missed.message)}"/>\n    </testcase>`
    }),
    '  </testsuite>',
    '</testsuites>',
  ].join('\n')}\n`
}

/** One test a threshold; a warning that is missed is a skipped test with its message. */
export const junit = ({ run, thresholds }: Summary): string =>
  junitSuite(
    `marketsim ${run.name} seed ${run.seed}`,
    thresholds.map(({ text, figure, passed, severity, shown }): JunitCase => {
      const test = { group: `${run.name}.${figure}`, name: text }
      const as = severity === 'fail' ? 'failure' : 'skipped'
      return passed ? test : { ...test, missed: { as, message: `${text}: actual value ${shown}` } }
    }),
  )
