/** Replacing the image of a server with another of the segment's buys (E-07). */
import { kindOf } from '#scenarios/product-kinds.ts'
import { standing } from '../market/arrears/standing.ts'
import { switchImage } from '../market/servers/image-switch.ts'
import { stop } from '../market/servers/running.ts'
import type { Servers } from '../market/servers/servers.ts'
import type { Offer } from '../world/catalog.ts'
import { type Declared, type Habit, habitFrom } from './behaviour.ts'
import type { ServerWishes } from './server-wishes.ts'

/** A pay-per-use image that buyers of a segment may choose. */
interface Choice {
  readonly offer: Offer
  readonly weight: number
}

/** Decided once, when a server has been created. */
export const switching = (
  wishes: ServerWishes,
): Declared<Servers, 'instances', Habit & { readonly choices: readonly Choice[] }> => ({
  timer: 'buyerSwitches',
  stream: 'switching',
  habit: ({ habits: { switchImage: habit }, buys }, { catalog }) => ({
    ...habitFrom(habit),
    choices: buys
      .map(({ product, specification, weight }) => ({ offer: catalog.find(product, specification), weight }))
      .filter(({ offer }) => kindOf(offer.product).needsServer && offer.specification.billing === 'pay-per-use'),
  }),
  account: ({ instances }) => instances.account,
  pending: ({ instances }) => instances.imageTimer,
  /** The owner stops it if it runs, and replaces its system disk; it starts again when that is done. */
  act: (market, row, behaviour) => {
    const { instances, standings } = market
    const stream = behaviour.stream(row)
    const specification = choose(behaviour.habit(row).choices, instances.specification[row], stream.next())
    if (specification === null) return
    const time = wishes.replacement(instances.pool[row], stream)
    // An account in arrears is refused before it stops the server (O-10).
    if (standings.state[instances.account[row]] === standing.state.good) stop(market, row, 'E-07')
    switchImage(market, row, specification, time)
  },
})

/** One of the images that are not `current`, by weight; `at` in [0, 1). Null where there is none. */
function choose(choices: readonly Choice[], current: number, at: number): number | null {
  const others = choices.filter(({ offer, weight }) => offer.id !== current && weight > 0)
  let rest = at * others.reduce((sum, { weight }) => sum + weight, 0)
  for (const { offer, weight } of others) {
    if (rest < weight) return offer.id
    rest -= weight
  }
  return others.at(-1)?.offer.id ?? null
}
