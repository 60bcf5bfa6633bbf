/** Charts: Vega-Lite specifications with what else a page says of them. `chart-figure.ts` draws them. */
import type { TopLevelSpec } from 'vega-lite'
import { colours, heatColours, seriesColours } from './chart-colours.ts'
import type { Tips } from './tips.ts'

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

export const WIDE = 900
export const NARROW = 300

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
export const untitled = ({ specification, title }: Chart): TopLevelSpec =>
  ({
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    description: title,
    config,
    ...sized(specification, WIDE),
  }) as TopLevelSpec

/** The width is that of one drawing: of a chart of several, that of each. */
export const sized = (specification: TopLevelSpec, width: number): TopLevelSpec =>
  ('spec' in specification
    ? { ...specification, spec: { ...specification.spec, width } }
    : { ...specification, width }) as TopLevelSpec
