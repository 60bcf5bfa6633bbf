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

/** One test a threshold; a warning that is missed is a skipped test with its message. */
export function junit({ run, thresholds }: Summary): string {
  const failures = thresholds.filter(({ passed, severity }) => !passed && severity === 'fail').length
  const skipped = thresholds.filter(({ passed, severity }) => !passed && severity === 'warn').length
  const suite = `marketsim ${run.name} seed ${run.seed}`
  const cases = thresholds.map(({ text, figure, passed, severity, shown }) => {
    const head = `    <testcase classname="${xml(run.name)}.${xml(figure)}" name="${xml(text)}"`
    if (passed) return `${head}/>`
    const tag = severity === 'fail' ? 'failure' : 'skipped'
    return `${head}>\n      <${tag} message="${xml(`${text}: it is ${shown}`)}"/>\n    </testcase>`
  })
  return `${[
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="marketsim" tests="${thresholds.length}" failures="${failures}" skipped="${skipped}" errors="0">`,
    `  <testsuite name="${xml(suite)}" tests="${thresholds.length}" failures="${failures}" skipped="${skipped}" errors="0">`,
    ...cases,
    '  </testsuite>',
    '</testsuites>',
  ].join('\n')}\n`
}
