/**
 * What of the reports is about money, made of one record: of a large one a second thread makes it while the first one makes the rest.
 * It is plain data, so that it can be sent.
 */
import { documentFigures } from './figures/documents.ts'
import { usageSource } from './figures/ecs.ts'
import { prepare } from './figures/figure.ts'
import { lateUsageFigures } from './figures/late-usage.ts'
import { moneyFigures } from './figures/money.ts'
import { settlementFigures } from './figures/settlement.ts'
import { type Reconciliation, reconcile } from './reconciliation.ts'
import type { ComputedTable, RunRecord } from './record.ts'
import { type DayCharge, dailyCharges } from './revenue/daily.ts'
import { type MoneyTables, moneyTables } from './tables.ts'

export interface MoneyPart {
  readonly tables: MoneyTables
  readonly reconciliation: Reconciliation
}

/** The same with what figures and charts are made of. */
export interface SentMoneyPart extends MoneyPart {
  readonly sources: readonly ComputedTable[]
  readonly charges: readonly DayCharge[]
}

const figures = [...moneyFigures, ...documentFigures, ...settlementFigures, ...lateUsageFigures]
/** Where figures about money come from. */
export const moneySources = new Set([usageSource, ...figures.map(({ source }) => source)])

export const moneyPart = (record: RunRecord): MoneyPart => ({
  reconciliation: reconcile(record),
  tables: moneyTables(record),
})

/** What is to be sent to another thread that has the same record open. Its sums must not be vast. */
export function sentMoneyPart(record: RunRecord): SentMoneyPart {
  for (const source of moneySources) prepare(record, source)
  return {
    ...moneyPart(record),
    sources: [...moneySources].map(({ name }) => record.computedTable(name)),
    charges: dailyCharges(record),
  }
}

/** Puts what another thread made where this one looks for it. */
export function takeMoneyPart(record: RunRecord, { sources, charges, ...part }: SentMoneyPart): MoneyPart {
  for (const table of sources) record.takeTable(table)
  dailyCharges.keep(record, charges)
  return part
}
