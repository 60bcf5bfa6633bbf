/**
 * Turns the job log of NASA's iPSC/860 into a lifecycle log for `marketsim meter`: every node of every job is a server
 * that starts with the job and is deleted with it.
 *
 *     node scenarios/data/nasa-events.ts > events.csv
 */
import { readFileSync, writeSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** When the log begins: 1 October 1993, 00:00:03 at -07:00. */
const ORIGIN = 749_458_803_000
/** The log's civil time. */
const OFFSET = -7 * 3_600_000
const PIECE = 1 << 20

const source = fileURLToPath(new URL('nasa-ipsc-1993.csv', import.meta.url))

interface Moment {
  /** Seconds since the log begins. */
  readonly at: number
  readonly action: 'start' | 'delete'
  readonly job: number
  readonly size: number
  readonly user: string
}

const shown = (seconds: number): string =>
  `${new Date(ORIGIN + OFFSET + seconds * 1000).toISOString().slice(0, 19)}-07:00`

/** Starts and deletions in time order; at one instant in the order of the jobs. */
function moments(trace: string): Moment[] {
  const jobs = trace.trim().split(/\r?\n/).slice(1)
  const all = jobs.flatMap((line, index): Moment[] => {
    const [submit, runtime, size, user] = line.split(',')
    const job = { job: index + 1, size: Number(size), user }
    return [
      { ...job, at: Number(submit), action: 'start' },
      { ...job, at: Number(submit) + Number(runtime), action: 'delete' },
    ]
  })
  return all.sort((a, b) => a.at - b.at || a.job - b.job)
}

/** The log of jobs, as CSV. */
export const nasaJobs = (): string => readFileSync(source, 'utf8')

/** The rows of the lifecycle log, with their first line. */
export function* nasaEvents(trace = nasaJobs()): Generator<string> {
  yield 'at,account,resource,do,product,flavour\n'
  for (const { at, action, job, size, user } of moments(trace)) {
    const when = shown(at)
    const what = action === 'start' ? 'nx-image,i860' : ','
    for (let node = 1; node <= size; node++) yield `${when},user-${user},job-${job}-${node},${action},${what}\n`
  }
}

/** The same as bytes, row by row. */
export function* nasaBytes(trace?: string): Generator<Uint8Array> {
  for (const row of nasaEvents(trace)) yield Buffer.from(row)
}

/** The prices of the scenario of the same name. */
export const nasaPrices = 'kind,name,hourly,from\necs,i860,0.36,\nimage,nx-image,0.02,\n'

if (import.meta.main) {
  let piece = ''
  for (const row of nasaEvents()) {
    piece += row
    if (piece.length < PIECE) continue
    writeSync(1, piece)
    piece = ''
  }
  writeSync(1, piece)
}
