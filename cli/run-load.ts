/** Making a load test: the history lived, the load served, the books audited, the result written. */
import { renameSync, rmSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { writeWhole } from '#base/files.ts'
import { achievedRate, disturbance, isReached } from '#reports/load-test/figures.ts'
import type { AnyOutcome } from '#reports/load-test/service.ts'
import { shownPercent } from '#reports/load-test/show.ts'
import { type KneeFound, type KneeTrial, type LoadSummary, loadSummary } from '#reports/load-test/summary.ts'
import { kneeTrials, overTime, percentiles } from '#reports/load-test/tables.ts'
import {
  isMeasured,
  judgeLoad,
  judgeTrial,
  type LoadThreshold,
  type LoadVerdict,
} from '#reports/load-test/thresholds.ts'
import { shownRate } from '#reports/rates.ts'
import { sortedJson } from '#reports/sorted-json.ts'
import { findKnee } from '#sim/load-test/knee.ts'
import { LoadBench, type LoadOptions, type LoadOutcome } from '#sim/load-test/load-test.ts'
import { perSecond, rateOf } from '#sim/load-test/rate.ts'
import type { RequestStream } from '#sim/load-test/request-stream.ts'
import type { LoadShape } from '#sim/load-test/shape.ts'
import { LEDGERS, type LoadFolder, loadFiles, SERVICE } from './load-folder.ts'
import type { LoadProgressView } from './load-progress.ts'
import { backlogFor, expectWork, type LoadRequest, MOST_RATE } from './load-request.ts'
import { endWithin } from './supervision.ts'

/** Of a search: with trials of 5 s, which take 10 s each with their audits, it ends after seven minutes. */
const MOST_TRIALS = 40
/** How a search ends: a trial that says by how much it kept the target tells more, but of a knee that is less sharp. */
const searches = {
  held: { precision: 0.1, settles: { precision: 0.2, from: 30 }, confirmations: 3, trials: MOST_TRIALS },
  measured: { precision: 0.25, settles: { precision: 0.4, from: 25 }, confirmations: 3, trials: MOST_TRIALS },
} as const
/** The excess of a trial that could not do what was requested: more than any that is distinguished. */
const OVERLOADED = 5
/** A trial from which other programs took more than this part of its time says nothing of the system. */
const DISTURBED = 0.07

/** How long a test that was stopped may take to show or keep its partial result, ms: on a busy machine a second is not enough. */
const KEEP_PARTIAL_MS = 10_000

export interface LoadMade {
  readonly summary: LoadSummary
  readonly verdicts: readonly LoadVerdict[]
  readonly outcome: AnyOutcome
}

interface Running {
  readonly request: LoadRequest
  readonly folder: LoadFolder
  readonly view: LoadProgressView
  readonly signal: AbortSignal
}

/**
 * Runs the test into the staging folder. Rejects with an AbortError when it is stopped before any load was served;
 * stopped later, it answers what was served until then, as incomplete.
 */
export async function makeLoad(running: Running): Promise<LoadMade> {
  const { request, folder, view, signal } = running
  const { scenario, traces } = request.read
  const spec = { scenario, traces: Object.fromEntries(traces) }
  // A service that is not there is no reason to simulate a history.
  if (request.service !== undefined)
    await (await import('./load-service/service-bench.ts')).expectService(request.service)
  const { prepareLoad } = await import('#sim/load-test/prepare.ts')
  const { stream, meta } = await prepareLoad({
    ...spec,
    seed: request.seed,
    threads: request.threads,
    folder: folder.staging,
    onProgress: (fraction) => view.history(fraction),
    signal,
  })
  expectWork(stream, request)
  endWithin(KEEP_PARTIAL_MS)
  const server = await serverOf(running, () => new LoadBench(spec, stream, meta, request.threads), stream)
  try {
    const { outcome: served, knee } =
      request.target === undefined
        ? { outcome: await serveShape(running, server, request.shape, server.keeps), knee: null }
        : await searchKnee(running, server, request.target)
    // A search that was stopped may end with a whole trial; it is not a whole search.
    const outcome = { ...served, complete: served.complete && !signal.aborted }
    const verdicts = request.thresholds.map((threshold) => judgeLoad(outcome, threshold, knee))
    const summary = loadSummary(subjectOf(request, stream, outcome.shape), outcome, verdicts, knee)
    await writeLoad(folder.staging, { summary, outcome, knee, drawn: request.out !== undefined && outcome.complete })
    return { summary, verdicts, outcome }
  } finally {
    await server.close()
  }
}

/** What is under load. */
interface LoadServer {
  run(options: LoadOptions): Promise<AnyOutcome>
  close(): Promise<void>
  /** The folder of what it leaves besides the measurements. */
  readonly keeps: string
}

/** The billing core of this program, or a service that is there. */
async function serverOf({ request }: Running, core: () => LoadBench, stream: RequestStream): Promise<LoadServer> {
  const { service } = request
  if (service === undefined) {
    const bench = core()
    return { run: (options) => bench.run(options), close: () => bench.close(), keeps: LEDGERS }
  }
  const { ServiceBench } = await import('./load-service/service-bench.ts')
  const { scenario, traces } = request.read
  const bench = new ServiceBench({ scenario, traces: Object.fromEntries(traces) }, stream, service)
  return { run: (options) => bench.run(options), close: () => bench.close(), keeps: SERVICE }
}

const subjectOf = (request: LoadRequest, stream: RequestStream, shape: LoadShape) => ({
  scenario: { name: request.read.scenario.name, file: request.path, sets: request.sets },
  seed: request.seed,
  sync: request.sync,
  batch: request.batch,
  backlog: backlogFor(request, shape),
  warmUp: request.warmUp,
  processors: availableParallelism(),
  round: stream.count,
})

function serveShape(
  { request, folder, view, signal }: Running,
  server: LoadServer,
  shape: LoadShape,
  name: string,
): Promise<AnyOutcome> {
  return server.run({
    shape,
    sync: request.sync,
    batch: request.batch,
    backlog: backlogFor(request, shape),
    warmUp: request.warmUp,
    folder: folder.staging,
    name,
    onProgress: (progress) => view.load(progress),
    signal,
  })
}

/** Why a trial is not held; empty where it is. */
function whyOf(outcome: LoadOutcome, target: LoadVerdict): string {
  const dropped = outcome.measurements.total('dropped')
  if (outcome.audit.differing > 0) return `the auditor found ${outcome.audit.differing} differences`
  if (dropped > 0) return `${dropped} operations were dropped`
  if (!isReached(outcome)) return `only ${shownRate(achievedRate(outcome))} were done`
  return target.passed ? '' : `${target.text.split(/[<>=!]/)[0].trim()} was ${target.shown}`
}

/** ln(measured / allowed); a trial that broke for another reason than its figure is an overload. */
function excessOf({ passed, value }: LoadVerdict, { bound }: LoadThreshold, held: boolean): number {
  if (value === null || value <= 0 || held !== passed) return OVERLOADED
  return Math.min(OVERLOADED, Math.log(value / bound))
}

/** Trials one after the other, each on new books; the ledgers of the last one that held its rate are kept. */
async function searchKnee(
  running: Running,
  server: LoadServer,
  target: LoadThreshold,
): Promise<{ outcome: AnyOutcome; knee: KneeFound }> {
  const { request, folder, view, signal } = running
  const { shape } = request
  if (shape.kind !== 'stages') throw new Error('a search for the knee chooses its own stages')
  const [{ duration, ...begin }] = shape.stages
  let kept: AnyOutcome | undefined
  let last: AnyOutcome | undefined
  const probe = async (rate: number): Promise<KneeTrial | undefined> => {
    view.title(`trying ${shownRate(rate)}`)
    const outcome = await serveShape(running, server, { ...shape, stages: [{ ...rateOf(rate), duration }] }, 'trial')
    const trial = join(folder.staging, 'trial')
    if (signal.aborted) {
      last = outcome
      rmSync(trial, { recursive: true })
      return undefined
    }
    const verdict = judgeTrial(outcome, target)
    const why = whyOf(outcome, verdict)
    const share = disturbance(outcome)
    const disturbed = share > DISTURBED
    const without = disturbed ? ` (not counted: other programs took ${shownPercent(share)} of its time)` : ''
    view.note(`${shownRate(rate)} ${why === '' ? `held: ${verdict.shown}` : `broke: ${why}`}${without}`)
    last = outcome
    if (why === '' || outcome.audit.differing > 0) {
      kept = outcome
      rmSync(join(folder.staging, server.keeps), { recursive: true, force: true })
      renameSync(trial, join(folder.staging, server.keeps))
    } else rmSync(trial, { recursive: true })
    const measured = { achieved: achievedRate(outcome), dropped: outcome.measurements.total('dropped') }
    const held = why === ''
    const excess = isMeasured(target) ? excessOf(verdict, target, held) : undefined
    return { rate, held, excess, disturbed, disturbance: share, shown: verdict.shown, why, ...measured }
  }
  const from = perSecond(begin)
  const knee = await findKnee(probe, { from, most: MOST_RATE, ...searches[isMeasured(target) ? 'measured' : 'held'] })
  const outcome = signal.aborted ? last : (kept ?? last)
  if (outcome === undefined) throw new Error('a search for the knee ran no trial')
  return { outcome, knee: { ...knee, target: target.text } }
}

interface WrittenLoad {
  readonly summary: LoadSummary
  readonly outcome: LoadOutcome
  readonly knee: KneeFound | null
  /** Drawing takes a second, in which a test that was stopped has to end. */
  readonly drawn: boolean
}

export async function writeLoad(folder: string, { summary, outcome, knee, drawn }: WrittenLoad): Promise<void> {
  writeWhole(folder, loadFiles.summary, sortedJson(summary))
  writeWhole(folder, loadFiles.overTime, overTime(outcome))
  writeWhole(folder, loadFiles.percentiles, percentiles(outcome))
  if (knee !== null) writeWhole(folder, loadFiles.knee, kneeTrials(knee))
  if (!drawn) return
  const { loadPage } = await import('#reports/load-test/page.ts')
  writeWhole(folder, loadFiles.page, await loadPage(summary))
}
