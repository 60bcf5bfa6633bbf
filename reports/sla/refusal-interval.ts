/** The confidence interval of a pool's refusal rate, from the one run that there is. */
import { DAY } from '#base/time.ts'
import { clusteredShare, type SingleRunShare } from '#engine/statistics/clustered-share.ts'
import { refusalsInARow } from '../capacity/refusal-clusters.ts'
import { meanLives } from '../capacity/server-lives.ts'
import type { RunRecord } from '../record.ts'
import { textsOf } from '../steps/names.ts'
import { poolRequestsOf } from '../steps/requests.ts'

/** Slots in a batch: windows move on by so small a part of it. */
const SLOTS = 24
/** Fewer batches than this are too few; of more than twice as many, each is made longer. */
const BATCHES = 8

export interface Slots {
  /** Slots in the whole time. */
  readonly slots: number
  /** Slots in a batch. */
  readonly batch: number
  /** Batches are of whole days or weeks. */
  readonly evenly: boolean
}

/** How a time, ms, is cut: into batches of whole weeks or days where there are eight of them, else into eighths. */
export function slotsOf(length: number): Slots {
  for (const rhythm of [7 * DAY, DAY]) {
    const batch = Math.floor(length / BATCHES / rhythm) * rhythm
    if (batch > 0) return { slots: Math.round((length / batch) * SLOTS), batch: SLOTS, evenly: true }
  }
  return { slots: BATCHES * SLOTS, batch: SLOTS, evenly: false }
}

/** Requests and refusals of a pool by slots of equal time. */
interface SlottedRequests {
  readonly tops: Float64Array
  readonly bottoms: Float64Array
}

/** By pool, those that were asked for anything, over the time that figures count. */
export function requestSlots(record: RunRecord, slots: number): Map<string, SlottedRequests> {
  const { since, end } = record.meta
  const counts = new Map<string, SlottedRequests>()
  const nameOf = textsOf(record, 'SELECT id, pool FROM pool_names')
  const { at, pool, refusal } = poolRequestsOf(record)
  for (let row = 0; row < at.length; row++) {
    const name = nameOf(pool[row])
    if (name === undefined) continue
    let known = counts.get(name)
    if (known === undefined)
      counts.set(name, (known = { tops: new Float64Array(slots), bottoms: new Float64Array(slots) }))
    const slot = Math.min(slots - 1, Math.floor(((at[row] - since) * slots) / (end - since)))
    known.bottoms[slot]++
    if (refusal[row] > 0) known.tops[slot]++
  }
  return counts
}

/** Each pool's requests refused as a share of its requests, with an interval or the reason why there is none. */
export function refusalIntervals(record: RunRecord): Map<string, SingleRunShare> {
  const length = record.meta.end - record.meta.since
  const { slots, batch, evenly } = slotsOf(length)
  const lives = meanLives(record)
  return new Map(
    [...requestSlots(record, slots)].flatMap(([pool, { tops, bottoms }]) => {
      const memories = length / (lives.get(pool) ?? Infinity)
      const cluster = refusalsInARow(record, pool)
      const found = clusteredShare({ tops, bottoms, batch, evenly, memories, cluster })
      return found === null ? [] : [[pool, found] as const]
    }),
  )
}
