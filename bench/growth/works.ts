/** Every command whose work depends on the size of a run, or of a file that grows with the number of buyers. */
import { withRecord } from '#reports/record.ts'
import { invoicesOfLog, invoicesOfRun, lifecycleLog, pricesFile, requestsFile, usageLog } from './files.ts'

/** A marketplace of one size, simulated. */
export interface SizedRun {
  readonly buyers: number
  readonly folder: string
  /** `--set` options that make it of the scenario. */
  readonly sets: readonly string[]
}

export interface GrowthWork {
  readonly name: string
  /** The words of its command line. What it reads is next to `out`, which it may write. */
  words(run: SizedRun, out: string): readonly string[]
  /** Exit codes with which it is done (0). */
  readonly ends?: readonly number[]
}

const firstOf = (folder: string, sql: string): string => withRecord(folder, (record) => String(record.rows(sql)[0].id))

const explained = (subject: string, sql: string): GrowthWork => ({
  name: `explain/${subject}`,
  words: ({ folder }) => ['explain', folder, subject, firstOf(folder, sql)],
})

/** `run` is measured where the runs are made. `load` lasts as long as asked for, whatever its size. */
export const works: readonly GrowthWork[] = [
  {
    name: 'sweep',
    words: ({ sets }, out) => [
      'sweep',
      'quickstart',
      ...sets,
      '--runs',
      '2',
      '--threads',
      '1',
      '--quiet',
      '--out',
      out,
    ],
  },
  { name: 'report', words: ({ folder }) => ['report', folder] },
  { name: 'report-audit', words: ({ folder }) => ['report', folder, '--audit'] },
  { name: 'report-account', words: ({ folder }) => ['report', folder, '--account', 'start-ups/1'] },
  { name: 'verify', words: ({ folder }) => ['verify', folder] },
  { name: 'verify-files', words: ({ folder }) => ['verify', folder, '--files-only'] },
  { name: 'compare', words: ({ folder }, out) => ['compare', folder, folder, '--out', out] },
  { name: 'trial-balance', words: ({ folder }) => ['trial-balance', folder] },
  {
    name: 'trial-balance-at',
    words: ({ folder }) => ['trial-balance', folder, '--at', '2024-03-01T12:00:00+08:00', '--owners'],
  },
  ...['hledger', 'beancount', 'csv', 'parquet', 'sqlite'].map((format) => ({
    name: `export/${format}`,
    words: ({ folder }: SizedRun, out: string) => ['export', folder, '--format', format, '--out', out],
  })),
  explained('order', 'SELECT max(order_id) AS id FROM instances'),
  explained('instance', 'SELECT max(id) AS id FROM instances'),
  explained('account', 'SELECT name AS id FROM accounts ORDER BY id LIMIT 1'),
  explained(
    'bill',
    `SELECT a.name || '/2024-03' AS id FROM bills b JOIN accounts a ON a.id = b.account ORDER BY b.lines DESC, a.id LIMIT 1`,
  ),
  explained('transaction', 'SELECT max(id) AS id FROM transactions WHERE hour > 0'),
  explained('posting', `SELECT max(id) || '.1' AS id FROM transactions WHERE hour > 0`),
  explained('credit', 'SELECT name AS id FROM accounts ORDER BY id LIMIT 1'),
  { name: 'sql/rows', words: ({ folder }) => ['sql', folder, 'SELECT * FROM v_orders LIMIT 5'] },
  { name: 'sql/sum', words: ({ folder }) => ['sql', folder, 'SELECT sum(hours * amount) AS used FROM usage_spans'] },
  {
    name: 'reconcile/run',
    words: ({ folder }, out) => ['reconcile', folder, '--against', invoicesOfRun(folder, `${out}.csv`)],
    ends: [3],
  },
  {
    name: 'reconcile/log',
    words: ({ buyers }, out) => [
      ...['reconcile', lifecycleLog(buyers, `${out}.csv`), '--prices', pricesFile(`${out}-prices.csv`)],
      ...['--against', invoicesOfLog(buyers, `${out}-invoices.csv`)],
    ],
    ends: [3],
  },
  {
    name: 'meter',
    words: ({ buyers }, out) => [
      ...['meter', lifecycleLog(buyers, `${out}.csv`), '--prices', pricesFile(`${out}-prices.csv`), '--out', out],
    ],
  },
  {
    name: 'import',
    words: ({ buyers }, out) => [
      ...['import', 'csv', usageLog(buyers, `${out}.csv`), '--map', 'at=at,lifetime=lifetime,account=account'],
      ...['--out', out],
    ],
  },
  { name: 'quote', words: ({ buyers }, out) => ['quote', requestsFile(buyers, `${out}.ndjson`)] },
]
