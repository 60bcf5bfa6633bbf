/** The rules and their switches: `docs/reference/rules.md`. */
import { fixedPolicies, type PolicyKey, policyStandard, policyText, switchesOf } from '#scenarios/policies.ts'
import { ruleNamed, rules } from '#scenarios/rules.ts'
import { cell } from './markdown.ts'

const chapters: Readonly<Record<string, string>> = {
  T: 'Time',
  M: 'Money',
  C: 'Catalog',
  P: 'Price models',
  O: 'Orders',
  X: 'Changing a subscription',
  E: 'Servers and images',
  U: 'Metering',
  A: 'Arrears',
  S: 'Service supervision',
  R: 'Renewal',
  N: 'Unsubscription',
  I: 'Invoices and bills',
  L: 'Sellers, support and settlement',
  Q: 'Invariants',
}

const head = `# Rules and switches

Every rule that the simulation follows, in one line, with its sections of the user guide (\`–\`: from the underlying cloud,
or a decision of this project). The record names the rule of each amount, and \`explain\` shows it. A switch is a key under
\`policies:\` of a scenario; a run's manifest lists the values. This page is generated from \`scenarios/rules.ts\` and
\`scenarios/policies.ts\` by \`npm run references\`; a test holds them equal.
`

const switchRow = (key: PolicyKey): string => {
  const value = policyStandard(key)
  const standard = typeof value === 'string' ? value : JSON.stringify(value)
  const inRun = Object.hasOwn(fixedPolicies, key) ? 'no' : 'yes'
  return `| \`${key}\` | ${switchRule.get(key)} | \`${cell(standard)}\` | ${inRun} | ${cell(policyText(key))} |`
}

const switchRule = new Map(rules.flatMap((rule) => switchesOf(rule).map((key) => [key, rule] as const)))

function chapterText(chapter: string): string {
  const own = rules.filter((rule) => rule.startsWith(`${chapter}-`))
  const switches = own.flatMap(switchesOf)
  const rows = own.map((rule) => {
    const { text, guide } = ruleNamed(rule) as { text: string; guide: string }
    return `| ${rule} | ${cell(text)} | ${guide === '' ? '–' : guide} |`
  })
  const lines = [`## ${chapters[chapter]}`, '', '| rule | text | guide |', '|---|---|---|', ...rows, '']
  if (switches.length > 0)
    lines.push(
      '| switch | rule | default | may change in a run | meaning |',
      '|---|---|---|---|---|',
      ...switches.map(switchRow),
      '',
    )
  return lines.join('\n')
}

/** The whole page. */
export const rulesText = (): string => [head, ...Object.keys(chapters).map(chapterText)].join('\n')
