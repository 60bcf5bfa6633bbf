/** C-05: when a product is sold, and when it is renewed automatically. */
import type { Scenario } from '#scenarios/schema.ts'

type Listing = 'listed' | 'delisted' | 'no-renewal'

/** The listings of a product over time: the last one up to an instant counts. */
export class Listings {
  readonly #first: Listing
  readonly #steps: readonly { readonly at: number; readonly is: Listing }[]

  constructor({ catalog, events }: Scenario, product: string) {
    const listed = catalog.find(({ id }) => id === product)?.listed ?? null
    const steps: { at: number; is: Listing }[] = listed === null ? [] : [{ at: listed, is: 'listed' }]
    for (const event of events) {
      if ((event.kind !== 'list' && event.kind !== 'delist') || event.product !== product) continue
      const is = event.kind === 'list' ? 'listed' : event.renewals === 'stop' ? 'no-renewal' : 'delisted'
      steps.push({ at: event.at, is })
    }
    this.#first = listed === null ? 'listed' : 'delisted'
    this.#steps = steps.toSorted((a, b) => a.at - b.at)
  }

  isListed(at: number): boolean {
    return this.#at(at) === 'listed'
  }

  renewsAutomatically(at: number): boolean {
    return this.#at(at) !== 'no-renewal'
  }

  #at(at: number): Listing {
    return this.#steps.findLast((step) => step.at <= at)?.is ?? this.#first
  }
}
