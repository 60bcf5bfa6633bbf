/**
 * The cheapest mix of owned, committed and leased units for a capacity over time (E-12).
 *
 * It is exact. Think of the units as levels, one on top of the other: level u is needed in the hours in which the capacity is
 * at least u. Without ownership and terms, a level is leased in just those hours. A term that costs less than leasing the level
 * within it is committed, and a longer term where it costs less than the best of the shorter ones within it: terms begin
 * together and are multiples of each other, so each choice is independent of all others. Owning is the longest term: the whole
 * time. A higher level is needed in fewer hours, so what is worth a commitment is always a stack of lowest levels, and the sum
 * over levels can be carried out; no plan costs less, because any plan can be sorted into such a stack without a change of cost.
 */

/** Equal clock hours. */
export interface CapacityHours {
  /** The first of them, counted from the first hour of all. */
  readonly from: number
  readonly hours: number
  /** Units needed in each. */
  readonly capacity: number
}

/** Prices of a unit for an hour, whole 1e-8. */
export interface MixPrices {
  /** Null where units cannot be owned. */
  readonly owned: bigint | null
  /** From the longest term to the shortest; each a multiple of the next. */
  readonly committed: readonly { readonly hourly: bigint; readonly termHours: number }[]
  readonly leased: bigint
}

/** Committed units of one offer over a term, or what of it is within the hours. */
export interface Commitment {
  /** Place of the offer. */
  readonly offer: number
  readonly from: number
  readonly hours: number
  readonly units: number
}

export interface Mix {
  readonly owned: number
  readonly committed: readonly Commitment[]
  readonly leasedHours: bigint
  readonly cost: bigint
}

/** A level, or several that are needed in the same hours. */
interface Levels {
  readonly width: number
  /** Needed hours by shortest term. */
  readonly needed: Float64Array
}

/** How many of the hours from `from` on are in each term of `length`, as `use(term, hours)`. */
function spread(from: number, hours: number, length: number, use: (term: number, hours: number) => void): void {
  for (let at = from; at < from + hours; ) {
    const term = Math.floor(at / length)
    const until = Math.min(from + hours, (term + 1) * length)
    use(term, until - at)
    at = until
  }
}

function levelsOf(spans: readonly CapacityHours[], length: number, terms: number): Levels[] {
  const heights = [...new Set(spans.map(({ capacity }) => capacity))].filter((units) => units > 0).sort((a, b) => a - b)
  return heights.map((height, index) => {
    const needed = new Float64Array(terms)
    for (const { from, hours, capacity } of spans)
      if (capacity >= height)
        spread(from, hours, length, (term, within) => {
          needed[term] += within
        })
    return { width: height - (heights[index - 1] ?? 0), needed }
  })
}

/** The best of one level within some hours. */
interface Choice {
  readonly cost: bigint
  readonly leasedHours: number
  readonly committed: readonly Omit<Commitment, 'units'>[]
}

/** The cheapest mix for `total` hours; of equal costs, the one that binds for less time. */
export function cheapestMix(spans: readonly CapacityHours[], prices: MixPrices, total: number): Mix {
  const { committed: offers, leased } = prices
  const shortest = offers.at(-1)?.termHours ?? Math.max(1, total)
  const terms = Math.ceil(total / shortest)
  /** From `from` (a multiple of the shortest term) to `until`, with the offers from `offer` on. */
  const best = ({ needed }: Levels, offer: number, from: number, until: number): Choice => {
    if (offer === offers.length) {
      let hours = 0
      for (let term = Math.floor(from / shortest); term * shortest < until; term++) hours += needed[term]
      return { cost: BigInt(hours) * leased, leasedHours: hours, committed: [] }
    }
    const { hourly, termHours } = offers[offer]
    let [cost, leasedHours] = [0n, 0]
    const committed: Omit<Commitment, 'units'>[] = []
    for (let at = from; at < until; at += termHours) {
      const end = Math.min(until, at + termHours)
      const within = best({ needed, width: 1 }, offer + 1, at, end)
      const whole = hourly * BigInt(end - at)
      if (whole < within.cost) {
        cost += whole
        committed.push({ offer, from: at, hours: end - at })
      } else {
        cost += within.cost
        leasedHours += within.leasedHours
        committed.push(...within.committed)
      }
    }
    return { cost, leasedHours, committed }
  }
  let owned = 0
  let [cost, leasedHours] = [0n, 0n]
  const commitments = new Map<string, Commitment>()
  const ownedCost = prices.owned === null ? null : prices.owned * BigInt(total)
  for (const levels of levelsOf(spans, shortest, terms)) {
    const { width } = levels
    const choice = best(levels, 0, 0, total)
    if (ownedCost !== null && ownedCost < choice.cost) {
      owned += width
      cost += ownedCost * BigInt(width)
      continue
    }
    cost += choice.cost * BigInt(width)
    leasedHours += BigInt(choice.leasedHours) * BigInt(width)
    for (const one of choice.committed) {
      const key = `${one.offer} ${one.from}`
      commitments.set(key, { ...one, units: (commitments.get(key)?.units ?? 0) + width })
    }
  }
  const committed = [...commitments.values()].sort((a, b) => a.offer - b.offer || a.from - b.from)
  return { owned, committed, leasedHours, cost }
}
