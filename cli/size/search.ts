/**
 * Searches the least value of each place in turn. The places before have the values that were found, those after have the
 * last of their ranges: so no value of the result can be lowered alone, and the last search proves that all of them together
 * keep the bounds.
 */
import type { Crew } from '#engine/runs/crew.ts'
import { runMany } from '#engine/runs/run-many.ts'
import { LeastValueSearch, looksUpTo, type WantedRuns } from '#engine/statistics/least-value.ts'
import { levelOfLooks } from '#engine/statistics/repeated-looks.ts'
import { judgedValue } from '#reports/size/judged.ts'
import { type SizedPlace, type SizeResult, sizeEstimates } from '#reports/size/result.ts'
import { type Asked, decidingAt, momentsByPoint } from '#reports/sweep/estimates.ts'
import { driftsOf } from '#reports/sweep/halves.ts'
import { type Measured, nearestMeasured } from '#reports/sweep/measured.ts'
import { demandOf } from '#reports/sweep/pool-demand.ts'
import type { KeptRuns } from '../sweep/kept-runs.ts'
import type { OneRun, OneRunTask } from '../sweep/one-run.ts'
import { placedCrew } from '../sweep/placed-crew.ts'
import { overTime, shownRun } from '../sweep/plan.ts'
import type { SizeRequest } from './request.ts'
import type { VisitedPoint, VisitedPoints } from './visited-points.ts'

export interface SearchTools {
  readonly visited: VisitedPoints
  readonly scratch: string
  readonly kept: KeptRuns
  readonly crew: Crew
  /** Aborts when the program is interrupted. */
  readonly signal: AbortSignal
  /** Aborts when the time of `--spend` is over. */
  readonly spent: AbortSignal
  /** Called after each run that was made and kept. */
  readonly onKept: () => void
  readonly onProgress: (runs: number, places: string) => void
}

export const oneRunModule = new URL('../sweep/one-run.ts', import.meta.url)

export async function searchSize(request: SizeRequest, tools: SearchTools): Promise<SizeResult> {
  const places: SizedPlace[] = []
  const chosen = request.varied.map(({ values }) => values.length - 1)
  for (const place of request.varied.keys()) {
    const found = await searchPlace(request, tools, chosen, place)
    places.push(found.place)
    if (found.value === null) break
    chosen[place] = found.value
  }
  return resultOf(request, tools.visited.points, places, tools.spent.aborted)
}

async function searchPlace(request: SizeRequest, tools: SearchTools, chosen: readonly number[], place: number) {
  const { varied, asked, confidence, mostRuns, within } = request
  const { path, values } = varied[place]
  const points = new Map<number, VisitedPoint>()
  const search = new LeastValueSearch({
    size: values.length,
    // Every place has an equal share of what may go wrong.
    confidence: 1 - (1 - confidence) / varied.length,
    mostRuns,
    within,
    judge(value) {
      const own = points.get(value) as VisitedPoint
      const others = [...points.values()].filter((point) => point !== own && point.runs.length > 0)
      return judgedValue(
        asked,
        asked.map((figure, index) => {
          const measured = [own, ...others].map(({ runs }) => runs.map((run) => measuredIn(run, figure, index)))
          const demand = own.runs.map((run) => run.demand)
          return decidingAt(figure, measured[0], demand, momentsByPoint(figure, measured)[0])
        }),
      )
    },
  })
  for (let wanted = search.next(); wanted.length > 0 && !tools.spent.aborted; wanted = search.next()) {
    for (const { value } of wanted) {
      const at = varied.map((each, index) => each.values[index === place ? value : chosen[index]])
      points.set(value, await tools.visited.visit(at))
    }
    if (!(await runBatch(request, tools, wanted, points))) break
    search.finished(wanted)
  }
  for (const [value, point] of points) point.claim = search.claimOf(value)
  const { end, kept, missed, needed } = search.result()
  const textOf = (value: number | null) => (value === null ? null : values[value])
  return {
    value: kept,
    place: {
      ...{ path, from: values[0], to: values[values.length - 1], end },
      kept: textOf(kept),
      missed: textOf(missed),
      open: values.slice((missed ?? -1) + 1, kept ?? values.length),
      needed: end === 'undecided' && Number.isFinite(needed) && needed > 0 ? needed : null,
    } satisfies SizedPlace,
  }
}

