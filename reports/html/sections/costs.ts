import { html } from '../markup.ts'
import { isSome, type PageData, type Section, shown } from '../section.ts'
import { reportSection } from '../table.ts'

/** What capacity costs, what of it is idle, what refusals lost, and the cheapest mix (E-12); nothing without costs. */
export function costs(data: PageData): Section | undefined {
  const { record, tables, summary } = data
  if (tables.capacityMix.rows.length === 0) return undefined
  const { utcOffset } = record.meta
  const at = (name: string) => shown(data, name)
  const { currency } = summary.run
  return {
    id: 'costs',
    title: 'Cost of capacity',
    charts: [],
    body: html`<p>Capacity cost ${currency} ${at('capacity.cost')}, of which idle units ${at('capacity.idleCost')}. Refused requests would have
brought ${at('capacity.lostMargin')} more than their units cost. The cheapest mix for the same capacity costs ${at('capacity.cheapestCost')}: ${at('capacity.cheapestOwned')} units
owned, up to ${at('capacity.cheapestCommitted')} committed, and the rest leased. It saves ${at('capacity.saving')}.${
      isSome(data, 'capacity.commitmentLeft')
        ? html` Commitments in force cost ${at('capacity.commitmentLeft')} after the end of the run.`
        : ''
    }</p>
${reportSection(tables.capacityCosts, utcOffset)}${reportSection(tables.capacityMix, utcOffset)}`,
  }
}
