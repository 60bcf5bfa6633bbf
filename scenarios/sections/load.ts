/** `load` of a buyer segment: when its people come to buy. One shape, named by its key; `kind` once read. */

import { HOUR, MINUTE } from '#base/time.ts'
import { distribution } from '#engine/random/distribution.ts'
import { weight } from '../amounts.ts'
import { countDistribution, durationDistribution } from '../distributions.ts'
import { oneKey } from '../one-key.ts'
import { duration, instant, rate } from '../time.ts'
import type { Rate } from '../time-text.ts'
import { z } from '../zod.ts'
import { id, maybe } from './names.ts'
import { type TraceLog, traceLog } from './trace-log.ts'

const rateWords = 'expected exactly one of perBuyer or total'
const perBuyerRate = rate
  .optional()
  .describe('Rate of each buyer; the rate of the segment is its number of buyers times that.')
const totalRate = rate.optional().describe('Rate of the whole segment.')
const perBuyerFlag = z.boolean().describe('Whether the rates are of each buyer (true) or of the whole segment (false).')

interface RateOwner {
  perBuyer?: Rate | undefined
  total?: Rate | undefined
}
const oneRate = (value: RateOwner) => (value.perBuyer === undefined) !== (value.total === undefined)
const rateOf = (value: RateOwner) => ({
  perBuyer: value.perBuyer !== undefined,
  rate: (value.perBuyer ?? value.total) as Rate,
})

const batch = maybe(countDistribution).describe(
  'How many purchases come at the same time, at least one: of the same buyer with a rate of each buyer, of any of them with a rate of the segment. Without it, one.',
)

const poisson = z
  .strictObject({ perBuyer: perBuyerRate, total: totalRate, batch })
  .refine(oneRate, { error: rateWords })
  .transform((value) => ({ kind: 'poisson' as const, ...rateOf(value), batch: value.batch }))
  .describe('Open model: arrivals at a constant rate.')

const stages = z
  .strictObject({
    perBuyer: perBuyerFlag,
    steps: z
      .array(
        z.strictObject({
          from: rate
            .optional()
            .describe('Rate at the start of the step; without it, the rate at the end of the previous step, or 0.'),
          to: rate.describe('Rate at the end of the step, reached linearly.'),
          over: duration.describe('How long the step lasts.'),
        }),
      )
      .min(1)
      .describe('The ramps, one after the other.'),
    batch,
  })
  .transform(({ perBuyer, steps, batch }) => {
    const idle: Rate = { count: 0, perMs: 1 }
    const resolved = steps.map((step, index) => ({
      from: step.from ?? (index === 0 ? idle : steps[index - 1].to),
      to: step.to,
      over: step.over,
    }))
    return { kind: 'stages' as const, perBuyer, steps: resolved, batch }
  })
  .describe('Open model: arrival rate in ramps from the start of the run; after the last step, its rate stays.')

const hourWeights = (hours: number, what: string) =>
  z.array(weight).length(hours, { error: `expected ${hours} weights, ${what}` })

/** `weights` once read: 168 hours of the week from Monday 00:00 civil time, of mean 1. */
const profile = z
  .strictObject({
    perBuyer: perBuyerRate,
    total: totalRate,
    day: hourWeights(24, 'one for each hour of the day').optional().describe('Weights of the hours of every day.'),
    week: hourWeights(168, 'one for each hour of the week from Monday 00:00').optional().describe('… of the week.'),
    batch,
  })
  .refine(oneRate, { error: rateWords })
  .refine((value) => (value.day === undefined) !== (value.week === undefined), {
    error: 'expected exactly one of day or week',
  })
  .refine((value) => (value.day ?? value.week ?? [1]).some((weight) => weight > 0), {
    error: 'expected at least one weight above 0',
  })
  .transform((value) => {
    const written = value.week ?? value.day ?? []
    const mean = written.reduce((sum, weight) => sum + weight, 0) / written.length
    const weights = Array.from({ length: 168 }, (_, hour) => written[hour % written.length] / mean)
    return { kind: 'profile' as const, ...rateOf(value), weights, batch: value.batch }
  })
  .describe('Open model: a mean rate with a day or week profile in civil time.')

