/**
 * Every switch of the rulebook: its key under `policies:`, the rule it belongs to, what it may be and its default.
 * A run's manifest records all of them, so that a bill can be traced to the rule that made it.
 */
import { z } from 'zod'
import { count, probability, share, weightsOf } from './amounts.ts'
import { policyWords } from './policy-words.ts'
import { duration, instant, utcOffset } from './time.ts'

const oneOf = <const T extends readonly [string, ...string[]]>(...values: T) => z.enum(values)
const days = z.int().min(0).max(3650)

const shapes = {
  'time.utcOffset': ['T-02', utcOffset, '+08:00'],
  'rounding.charge': ['M-02', oneOf('truncate', 'half-up'), 'truncate'],
  'rounding.monthTotal': ['M-02', oneOf('half-up', 'truncate'), 'half-up'],
  'tax.percent': ['M-07', share, '0'],
  'tax.couponBase': ['M-07', oneOf('price', 'paid'), 'price'],
  'order.unpaidLife': ['O-01', duration, '7d'],
  'order.quoteLock': ['O-04', oneOf('order', 'payment'), 'order'],
  'term.start': ['O-11', oneOf('accepted', 'completed', 'paid'), 'accepted'],
  'trial.days': ['O-12', days, 7],
  'change.downAtRenewal': ['X-01', z.boolean(), false],
  'upgrade.priceMatch': ['X-02', oneOf('by-duration', 'same-plan'), 'by-duration'],
  'upgrade.originalBasis': ['X-02', oneOf('current', 'paid'), 'current'],
  'expansion.cutover': ['X-05', instant, '2023-06-12T00:00:00+08:00'],
  'expansion.ruleKey': ['X-05', oneOf('order-created', 'paid', 'originally-bought'), 'order-created'],
  'proration.basis': ['X-06', oneOf('calendar-month', 'days-over-term', 'day30'), 'calendar-month'],
  'proration.countChangeDay': ['X-06', z.boolean(), false],
  'change.negative': ['X-07', oneOf('floor-or-refuse', 'floor', 'refuse'), 'floor-or-refuse'],
  'expansion.tiered': ['X-07', oneOf('as-written', 'price-difference'), 'as-written'],
  'pool.whenFull': ['E-02', oneOf('refuse', 'queue'), 'refuse'],
  'queue.discipline': ['E-02', oneOf('pass-over', 'fifo'), 'pass-over'],
  'quick.insufficient': ['E-04', oneOf('fail', 'pending-payment'), 'fail'],
  'custom.partial': ['E-05', oneOf('none', 'keep-created'), 'none'],
  'ecs.granularity': ['U-01', oneOf('second', 'hour-ceil'), 'second'],
  'image.granularity': ['U-02', oneOf('hour-ceil', 'second'), 'hour-ceil'],
  'image.hour': ['U-02', oneOf('clock', 'rolling'), 'clock'],
  'image.key': ['U-03', oneOf('product', 'image'), 'product'],
  'image.inYearlyGrace': ['U-04', oneOf('free', 'billed'), 'free'],
  'image.whenStopped': ['U-06', oneOf('billed', 'free'), 'billed'],
  'image.priceAt': ['U-07', oneOf('first', 'last'), 'first'],
  'settlement.lag': ['U-08', duration, '1h'],
  'usage.lateWindow': ['U-09', duration, '24h'],
  'usage.faults': [
    'U-09',
    z.strictObject({
      duplicate: probability.default(0).describe('Probability that a record comes twice.'),
      conflict: probability.default(0).describe('Probability that it comes again with another quantity.'),
      late: probability.default(0).describe('Probability that it comes late.'),
      outOfOrder: probability.default(0).describe('Probability that it comes before an earlier one.'),
      maxDelay: duration.prefault('6h').describe('How late a record comes at most.'),
    }),
    {},
  ],
  'grace.payPerUseBilled': ['A-02', z.boolean(), true],
  'grace.days': ['A-04', days, 15],
  'retention.days': ['A-04', days, 15],
  tiers: ['A-04', oneOf('none', 'cn'), 'none'],
  'unfreeze.payPerUse': ['A-05', oneOf('stopped', 'running'), 'stopped'],
  'reject.cap': ['S-04', z.union([z.literal('none'), z.int().min(1).max(100)]), 'none'],
  'appeal.silence': ['S-06', duration, '120h'],
  'appeal.days': ['S-06', oneOf('natural', 'business'), 'natural'],
  'appeal.sellerRejects': ['S-06', z.int().min(1).max(100), 3],
  'appeal.buyerRejects': [
    'S-06',
    z.strictObject({
      license: count(1, 100).default(2).describe('Rejections of a license.'),
      saas: count(1, 100).default(3).describe('Rejections of a saas.'),
      service: count(1, 100).default(3).describe('Rejections of a service.'),
    }),
    {},
  ],
  'appeal.seller': [
    'S-06',
    oneOf('after-3-rejections-or-silence', 'any-time', 'never'),
    'after-3-rejections-or-silence',
  ],
  'appeal.outcomes': ['S-07', weightsOf('complete', 'cancel', 'resume'), { complete: 1, cancel: 1, resume: 1 }],
  'freeze.pauses': ['S-07', z.array(oneOf('silence', 'completion', 'auto365')), ['silence', 'completion']],
  'completion.delay': ['S-08', duration, '3h'],
  'completion.appealInWindow': ['S-08', oneOf('allowed', 'denied'), 'allowed'],
  'auto365.kinds': ['S-09', z.array(oneOf('license', 'saas', 'professional-service')), ['professional-service']],
  'auto365.start': ['S-09', oneOf('paid', 'first-request'), 'paid'],
  'auto365.invoice': ['S-09', oneOf('requested', 'issued'), 'requested'],
  'auto365.refund': ['S-09', oneOf('full', 'none'), 'full'],
  'autoRenew.period': ['R-04', z.union([z.literal('term'), z.int().min(1).max(36)]), 'term'],
  'autoRenew.times': ['R-04', z.union([z.literal('unlimited'), z.int().min(1).max(1000)]), 'unlimited'],
  'renewal.alignDay': ['R-07', z.union([z.literal('none'), z.int().min(1).max(28)]), 'none'],
  'refund.consumed': ['N-03', oneOf('hours', 'days'), 'hours'],
  'refund.fee': ['N-04', oneOf('intl', 'none'), 'intl'],
  'refund.fiveDay': ['N-06', oneOf('off', 'cn'), 'off'],
  'invoice.issueDelay': ['I-01', duration, '2d'],
  'invoice.returnDelay': ['I-01', duration, '3d'],
  'invoice.mode': ['I-02', oneOf('manual', 'auto'), 'manual'],
  'settlement.payoutDelay': ['L-02', duration, '30d'],
  'settlement.platformFee': ['L-03', share, '15'],
  'revenue.presentation': ['L-06', oneOf('agent', 'principal'), 'agent'],
} as const satisfies Record<string, readonly [rule: string, schema: z.ZodType, standard: unknown]>

