/** What facts come to by civil month: kept by each cell while it writes them, so that no report has to read them. */
import { account, column, type FactTable, rule } from '../column.ts'

const month = column('instant', 'first instant of the civil month')
const measured = column('flag', '1 from when figures count (`measureFrom`), 0 for what is before')

export const sumTables = {
  ledger_months: {
    text: 'What `transactions` and their `postings` come to by civil month (M-05, M-09): each leg in the month that it counts in, repetitions spelled out, `unbilled-receivable` among them. A cell writes a row for each combination of the other columns.',
    columns: {
      account,
      owner: column('id', 'whose: as in `postings`; of `unbilled-receivable` the account'),
      ledger: column('word', 'the ledger account (M-05)'),
      kind: column('word', 'the kind of the transactions'),
      month,
      measured,
      of_orders: column('flag', '1 where the transactions are about orders'),
      times: column('count', 'how many legs, repetitions counted; of `unbilled-receivable` those that cross a month'),
      amount: column('money', 'their sum, debit positive'),
    },
  },
  metered_months: {
    text: 'What `usage_spans` come to by civil month: each hour in the month of the clock hour in which it ends, with which it is charged (U-01, U-02).',
    columns: {
      account,
      item: column('word', 'ecs, image, disk, elastic-ip, bandwidth or traffic'),
      priced: column('id', 'what priced it: `specifications` for image, else `pools`'),
      pool: column('id', 'where the server runs: `pools`'),
      rule,
      month,
      measured,
      lines: column('count', 'how many hours'),
      seconds: column('seconds', 'used in them'),
      amount: column('money', 'charged for them'),
    },
  },
} as const satisfies Record<string, FactTable>
