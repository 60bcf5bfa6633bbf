/** The keys of scenario files: `docs/reference/scenario.md`. */
import { keyEntries, type ReferenceEntry } from '../../reference.ts'
import { code, generatedFrom, table } from './markdown.ts'

const head = `# Scenario keys

Every key of a scenario file. \`buyers.wallet.opening\` is the key \`opening\` of \`wallet\` of an entry of the list \`buyers\`.
A key that is not required and has no default may be left out. \`marketsim docs KEY\` prints one of them, and editors read
the same from \`scenarios/scenario.schema.json\` (\`marketsim schema\`).
${generatedFrom('the schema')}

| written as | example |
|---|---|
| a duration | \`90s\`, \`5min\`, \`1h30min\`, \`15d\` |
| an instant | \`2024-03-01T00:00:00+08:00\`, always with its offset |
| a decimal | \`"0.12"\`: in quotes, so that no YAML reader rounds it |
| a percentage | \`15\` or \`15%\` is 15 %; \`0.15\` is 0.15 % |
| a rate | \`3/week\`, \`40/h\` |
| a distribution | see [Distributions](#distributions) |
`

const fact = ({ facts }: ReferenceEntry, name: string): string => facts.find(([label]) => label === name)?.[1] ?? ''

const row = (entry: ReferenceEntry, takes: string): string[] => {
  const standard = fact(entry, 'default')
  const shown = standard === '' ? (fact(entry, 'required') === '' ? '' : 'required') : code(standard)
  return [code(entry.name), takes, shown, entry.text]
}

/** The whole page. */
export async function scenarioText(): Promise<string> {
  const entries = await keyEntries()
  const byName = new Map(entries.map((entry) => [entry.name, entry]))
  const isDistribution = (name: string): boolean =>
    byName.has(`${name}.exponential`) || byName.has(`${name}.poisson.mean`)
  const roots = entries.map(({ name }) => name).filter(isDistribution)
  const within = (name: string): boolean => roots.some((root) => name.startsWith(`${root}.`))
  const kindOf = (name: string): string => {
    const mean = byName.get(`${name}.exponential.mean`)
    return mean !== undefined && fact(mean, 'takes') === 'a duration'
      ? 'a duration or a distribution of durations'
      : 'a number or a distribution of numbers'
  }
  const shown = entries.filter(({ name }) => !within(name))
  const groups = Map.groupBy(shown, ({ name }) => name.split('.')[0])
  const single = [...groups.values()].filter((group) => group.length === 1).flat()
  const columns = ['key', 'value', 'default', 'meaning']
  const rows = (group: readonly ReferenceEntry[]): string[][] =>
    group.map((entry) => row(entry, isDistribution(entry.name) ? kindOf(entry.name) : fact(entry, 'takes')))
  const parts = [
    head,
    `## The run\n\n${table(columns, rows(single))}\n\nThe switches under \`policies\` are on the page of [rules](rules.md).\n`,
    ...[...groups]
      .filter(([, group]) => group.length > 1)
      .map(([name, group]) => `## \`${name}\`\n\n${table(columns, rows(group))}\n`),
    distributions(entries, 'buyers.buys.lifetime'),
  ]
  return parts.join('\n')
}

/** What may be written for a distribution, as one of its keys takes it. */
function distributions(entries: readonly ReferenceEntry[], key: string): string {
  const rows = entries
    .filter(({ name }) => name.startsWith(`${key}.`))
    .map((entry) => ({ ...entry, name: entry.name.slice(key.length + 1) }))
    .filter(({ name }) => !/^(truncated|mixture)\.of\./.test(name))
    .map((entry) => row(entry, fact(entry, 'takes')))
  return `## Distributions

The keys of a distribution of durations; one of numbers has numbers in place of durations. For example
\`lifetime: { lognormal: { mean: 3h, sd: 5h } }\`. [The engine](../engine.md#random-numbers) has their methods and accuracy.

${table(['key', 'value', 'default', 'meaning'], rows)}
`
}