export type PolicyKey = keyof typeof shapes
/** What the code reads: durations in milliseconds, percentages as decimal text, the rest as written. */
export type Policies = { readonly [K in PolicyKey]: z.output<(typeof shapes)[K][1]> }

export const policyKeys = Object.keys(shapes) as readonly PolicyKey[]
/** The rule that names a switch, for messages and the manifest. */
export const policyRule = (key: PolicyKey): string => shapes[key][0]
/** The default of a switch as a scenario file would write it. */
export const policyStandard = (key: PolicyKey): unknown => shapes[key][2]

const describe = (key: PolicyKey) => `${policyWords[key]} (${policyRule(key)})`

/** The `policies:` section: unknown keys are faults, absent keys take the rulebook's default. */
export const policiesSchema = z
  .strictObject(
    Object.fromEntries(
      policyKeys.map((key) => [key, (shapes[key][1] as z.ZodType).prefault(shapes[key][2]).describe(describe(key))]),
    ),
  )
  .transform((value) => value as unknown as Policies)

export const standardPolicies: Policies = policiesSchema.parse({})

/** Some policies, for a change during the run: no defaults. */
export const policyChangesSchema = z
  .strictObject(
    Object.fromEntries(
      policyKeys.map((key) => [key, (shapes[key][1] as z.ZodType).optional().describe(describe(key))]),
    ),
  )
  .refine((changes) => Object.keys(changes).length > 0, { error: 'expected at least one policy key' })
  .transform((value) => value as Partial<Policies>)
