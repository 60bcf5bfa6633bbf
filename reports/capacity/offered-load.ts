/**
 * The load that requests offer: requests an hour times the hours that each would hold its units (Little 1961). Lives that the run
 * cuts off are not short ones, and a pool that begins empty holds less than it will: so the mean life is that of Kaplan and
 * Meier (1958), which lets a life count as long as it was seen, with an exponential tail beyond the longest (Brown, Hollander
 * and Korwar 1974).
 */
import { log } from '#engine/mathematics/logarithm.ts'

/** How long an admitted request held its units, ms: to its end, or so far. */
export interface Life {
  readonly units: number
  readonly ms: number
  readonly ended: boolean
}

/** Fewer lives of a size than this say too little of its mean. */
const FEW = 20
/** Where more than this are still there after the longest time seen, the mean is not known. */
const MOST_LEFT = 0.5

/** The mean of lives of which some are cut off; undefined where most are. */
export function meanLife(lives: readonly Life[]): number | undefined {
  const sorted = lives.toSorted((a, b) => a.ms - b.ms || Number(b.ended) - Number(a.ended))
  let [mean, left, before] = [0, 1, 0]
  for (const [index, { ms, ended }] of sorted.entries()) {
    mean += left * (ms - before)
    before = ms
    if (ended) left *= 1 - 1 / (sorted.length - index)
  }
  if (sorted.length === 0 || left > MOST_LEFT) return undefined
  return left > 0 ? mean + (left * before) / -log(left) : mean
}

/**
 * Units that would be held on average if nothing were refused: `units` of all requests in a time, ms, and the lives of those
 * that were admitted. Undefined where too few lives ended.
 */
export function offeredLoad(units: ArrayLike<number>, lives: readonly Life[], time: number): number | undefined {
  const all = meanLife(lives)
  if (all === undefined || lives.length < FEW) return undefined
  const sizes = Map.groupBy(lives, (life) => life.units)
  const means = new Map<number, number>()
  for (const [size, ofSize] of sizes) means.set(size, (ofSize.length < FEW ? undefined : meanLife(ofSize)) ?? all)
  let held = 0
  for (let request = 0; request < units.length; request++) held += units[request] * (means.get(units[request]) ?? all)
  return held / time
}
