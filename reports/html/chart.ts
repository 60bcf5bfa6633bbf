/**
 * Charts: a Vega-Lite specification drawn to SVG without a browser, at two widths, one for a page and one for a phone.
 * The specification next to the report holds plain colours; in the page they become variables, so that one drawing does
 * for light and dark.
 */
import type { View } from 'vega'
import type { TopLevelSpec } from 'vega-lite'
import { html, type Markup, trusted } from './markup.ts'
import { vega, vegaLite } from './vega.ts'

/** Colours by role; each is written once here, and given its dark counterpart in style.ts by the same name. */
export const colours = {
  'series-1': '#2a6fbb',
  'series-2': '#c2610c',
  'series-3': '#12857a',
  'series-4': '#a8387f',
  'series-5': '#7a7a12',
  'series-6': '#6b7280',
  'heat-1': '#eaf2fb',
  'heat-2': '#bcd7f2',
  'heat-3': '#7fb2e3',
  'heat-4': '#3f85c9',
  'heat-5': '#1d5596',
  label: '#475569',
  grid: '#e2e8f1',
  axis: '#94a3b9',
} as const

export const seriesColours = [1, 2, 3, 4, 5, 6].map((number) => colours[`series-${number}` as keyof typeof colours])
export const heatColours = [1, 2, 3, 4, 5].map((number) => colours[`heat-${number}` as keyof typeof colours])

export interface Chart {
  /** Name of its file, and of its anchor in the page. */
  readonly name: string
  readonly title: string
  /** What it shows, for those who do not see it. */
  readonly text: string
  readonly specification: TopLevelSpec
}

const WIDE = 900
const NARROW = 300

const config = {
  background: null,
  font: 'system-ui, sans-serif',
  aria: false,
  view: { stroke: null },
  axis: {
    labelColor: colours.label,
    titleColor: colours.label,
    gridColor: colours.grid,
    domainColor: colours.axis,
    tickColor: colours.axis,
    labelFontSize: 11,
    titleFontSize: 11,
    titleFontWeight: 'normal' as const,
  },
  legend: {
    labelColor: colours.label,
    titleColor: colours.label,
    orient: 'top' as const,
    labelFontSize: 11,
    labelLimit: 220,
    title: null,
  },
  header: { labelColor: colours.label, labelFontSize: 11 },
  range: { category: seriesColours, heatmap: heatColours },
}

/** The specification as it is next to the report: whole, with the data in it. */
export const wholeSpecification = ({ specification, title }: Chart): TopLevelSpec =>
  ({
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    description: title,
    config,
    ...sized(specification, WIDE),
  }) as TopLevelSpec

/** The width is that of one drawing: of a chart of several, that of each. */
const sized = (specification: TopLevelSpec, width: number): TopLevelSpec =>
  ('spec' in specification
    ? { ...specification, spec: { ...specification.spec, width } }
    : { ...specification, width }) as TopLevelSpec

const viewOf = (specification: TopLevelSpec): View =>
  new vega.View(vega.parse(vegaLite.compile(specification).spec), { renderer: 'none' })

/**
 * A chart drawn at a width and again at a second one. It is compiled once and its view made narrower, which gives the same
 * drawing and takes half the time; a chart of several keeps the places of its parts, so that it is made again.
 */
export async function drawn(chart: Chart, [first, second]: readonly [number, number]): Promise<[string, string]> {
  const specification = sized(wholeSpecification(chart), first)
  const view = viewOf(specification)
  const wide = await view.toSVG()
  const again = 'spec' in specification ? viewOf(sized(specification, second)) : view.width(second)
  const narrow = await again.toSVG()
  view.finalize()
  again.finalize()
  return [themed(wide, chart.name, first), themed(narrow, chart.name, second)]
}

/** Colours become variables, and ids get the chart's name, since all charts share one page. */
function themed(svg: string, name: string, width: number): string {
  const roles = new Map(Object.entries(colours).map(([role, colour]) => [colour as string, role]))
  return svg
    .replace(/#[0-9a-f]{6}\b/g, (colour) => (roles.has(colour) ? `var(--${roles.get(colour)})` : colour))
    .replace(/(id="|url\(#)([A-Za-z]+\d+)/g, `$1${name}-${width}-$2`)
    .replace('<svg ', '<svg aria-hidden="true" focusable="false" ')
}

/** The chart as a figure of the page. */
export async function chartFigure(chart: Chart): Promise<Markup> {
  const [wide, narrow] = await drawn(chart, [WIDE, NARROW])
  return html`<figure id="chart-${chart.name}" role="img" aria-label="${chart.title}. ${chart.text}">
<figcaption>${chart.title}</figcaption>
<div class="wide">${trusted(wide)}</div><div class="narrow">${trusted(narrow)}</div>
</figure>`
}
