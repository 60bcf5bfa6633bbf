import { rmSync } from 'node:fs'
import { UsageError } from '#cli/script.ts'
import type { Round } from './estimate.ts'
import { type Both, canPin, LateError, layPipes, Pair, processors, SideError, type SideName } from './pair.ts'
import type { Settled } from './side.ts'
import type { Tree } from './trees.ts'
import type { Workshop } from './workshop.ts'

/** A work to be compared, at the size of its turns. */
export interface Piece {
  readonly work: string
  readonly size: number
}

export interface Effort {
  /** When it ends, on the clock of `performance.now`. */
  readonly ends: number
  /** Processor time of a work, side and round, ms. */
  readonly time: number
  /** Rounds at most. */
  readonly rounds: number
}

/** What was measured of one work. */
export interface Measured extends Piece {
  readonly pace: Pace
  readonly rounds: readonly Round[]
  /** Of the first batch. */
  readonly digests: Both<string>
  /** Whether both sides gave one answer, in the first batch and after all of every round. */
  readonly isOneAnswer: boolean
}

export interface Measurement {
  readonly works: readonly Measured[]
  /** Both sides were held to one processor. */
  readonly isPinned: boolean
  /** Works that only one side has. */
  readonly alone: readonly string[]
  /** What had not ended when time was over although it should have, a line each. */
  readonly stopped: readonly string[]
}

/** Processor time of a window in which the first round watches batches become faster, ms. */
const WINDOW = 40
/**
 * Of a turn, ms: shorter than the moods of the machine, long against the handover, after which caches and branch
 * predictors are cold, which dilutes a change.
 */
const TURN = 4
/**
 * Turns of a round at least, where one batch takes longer than a turn: each collects garbage or does not, and differs by 15
 * % from the next.
 */
const FEWEST_TURNS = 30
/** A processor's share of a loaded machine changes: a round is begun only if it would still end in time at this pace. */
const SLACK = 1.2

/** Batches and turns: both sides do the same in every round. */
export interface Pace {
  readonly warm: number
  readonly batches: number
  readonly turns: number
}

/** What has taken so many times as long as the longest of its kind is more than slow. */
const STUCK = 2
/** Of what has never ended yet it is not known how long it takes: only one that took this part of all the time is stuck. */
const STUCK_AT_FIRST = 0.5

/**
 * Whether what did not end when time was over is more than slow.
 * @param longest of its kind, ms; 0 where none has ended yet
 * @param whole all the time that the measurement had, ms
 */
export const isStuck = (ms: number, longest: number, whole: number): boolean =>
  ms >= (longest > 0 ? STUCK * longest : STUCK_AT_FIRST * whole)

/** How many more batches than were needed in the first round warm up the others, in which the compiler has other luck. */
const MARGIN = 1.25

function paceOf({ base, tree }: Both<Settled>, time: number): Pace {
  const warm = Math.ceil(MARGIN * Math.max(base.warm, tree.warm))
  const batches = Math.max(1, Math.round(TURN / base.batchMs))
  const fewest = base.batchMs > TURN ? FEWEST_TURNS : 1
  return { warm, batches, turns: Math.max(fewest, Math.round(time / (batches * base.batchMs))) }
}

/** Pairs that run at the same time, each on a processor of its own. */
const MOST_LANES = 4

interface Lane {
  readonly number: number
  readonly folder: string
  readonly processor: number | null
}

/** One lane for each processor, up to a few; where sides cannot be held to one, a single lane anywhere. */
function lanesOf(shop: Workshop, processors: readonly number[]): Lane[] {
  const places = processors.length === 0 ? [null] : processors.slice(0, MOST_LANES)
  return places.map((processor, number) => {
    const folder = shop.folderFor(`pipes-${number}`)
    layPipes(folder)
    return { number, folder, processor }
  })
}

/** A side that does not even play its first round. */
export class MisfitError extends UsageError {
  /** Which one, where it is known. */
  readonly side: SideName | undefined

  constructor(cause: Error) {
    super(cause.message)
    this.side = cause instanceof SideError ? cause.side : undefined
  }
}

/** Collects what is measured of one work. */
class Ledger implements Measured {
  readonly work: string
  readonly size: number
  pace: Pace = { warm: 0, batches: 0, turns: 0 }
  digests: Both<string> = { base: '', tree: '' }
  readonly rounds: Round[] = []
  isOneAnswer = true
  /** Longest that a round has taken, ms on the wall. */
  longest = 0

  constructor({ work, size }: Piece) {
    this.work = work
    this.size = size
  }