const closed = z
  .strictObject({ thinkTime: durationDistribution.describe('Pause between a purchase settled and the next.') })
  .transform((value) => ({ kind: 'closed' as const, ...value }))
  .describe('Closed model: each buyer of the segment buys, thinks, and buys again.')

const spike = z
  .strictObject({
    perBuyer: perBuyerFlag,
    base: rate.describe('Rate outside the spike.'),
    peak: rate.describe('Rate during the spike.'),
    at: instant.describe('When the spike begins.'),
    for: duration.describe('How long it lasts.'),
    batch,
  })
  .transform((value) => ({ kind: 'spike' as const, ...value }))
  .describe('Open model: a constant rate with one spike.')

const gapWords = 'expected gaps that are never below 0 and have a mean above 0'
const renewal = z
  .strictObject({
    perBuyer: z
      .boolean()
      .describe('Whether each buyer comes after such gaps (true) or the whole segment does (false).'),
    gap: durationDistribution.describe('Time from one arrival to the next; the first comes one gap after the start.'),
    batch,
  })
  .refine(
    ({ gap }) => {
      const distributed = distribution(gap)
      return distributed.mean > 0 && distributed.cdf(-Number.MIN_VALUE) === 0
    },
    { error: gapWords, path: ['gap'] },
  )
  .transform((value) => ({ kind: 'renewal' as const, ...value }))
  .describe('Open model: independent gaps of any distribution between arrivals, more or less regular than poisson.')

const phase = z.strictObject({
  rate: rate.describe('Arrival rate in this phase; 0/h for none.'),
  stay: duration
    .refine((value) => value > 0, { error: 'expected more than 0' })
    .describe('Mean time that the phase lasts; its distribution is exponential.'),
  next: maybe(z.array(weight).min(1).max(100)).describe(
    'Weights of the phases that may follow, in the order of all phases; without it, the next one in turn.',
  ),
})

const markov = z
  .strictObject({
    perBuyer: perBuyerFlag,
    phases: z.array(phase).min(1).max(100).describe('The phases; the run starts in the first.'),
    batch,
  })
  .refine(
    ({ phases }) =>
      phases.every(({ next }) => next === null || (next.length === phases.length && next.some((each) => each > 0))),
    { error: 'expected in next one weight for each phase, and at least one above 0' },
  )
  .transform((value) => ({ kind: 'markov' as const, ...value }))
  .describe('Open model: bursts and lulls, a Poisson process whose rate is switched by a Markov chain of phases.')

const columnWords = 'expected the name of a column, or its number from 1 where the file has no header'
const column = z.union([z.string().min(1).max(100), z.int().min(1).max(10_000)], { error: columnWords })
/** What a field of the file says; numbers as they are written there. */
const cell = z.union([z.string().max(1_000), z.int().transform(String)], { error: 'expected a text or a whole number' })

type Column = string | number | null

/** A trace once read; `log`: the file is a log of another format, and the columns are those of what it is read into. */
export interface TraceShape {
  readonly kind: 'trace'
  readonly file: string
  readonly origin: number
  readonly columns: Readonly<
    Record<'at', string | number> & Record<'lifetime' | 'quantity' | 'flavour' | 'buyer', Column>
  >
  readonly flavours: Readonly<Record<string, string>> | null
  readonly unitMs: number
  readonly where: Readonly<Record<string, readonly string[]>> | null
  readonly resample?: { readonly block: 'day' | 'week'; readonly by: 'all' | 'buyer' }
  readonly log?: TraceLog
}

