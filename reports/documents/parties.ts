/** Who a document is from and to: the scenario's `parties`, as far as it has them. */
import type { Address, Parties } from '#scenarios/sections/parties.ts'
import type { RunRecord } from '../record.ts'
import type { BusinessDocument } from './document.ts'

export interface Party extends Address {
  readonly name: string
}

/** The marketplace and its buyers; undefined where the scenario has no `parties`. */
export const partiesOf = ({ meta }: RunRecord): Parties | undefined => meta.scenario.parties as Parties | undefined

/** The buyer of a document: itself, or its segment; undefined where neither is listed. */
export function buyerOf({ buyers }: Parties, { account, segment }: Pick<BusinessDocument, 'account' | 'segment'>) {
  const found = Object.hasOwn(buyers, account)
    ? buyers[account]
    : Object.hasOwn(buyers, segment)
      ? buyers[segment]
      : undefined
  return found === undefined ? undefined : { ...found, name: found.name ?? account }
}
