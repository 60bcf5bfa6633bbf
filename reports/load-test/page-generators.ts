/** The generators of a load on its page. */
import { html, type Markup } from '../html/markup.ts'
import { plainTable } from '../html/table.ts'
import { shownRate } from '../rates.ts'
import { shownCount, shownPercent, shownTime } from './show.ts'
import type { LoadSummary } from './summary.ts'

const ms = (milliseconds: number): string => shownTime(milliseconds * 1_000)

/** `2 on one machine`, or `3 on 2 machines, whose clocks differ by 1.20 ms (± 8.00 ms)`. */
export function generatorsText({ count, clocks }: NonNullable<LoadSummary['generators']>): string {
  const { machines, differenceMs, errorMs } = clocks
  if (machines === 1) return `${count} on one machine`
  return differenceMs === null || errorMs === null
    ? `${count} on ${machines} machines; by how much their clocks differ was not measured`
    : `${count} on ${machines} machines, whose clocks differ by ${ms(differenceMs)} (± ${ms(errorMs)})`
}

export function generatorTable({ generators }: LoadSummary): Markup | '' {
  if (generators === null) return ''
  return html`<details><summary>Generators: ${generatorsText(generators)}</summary>${plainTable(
    'Generators',
    [
      { title: 'Generator', cell: ({ generator }: (typeof generators.each)[number]) => String(generator) },
      { title: 'host', cell: ({ host }) => host },
      { title: 'threads', number: true, cell: ({ threads }) => String(threads) },
      { title: 'done', number: true, cell: ({ done }) => shownCount(done) },
      { title: 'dropped', number: true, cell: ({ dropped }) => shownCount(dropped) },
      { title: 'rate', number: true, cell: ({ achievedPerSecond }) => shownRate(achievedPerSecond) },
      { title: 'p99', number: true, cell: ({ responseP99Ms }) => (responseP99Ms === null ? '–' : ms(responseP99Ms)) },
      { title: 'starved', number: true, cell: ({ starved }) => shownPercent(starved) },
      { title: 'disturbance', number: true, cell: ({ disturbance }) => shownPercent(disturbance) },
    ],
    generators.each,
  )}</details>`
}
