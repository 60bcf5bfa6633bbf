import { poolFanChart } from '../charts/pool-fan.ts'
import { poolHeatChart, poolUseChart } from '../charts/pool-use.ts'
import { html } from '../markup.ts'
import type { PageData, Section } from '../section.ts'
import { reportSection } from '../table.ts'

/** Use of each pool over time, what it refused, and how large it would have to be. */
export function pools({ record, tables, days }: PageData): Section {
  const { utcOffset } = record.meta
  return {
    id: 'pools',
    title: 'Capacity',
    charts:
      tables.capacity.rows.length === 0
        ? []
        : [poolUseChart(record, days), poolFanChart(record, days), poolHeatChart(record)],
    body: html`${reportSection(tables.capacity, utcOffset)}${reportSection(tables.needed, utcOffset)}
<details><summary>Day by day</summary>${reportSection(tables.days, utcOffset)}</details>`,
  }
}
