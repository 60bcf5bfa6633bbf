/** Every table, column, unit and view of a record: `docs/reference/record.md`. */
import { auditTableNames, auditTables } from '#sim/audit/columns.ts'
import { dimensionNames, dimensions } from '#sim/market/dimensions.ts'
import { RECORD_VERSION } from '#sim/record/build.ts'
import type { FactTable } from '#sim/record/column.ts'
import { massTables } from '#sim/record/column-files.ts'
import { columnFilesTable, columnViewsTable } from '#sim/record/column-notes.ts'
import {
  factTableNames,
  factTables,
  sqlColumns,
  sumTableNames,
  sumTables,
  type TableName,
} from '#sim/record/columns.ts'
import { massViews } from '#sim/record/mass-images.ts'
import { views } from '#sim/record/views.ts'
import { cell } from './markdown.ts'

const head = `# The record

The record of a run, version ${RECORD_VERSION} (\`PRAGMA user_version\`), is in two places of the run folder:

- \`run.sqlite\`, an SQLite database that any SQL tool can read: names, orders, bills, balances, what the
  auditor found, and all other tables that are not listed below.
- \`columns/cell-N/TABLE.parquet\`, the tables with a row for each hour, posting or step, and their sums by month:
  ${massTables.map((table) => `\`${table}\``).join(', ')}.
  Each cell of the run has a Parquet file of each; the rows of all cells, in the order of their numbers, are the table. DuckDB, pandas and
  Polars open them directly: \`SELECT kind, sum(repeats) FROM 'runs/NAME-SEED/columns/*/transactions.parquet' GROUP BY kind\`.
  There words are spelled out, instants are timestamps, and amounts are exact decimals.

\`run.sqlite\` alone has neither these tables nor the views that are marked * below. \`marketsim sql RUN "select …"\` shows all
tables and views together, and \`export RUN --format sqlite\` writes them into one SQLite file. The table
\`column_files\` lists the Parquet files with their rows, sizes and checksums; a command that reads one that is missing
or damaged ends with exit code 5. This page is generated from the schema by \`npm run references\`; a test holds them
equal.

Facts are what happened, in the order in which each cell wrote them, one cell after another. They are rows of whole
numbers; dimensions map the numbers to names, and each fact table has a view \`v_…\` with the names filled in.

## Units

| unit | how to read it |
|---|---|
| id | a key of this table or of the one that the column names |
| word | a key of \`words\`: states, events, kinds, rules, ledger accounts; 0 means none |
| instant | milliseconds since the epoch, UTC (T-01); 0 means none |
| day | a civil day (T-02): whole days since 1 January 1970; a date in the views |
| money | whole 1e-8 of the run's currency (M-01); with \`x_high\`, see below |
| charge | whole 1e-8 of the run's currency: one metered hour, at most 90,071,992.54740991 |
| price | whole 1e-10 of the run's currency (M-02) |
| quantity | whole 1e-8 of the product's quantity attribute (C-04) |
| count, seconds, milliseconds, months | whole numbers |
| flag | 0 or 1 |

SQLite's INTEGER ends at 9.2e18: 9.2e10 units of currency at 1e-8. So each money column \`x\` is paired with \`x_high\`,
and the amount is \`x_high * 1e18 + x\`; both have the sign of the amount. Below ten billion units
\`x_high\` is 0 and \`x\` is the amount. Views that sum amounts have both columns and never overflow. Your own sums of
very large amounts do not overflow either if you sum units and 1e-8 separately:

    SELECT sum(x_high * 10000000000 + x / 100000000) AS units, sum(x % 100000000) AS parts

The amount is \`units + parts / 1e8\` units of currency. \`meta.turnover\` is roughly the sum of all amounts of the record;
if it is below 9.2e18, no sum of its money columns can overflow.

`

const meta = `## What the run was

| \`meta\` | one row per key |
|---|---|
| \`key\` | name, question, seed, currency, currencyDecimals, start and end (ms), utcOffset (ms), digest, policies (JSON), scenario (JSON), … |
| \`value\` | text |

`

function block(name: string, text: string, columns: readonly (readonly [name: string, unit: string, text: string])[]) {
  const rows = columns.map(([column, unit, meaning]) => `| \`${column}\` | ${unit} | ${cell(meaning)} |`)
  return `### \`${name}\`

${text}

| column | unit | meaning |
|---|---|---|
${rows.join('\n')}

`
}

function filled(name: TableName, { text, columns }: FactTable): string {
  return block(name, text, [
    ...Object.entries(columns).map(([column, { unit, text: meaning }]) => [column, unit, meaning] as const),
    ...sqlColumns(name)
      .filter((column) => !Object.hasOwn(columns, column))
      .map((column) => [column, 'money', `high part of \`${column.slice(0, -'_high'.length)}\``] as const),
  ])
}

const facts = (): string => factTableNames.map((name) => filled(name, factTables[name])).join('')

const sums = (): string => sumTableNames.map((name) => filled(name, sumTables[name])).join('')

const plain = (type: string): string => (type === 'TEXT' ? 'text' : 'whole number')

const named = (): string =>
  dimensionNames
    .map((name) => {
      const { text, columns } = dimensions[name]
      return block(
        name,
        text,
        Object.entries(columns).map(([column, [type, meaning]]) => [column, plain(type), meaning]),
      )
    })
    .join('')

const judged = (): string =>
  auditTableNames
    .map((name) => {
      const { text, columns } = auditTables[name]
      return block(
        name,
        text,
        Object.entries(columns).map(([column, { type, text: meaning }]) => [column, plain(type), meaning]),
      )
    })
    .join('')

const listed = (): string =>
  block(
    columnFilesTable.name,
    columnFilesTable.text,
    Object.entries(columnFilesTable.columns).map(([column, meaning]) => [
      column,
      column === 'table' || column === 'file' ? 'text' : 'whole number',
      meaning,
    ]),
  )

const listedViews = (): string =>
  block(
    columnViewsTable.name,
    columnViewsTable.text,
    Object.entries(columnViewsTable.columns).map(([column, meaning]) => [column, 'text', meaning]),
  )

const viewed = (): string =>
  `* not in \`run.sqlite\` alone, because it shows a table of the column files.\n\n| view | what it shows |\n|---|---|\n${views
    .map(({ name, text }) => `| \`${name}\`${massViews.has(name) ? ' *' : ''} | ${cell(text)} |`)
    .join('\n')}\n`

/** The whole page. */
export const recordText = (): string =>
  `${head}${meta}## Facts

${facts()}## Sums

What the facts come to by civil month. Each cell keeps these sums while it writes its facts, reports read them, and the
auditor computes them again from the facts. Rows of two cells may be about the same: add them up.

${sums()}## Names

${named()}## Column files

${listed()}${listedViews()}## What the auditor found

${judged()}## Views

${viewed()}`