  /**
   * Warms both sides by as many batches, until the slower one is fully compiled: what is still to compile would be measured
   * with the code, at one and the same place in all rounds. The first round finds out how many, and keeps it for all others.
   */
  async #warm(pair: Pair, time: number): Promise<Pace> {
    if (this.pace.turns > 0) {
      await pair.warm(this.pace.warm)
      return this.pace
    }
    this.pace = paceOf(await pair.settle(WINDOW), time)
    return this.pace
  }

  /** One round. */
  async play(pair: Pair, round: number, time: number): Promise<void> {
    const began = performance.now()
    const { work, size } = this
    const started = await pair.start(work, size)
    const startedAt = performance.now()
    const { turns, batches } = await this.#warm(pair, time)
    const warmAt = performance.now()
    const { base, tree } = await pair.play(turns, batches)
    await pair.end()
    this.digests = { base: started.base.digest, tree: started.tree.digest }
    if (started.base.digest !== started.tree.digest || base.digest !== tree.digest) this.isOneAnswer = false
    const operations = { base: base.operations, tree: tree.operations }
    const whole = performance.now() - began
    const spent = { started: startedAt - began, warm: warmAt - startedAt, whole }
    this.rounds.push({ round, first: pair.first, operations, base: base.turns, tree: tree.turns, spent })
    this.longest = Math.max(this.longest, whole)
  }
}

/**
 * Measures a tree against its base in rounds, each with two new processes: where code and data are in memory differs from
 * process to process, and is part of the noise.
 * @param effort its end is a hard one: rounds that are not complete by then do not count
 * @param openOf which works are to play the next round, by the rounds of each
 * @throws MisfitError when a side does not run in the first rounds; Error with what a process said when it fails later, an
 * error of the disk when it could not write
 */
export async function measure(
  shop: Workshop,
  trees: Both<Tree>,
  pieces: readonly Piece[],
  { ends, time, rounds }: Effort,
  openOf: (works: readonly (readonly Round[])[]) => readonly boolean[],
  say: (line: string) => void,
): Promise<Measurement> {
  const isPinned = canPin()
  const lanes = lanesOf(shop, isPinned ? processors() : [])
  const works = pieces.map((piece) => new Ledger(piece))
  const alone = new Set<string>()
  const isInTime = (ms: number): boolean => performance.now() + ms * SLACK < ends
  const over = new AbortController()
  const timer = ends === Infinity ? undefined : setTimeout(() => over.abort(), Math.max(0, ends - performance.now()))
  const beganAt = performance.now()
  const stopped = new Set<string>()
  let starting = 0
  let round = 0
  let hasFailed = false

  /** Takes note of who is waited for when time is over. */
  const giveUp = ({ names }: LateError, ms: number, ledger: Ledger | null): void => {
    const usual = ledger === null ? starting : ledger.longest
    if (names.length === 0 || !isStuck(ms, usual, performance.now() - beganAt)) return
    const what = ledger === null ? 'started' : `ended a round of ${ledger.work}`
    stopped.add(`${names.join(' and ')} had not ${what} after ${(ms / 1000).toFixed(0)} s`)
  }

  /** One pair plays one round of each work. */
  const playRound = async (lane: Lane, mine: number, open: readonly Ledger[]): Promise<void> => {
    let began = performance.now()
    let playing: Ledger | null = null
    const first = (Math.floor(mine / lanes.length) + lane.number) % 2 === 0 ? 'base' : 'tree'
    let pair: Pair | undefined
    try {
      pair = await Pair.start(shop, trees, { ...lane, seed: mine + 1, first, over: over.signal })
      starting = performance.now() - began
      for (const { work } of open)
        if (!pair.works.base.includes(work) || !pair.works.tree.includes(work)) alone.add(work)
      // Another one first each round, so that a round that time cuts short does not always lack the same.
      const shift = (mine * 5) % open.length
      for (const each of [...open.slice(shift), ...open.slice(0, shift)]) {
        if (hasFailed || alone.has(each.work) || !isInTime(each.longest)) continue
        began = performance.now()
        playing = each
        await each.play(pair, mine, time)
      }
    } catch (error) {
      if (!(error instanceof LateError)) throw error
      giveUp(error, performance.now() - began, playing)
    } finally {
      await pair?.kill()
    }
  }

  const runLane = async (lane: Lane): Promise<void> => {
    while (round < rounds && !hasFailed) {
      const both = works.filter(({ work }) => !alone.has(work))
      const isOpen = openOf(both.map(({ rounds }) => rounds))
      const open = both.filter((_, at) => isOpen[at])
      if (open.length === 0 || !isInTime(starting + Math.min(...open.map(({ longest }) => longest)))) return
      const mine = round++
      try {
        await playRound(lane, mine, open)
      } catch (error) {
        hasFailed = true
        const isFirst = mine < lanes.length && (error as NodeJS.ErrnoException).code === undefined
        throw isFirst ? new MisfitError(error as Error) : error
      }
      say(`round ${mine + 1}, ${Math.ceil(Math.max(0, ends - performance.now()) / 1000)} s left`)
    }
  }

  const ended = await Promise.allSettled(lanes.map(runLane))
  clearTimeout(timer)
  for (const { folder } of lanes) rmSync(folder, { recursive: true, force: true })
  for (const lane of ended) if (lane.status === 'rejected') throw lane.reason
  return { works: works.filter(({ rounds }) => rounds.length > 0), isPinned, alone: [...alone], stopped: [...stopped] }
}
