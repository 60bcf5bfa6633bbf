/** report.html: one file that needs nothing else, for people who want the answer. */
import type { TopLevelSpec } from 'vega-lite'
import { type Chart, wholeSpecification } from './chart.ts'
import { documentText } from './document.ts'
import { html, type Markup } from './markup.ts'
import type { PageData, Section } from './section.ts'
import { about } from './sections/about.ts'
import { arrears } from './sections/arrears.ts'
import { costs } from './sections/costs.ts'
import { orders } from './sections/orders.ts'
import { overview } from './sections/overview.ts'
import { pools } from './sections/pools.ts'
import { reconciliation } from './sections/reconciliation.ts'
import { revenue } from './sections/revenue.ts'
import { sellers } from './sections/sellers.ts'
import { service } from './sections/service.ts'
import { thresholds } from './sections/thresholds.ts'

/** The sections in their order on the page; one that has nothing to say is undefined. */
const sections: readonly ((data: PageData) => Section | undefined)[] = [
  thresholds,
  orders,
  pools,
  costs,
  revenue,
  sellers,
  service,
  arrears,
  reconciliation,
  about,
]

/** What a run that ignores money does not show. */
const moneySections: ReadonlySet<(typeof sections)[number]> = new Set([revenue, sellers, arrears])

export interface ReportPage {
  readonly html: string
  /** Each chart's Vega-Lite specification with its data, to be opened in any Vega editor. */
  readonly charts: readonly { readonly name: string; readonly specification: TopLevelSpec }[]
}

/** Makes figures of charts, in this thread or in another one. */
export type Draw = (charts: readonly Chart[]) => Promise<readonly Markup[]>

const drawHere: Draw = async (charts) => {
  const { chartFigure } = await import('./chart-figure.ts')
  return Promise.all(charts.map(chartFigure))
}

async function sectionMarkup({ id, title, charts, body }: Section, draw: Draw): Promise<Markup> {
  const figures = await draw(charts)
  return html`<section id="${id}">
<h2>${title}</h2>
${figures}
${body}
</section>
`
}

/** The page of a record. */
export async function reportPage(data: PageData, draw: Draw = drawHere): Promise<ReportPage> {
  const { summary } = data
  const hasMoney = summary.run.money !== 'ignore'
  const made = sections
    .filter((section) => hasMoney || !moneySections.has(section))
    .map((section) => section(data))
    .filter((section) => section !== undefined)
  const bodies = await Promise.all(made.map((section) => sectionMarkup(section, draw)))
  const body = html`${overview(data)}
<nav aria-label="Sections">${made.map(({ id, title }) => html`<a href="#${id}">${title}</a> `)}</nav>
<main>
${bodies}</main>`
  return {
    html: documentText({
      title: `${summary.run.name}, seed ${summary.run.seed}`,
      body,
      hasSections: true,
      footer: html`Made by marketsim from the record of the run. The charts' data is in <code>charts/</code>.`,
    }),
    charts: made
      .flatMap(({ charts }) => charts)
      .map((chart) => ({ name: chart.name, specification: wholeSpecification(chart) })),
  }
}
