/**
 * Charts: a Vega-Lite specification drawn to SVG without a browser, at two widths, one for a page and one for a phone.
 * The specification next to the report holds plain colours; in the page they become variables, so that one drawing does
 * for light and dark.
 */
import type { View } from 'vega'
import type { TopLevelSpec } from 'vega-lite'
import { colours, heatColours, seriesColours } from './chart-colours.ts'
import { html, type Markup, trusted } from './markup.ts'
import { placesOf, type Tips } from './tips.ts'
import { vega, vegaLite } from './vega.ts'

export { colours, heatColours, seriesColours } from './chart-colours.ts'

export interface Chart {
  /** Name of its file, and of its anchor in the page. */
  readonly name: string
  readonly title: string
  /** What it shows, for those who do not see it. */
  readonly text: string
  readonly specification: TopLevelSpec
  /** What is shown where the pointer is, or the arrow keys lead. */
  readonly tips?: Tips
  /** What the numbers in the drawing mean, in their order: events of the scenario. */
  readonly notes?: readonly string[]
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

/** The specification as it is next to the report: whole, with the data in it and a title. */
export const wholeSpecification = (chart: Chart): TopLevelSpec =>
  ({
    ...untitled(chart),
    title: { text: chart.title, anchor: 'start', color: colours.label },
  }) as TopLevelSpec

/** The page has the title above the drawing. */
const untitled = ({ specification, title }: Chart): TopLevelSpec =>
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

/** A drawing, and where in it the tips are, as shares of its width or height. */
export interface Drawing {
  readonly svg: string
  readonly places: readonly number[]
}

/**
 * A chart drawn at a width and again at a second one. It is compiled once and its view made narrower, which gives the same
 * drawing and takes half the time; a chart of several keeps the places of its parts, so that it is made again.
 */
export async function drawn(chart: Chart, [first, second]: readonly [number, number]): Promise<[Drawing, Drawing]> {
  const specification = sized(untitled(chart), first)
  const view = viewOf(specification)
  const wide = drawingOf(chart, view, await view.toSVG(), first)
  const again = 'spec' in specification ? viewOf(sized(specification, second)) : view.width(second)
  const narrow = drawingOf(chart, again, await again.toSVG(), second)
  view.finalize()
  again.finalize()
  return [wide, narrow]
}

const drawingOf = ({ name, tips }: Chart, view: View, svg: string, width: number): Drawing => ({
  svg: themed(svg, name, width),
  places: tips === undefined ? [] : placesOf(tips, view, svg),
})

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
  const { name, title, text, tips, notes = [] } = chart
  const [wide, narrow] = await drawn(chart, [WIDE, NARROW])
  const at = ({ places }: Drawing) => (places.length === 0 ? '' : html` data-at="${places.join(' ')}"`)
  const has =
    tips === undefined
      ? ''
      : html` tabindex="0" data-along="${tips.along}" data-tips="${JSON.stringify(tips.places.map((place) => place.text))}"`
  const list = notes.length === 0 ? '' : html`<ol class="events">${notes.map((note) => html`<li>${note}</li>`)}</ol>`
  return html`<figure id="chart-${name}"><figcaption>${title}</figcaption>
<div class="drawing" role="img" aria-label="${title}. ${text}"${has}>
<div class="wide"${at(wide)}>${trusted(wide.svg)}</div><div class="narrow"${at(narrow)}>${trusted(narrow.svg)}</div>
</div>${list}
</figure>`
}
