import { defaultPolicies, type PolicyKey, policyRule } from '#scenarios/policies.ts'
import { differingPolicies, policyText } from '../../policy-text.ts'
import { html } from '../markup.ts'
import { ruleCell } from '../rule-cell.ts'
import type { PageData, Section } from '../section.ts'
import { table } from '../table.ts'

/** What is needed to trace a bill to the rule that made it: the digest, and the switches that differ. */
export function about({ record, summary }: PageData): Section {
  const { policies, utcOffset } = record.meta
  return {
    id: 'about',
    title: 'About this run',
    charts: [],
    body: html`<p>History digest <code>${summary.run.digest}</code>: the same scenario and seed give the same digest, on any machine and with any number of threads.
The command that repeats the run is in <code>manifest.json</code>; every fact is in <code>run.sqlite</code>.</p>
<h3>Policies that differ from the rulebook's default</h3>
${table(
  'Policies',
  [
    { title: 'Policy', cell: (key: PolicyKey) => key },
    { title: 'rule', cell: (key) => ruleCell(policyRule(key)) },
    { title: 'value', cell: (key) => policyText(key, policies[key], utcOffset) },
    { title: 'default', cell: (key) => policyText(key, defaultPolicies[key], utcOffset) },
  ],
  differingPolicies(policies),
)}`,
  }
}
