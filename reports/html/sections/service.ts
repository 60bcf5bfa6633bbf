import type { ReportTable } from '../../report-table.ts'
import { serviceCharts } from '../charts/service.ts'
import { html } from '../markup.ts'
import type { PageData, Section } from '../section.ts'
import { reportSection } from '../table.ts'

/** The stages in all and by kind; the rest unfolds. */
const inShort = (table: ReportTable): ReportTable => ({
  ...table,
  rows: table.rows.filter(([, label]) => label === 'all' || label === 'kind'),
})

/** How long buyers wait: for servers and orders, for sellers and managers. */
export function service({ record, tables }: PageData): Section {
  const { utcOffset } = record.meta
  const { provisioning, poolService, supervision, outcomes, appeals, managers } = tables
  return {
    id: 'service',
    title: 'Service',
    charts: serviceCharts(record),
    body: html`${[provisioning, poolService, inShort(supervision)].map((each) => reportSection(each, utcOffset))}
${supervision.rows.length === 0 ? '' : html`<details><summary>By product, seller and outcome</summary>${reportSection(supervision, utcOffset)}</details>`}
${[outcomes, appeals, managers].map((each) => reportSection(each, utcOffset))}`,
  }
}