/** The float nearest to a figure of a run. */
function measuredIn({ values }: OneRun, figure: Pick<Asked, 'unit'>, index: number): Measured | null {
  const value = values[index]
  return value === null ? null : nearestMeasured(figure, value)
}

/** Makes the runs that are missing; false when the time was over before. */
async function runBatch(
  { seed, threads, varied, thresholds }: SizeRequest,
  { visited, scratch, kept, crew, signal, spent, onKept, onProgress }: SearchTools,
  wanted: readonly WantedRuns[],
  points: ReadonlyMap<number, VisitedPoint>,
): Promise<boolean> {
  const batch = wanted.map(({ value, runs }) => ({ point: points.get(value) as VisitedPoint, runs }))
  const before = visited.points.reduce((sum, { runs }) => sum + runs.length, 0)
  const where = batch.map(({ point }) => point.values.join(', ')).join(' and ')
  let made = 0
  try {
    const results = await runMany<OneRun>({
      module: oneRunModule,
      crew: placedCrew(crew, (index) => batch[index].point.index),
      points: batch.map(
        ({ point: { read } }): OneRunTask => ({
          scenario: read.scenario,
          traces: Object.fromEntries(read.traces),
          asked: thresholds,
          scratch,
        }),
      ),
      replications: 1,
      more: (runs, index) => Math.max(0, batch[index].runs - runs.length),
      seed,
      threads,
      known: (index, replication) =>
        batch[index].point.runs[replication] ?? kept.find(batch[index].point.index, replication),
      onRun({ pointIndex, replication, result, isKnown }) {
        const { point } = batch[pointIndex]
        if (!isKnown) {
          kept.add(point.index, replication, result)
          onKept()
        }
        if (replication >= point.runs.length)
          onProgress(before + ++made, `${varied.length === 1 ? 'at' : 'at point'} ${where}`)
      },
      signal: AbortSignal.any([signal, spent]),
    })
    for (const [index, { point }] of batch.entries()) point.runs.splice(0, Infinity, ...results[index])
    return true
  } catch (error) {
    if (spent.aborted && !signal.aborted) return false
    throw error
  }
}

function resultOf(
  request: SizeRequest,
  visited: readonly VisitedPoint[],
  places: readonly SizedPlace[],
  spent: boolean,
): SizeResult {
  const { read, varied, asked, confidence, largest, within, mostRuns } = request
  const { name, question, policies } = read.scenario
  const order = varied.map(({ values }) => new Map(values.map((value, index) => [value, index])))
  const points = visited
    .filter(({ runs }) => runs.length > 0)
    .sort((a, b) => {
      const place = a.values.findIndex((value, index) => value !== b.values[index])
      return place < 0 ? 0 : order[place].get(a.values[place])! - order[place].get(b.values[place])!
    })
  const paths = varied.map(({ path }) => path)
  const demand = points.map(({ runs }) => runs.map((run) => run.demand))
  return {
    name,
    question,
    utcOffset: policies['time.utcOffset'],
    paths,
    points: points.map(({ values }) => ({
      sets: values.map((value, index) => `${paths[index]}=${value}`),
      values,
      label: values.join(', '),
      x: values.length === 1 && /^-?\d+(\.\d+)?$/.test(values[0]) ? Number(values[0]) : null,
    })),
    asked,
    runs: points.map(({ runs }) => runs.map((run) => shownRun(run, asked))),
    ...overTime(
      asked,
      points.map(({ runs }) => runs),
    ),
    drifts: driftsOf(points.map(({ runs }) => runs.map(({ halves }) => halves))),
    demand: demandOf(demand),
    precision: null,
    estimates: sizeEstimates(
      asked,
      asked.map((_, figure) => points.map(({ runs }) => runs.map((run) => measuredIn(run, asked[figure], figure)))),
      points.map(({ claim }) => claim),
      { level: levelOfLooks(looksUpTo(mostRuns), (1 - confidence) / 2), demand },
    ),
    confidence,
    largest,
    within,
    mostRuns,
    places,
    spent,
  }
}
