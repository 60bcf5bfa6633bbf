/**
 * What a scenario file may say. Once read, instants and durations are whole milliseconds, amounts and prices decimal
 * text, percentages decimal text, probabilities numbers; what was left out has its default or is null.
 */

import { policiesSchema } from './policies.ts'
import { answer } from './sections/answer.ts'
import { buyerSegment } from './sections/buyers.ts'
import { product } from './sections/catalog.ts'
import { compareWith } from './sections/compare-with.ts'
import { currency } from './sections/currency.ts'
import { plannedEvent } from './sections/events.ts'
import { operations, region } from './sections/market.ts'
import { id, seed, title } from './sections/names.ts'
import { parties } from './sections/parties.ts'
import { sellerSegment } from './sections/sellers.ts'
import { thresholds } from './sections/thresholds.ts'
import { duration, instant, instantOrDuration } from './time.ts'
import { z } from './zod.ts'

/** The sections of a scenario file, one schema each. */
export const sections = {
  name: id.describe('Short name of the scenario.'),
  question: title.optional().describe('The question that this scenario answers.'),
  answer: answer.optional(),
  compareWith: compareWith.optional(),
  start: instant.describe('When the run starts (T-01).'),
  end: instant.optional().describe('When it ends; or write duration.'),
  duration: duration.optional().describe('How long it lasts; or write end.'),
  drain: duration
    .optional()
    .describe(
      'How long the run continues after its last arrival, so that what was begun can end: the end is that much later.',
    ),
  warmStart: z
    .boolean()
    .optional()
    .describe(
      'Whether pools start with servers drawn from the stationary distribution of their load, instead of empty: pay-per-use ' +
        'servers with a lifetime, under random loads.',
    ),
  measureFrom: instantOrDuration
    .optional()
    .describe('Start of measurement for figures, thresholds and intervals: an instant, or a duration after the start.'),
  seed: seed.prefault('1').describe('Random seed; the same seed gives the same run.'),
  currency: currency
    .prefault('USD')
    .describe('The one currency of the run (M-01, M-08): a code, or code and decimals.'),
  money: z
    .enum(['count', 'ignore'])
    .default('count')
    .describe(
      'count: everything has its price. ignore: every price is 0 and may be left out, and no account is ever in arrears; ' +
        'for questions about capacity only.',
    ),
  partition: z
    .enum(['region', 'zone'])
    .default('region')
    .describe(
      'Cells of the parallel simulation: regions, where buyers choose any zone, or zones, where each ' +
        'buyer has one home zone and takes servers only there. Buyers are spread evenly over the zones of a region.',
    ),
  messageDelay: duration.prefault('30min').describe('Minimum latency of a message between cells: the lookahead.'),
  policies: policiesSchema.prefault({}).describe('Switches of the rulebook; the rest keep their defaults.'),
  regions: z.array(region).min(1).max(1000).describe('Regions, their zones and pools.'),
  sellers: z.array(sellerSegment).min(1).describe('Seller segments.'),
  operations: operations.prefault({}).describe('Staff of the cloud itself.'),
  categories: z
    .record(id, z.array(id).min(1).max(1000))
    .default({})
    .describe('Families of categories and their subcategories, next to those of the user guide (C-02).'),
  catalog: z.array(product).min(1).describe('Products.'),
  buyers: z.array(buyerSegment).min(1).describe('Buyer segments.'),
  events: z.array(plannedEvent).default([]).describe('Planned events.'),
  thresholds: thresholds.prefault({}),
  parties: parties.optional(),
}

/**
 * A scenario file: `end` is set whichever of end and duration was written, later by `drain`; with one, no buyer comes from
 * `arrivalsUntil` on. `measureFrom` is an instant if it was written, and `warmStart` and `money` are there only if they are not
 * the default.
 */
export const scenarioSchema = z
  .strictObject(sections)
  .refine((value) => (value.end === undefined) !== (value.duration === undefined), {
    error: 'expected exactly one of end or duration',
  })
  .transform(
    ({
      end,
      duration: length,
      drain = 0,
      question,
      warmStart,
      measureFrom,
      money,
      answer: answered,
      compareWith: compared,
      parties: named,
      ...rest
    }) => ({
      ...rest,
      ...(drain > 0 ? { arrivalsUntil: end ?? rest.start + (length ?? 0) } : {}),
      ...(answered === undefined ? {} : { answer: answered }),
      ...(compared === undefined ? {} : { compareWith: compared }),
      ...(named === undefined ? {} : { parties: named }),
      ...(money === 'ignore' ? { money } : {}),
      ...(warmStart === true ? { warmStart } : {}),
      ...(measureFrom === undefined
        ? {}
        : { measureFrom: 'at' in measureFrom ? measureFrom.at : rest.start + measureFrom.after }),
      question: question ?? '',
      end: (end ?? rest.start + (length ?? 0)) + drain,
    }),
  )

export type Scenario = z.output<typeof scenarioSchema>