const trace = z
  .strictObject({
    file: z
      .string()
      .min(1)
      .describe('A CSV, or with `import` any log, in the folder of the scenario file or below it.'),
    origin: instant.optional().describe('The instant that 0 in the column `at` means.'),
    columns: z
      .strictObject({
        at: column.describe('Column of the arrival times.'),
        lifetime: maybe(column).describe('Column of the lifetimes of what is bought.'),
        quantity: maybe(column).describe('Column of the quantities.'),
        flavour: maybe(column).describe(
          'Column of the flavours of the servers; without it, each purchase has the flavour of its line of `buys`.',
        ),
        buyer: maybe(column).describe('Column that names the buyer; without it one buyer makes all orders.'),
      })
      .refine(
        (columns) => new Set(Object.values(columns).flatMap((each) => (each === null ? [] : typeof each))).size < 2,
        {
          error: 'expected columns that are all named, or all numbered',
        },
      )
      .optional()
      .describe('Which column says what: by name, or by number from 1 in a file without a header.'),
    import: traceLog.optional(),
    flavours: z
      .record(z.string(), id)
      .optional()
      .describe('Flavours by what the column of flavours says, where that is not the flavour itself.'),
    unit: z.enum(['ms', 's', 'min', 'h']).optional().describe('Unit of the times in the file; seconds without it.'),
    where: z
      .record(z.string().min(1).max(100), z.union([cell.transform((one) => [one]), z.array(cell).min(1).max(1_000)]))
      .optional()
      .describe(
        'The orders of this segment: those whose columns, by name or number, say one of these values; without it, all.',
      ),
    resample: maybe(
      z.strictObject({
        block: z
          .enum(['day', 'week'])
          .describe('How much of the trace stays together, counted from the start of the run.'),
        by: z
          .enum(['all', 'buyer'])
          .default('all')
          .describe('Whether all buyers have the same blocks, or each buyer draws their own.'),
      }),
    ).describe(
      'Block bootstrap: blocks of the trace are drawn with replacement by the seed, so that runs of several seeds show how far ' +
        'figures vary by chance. Without it a replay is the same for every seed.',
    ),
  })
  .superRefine((value, context) => {
    const { origin, columns, unit } = value
    for (const [key, written] of Object.entries({ origin, columns, unit })) {
      if (value.import !== undefined && written !== undefined)
        context.addIssue({ code: 'custom', path: [key], message: `expected ${key} within import, or no import` })
      if (value.import === undefined && written === undefined && key !== 'unit')
        context.addIssue({ code: 'custom', message: `expected ${key}, or import with the format of the log` })
    }
  })
  .transform((value): TraceShape => {
    const unitMs = { ms: 1, s: 1_000, min: MINUTE, h: HOUR }[value.unit ?? 's']
    const { file, origin = 0, flavours = null, where = null, resample } = value
    const drawn = resample === null ? {} : { resample }
    const kind = 'trace' as const
    if (value.import === undefined) {
      const columns = value.columns ?? { at: 1, lifetime: null, quantity: null, flavour: null, buyer: null }
      return { kind, file, origin, columns, flavours, unitMs, where, ...drawn }
    }
    const { without } = value.import
    const taken = <K extends (typeof without)[number]>(role: K): K | null => (without.includes(role) ? null : role)
    const columns = { at: 'at', lifetime: taken('lifetime'), quantity: taken('quantity'), flavour: taken('flavour') }
    return {
      ...{ kind, file, origin, columns: { ...columns, buyer: 'buyer' }, flavours, unitMs: 1, where, ...drawn },
      log: value.import,
    }
  })
  .describe('Open model: arrivals replayed from a file, one order a line.')

export const load = oneKey({ poisson, stages, profile, closed, spike, renewal, markov, trace })
  .transform((value) => Object.values(value)[0] as LoadShape)
  .describe(
    'When the buyers come: poisson, stages, profile, spike, renewal, markov or trace (open model), closed (closed model).',
  )

type LoadShape =
  | z.output<typeof poisson>
  | z.output<typeof stages>
  | z.output<typeof profile>
  | z.output<typeof closed>
  | z.output<typeof spike>
  | z.output<typeof renewal>
  | z.output<typeof markov>
  | z.output<typeof trace>

export type Load = z.output<typeof load>
export type LoadOf<K extends Load['kind']> = Extract<Load, { kind: K }>
export type TraceLoad = LoadOf<'trace'>
