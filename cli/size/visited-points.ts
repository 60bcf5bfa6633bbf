/** The points that a search has visited, with their scenario and runs so far. */
import { LOCATING_RUNS } from '#engine/statistics/least-value.ts'
import type { PointClaim } from '#reports/size/result.ts'
import { sortedLine } from '#reports/sorted-json.ts'
import type { ReadScenario } from '#scenarios/reader.ts'
import type { PoolWork } from '../pool/pool-work.ts'
import { figureText, programVersions, type RunPremises, sha256 } from '../results/run-key.ts'
import { openScenario } from '../scenario-file.ts'
import { type OneRun, seedOf } from '../sweep/one-run.ts'
import type { SizeRequest } from './request.ts'

export interface VisitedPoint {
  /** The values of all places. */
  readonly values: readonly string[]
  /** Position among the points in the order in which they were visited, which follows from the runs. */
  readonly index: number
  readonly read: ReadScenario
  readonly runs: OneRun[]
  claim: PointClaim
}

export class VisitedPoints {
  readonly #request: SizeRequest
  readonly #byKey = new Map<string, VisitedPoint>()
  readonly #versions = programVersions()

  constructor(request: SizeRequest) {
    this.#request = request
  }

  /** In the order of their index. */
  get points(): readonly VisitedPoint[] {
    return [...this.#byKey.values()]
  }

  /** The point with these values; its scenario is read at the first visit. Throws ScenarioErrors. */
  async visit(values: readonly string[]): Promise<VisitedPoint> {
    const key = values.join('\n')
    const known = this.#byKey.get(key)
    if (known !== undefined) return known
    const { path, sets, varied } = this.#request
    const read = await openScenario(path, [...sets, ...varied.map((place, at) => `${place.path}=${values[at]}`)])
    const point: VisitedPoint = { values, index: this.#byKey.size, read, runs: [], claim: null }
    this.#byKey.set(key, point)
    return point
  }

  /** The search as a pool is asked for it: its points and runs follow from its results. */
  asPoolWork(): PoolWork {
    const { read, sets, varied, asked, confidence, mostRuns, within, largest, seed } = this.#request
    const versions = this.#versions
    const identity = { size: read.hash, sets, varied, asked, confidence, mostRuns, within, largest, seed, versions }
    return {
      id: sha256(sortedLine(identity)).slice(0, 16),
      name: read.scenario.name,
      versions,
      runs: LOCATING_RUNS,
      premisesOf: (point, replication) => this.premisesOf(point, replication),
    }
  }

  premisesOf(index: number, replication: number): RunPremises {
    const { seed, thresholds } = this.#request
    return {
      scenario: this.points[index].read.hash,
      seed: seedOf(seed, replication),
      figures: thresholds.map(figureText),
      versions: this.#versions,
    }
  }
}
