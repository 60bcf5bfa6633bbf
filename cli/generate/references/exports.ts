/** Columns of the files that commands write: `docs/reference/files.md`. */
import {
  bookFiles,
  type CsvFile,
  documentFiles,
  importFiles,
  logFiles,
  ratedFiles,
  reconciliationColumns,
} from '#reports/exports/csv-files.ts'
import { focusColumns } from '#reports/exports/focus-rows.ts'
import { exportFormats } from '#reports/exports/formats.ts'
import { loadColumns } from '#reports/load-test/columns.ts'
import type { CellUnit, ReportTable } from '#reports/report-table.ts'
import { massTables } from '#sim/record/column-files.ts'
import { code, generatedFrom, table } from './markdown.ts'
import { resultTables } from './result-tables.ts'

const units: Readonly<Record<CellUnit, string>> = {
  text: 'text',
  count: 'a whole number',
  money: 'exact decimal',
  share: 'from 0 to 1',
  'fine-share': 'from 0 to 1',
  duration: 'seconds',
  instant: 'two columns: UTC, and civil time with its offset',
  number: 'a decimal',
  decimal: 'exact decimal',
}

const columnsOf = (columns: Readonly<Record<string, string>>): string =>
  table(
    ['column', 'meaning'],
    Object.entries(columns).map(([name, text]) => [code(name), text]),
  )

const file = ([name, { by, text, columns }]: readonly [string, CsvFile]): string =>
  `### \`${name}\` of \`${by}\`\n\n${text}\n\n${columnsOf(columns)}\n`

const report = ({ name, title, text, columns }: ReportTable, folder = ''): string => `### \`${folder}${name}.csv\`

${title}. ${text}

${table(
  ['column', 'value', 'heading in the report'],
  columns.map(({ key, title: heading, unit }) => [code(key), units[unit], heading]),
)}
`

/** Types of Parquet by the unit of a column of the record. */
const parquet: readonly (readonly [unit: string, type: string])[] = [
  ['word', 'text, spelled out'],
  ['instant', 'timestamp in UTC, milliseconds; null where there is none'],
  ['day', 'date'],
  ['money, charge, quantity', 'decimal with 8 decimals; no `x_high` columns'],
  ['price', 'decimal with 10 decimals'],
  ['all others', '64-bit integer, or text'],
]

/** The whole page; `tables` are those of any report. */
export const filesText = (tables: readonly ReportTable[]): string => `# Columns of files

What the columns of CSV and Parquet files say. CSV files are UTF-8 with a header; a field is quoted where it has to be.
The tables of \`run.sqlite\` and of \`columns/\` are on the page of the [record](record.md). ${generatedFrom('the code')}

## A run

### \`reconciliation.csv\`

Rated, charged, posted and audited side by side, with a row \`total\` at the end.

${columnsOf(reconciliationColumns)}

${tables.map((each) => report(each, 'tables/')).join('\n')}
## \`export\`

${table(
  ['`--format`', 'what it writes'],
  Object.entries(exportFormats).map(([name, { text }]) => [code(name), text]),
)}

${Object.entries({ ...bookFiles, ...documentFiles })
  .map(file)
  .join('\n')}
${Object.entries(logFiles).map(file).join('\n')}
### FOCUS

The columns of \`--format focus\`, whose meaning the [FinOps Foundation](https://focus.finops.org) defines:
${focusColumns.map(code).join(', ')}. [finance.md](../finance.md#focus) says how charges become rows.

### Parquet

\`--format parquet\` writes \`TABLE.parquet\` for each table of the record, with these columns. The files of \`columns/\`
(${massTables.map(code).join(', ')}) have the same types.

${table(['unit in the record', 'type'], parquet)}

## \`meter\` and \`reconcile\`

${Object.entries(ratedFiles).map(file).join('\n')}
## \`import\`

${Object.entries(importFiles).map(file).join('\n')}
${Object.entries(resultTables)
  .map(([command, each]) => `## ${command}\n\n${each.map((one) => report(one)).join('\n')}`)
  .join('\n')}
## \`load\`

${Object.entries(loadColumns)
  .map(([name, columns]) => `### \`${name}\` of \`load\`\n\n${columnsOf(columns)}\n`)
  .join('\n')}`
