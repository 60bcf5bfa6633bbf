/**
 * Draws charts: a Vega-Lite specification becomes SVG without a browser, at two widths, one for a page and one for a phone.
 * The specification next to the report holds plain colours; in the page they become variables, so that one drawing does
 * for light and dark.
 */
import type { View } from 'vega'
import type { TopLevelSpec } from 'vega-lite'
import { type Chart, colours, NARROW, sized, untitled, WIDE } from './chart.ts'
import { html, type Markup, trusted } from './markup.ts'
import { placesOf } from './tips.ts'
import { vega, vegaLite } from './vega.ts'

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
