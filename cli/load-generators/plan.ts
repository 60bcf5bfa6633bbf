/** The plan of a load that several generators share: what they have to agree on, and its place in a folder of results. */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { undamagedJson } from '#base/damage-error.ts'
import { InputError } from '#base/input-error.ts'
import { sortedJson } from '#reports/sorted-json.ts'
import type { LoadShape, StagesShape } from '#sim/load-test/shape.ts'
import type { SyncMode } from '#sim/load-test/sync-mode.ts'
import { backlogFor, type LoadRequest } from '../load-request.ts'
import { createWhole } from '../results/result-folder.ts'
import { type ProgramVersions, programVersions, sha256, versionText } from '../results/run-key.ts'

const LOADS = 'loads'
const PLAN = 'plan.json'

/** Due times as a plan has them: every generator reads the file, and only their digest tells whether it is the same. */
interface PlannedDueTimes {
  readonly kind: 'due-times'
  readonly sha256: string
  readonly count: number
}

export interface LoadPlan {
  readonly versions: ProgramVersions
  readonly scenario: { readonly name: string; readonly file: string; readonly sets: readonly string[] }
  /** SHA-256 of the resolved scenario and its traces. */
  readonly hash: string
  readonly seed: string
  readonly shape: StagesShape | PlannedDueTimes
  readonly generators: number
  readonly sync: SyncMode
  readonly batch: number
  readonly backlog: number
  readonly warmUp: number
}

export function loadPlan(request: LoadRequest, generators: number): LoadPlan {
  const { read, path, sets, seed, shape, sync, batch, warmUp } = request
  return {
    versions: programVersions(),
    scenario: { name: read.scenario.name, file: path, sets },
    hash: read.hash,
    seed,
    shape: plannedShape(shape),
    generators,
    sync,
    batch,
    backlog: backlogFor(request, shape),
    warmUp,
  }
}

function plannedShape(shape: LoadShape): LoadPlan['shape'] {
  if (shape.kind === 'closed') throw new Error('users of a closed load are not divided among generators')
  if (shape.kind === 'stages') return shape
  return {
    kind: 'due-times',
    sha256: sha256(new Uint8Array(shape.at.buffer, 0, shape.at.byteLength)),
    count: shape.at.length,
  }
}

/** The shape that a plan is of. Of due times only the kind: no report asks when they were. */
export const shapeOfPlan = ({ shape }: LoadPlan): LoadShape =>
  shape.kind === 'stages' ? shape : { kind: 'due-times', at: new Float64Array(0) }

/** What a plan says besides the names that its machines have for the scenario. */
const essence = ({ scenario: _, ...rest }: LoadPlan): object => rest

/** Generators with the same ID serve parts of the same load. */
export const loadId = (plan: LoadPlan): string => sha256(sortedJson(essence(plan))).slice(0, 16)

/** The folder of a load in a folder of results. */
export const folderOfLoad = (results: string, id: string): string => join(results, LOADS, id)

/** Writes the plan unless it is there; returns the folder of the load. */
export function keepPlan(results: string, plan: LoadPlan): string {
  const folder = folderOfLoad(results, loadId(plan))
  createWhole(folder, PLAN, sortedJson(plan))
  return folder
}

/** Plans in a folder of results, by ID. @throws DamageError where one is damaged */
function plansIn(results: string): Map<string, LoadPlan> {
  const folder = join(results, LOADS)
  const ids = existsSync(folder) ? readdirSync(folder).filter((name) => existsSync(join(folder, name, PLAN))) : []
  return new Map(
    ids.sort().map((id) => {
      const plan = undamagedJson<LoadPlan>(join(folder, id, PLAN), 'restore it, or make the load test again')
      return [id, plan]
    }),
  )
}

/** What two plans differ in, as the one who started them would say it. */
function difference(a: LoadPlan, b: LoadPlan): string {
  const parts: readonly (readonly [string, (plan: LoadPlan) => string])[] = [
    ['the program', ({ versions }) => versionText(versions)],
    ['the number of generators', ({ generators }) => String(generators)],
    ['the seed', ({ seed }) => seed],
    ['the scenario', ({ scenario, hash }) => `${[scenario.name, ...scenario.sets].join(' ')} (${hash.slice(0, 12)})`],
    ['the schedule', ({ shape }) => shapeText(shape)],
    [
      'an option',
      ({ sync, batch, backlog, warmUp }) => `--sync ${sync} --batch ${batch} --backlog ${backlog} --warm-up ${warmUp}`,
    ],
  ]
  const found = parts.find(([, of]) => of(a) !== of(b)) ?? parts[0]
  return `${found[0]}: ${found[1](a)}, and ${found[1](b)}`
}

function shapeText(shape: LoadPlan['shape']): string {
  if (shape.kind === 'due-times') return `${shape.count} due times (${shape.sha256.slice(0, 12)})`
  const stages = shape.stages.map(({ count, perMs, duration, to }) => {
    const end = to === undefined ? '' : `..${(to.count * 1_000) / to.perMs}/s`
    return `${(count * 1_000) / perMs}/s${end}:${duration / 1_000}s`
  })
  return `${stages.join(',')} ${shape.spacing}`
}

/** The load to merge: the only one in the folders, or the one of the ID. @throws InputError */
export function planIn(folders: readonly string[], wanted: string | undefined): { id: string; plan: LoadPlan } {
  const plans = new Map(folders.flatMap((folder) => [...plansIn(folder)]))
  if (plans.size === 0)
    throw new InputError(
      'no generator of a load test has written into these folders',
      'name folders that `load --generator i/n --results` has written',
      folders.join(' '),
    )
  const chosen = wanted ?? [...plans.keys()][0]
  const plan = plans.get(chosen)
  if (plan === undefined)
    throw new InputError(
      `there is no load test ${wanted} in these folders`,
      `there are ${[...plans.keys()].join(', ')}`,
    )
  if (wanted === undefined && plans.size > 1) {
    const [[a, first], [b, second]] = plans
    throw new InputError(
      `these folders have parts of ${plans.size} load tests, so they are not added up; ${a} and ${b} differ in ${difference(first, second)}`,
      `start all generators with the same options, or add --load and one of ${[...plans.keys()].join(', ')}`,
    )
  }
  return { id: chosen, plan }
}

/** Ledgers are judged by the program that wrote them. @throws InputError */
export function expectOurVersion({ versions }: LoadPlan): void {
  const ours = versionText(programVersions())
  if (versionText(versions) === ours) return
  throw new InputError(
    `another program served this load: marketsim ${versionText(versions)}, and this is ${ours}`,
    'merge it with the program of the generators, or make the test again',
  )
}
