/** Who a document is from and to: the scenario's `parties`, as far as it has them. */
import type { Address, Parties } from '#scenarios/sections/parties.ts'
import type { RunRecord } from '../record.ts'
import type { BusinessDocument } from './document.ts'

export interface Party extends Address {
  readonly name: string
}

/** The marketplace and its buyers; undefined where the scenario has no `parties`. */
export const partiesOf = ({ meta }: RunRecord): Parties | undefined => meta.scenario.parties as Parties | undefined

/** The buyer of a segment: itself, or its segment; undefined where neither is listed. */
function buyerOf({ buyers }: Parties, { account, segment }: BusinessDocument): Party | undefined {
  const found = Object.hasOwn(buyers, account)
    ? buyers[account]
    : Object.hasOwn(buyers, segment)
      ? buyers[segment]
      : undefined
  return found === undefined ? undefined : { ...found, name: found.name ?? account }
}

/** Seller and buyer of a document; a reseller (O-06) buys from the marketplace and sells to the account. Undefined where not listed. */
export function sidesOf(parties: Parties, document: BusinessDocument) {
  const { resellers = {}, marketplace } = parties
  const reseller: Party | undefined = Object.hasOwn(resellers, document.segment)
    ? resellers[document.segment]
    : undefined
  return {
    seller: document.reseller === 'seller' ? reseller : marketplace,
    buyer: document.reseller === 'buyer' ? reseller : buyerOf(parties, document),
  }
}
