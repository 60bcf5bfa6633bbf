import { arrearsChart } from '../charts/arrears.ts'
import { html } from '../markup.ts'
import { type PageData, type Section, shown } from '../section.ts'
import { reportSection, table } from '../table.ts'

const figures = [
  ['Fell into arrears', 'arrears.entered'],
  ['Cleared their debt', 'arrears.settled'],
  ['Suspended after grace', 'arrears.suspended'],
  ['Deleted after retention', 'arrears.released'],
  ['Buyers in arrears at the end', 'accounts.inArrears'],
  ['Hours in arrears, median', 'arrears.hoursP50'],
  ['Hours in arrears, 95 %', 'arrears.hoursP95'],
  ['Server time lost to arrears', 'ecs.lostToArrears'],
] as const

/** What debts did to accounts (A-01..A-05), and how old they are at the end. */
export function arrears(data: PageData): Section {
  const chart = arrearsChart(data.record)
  const accounts = table(
    'Arrears',
    [
      { title: 'Arrears', cell: ([name]: readonly [string, string]) => name },
      { title: 'value', number: true, cell: ([, figure]) => shown(data, figure) },
    ],
    figures,
  )
  return {
    id: 'arrears',
    title: 'Arrears',
    charts: chart === undefined ? [] : [chart],
    body: html`${accounts}${reportSection(data.tables.ageing, data.record.meta.utcOffset)}`,
  }
}
