/** Every table that a report writes as CSV, computed once and shown in the page as well. */
import { capacityCosts, capacityMix } from './capacity/cost-tables.ts'
import { capacityNeeded, poolCapacity, poolDemand } from './capacity/demand.ts'
import { poolDays } from './capacity/pool-hours.ts'
import { dailyUse, hourlyUse } from './capacity/use.ts'
import { oncePerRecord } from './once-per-record.ts'
import { accountReconciliation } from './reconciliation-accounts.ts'
import type { RunRecord } from './record.ts'
import type { ReportTable } from './report-table.ts'
import { arrearsAgeing } from './revenue/arrears.ts'
import { recognition, revenueLines } from './revenue/lines.ts'
import { renewals } from './revenue/renewals.ts'
import { sellerRevenue, sellerSettlement } from './revenue/sellers.ts'
import { poolService, provisioningTimes } from './sla/provisioning.ts'
import { appeals, managerQueue, supervisionOutcomes, supervisionTimes } from './sla/supervision.ts'

export interface ReportTables {
  readonly accounts: ReportTable
  readonly supervision: ReportTable
  readonly outcomes: ReportTable
  readonly appeals: ReportTable
  readonly managers: ReportTable
  readonly provisioning: ReportTable
  readonly poolService: ReportTable
  readonly capacity: ReportTable
  readonly needed: ReportTable
  readonly capacityCosts: ReportTable
  readonly capacityMix: ReportTable
  readonly days: ReportTable
  readonly hours: ReportTable
  readonly revenue: ReportTable
  readonly sellers: ReportTable
  readonly recognition: ReportTable
  readonly ageing: ReportTable
  readonly renewals: ReportTable
  readonly settlement: ReportTable
}

/** Those about money, which another thread may make (`money-part.ts`). */
export type MoneyTables = Pick<
  ReportTables,
  'accounts' | 'revenue' | 'sellers' | 'recognition' | 'ageing' | 'renewals' | 'settlement'
>

export const moneyTables = (record: RunRecord): MoneyTables => ({
  accounts: accountReconciliation(record),
  revenue: revenueLines(record),
  sellers: sellerRevenue(record),
  recognition: recognition(record),
  ageing: arrearsAgeing(record),
  renewals: renewals(record),
  settlement: sellerSettlement(record),
})

/** The others. */
export const marketTables = oncePerRecord((record): Omit<ReportTables, keyof MoneyTables> => {
  const demand = poolDemand(record)
  return {
    supervision: supervisionTimes(record),
    outcomes: supervisionOutcomes(record),
    appeals: appeals(record),
    managers: managerQueue(record),
    provisioning: provisioningTimes(record),
    poolService: poolService(record),
    capacity: poolCapacity(record, demand),
    needed: capacityNeeded(record, demand),
    capacityCosts: capacityCosts(record),
    capacityMix: capacityMix(record),
    days: dailyUse(poolDays(record)),
    hours: hourlyUse(record),
  }
})

/** All tables of a record in their order. */
export function reportTables(record: RunRecord, money = moneyTables(record)): ReportTables {
  const { accounts, ...others } = money
  return { accounts, ...marketTables(record), ...others }
}
