import { html } from '../markup.ts'
import { keysOf, type PageData, type Section, shown, shownBy } from '../section.ts'
import { table } from '../table.ts'

const percentiles = [
  ['median', 'P50', 'p50'],
  ['95 %', 'P95', 'p95'],
  ['99 %', 'P99', 'p99'],
  ['longest', 'Max', 'max'],
] as const

const arrears = [
  ['Fell into arrears', 'arrears.entered'],
  ['Came to owe nothing', 'arrears.settled'],
  ['Grace ended: suspended', 'arrears.suspended'],
  ['Retention ended: deleted', 'arrears.released'],
  ['Buyers in arrears at the end', 'accounts.inArrears'],
  ['Hours in arrears, median', 'arrears.hoursP50'],
  ['Hours in arrears, 95 %', 'arrears.hoursP95'],
] as const

/** How long buyers wait, and what their debts do. */
export function service(data: PageData): Section {
  const creation = table(
    'Time to create a server, by pool',
    [
      { title: 'Pool', cell: (key: string) => key },
      ...percentiles.map(([title, part]) => ({
        title,
        number: true,
        cell: (key: string) => shownBy(data, `ecs.creation${part}`, 'pool', key),
      })),
    ],
    keysOf(data, 'pool', 'ecs.creationP50'),
  )
  const orders = table(
    'Time from payment to completion, by product',
    [
      { title: 'Product', cell: (key: string) => key },
      ...percentiles.map(([title, , part]) => ({
        title,
        number: true,
        cell: (key: string) => shownBy(data, `provisioning.${part}`, 'product', key),
      })),
    ],
    keysOf(data, 'product', 'provisioning.p50'),
  )
  const accounts = table(
    'Arrears',
    [
      { title: 'Arrears', cell: ([name]: readonly [string, string]) => name },
      { title: '', number: true, cell: ([, figure]) => shown(data, figure) },
    ],
    arrears,
  )
  return {
    id: 'service',
    title: 'Service and arrears',
    charts: [],
    body: html`<h3>Creating a server</h3>${creation}<h3>From payment to completion</h3>${orders}<h3>Accounts in arrears</h3>${accounts}`,
  }
}
