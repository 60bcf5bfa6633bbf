/** Every page of `docs/reference/`, and its index. */
import type { ReportTable } from '#reports/report-table.ts'
import { codesText } from './codes.ts'
import { commandsText } from './commands.ts'
import { filesText } from './exports.ts'
import { figuresText } from './figures.ts'
import { lifecyclesText } from './lifecycles.ts'
import { generatedFrom, table } from './markdown.ts'
import { quoteText } from './quote.ts'
import { recordText } from './record.ts'
import { rulesText } from './rules.ts'
import { scenarioText } from './scenario.ts'

const about: Readonly<Record<string, string>> = {
  'commands.md': 'every command, its options and examples',
  'scenario.md': 'every key of a scenario file, with its default; distributions',
  'rules.md': 'every rule with its source in the user guide, and the switches under `policies:`',
  'figures.md': 'every figure of summary.json, for thresholds, sweeps and sizes',
  'quote.md': 'the operations of `quote`, each with an example',
  'codes.md': 'exit codes, refusals, errors and warnings',
  'files.md': 'columns of the CSV and Parquet files',
  'record.md': 'tables, columns and views of a run’s record',
  'lifecycles.md': 'states and steps of orders, servers, applications, invoices, …',
}

const index = (): string => `# Reference

${table(
  ['page', 'what it lists'],
  Object.entries(about).map(([name, text]) => [`[${name.replace('.md', '')}](${name})`, text]),
)}

${generatedFrom('the code').replace('This page is', 'All pages are').replace('a test holds them', 'a test holds them and the code')}
`

/** The texts of all pages by file; `tables` are those of any report. */
export async function referencePages(tables: readonly ReportTable[]): Promise<Readonly<Record<string, string>>> {
  return {
    'README.md': index(),
    'commands.md': await commandsText(),
    'scenario.md': await scenarioText(),
    'rules.md': rulesText(),
    'figures.md': figuresText(),
    'quote.md': quoteText(),
    'codes.md': codesText(),
    'files.md': filesText(tables),
    'record.md': recordText(),
    'lifecycles.md': lifecyclesText(),
  }
}
