import { sha256Words } from './sha256.ts'

/** A named sequence of uniform random numbers; a draw from one stream never moves another. */
export interface Stream {
  readonly path: string
  /** Uniform on [0, 1), all 53 bits of a float64 fraction. */
  next(): number
  /** Uniform whole number in [0, n), 1 <= n < 2^53. One draw, whatever n is. */
  below(n: number): number
}

/** All streams of one run: plain data that v8.serialize or structured clone carries as it is. */
export interface StreamsState {
  readonly seed: string
  readonly replication: number
  /** Paths in order of creation, one a line. */
  readonly paths: string
  /** Four words a path: s0, s1, s2 (in units of 2^-32) and the carry. */
  readonly words: Uint32Array
  /** What streams start from after `reseed`. */
  readonly newSeed?: string
}

const TWO_32 = 0x100000000
const ULP_32 = 2 ** -32
const ULP_53 = 2 ** -53
const FIELDS = 4
const CHUNK = 1024 * FIELDS

/** Multiplier of the generator; a carry is below it. */
const MULTIPLIER = 2091639

/**
 * The seed rule: SHA-256 over master seed, replication and path. Both lengths are in front, so that no two
 * triples spell the same text. Neighbouring names (`buyer/1`, `buyer/2`) get unrelated states.
 *
 * @returns s0, s1, s2 (in units of 2^-32) and the carry, 1 to 2091637: the first sixteen bytes of the hash, big-endian.
 *   The carry never takes the two values at which the generator can be still.
 */
export function streamWords(seed: string, replication: number, path: string): [number, number, number, number] {
  const words = sha256Words(`${seed.length}:${seed}/${replication}/${path.length}:${path}`)
  words[3] = 1 + (words[3] % (MULTIPLIER - 2))
  return words
}

/**
 * Baagøe's multiply-with-carry generator (Alea, 2010), stepped here over a shared column: 32 bytes a
 * stream. From the same words it draws what seedrandom's `alea` draws as `double()`, which a test compares.
 */
class ColumnStream implements Stream {
  readonly path: string
  readonly column: Float64Array
  readonly at: number

  constructor(path: string, column: Float64Array, at: number) {
    this.path = path
    this.column = column
    this.at = at
  }

  next(): number {
    const column = this.column
    const at = this.at
    // Two steps of 32 bits. Each product is exact: 21 + 32 bits.
    const first = MULTIPLIER * column[at] + column[at + 3] * ULP_32
    const carry = first | 0
    const high = first - carry
    const second = MULTIPLIER * column[at + 1] + carry * ULP_32
    const nextCarry = second | 0
    const low = second - nextCarry
    column[at] = column[at + 2]
    column[at + 1] = high
    column[at + 2] = low
    column[at + 3] = nextCarry
    return high + ((low * 0x200000) | 0) * ULP_53
  }

  below(n: number): number {
    return Math.floor(this.next() * n)
  }

  set(s0: number, s1: number, s2: number, carry: number): void {
    const { column, at } = this
    column[at] = s0
    column[at + 1] = s1
    column[at + 2] = s2
    column[at + 3] = carry
  }
}

function checkedPath(path: string): string {
  if (path === '' || path.includes('\n'))
    throw new RangeError(`stream path ${JSON.stringify(path)}: give a name of one line that is not empty`)
  return path
}

/**
 * The random streams of one run, named by path (`buyer/1742/arrivals`) and created when first asked for.
 * A stream depends on seed, replication and its own path alone, so a draw or a stream added in one place
 * moves no other (common random numbers).
 */
export class Streams {
  readonly seed: string
  readonly replication: number
  private readonly byPath = new Map<string, ColumnStream>()
  private column = new Float64Array(CHUNK)
  private used = 0
  private newSeed: string | null = null

  constructor(seed: string, replication = 0) {
    if (!Number.isSafeInteger(replication) || replication < 0) {
      throw new RangeError(`replication ${replication}: give a whole number from 0 upwards`)
    }
    this.seed = seed
    this.replication = replication
  }

  /** The stream of this path; the same object every time. Keep it: the look-up costs more than a draw. */
  stream(path: string): Stream {
    const known = this.byPath.get(path)
    if (known !== undefined) return known
    const stream = this.create(path)
    this.start(stream)
    return stream
  }

  /**
   * A stream for the few draws of one thing, such as one order: it starts from its first draw each time it is asked for,
   * and is not kept, so that a million of them cost no memory and are in no snapshot.
   */
  fresh(path: string): Stream {
    const stream = new ColumnStream(checkedPath(path), new Float64Array(FIELDS), 0)
    this.start(stream)
    return stream
  }

  /**
   * From now on streams start from another seed: those there are begin again, but for the ones that `keeps` names by path. The
   * seed is combined with that of the run, so that no stream repeats what it drew.
   */
  reseed(seed: string, keeps: (path: string) => boolean = () => false): void {
    this.newSeed = `${this.seed.length}:${this.seed}/${seed}`
    for (const stream of this.byPath.values()) if (!keeps(stream.path)) this.start(stream)
  }

  /** How many streams were asked for so far. */
  get size(): number {
    return this.byPath.size
  }

  save(): StreamsState {
    const words = new Uint32Array(this.byPath.size * FIELDS)
    let w = 0
    for (const { column, at } of this.byPath.values()) {
      words[w++] = column[at] * TWO_32
      words[w++] = column[at + 1] * TWO_32
      words[w++] = column[at + 2] * TWO_32
      words[w++] = column[at + 3]
    }
    const { seed, replication, newSeed } = this
    const paths = [...this.byPath.keys()].join('\n')
    return { seed, replication, paths, words, ...(newSeed === null ? {} : { newSeed }) }
  }

  /**
   * Puts every stream where it was at `save()`. Stream objects handed out before stay valid; one that the
   * snapshot does not know starts again from its first draw.
   */
  restore(state: StreamsState): void {
    if (state.seed !== this.seed || state.replication !== this.replication) {
      throw new Error(
        `these streams have seed '${this.seed}', replication ${this.replication}; the snapshot was taken with ` +
          `seed '${state.seed}', replication ${state.replication}: restore it into streams made with the same two`,
      )
    }
    this.newSeed = state.newSeed ?? null
    const paths = state.paths === '' ? [] : state.paths.split('\n')
    const forgotten = new Map(this.byPath)
    this.byPath.clear()
    const { words } = state
    paths.forEach((path, i) => {
      const known = forgotten.get(path)
      if (known !== undefined) this.byPath.set(path, known)
      forgotten.delete(path)
      const w = i * FIELDS
      const stream = known ?? this.create(path)
      stream.set(words[w] * ULP_32, words[w + 1] * ULP_32, words[w + 2] * ULP_32, words[w + 3])
    })
    for (const [path, stream] of forgotten) {
      this.byPath.set(path, stream)
      this.start(stream)
    }
  }

  private create(path: string): ColumnStream {
    checkedPath(path)
    if (this.used === this.column.length) {
      this.column = new Float64Array(CHUNK)
      this.used = 0
    }
    const stream = new ColumnStream(path, this.column, this.used)
    this.used += FIELDS
    this.byPath.set(path, stream)
    return stream
  }

  private start(stream: ColumnStream): void {
    const [s0, s1, s2, carry] = streamWords(this.newSeed ?? this.seed, this.replication, stream.path)
    stream.set(s0 * ULP_32, s1 * ULP_32, s2 * ULP_32, carry)
  }
}
