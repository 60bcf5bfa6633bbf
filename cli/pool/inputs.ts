/** Inputs of runs, kept in the pool under their SHA-256: scenarios as they were read, and traces. */
import { deserialize, serialize } from 'node:v8'
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { InputError } from '#base/input-error.ts'
import { scenarioHash } from '#scenarios/reader.ts'
import type { Scenario } from '#scenarios/schema.ts'
import type { Threshold } from '#scenarios/sections/thresholds.ts'
import type { Trace } from '#scenarios/trace.ts'
import { figureText, sha256 } from '../results/run-key.ts'
import type { RunJob } from './job.ts'
import type { PoolStorage } from './storage.ts'

/** What a point of a sweep is. */
export interface PointInput {
  readonly scenario: Scenario
  readonly traces: Readonly<Record<string, Trace>>
  readonly asked: readonly Threshold[]
}

/** The same as it is kept: traces by digest, since all points share them. */
interface KeptInput {
  readonly scenario: Scenario
  readonly traces: readonly (readonly [segment: string, digest: string])[]
  readonly asked: readonly Threshold[]
}

/** Redis takes 512 MB in one value. */
const LARGEST = 400_000_000

export class InputWriter {
  readonly #storage: PoolStorage
  readonly #sweep: string
  readonly #written = new Map<unknown, string>()

  constructor(storage: PoolStorage, sweep: string) {
    this.#storage = storage
    this.#sweep = sweep
  }

  async #put(value: unknown, bytes: Uint8Array): Promise<string> {
    const packed = zstdCompressSync(bytes)
    if (packed.length > LARGEST)
      throw new InputError('a trace is too large for a pool', 'run shards with --shard and --results, without a pool')
    const digest = sha256(bytes)
    await this.#storage.putInput(this.#sweep, digest, packed)
    this.#written.set(value, digest)
    return digest
  }

  /** Keeps the input of a point; returns its digest. */
  async write(point: PointInput): Promise<string> {
    const traces: [string, string][] = []
    for (const [segment, trace] of Object.entries(point.traces))
      traces.push([segment, this.#written.get(trace) ?? (await this.#put(trace, serialize(trace)))])
    const { scenario, asked } = point
    return this.#written.get(point) ?? this.#put(point, serialize({ scenario, traces, asked } satisfies KeptInput))
  }

  /** Everything is to be written again: the server may have lost it. */
  forget(): void {
    this.#written.clear()
  }
}

/** An input that is not what the job says: another one, or damaged. */
export class WrongInput extends Error {
  override name = 'WrongInput'
}

const KEPT_POINTS = 8

export class InputReader {
  readonly #storage: PoolStorage
  readonly #points = new Map<string, PointInput>()

  constructor(storage: PoolStorage) {
    this.#storage = storage
  }

  async #bytes(sweep: string, digest: string): Promise<Uint8Array> {
    const packed = await this.#storage.input(sweep, digest)
    if (packed === undefined) throw new WrongInput(`the pool has no input ${digest}`)
    const bytes = zstdDecompressSync(packed)
    if (sha256(bytes) !== digest) throw new WrongInput(`the input ${digest} of the pool is damaged`)
    return bytes
  }

  /** The input of a job, checked against the premises of its run. @throws WrongInput */
  async read(sweep: string, { input, premises }: RunJob): Promise<PointInput> {
    const point = this.#points.get(input) ?? (await this.#load(sweep, input))
    if (scenarioHash(point.scenario, new Map(Object.entries(point.traces))) !== premises.scenario)
      throw new WrongInput('the scenario or a trace of the job is not the one that its key names')
    if (point.asked.map(figureText).join('\n') !== premises.figures.join('\n'))
      throw new WrongInput('the figures of the job are not those that its key names')
    return point
  }

  async #load(sweep: string, digest: string): Promise<PointInput> {
    const { scenario, traces, asked }: KeptInput = deserialize(await this.#bytes(sweep, digest))
    const read: [string, Trace][] = []
    for (const [segment, trace] of traces) read.push([segment, deserialize(await this.#bytes(sweep, trace))])
    const point = { scenario, traces: Object.fromEntries(read), asked }
    if (this.#points.size >= KEPT_POINTS) this.#points.delete(this.#points.keys().next().value as string)
    this.#points.set(digest, point)
    return point
  }
}
