/** A chart at two widths: the narrow drawing is the wide one laid out again, to the byte as if it were the first. */
import { expect, test } from 'vitest'
import type { Chart } from '#reports/html/chart.ts'
import { drawn } from '#reports/html/chart-figure.ts'

const days = Array.from({ length: 12 }, (_, day) => ({
  day,
  orders: (day * 7) % 5,
  region: day % 2 === 0 ? 'ap' : 'eu',
}))
const encoding = {
  x: { field: 'day', type: 'quantitative' },
  y: { field: 'orders', type: 'quantitative' },
  color: { field: 'region', type: 'nominal' },
} as const
const chart = (specification: Chart['specification']): Chart => ({
  ...{ name: 'orders', title: 'Orders', text: 'Orders by day', specification },
})

const single = chart({ data: { values: days }, mark: 'bar', height: 120, encoding })
const several = chart({
  data: { values: days },
  facet: { row: { field: 'region', type: 'nominal' } },
  spec: { mark: 'line', height: 60, encoding },
})

test.each([
  ['one plot', single],
  ['several plots', several],
])('%s', async (_, drawing) => {
  const [wide, narrow] = await drawn(drawing, [900, 300])
  const [first] = await drawn(drawing, [300, 900])
  expect(narrow).toEqual(first)
  expect(wide.svg).not.toBe(narrow.svg)
})
