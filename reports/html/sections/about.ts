import { policyKeys, policyRule, standardPolicies } from '#scenarios/policies.ts'
import { html } from '../markup.ts'
import type { PageData, Section } from '../section.ts'
import { table } from '../table.ts'

/** What is needed to trace a bill to the rule that made it: the digest, and the switches that differ. */
export function about({ record, summary }: PageData): Section {
  const { policies } = record.meta
  const differing = policyKeys.filter(
    (key) => Object.hasOwn(policies, key) && JSON.stringify(policies[key]) !== JSON.stringify(standardPolicies[key]),
  )
  return {
    id: 'about',
    title: 'About this run',
    charts: [],
    body: html`<p>History digest <code>${summary.run.digest}</code>: the same scenario and seed give it again, on any machine and any number of threads.
How to repeat the run stands in <code>manifest.json</code>; every fact is in <code>run.sqlite</code>.</p>
<h3>Policies that differ from the rulebook's default</h3>
${table(
  'Policies',
  [
    { title: 'Policy', cell: (key: (typeof policyKeys)[number]) => key },
    { title: 'rule', cell: (key) => policyRule(key) },
    { title: 'value', cell: (key) => JSON.stringify(policies[key]) },
    { title: 'default', cell: (key) => JSON.stringify(standardPolicies[key]) },
  ],
  differing,
)}`,
  }
}
