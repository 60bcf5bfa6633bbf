/** What `sweep --select` is asked for besides the points of a sweep. */
import { readFileSync } from 'node:fs'
import { InputError } from '#base/input-error.ts'
import type { Method } from '#reports/select/procedure.ts'
import { orderedBounds } from '#reports/size/judged.ts'
import { ScenarioDocument } from '#scenarios/document.ts'
import type { Arguments, CommandOption } from '../command.ts'
import { percentOf } from '../confidence-option.ts'
import { checkInputFile } from '../input-file.ts'
import { openScenario } from '../scenario-file.ts'
import type { Wanted } from '../sweep/wanted.ts'

export interface SelectionRequest {
  readonly largest: boolean
  readonly method: Method
  /** In the unit of the objective, money in whole currency. */
  readonly indifference: number
  readonly confidence: number
  readonly mostRuns: number
}

const MOST_RUNS = 400
const methods = ['kn', 'knockout', 'ocba'] as const

export const selectOptions = {
  select: {
    type: 'string',
    completes: 'figure',
    describe: 'select the point with the least value of this figure, such as capacity.cost, and stop when it is known',
  },
  largest: { type: 'boolean', describe: 'with --select: the largest value instead of the least' },
  keep: {
    type: 'string',
    array: true,
    completes: 'figure',
    describe: 'with --select: a bound that the point must keep: "ecs.refusalRate < 1%"; may be repeated',
  },
  indifference: {
    type: 'string',
    describe: 'with --select: a smaller difference of the figure does not matter, in its unit: 50, or 0.1% of a share',
  },
  confidence: {
    type: 'string',
    defaultDescription: '95%',
    describe: 'with --select: probability that the selected point is right',
  },
  method: {
    type: 'string',
    choices: methods,
    defaultDescription: 'kn',
    describe: 'with --select: kn, a knockout tournament for many points, or ocba, whose confidence is an estimate',
  },
  cost: {
    type: 'string',
    completes: 'file',
    describe: 'a YAML file with the costs of pools, by zone/flavour (E-12)',
  },
} as const satisfies Readonly<Record<string, CommandOption>>

/** `zone/flavour: costs` of a file as values of the scenario. Throws InputError. */
export async function costSets(arguments_: Arguments, path: string, sets: readonly string[]): Promise<string[]> {
  const file = arguments_.filled('cost', 'write --cost and a file')
  if (file === undefined) return []
  checkInputFile(file, 'a file of costs')
  const { data, faults } = ScenarioDocument.read(file, readFileSync(file, 'utf8'))
  const hint = 'write a line for each pool: `ap-1a/c6.large: { leased: { hourly: "0.05" } }`'
  if (faults.length > 0 || typeof data !== 'object' || data === null || Array.isArray(data))
    throw new InputError(`these are no costs of pools${faults.length > 0 ? `: ${faults[0].what}` : ''}`, hint, file)
  const { regions } = (await openScenario(path, sets)).scenario
  return Object.entries(data).map(([pool, costs]) => {
    const [zone, flavour] = pool.split('/')
    const region = regions.find(({ zones }) =>
      zones.some(({ id, pools }) => id === zone && pools.some((each) => each.flavour === flavour)),
    )
    if (region === undefined) throw new InputError(`the scenario has no pool ${pool}`, hint, file)
    return `regions.${region.id}.zones.${zone}.pools.${flavour}.costs=${JSON.stringify(costs)}`
  })
}

/** A number, or a percentage of a share. */
function indifferenceOf(arguments_: Arguments, unit: string): number {
  const text = arguments_.filled('indifference', 'write --indifference 50')
  const match = /^\s*(\d+(?:\.\d+)?)\s*(%?)\s*$/.exec(text ?? '')
  const value = match === null ? 0 : Number(match[1]) / (match[2] === '%' ? 100 : 1)
  if (value > 0 && (match?.[2] !== '%' || unit === 'share')) return value
  throw new InputError(
    text === undefined
      ? '--select needs to know which difference matters'
      : `--indifference ${text} is not a difference of the figure`,
    `write ${unit === 'share' ? '--indifference 0.1%' : '--indifference 50'}: a smaller difference counts as none, which bounds the number of runs`,
  )
}

/** What of a sweep does not go with a selection. */
const excluded = ['figure', 'precision'] as const

/**
 * What is selected and how; undefined for a sweep without `--select`. The first of `wanted` is the objective, the others are bounds.
 * Throws InputError.
 */
export function selectionRequest(
  arguments_: Arguments,
  wanted: readonly Wanted[],
  { unit, points }: { readonly unit: string; readonly points: number },
): SelectionRequest | undefined {
  if (arguments_.text('select') === undefined) {
    const alone = ['largest', 'keep', 'indifference', 'confidence', 'method'].find(
      (option) => arguments_.texts(option).length > 0,
    )
    if (alone === undefined) return undefined
    throw new InputError(
      `--${alone} goes with --select only`,
      'add --select capacity.cost, or `size` for a least value',
    )
  }
  const other = excluded.find((option) => arguments_.texts(option).length > 0)
  if (other !== undefined) throw new InputError(`--select does not go with --${other}`, `leave out --${other}`)
  if (points < 2) throw new InputError('--select needs at least two points', 'add --vary path=1,2,3')
  for (const { threshold, bounded } of wanted.slice(1))
    if (!bounded || !orderedBounds.has(threshold.op))
      throw new InputError(
        `--keep ${threshold.text} is not a bound with <, <=, > or >=`,
        'write --keep "ecs.refusalRate < 1%"',
      )
  const method = (arguments_.text('method') ?? 'kn') as Method
  // A point that is dropped for a bound would change who meets whom, and the rounds before would no longer be those of its rivals.
  if (method === 'knockout' && wanted.length > 1)
    throw new InputError(
      '--method knockout takes no bounds: dropping a point for a bound would change who meets whom, and nothing could be promised',
      'leave out --keep, or write --method kn, whose error is shared by all pairs of points',
    )
  return {
    largest: arguments_.flag('largest'),
    method,
    indifference: indifferenceOf(arguments_, unit),
    confidence: percentOf(arguments_),
    mostRuns: arguments_.count('most', 10, 10_000) ?? MOST_RUNS,
  }
}
