import { poolHeatChart, poolUseChart } from '../charts/pool-use.ts'
import { html } from '../markup.ts'
import { keysOf, type PageData, type Section, shownBy } from '../section.ts'
import { table } from '../table.ts'

const columns = [
  ['capacity', 'pool.capacity'],
  ['mean use', 'pool.use'],
  ['95 % use', 'pool.useP95'],
  ['peak', 'pool.peak'],
  ['sold out, min', 'pool.soldOutMinutes'],
  ['requests', 'ecs.requests'],
  ['refused', 'ecs.refused'],
  ['refusal rate', 'ecs.refusalRate'],
] as const

/** Use of each pool over time. */
export function pools(data: PageData): Section {
  const rows = keysOf(data, 'pool', 'pool.capacity', 'ecs.requests')
  return {
    id: 'pools',
    title: 'Pools',
    charts: rows.length === 0 ? [] : [poolUseChart(data.record), poolHeatChart(data.record)],
    body: html`${table(
      'Pools',
      [
        { title: 'Pool', cell: (key: string) => key },
        ...columns.map(([title, name]) => ({
          title,
          number: true,
          cell: (key: string) => shownBy(data, name, 'pool', key),
        })),
      ],
      rows,
    )}
<p class="soft">Mean use is weighted by time; “95 % use” is the use that 95 of 100 hours stay within; peak is in servers.</p>`,
  }
}
