/** The tables that commands write as CSV next to their result: the same functions that make them, of nothing. */

import { heldOutTable } from '#reports/calibration/hold-out.ts'
import { arrivalTable, lifetimeTable } from '#reports/calibration/page.ts'
import { parameterTable } from '#reports/calibration/parameters.ts'
import { comparisonTables } from '#reports/compare/tables.ts'
import type { ReportTable } from '#reports/report-table.ts'
import { repriceTables } from '#reports/reprice/tables.ts'
import { estimateTable, runTable, useTable } from '#reports/sweep/tables.ts'

const none = { asked: [], points: [], estimates: [], runs: [], fans: [] }

const withText = (table: ReportTable, text: string): ReportTable => ({ ...table, text })

const compared: readonly ReportTable[] = comparisonTables({
  ...{ figures: [], seeds: [], conversion: undefined, days: [], accounts: [], movedAccounts: [], changes: [] },
}).map((table) =>
  table.name.startsWith('figures')
    ? withText(
        table,
        'Of one run each, or means over the pairs of runs of the same seed with the 95 % interval of the difference. With `--rate`, a column `converted` before the interval.',
      )
    : table,
)

const runs = runTable(none)

/** By command, in the order of the page. */
export const resultTables: Readonly<Record<string, readonly ReportTable[]>> = {
  '`sweep` and `size`': [
    withText(
      estimateTable(none),
      `${estimateTable(none).text} \`sweep --select\` and \`size\` have intervals of their own; their pages say which.`,
    ),
    withText(runs, `${runs.text} At the end, a column for each figure.`),
    useTable(none),
  ],
  '`compare`': compared,
  '`reprice`': repriceTables([]),
  '`calibrate`': [
    withText(
      heldOutTable([], 0),
      'Nothing was fitted to this part. Means of the runs; the interval is where another run would be with 95 % probability if the scenario were right.',
    ),
    parameterTable([]),
    withText(arrivalTable([]), 'Poisson counts by hour, the best model first, and bursts.'),
    lifetimeTable([]),
  ],
}
