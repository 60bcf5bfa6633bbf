/** What a generator leaves for `load merge`: its ledgers, and what it measured, as JSON. */
import { join } from 'node:path'
import { DamageError, undamagedJson } from '#base/damage-error.ts'
import { writeWhole } from '#base/files.ts'
import type { HistogramState } from '#engine/statistics/histogram.ts'
import { damageOf, manifestIn } from '#reports/manifest-files.ts'
import { sortedLine } from '#reports/sorted-json.ts'
import type { BookedWork } from '#sim/load-test/booked-work.ts'
import type { ServedLoad } from '#sim/load-test/load-test.ts'
import { intervalOf, type MeasuredState, Measurements } from '#sim/load-test/measurements.ts'
import type { LoadShape } from '#sim/load-test/shape.ts'
import type { OperationKind } from '#sim/record/load-ledger.ts'

/** Raised with every change of a key or a unit. */
export const PART_VERSION = 1

export const PART_FILE = 'part.json'

/** The clock of the machine of a generator. Instants are ms since 1970. */
export interface PartClock {
  /** When the load was to start, and when this generator was ready. */
  readonly startAt: number
  readonly readyAt: number
  /** Ms by which the clock was set while the load ran. */
  readonly steppedMs: number
  /**
   * How far it is ahead of the clock of the results' file system, ms, and by how much that may be wrong: null where the
   * generators did not meet in that folder.
   */
  readonly ahead: { readonly ms: number; readonly errorMs: number } | null
}

export interface LoadPart {
  readonly generator: number
  readonly generators: number
  readonly host: string
  /** Of the running machine: the same for generators that share its clock. */
  readonly machine: string
  readonly processors: number
  readonly round: number
  readonly clock: PartClock
  readonly booked: BookedWork
  readonly served: ServedLoad
}

/** Counts that are not 0 with their places; null for a histogram without values. */
type WrittenHistogram =
  | readonly [digits: number, moments: readonly number[], counts: readonly (readonly number[])[]]
  | null

interface WrittenMeasurements {
  readonly wake: WrittenHistogram
  readonly kinds: readonly (readonly [
    counts: readonly number[],
    response: WrittenHistogram,
    service: WrittenHistogram,
  ])[]
  readonly intervals: readonly (readonly [
    counts: readonly number[],
    response: WrittenHistogram,
    service: WrittenHistogram,
    byKind: readonly (readonly [OperationKind, WrittenHistogram])[],
  ])[]
}

interface WrittenPart extends Omit<LoadPart, 'served'> {
  readonly version: number
  readonly measured: WrittenMeasurements
  readonly served: Omit<ServedLoad, 'measurements' | 'shape'>
}

function written({ digits, counts, moments }: HistogramState): WrittenHistogram {
  if (moments[0] === 0) return null
  const places = [...counts].flatMap((count, place) => (count === 0 ? [] : [[place, count]]))
  return [digits, [...moments], places]
}

function read(histogram: WrittenHistogram, digits: number): HistogramState | null {
  if (histogram === null) return null
  const [known, moments, places] = histogram
  const counts = new Float64Array((places.at(-1)?.[0] ?? -1) + 1)
  for (const [place, count] of places) counts[place] = count
  return { digits: known ?? digits, counts, moments: Float64Array.from(moments) }
}

function writtenMeasurements(state: MeasuredState): WrittenMeasurements {
  return {
    wake: written(state.wake),
    kinds: state.kinds.map(({ counts, response, service }) => [counts, written(response), written(service)]),
    intervals: state.intervals.map(({ counts, response, service, byKind }) => [
      counts,
      written(response),
      written(service),
      byKind.map(([kind, histogram]) => [kind, written(histogram)]),
    ]),
  }
}

/** Measurements of a test that lasts `planned` ms, as they were written. */
function readMeasurements(file: WrittenMeasurements, planned: number): Measurements {
  const measurements = new Measurements(intervalOf(planned))
  const empty = measurements.save()
  const emptyInterval = new Measurements(1).at(0)
  const [whole, short] = [empty.wake, emptyInterval.response.save()]
  measurements.add({
    wake: read(file.wake, whole.digits) ?? whole,
    kinds: file.kinds.map(([counts, response, service]) => ({
      counts,
      response: read(response, whole.digits) ?? whole,
      service: read(service, whole.digits) ?? whole,
    })),
    intervals: file.intervals.map(([counts, response, service, byKind]) => ({
      counts,
      response: read(response, short.digits) ?? short,
      service: read(service, short.digits) ?? short,
      byKind: byKind.map(([kind, histogram]) => [kind, read(histogram, short.digits) ?? short] as const),
    })),
  })
  return measurements
}

export function writePart(folder: string, { served, ...part }: LoadPart): void {
  const { measurements, shape: _, ...rest } = served
  const file: WrittenPart = {
    ...part,
    version: PART_VERSION,
    served: rest,
    measured: writtenMeasurements(measurements.save()),
  }
  writeWhole(folder, PART_FILE, sortedLine(file))
}

const AGAIN = 'copy the folder of the generator again, or make the load test again'

/** The part in a folder whose files are as its manifest says. @throws DamageError where they are not */
export function readPart(folder: string, shape: LoadShape): LoadPart {
  const path = join(folder, PART_FILE)
  for (const [file, note] of Object.entries(manifestIn(folder)?.files ?? {})) {
    const what = damageOf(join(folder, file), note)
    if (what !== undefined) throw new DamageError(join(folder, file), `${file} is damaged: ${what}`, AGAIN)
  }
  const { measured, served, version: _, ...part } = undamagedJson<WrittenPart>(path, AGAIN)
  return { ...part, served: { ...served, shape, measurements: readMeasurements(measured, served.planned) } }
}
