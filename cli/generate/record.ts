/** Documents every table, column, unit and view of a record: `node cli/generate/record.ts` writes `docs/record.md`. */
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { auditTableNames, auditTables } from '#sim/audit/columns.ts'
import { RECORD_VERSION } from '#sim/record/build.ts'
import { factTableNames, factTables } from '#sim/record/columns.ts'
import { dimensionNames, dimensions } from '#sim/record/dimensions.ts'
import { views } from '#sim/record/views.ts'

const head = `# The record

\`run.sqlite\` in a run folder is one SQLite database, version ${RECORD_VERSION} (\`PRAGMA user_version\`). Any tool reads it, and so does
\`marketsim sql RUN "select …"\`. This page is made from the schema by \`npm run docs:record\`; a test holds them equal.

Facts say what happened, in the order in which each region's cell wrote them, cell after cell. They are rows of whole
numbers; dimensions give the numbers their names, and each fact table has a view \`v_…\` that spells it out.

## Units

| unit | how to read it |
|---|---|
| id | a key of this table or of the one that the column names |
| word | a key of \`words\`: states, events, kinds, rules, ledger accounts; 0 is no word |
| instant | milliseconds since the epoch, UTC (T-01); 0 is none |
| day | a civil day (T-02): whole days since 1 January 1970; a date in the views |
| money | whole 1e-8 of the run's currency (M-01) |
| price | whole 1e-10 of the run's currency (M-02) |
| quantity | whole 1e-8 of the product's quantity attribute (C-04) |
| count, seconds, milliseconds, months | whole numbers |
| flag | 0 or 1 |

`

const meta = `## What the run was

| \`meta\` | one row a key |
|---|---|
| \`key\` | name, question, seed, currency, currencyDecimals, start and end (ms), utcOffset (ms), digest, policies (JSON), scenario (JSON), … |
| \`value\` | text |

`

/** Text within a cell of a Markdown table. */
const cell = (text: string): string => text.replaceAll('|', '\\|').replace(/\s+/g, ' ')

function block(name: string, text: string, columns: readonly (readonly [name: string, unit: string, text: string])[]) {
  const rows = columns.map(([column, unit, meaning]) => `| \`${column}\` | ${unit} | ${cell(meaning)} |`)
  return `### \`${name}\`

${text}

| column | unit | meaning |
|---|---|---|
${rows.join('\n')}

`
}

const facts = (): string =>
  factTableNames
    .map((name) => {
      const { text, columns } = factTables[name]
      return block(
        name,
        text,
        Object.entries(columns).map(([column, { unit, text: meaning }]) => [column, unit, meaning]),
      )
    })
    .join('')

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

const viewed = (): string =>
  `| view | what it shows |\n|---|---|\n${views.map(({ name, text }) => `| \`${name}\` | ${cell(text)} |`).join('\n')}\n`

/** The whole of `docs/record.md`. */
export const recordText = (): string =>
  `${head}${meta}## Facts

${facts()}## Names

${named()}## What the auditor found

${judged()}## Views

${viewed()}`

/** Where it is kept. */
export const recordFile = fileURLToPath(new URL('../../docs/record.md', import.meta.url))

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(recordFile, recordText())
