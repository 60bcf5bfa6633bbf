/** The metered hours of a stream as events for a metering service: one for each hour of use of a server, an image or a cloud resource. */
import { own } from '#base/own.ts'
import { HOUR } from '#base/time.ts'
import type { MeteredItem } from '../billing/metering/hour-charge.ts'
import type { World } from '../world/world.ts'
import type { MeteredUse, RequestStream } from './request-stream.ts'

export interface UsageEvent {
  /** Its number among the events of a test, from 0. */
  readonly number: number
  readonly account: string
  readonly resource: string
  readonly kind: MeteredItem
  readonly product: string
  /** First instant of the hour, ms since 1970. */
  readonly hour: number
  /** Seconds of use in it; of traffic, GB. */
  readonly seconds: number
  /** What prices it. */
  readonly use: MeteredUse
}

/** What prices a use, by a name that is the same wherever the scenario is read: `ap-1a/c6.large`, or `web-stack/image`. */
export function pricedName({ pools, catalog }: World, { item, priced }: MeteredUse): string {
  if (item !== 'image') {
    const { zone, plan } = pools[priced - 1]
    return `${zone}/${plan.flavour}`
  }
  const offer = catalog.offers[priced - 1]
  return `${offer.product.id}/${offer.specification.id}`
}

/** An account's name as a run shows it: its segment and number, or its name in a trace. */
function accountName({ population, scenario, traces }: World, account: number): string {
  const segment = scenario.buyers[population.segment[account - 1]].segment
  const number = population.number[account - 1]
  return `${segment}/${own(traces, segment)?.buyers[number - 1] ?? number}`
}

/** The events of a stream, in order. When the stream is at its end, it begins again with other people and servers. */
export class UsageEvents {
  readonly #stream: RequestStream
  readonly #positions: Uint32Array
  readonly #accounts: readonly string[]
  readonly #products: readonly string[]
  readonly #test: string

  /** `test` is in front of each account, so that the bills of one test are not those of another. */
  constructor(stream: RequestStream, world: World, kinds: { readonly meter: number }, test: string) {
    const positions: number[] = []
    for (let position = 0; position < stream.count; position++)
      if (stream.kind[position] === kinds.meter) positions.push(position)
    this.#stream = stream
    this.#test = test
    this.#positions = Uint32Array.from(positions)
    this.#accounts = Array.from({ length: world.population.count }, (_, index) => accountName(world, index + 1))
    this.#products = stream.uses.map((use) => pricedName(world, use))
  }

  /** Events of a round. */
  get round(): number {
    return this.#positions.length
  }

  at(number: number): UsageEvent {
    const { uses, subject, account, at, value, accounts } = this.#stream
    const position = this.#positions[number % this.round]
    const round = Math.floor(number / this.round)
    const use = uses[subject[position]]
    const again = round === 0 ? '' : `+${round}`
    const name = this.#accounts[account[position] - 1] ?? `account/${account[position] % accounts}`
    return {
      number,
      account: `${this.#test}/${name}${again}`,
      resource: `i-${use.instance}${again}`,
      kind: use.item,
      product: this.#products[subject[position]],
      hour: at[position] - HOUR,
      seconds: value[position],
      use,
    }
  }
}
