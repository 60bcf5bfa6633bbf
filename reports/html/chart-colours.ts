/** Colours by role; each is written once here, and given its dark counterpart in style.ts by the same name. */
export const colours = {
  'series-1': '#2a6fbb',
  'series-2': '#c2610c',
  'series-3': '#12857a',
  'series-4': '#a8387f',
  'series-5': '#7a7a12',
  'series-6': '#6b7280',
  'series-7': '#6b46c1',
  'series-8': '#b91c1c',
  'series-9': '#4d8f1f',
  'series-10': '#8a5a2b',
  'heat-1': '#eaf2fb',
  'heat-2': '#bcd7f2',
  'heat-3': '#7fb2e3',
  'heat-4': '#3f85c9',
  'heat-5': '#1d5596',
  label: '#475569',
  grid: '#e2e8f1',
  axis: '#94a3b9',
} as const

export const seriesColours = Array.from({ length: 10 }, (_, index) => index + 1).map(
  (number) => colours[`series-${number}` as keyof typeof colours],
)
export const heatColours = [1, 2, 3, 4, 5].map((number) => colours[`heat-${number}` as keyof typeof colours])
