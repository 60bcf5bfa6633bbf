/** C-05, C-07, O-14: when a product is sold, and when it is renewed automatically. */
import type { Scenario } from '#scenarios/schema.ts'

type Listing = 'listed' | 'delisted' | 'no-renewal' | 'awaited'

/** The listings of a product over time: the last one up to an instant counts. */
export class Listings {
  readonly #first: Listing
  readonly #steps: readonly { readonly at: number; readonly is: Listing }[]
  /** When its seller is banned for a violation. */
  readonly #bans: readonly { readonly from: number; readonly to: number }[]

  /** C-07: from when it is listed for requirements; Infinity where they have not come in. */
  readonly #answered: number

  constructor({ catalog, events }: Scenario, product: string, answered = Number.POSITIVE_INFINITY) {
    this.#answered = answered
    const written = catalog.find(({ id }) => id === product)
    const listed = written?.listed ?? null
    const steps: { at: number; is: Listing }[] = listed === null ? [] : [{ at: listed, is: 'listed' }]
    for (const event of events) {
      if ((event.kind !== 'list' && event.kind !== 'delist') || event.product !== product) continue
      const is = event.kind === 'list' ? 'listed' : event.renewals === 'stop' ? 'no-renewal' : 'delisted'
      steps.push({ at: event.at, is })
    }
    const isAwaited = written !== undefined && written.requirements !== null
    this.#first = isAwaited ? 'awaited' : listed === null ? 'listed' : 'delisted'
    this.#steps = steps.toSorted((a, b) => a.at - b.at)
    this.#bans = events.flatMap((event) => {
      if (event.kind !== 'violation' || written === undefined) return []
      const isOwn = event.seller.segment === written.seller.segment && event.seller.number === written.seller.number
      return isOwn ? [{ from: event.at, to: event.at + (event.for ?? Number.POSITIVE_INFINITY) }] : []
    })
  }

  isListed(at: number): boolean {
    const listing = this.#at(at)
    return !this.isBanned(at) && (listing === 'listed' || (listing === 'awaited' && this.#answered <= at))
  }

  /** C-07: requirements have not come in yet. */
  isAwaited(at: number): boolean {
    return !this.isBanned(at) && this.#at(at) === 'awaited' && at < this.#answered
  }

  renewsAutomatically(at: number): boolean {
    return !this.isBanned(at) && this.#at(at) !== 'no-renewal'
  }

  /** O-14: from the violation on, for its time. */
  isBanned(at: number): boolean {
    return this.#bans.some(({ from, to }) => from <= at && at < to)
  }

  #at(at: number): Listing {
    return this.#steps.findLast((step) => step.at <= at)?.is ?? this.#first
  }
}
