/** One generator of a load that several share: it serves its part and leaves it in the folder of results. */
import { constants, copyFileSync, existsSync, mkdirSync } from 'node:fs'
import { availableParallelism, hostname } from 'node:os'
import { join } from 'node:path'
import { InputError } from '#base/input-error.ts'
import { shownCount } from '#reports/load-test/show.ts'
import { sortedJson } from '#reports/sorted-json.ts'
import { LoadBench } from '#sim/load-test/load-test.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { Replayable } from '../failure.ts'
import { interruptible, interruption } from '../interrupts.ts'
import { LEDGERS } from '../load-folder.ts'
import { type LoadProgressView, loadProgressView } from '../load-progress.ts'
import { expectWork, type LoadRequest } from '../load-request.ts'
import { writeResultManifest } from '../result-manifest.ts'
import { claimRunFolder } from '../run-folder.ts'
import { commandLine } from '../shell.ts'
import { endWith } from '../streams.ts'
import { endWithin, scratchFolder } from '../supervision.ts'
import { colourful, painter } from '../terminal.ts'
import { machineId } from './machine-id.ts'
import { expectNotBegun, type Met, meet } from './meeting.ts'
import { type LoadPart, writePart } from './part-file.ts'
import { keepPlan, loadId, loadPlan } from './plan.ts'
import type { Generator } from './request.ts'
import { watchStop } from './stop.ts'

/** The folder of a generator in the folder of its load. */
export const generatorFolder = (folder: string, generator: number): string => join(folder, `generator-${generator}`)

/** How long a generator that was stopped may take to keep its part, ms. */
const KEEP_MS = 30_000

/** Ms that the clock of the wall is ahead of the one that only counts: a change means that it was set. */
const wallOffset = (): number => Date.now() - performance.now()

export function servePart(request: LoadRequest, generator: Generator, repeat: string): Promise<ExitCode> {
  const plan = loadPlan(request, generator.count)
  const folder = keepPlan(generator.results, plan)
  const target = generatorFolder(folder, generator.index)
  if (existsSync(target))
    throw new InputError(
      `generator ${generator.index} has served its part of this load`,
      'merge it, or start all generators again with another folder for --results',
      target,
    )
  if (generator.startAt === undefined) expectNotBegun(folder)
  const view = loadProgressView({
    stream: process.stderr,
    quiet: request.quiet,
    paint: painter(colourful(process.stderr)),
    clock: () => performance.now(),
  })
  return interruptible(
    async (interrupted) => {
      const stopped = new AbortController()
      const signal = AbortSignal.any([interrupted, stopped.signal])
      const unwatch = watchStop(folder, () => stopped.abort(new DOMException('SIGTERM', 'AbortError')))
      // What is measured is this machine: a folder of results may be on a network.
      const { path: scratch, remove } = scratchFolder('marketsim-load-')
      try {
        const part = await partOf({ request, generator, folder, scratch, view, signal })
        view.end()
        await keepPart(target, part, scratch, request, repeat)
        const facts = {
          load: loadId(plan),
          generator: part.generator,
          generators: part.generators,
          operations: part.served.measurements.total('done'),
          dropped: part.served.measurements.total('dropped'),
          startAt: new Date(part.clock.startAt).toISOString(),
          results: generator.results,
          complete: part.served.complete,
        }
        const { code } = facts.complete ? exitCodes.done : exitCodes.incomplete
        endWith(code)
        process.stdout.write(request.json ? sortedJson(facts) : shownPart(facts))
        return code
      } catch (error) {
        view.end()
        if (signal.aborted) throw interruption(signal, 'nothing was written; `load merge` will miss this generator')
        throw new Replayable(error, repeat)
      } finally {
        unwatch()
        remove()
      }
    },
    () => {},
  )
}

interface Serving {
  readonly request: LoadRequest
  readonly generator: Generator
  /** Of the load, in the folder of results. */
  readonly folder: string
  readonly scratch: string
  readonly view: LoadProgressView
  readonly signal: AbortSignal
}

async function partOf({ request, generator, folder, scratch, view, signal }: Serving): Promise<LoadPart> {
  const { shape, threads, seed } = request
  const { scenario, traces } = request.read
  const spec = { scenario, traces: Object.fromEntries(traces) }
  const { prepareLoad } = await import('#sim/load-test/prepare.ts')
  const { stream, meta } = await prepareLoad({
    ...spec,
    seed,
    threads,
    folder: scratch,
    onProgress: (fraction) => view.history(fraction),
    signal,
  })
  expectWork(stream, request)
  const { backlog, sync, batch, warmUp } = loadPlan(request, generator.count)
  const bench = new LoadBench(spec, stream, meta, threads)
  let met: Met | undefined
  let offset = 0
  try {
    const { served, booked } = await bench.serve({
      shape,
      sync,
      batch,
      backlog,
      warmUp,
      folder: scratch,
      name: LEDGERS,
      onProgress: (progress) => view.load(progress),
      signal,
      share: { generator: generator.index - 1, generators: generator.count },
      async startsIn() {
        const onWait = (text: string): void => view.title(text)
        // What was measured until a signal is kept, and its books have to be read for that.
        endWithin(KEEP_MS)
        met = await meet({
          ...generator,
          generator: generator.index,
          generators: generator.count,
          folder,
          signal,
          onWait,
        })
        view.title('')
        offset = wallOffset()
        return met.startAt - Date.now()
      },
    })
    // Stopped before the first operation was due, it has nothing to keep.
    if (served.measurements.total('due') === 0) signal.throwIfAborted()
    if (met === undefined) throw new Error('the load of a generator began without a start')
    return {
      generator: generator.index,
      generators: generator.count,
      host: hostname(),
      machine: machineId(),
      processors: availableParallelism(),
      round: stream.count,
      clock: { ...met, steppedMs: wallOffset() - offset },
      booked,
      served,
    }
  } finally {
    await bench.close()
  }
}

/** Its folder gets its name when everything is in it: a generator that was killed leaves none. */
async function keepPart(
  target: string,
  part: LoadPart,
  scratch: string,
  { path, read, sets, seed }: LoadRequest,
  repeat: string,
): Promise<void> {
  const place = claimRunFolder(target, false)
  try {
    mkdirSync(join(place.staging, LEDGERS))
    for (const file of part.served.ledger.files)
      copyFileSync(join(scratch, LEDGERS, file), join(place.staging, LEDGERS, file), constants.COPYFILE_FICLONE)
    writePart(place.staging, part)
    const facts = { path, name: read.scenario.name, hash: read.hash, sets, seed, repeat }
    await writeResultManifest(place.staging, { kind: 'load-part', ...facts })
    place.commit()
  } catch (error) {
    place.discard()
    throw error
  }
}

interface PartFacts {
  readonly load: string
  readonly generator: number
  readonly generators: number
  readonly operations: number
  readonly dropped: number
  readonly startAt: string
  readonly results: string
  /** Whether it has served its whole part, and was not stopped. */
  readonly complete: boolean
}

const shownPart = ({
  load,
  generator,
  generators,
  operations,
  dropped,
  startAt,
  results,
  complete,
}: PartFacts): string =>
  [
    `${complete ? '' : 'INCOMPLETE '}generator ${generator} of ${generators} of load ${load}: ${shownCount(operations)} operations done from ${startAt} on, ${shownCount(dropped)} dropped`,
    `Its ledgers are judged with those of the others. When all generators are done: ${commandLine(['load', 'merge', results])}`,
    '',
  ].join('\n')
