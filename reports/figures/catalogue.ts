/** Every figure a report prints and a threshold may name. */
import { availabilityFigures } from './availability.ts'
import { capacityFigures } from './capacity.ts'
import { cardFigures } from './cards.ts'
import { caseFigures } from './cases.ts'
import { demandFigures } from './demand.ts'
import { documentFigures } from './documents.ts'
import { ecsFigures } from './ecs.ts'
import type { Figure } from './figure.ts'
import { hostFigures } from './hosts.ts'
import { interruptibleFigures } from './interruptible.ts'
import { lateUsageFigures } from './late-usage.ts'
import { moneyFigures } from './money.ts'
import { orderFigures } from './orders.ts'
import { poolFigures } from './pools.ts'
import { proofFigures } from './proof.ts'
import { resellerFigures } from './reseller.ts'
import { serviceFigures } from './service.ts'
import { settlementFigures } from './settlement.ts'
import { supervisionFigures } from './supervision.ts'
import { waitFigures } from './waits.ts'

/** All figures, sorted by name. */
export const figures: readonly Figure[] = [
  ...orderFigures,
  ...ecsFigures,
  ...poolFigures,
  ...hostFigures,
  ...capacityFigures,
  ...interruptibleFigures,
  ...moneyFigures,
  ...cardFigures,
  ...demandFigures,
  ...documentFigures,
  ...lateUsageFigures,
  ...resellerFigures,
  ...serviceFigures,
  ...supervisionFigures,
  ...caseFigures,
  ...settlementFigures,
  ...availabilityFigures,
  ...waitFigures,
  ...proofFigures,
].sort((a, b) => (a.name < b.name ? -1 : 1))

const byName: ReadonlyMap<string, Figure> = new Map(figures.map((figure) => [figure.name, figure]))

/** The figure of a name, or undefined. */
export const figureNamed = (name: string): Figure | undefined => byName.get(name)

/** The figure of a name that must be there. */
export function knownFigure(name: string): Figure {
  const figure = byName.get(name)
  if (figure === undefined) throw new Error(`the catalogue has no figure '${name}'`)
  return figure
}
