/**
 * Every switch of the rulebook, one entry each. To add one, write an entry here; see CONTRIBUTING.md for what else.
 * A run's manifest records all of them, so that a bill can be traced to the rule that made it.
 */

import { count, probability, share, weightsOf } from './amounts.ts'
import type { RuleId } from './rules.ts'
import { duration, instant, utcOffset } from './time.ts'
import { z } from './zod.ts'

const oneOf = <const T extends readonly [string, ...string[]]>(...values: T) => z.enum(values)
const days = z.int().min(0).max(3650)

const metered = 'metering cannot change in a run: hours in progress would have to be split'
const clocks = 'it cannot change in a run: clocks of flows in progress use it'

interface PolicyEntry {
  /** The rule that names the switch. */
  readonly rule: RuleId
  /** What it may be, and how the text of a scenario is read. */
  readonly schema: z.ZodType
  /** The rulebook's default, as a scenario writes it. */
  readonly default: unknown
  /** What it decides, for editors, `--help` and the manifest. */
  readonly text: string
  /** Why it may not change during a run: what is expected instead. Without it the switch is asked when it decides. */
  readonly fixed?: string
}

const table = {
  'time.utcOffset': {
    rule: 'T-02',
    schema: utcOffset,
    default: '+08:00',
    text: 'Fixed offset of the civil time.',
    fixed: 'the offset cannot change in a run (T-02)',
  },
  'rounding.charge': {
    rule: 'M-02',
    schema: oneOf('truncate', 'half-up'),
    default: 'truncate',
    text: 'How a charge is rounded to 8 decimals.',
    fixed: 'it cannot change in a run: it rounds each metered hour as it closes',
  },
  'rounding.monthTotal': {
    rule: 'M-02',
    schema: oneOf('half-up', 'truncate'),
    default: 'half-up',
    text: 'How a monthly bill, an invoice, a refund and a bill of a seller are rounded to the minor units of the currency (M-08).',
  },
  'rounding.rest': {
    rule: 'M-08',
    schema: oneOf('settle', 'keep'),
    default: 'settle',
    text: 'Whether the difference between the charges of a monthly bill and its payable is drawn or refunded with the bill, so that the bill is what the buyer paid (settle), or stays on the balance (keep).',
  },
  'rounding.refund': {
    rule: 'M-08',
    schema: oneOf('within-paid', 'as-bill'),
    default: 'within-paid',
    text: 'How a refund is rounded to minor units: like a bill, but never to more than was paid in cash (within-paid, Q-05), or always like a bill (as-bill).',
  },
  'tax.percent': {
    rule: 'M-07',
    schema: share,
    default: '0',
    text: 'Tax on the payable before tax, in percent.',
  },
  'tax.couponBase': {
    rule: 'M-07',
    schema: oneOf('price', 'paid'),
    default: 'price',
    text: 'What is taxed when a discount coupon pays: the whole price (price), or the price less the coupon (paid).',
  },
  'order.unpaidLife': {
    rule: 'O-01',
    schema: duration,
    default: '7d',
    text: 'How long an unpaid order lives.',
  },
  'order.quoteLock': {
    rule: 'O-04',
    schema: oneOf('order', 'payment'),
    default: 'order',
    text: 'Whether the price of a purchase, change or renewal is fixed when its order is created, or is that of its payment; what would not be sold or changed so at payment keeps the price of the order.',
  },
  'term.start': {
    rule: 'O-11',
    schema: oneOf('accepted', 'completed', 'paid'),
    default: 'accepted',
    text: 'When the term of a supervised product starts.',
  },
  'trial.days': {
    rule: 'O-12',
    schema: days,
    default: 7,
    text: 'Days of a free trial.',
  },
  'change.downAtRenewal': {
    rule: 'X-01',
    schema: z.boolean(),
    default: false,
    text: 'Whether a renewal may reduce the quantity or the specification.',
  },
  'upgrade.priceMatch': {
    rule: 'X-02',
    schema: oneOf('by-duration', 'same-plan'),
    default: 'by-duration',
    text: 'Which list price of the new configuration an upgrade uses.',
  },
  'upgrade.originalBasis': {
    rule: 'X-02',
    schema: oneOf('current', 'paid'),
    default: 'current',
    text: 'Whether the original configuration of an upgrade or expansion counts at its current list price or at the one that was paid.',
  },
  'expansion.cutover': {
    rule: 'X-05',
    schema: instant,
    default: '2023-06-12T00:00:00+08:00',
    text: 'The instant from which the newer expansion rule applies.',
  },
  'expansion.ruleKey': {
    rule: 'X-05',
    schema: oneOf('order-created', 'paid', 'originally-bought'),
    default: 'order-created',
    text: 'Which instant of an order decides the expansion rule.',
  },
  'proration.basis': {
    rule: 'X-06',
    schema: oneOf('calendar-month', 'days-over-term', 'day30'),
    default: 'calendar-month',
    text: 'How the rest of a term is measured.',
  },
  'proration.countChangeDay': {
    rule: 'X-06',
    schema: z.boolean(),
    default: false,
    text: 'Whether the day of the change counts as remaining.',
  },
  'change.negative': {
    rule: 'X-07',
    schema: oneOf('floor-or-refuse', 'floor', 'refuse'),
    default: 'floor-or-refuse',
    text: 'What happens to a change with a negative price.',
  },
  'change.price': {
    rule: 'X-09',
    schema: oneOf('prorated', 'full-difference'),
    default: 'prorated',
    text: 'Whether a change costs its difference for what remains of the term, or the full difference whatever the day.',
  },
  'expansion.tiered': {
    rule: 'X-07',
    schema: oneOf('as-written', 'price-difference'),
    default: 'as-written',
    text: 'How an expansion of a tiered price is charged.',
  },
  'pool.whenFull': {
    rule: 'E-02',
    schema: oneOf('refuse', 'queue'),
    default: 'refuse',
    text: 'Whether a full pool refuses orders, or queues them up to their patience; yearly/monthly servers wait after their payment, and what was paid goes back when they give up.',
  },
  'queue.discipline': {
    rule: 'E-02',
    schema: oneOf('pass-over', 'fifo'),
    default: 'pass-over',
    text: 'Whether later orders that fit may pass one that does not, or wait behind it (strict order).',
  },
  'outage.servers': {
    rule: 'E-10',
    schema: oneOf('lost', 'restart', 'resume'),
    default: 'lost',
    text: 'Whether servers that run when their host or zone fails are lost, begin again where there is room, or continue when it is back.',
  },
  'outage.refund': {
    rule: 'E-10',
    schema: oneOf('none', 'rest-of-term'),
    default: 'none',
    text: 'Whether the rest of a term is refunded, without a handling fee, for yearly/monthly servers that an outage takes (outage.servers: lost).',
  },
  'quick.insufficient': {
    rule: 'E-04',
    schema: oneOf('fail', 'pending-payment'),
    default: 'fail',
    text: 'What quick provisioning does when the balance is too small.',
  },
  'quick.choices': {
    rule: 'E-04',
    schema: oneOf('none', 'quantity-and-duration'),
    default: 'none',
    text: 'What a buyer chooses in quick provisioning: nothing (one instance, for the first plan), or quantity and duration as in customised provisioning.',
    fixed: 'it cannot change in a run: the expected load of pools depends on it',
  },
  'custom.partial': {
    rule: 'E-05',
    schema: oneOf('none', 'keep-created'),
    default: 'none',
    text: 'Whether servers already created are kept when not all can be; of yearly/monthly ones the part of the others is refunded.',
  },
  'ecs.granularity': {
    rule: 'U-01',
    schema: oneOf('second', 'hour-ceil'),
    default: 'second',
    text: 'How server use is metered.',
    fixed: metered,
  },
  'image.granularity': {
    rule: 'U-02',
    schema: oneOf('hour-ceil', 'second'),
    default: 'hour-ceil',
    text: 'How image use is metered.',
    fixed: metered,
  },
  'image.hour': {
    rule: 'U-02',
    schema: oneOf('clock', 'rolling'),
    default: 'clock',
    text: 'Whether an image hour is a clock hour or runs from the first use.',
    fixed: metered,
  },
  'image.key': {
    rule: 'U-03',
    schema: oneOf('product', 'image'),
    default: 'product',
    text: 'Whether two images of one product in one hour are charged once.',
    fixed: metered,
  },
  'image.inYearlyGrace': {
    rule: 'U-04',
    schema: oneOf('free', 'billed'),
    default: 'free',
    text: 'Whether an image is billed in the grace period of its yearly/monthly server.',
    fixed: metered,
  },
  'image.whenStopped': {
    rule: 'U-06',
    schema: oneOf('billed', 'free'),
    default: 'billed',
    text: 'Whether an image is billed on a server stopped by its user.',
    fixed: metered,
  },
  'image.priceAt': {
    rule: 'U-07',
    schema: oneOf('first', 'last'),
    default: 'first',
    text: 'Which price of an hour applies when it changes within the hour.',
    fixed: metered,
  },
  'settlement.lag': {
    rule: 'U-08',
    schema: duration,
    default: '1h',
    text: 'How long after an hour its charge is settled.',
    fixed: 'the lag cannot change in a run: hours are settled in the order in which they close',
  },
  'usage.lateWindow': {
    rule: 'U-09',
    schema: duration,
    default: '24h',
    text: 'How late a usage record may arrive. What is drawn after the bill of its month is final is a correction on the next bill (I-04).',
    fixed: 'the window cannot change in a run: records already sent use it',
  },
  'usage.late': {
    rule: 'U-09',
    schema: oneOf('reject', 'next-bill'),
    default: 'reject',
    text: 'Whether a usage record that arrives after usage.lateWindow is rejected, or charged as a correction on the next bill (I-04).',
    fixed: 'the treatment of late records cannot change in a run: records already sent use it',
  },
  'usage.faults': {
    rule: 'U-09',
    schema: z.strictObject({
      duplicate: probability.default(0).describe('Probability that a record is sent twice.'),
      conflict: probability.default(0).describe('Probability that it is sent again with a different quantity.'),
      late: probability.default(0).describe('Probability that it arrives late.'),
      outOfOrder: probability.default(0).describe('Probability that it overtakes an earlier one.'),
      maxDelay: duration.prefault('6h').describe('Largest delay of a record.'),
    }),
    default: {},
    text: 'Errors injected into usage records.',
    fixed: 'the errors cannot change in a run: records already sent have them',
  },
  'grace.payPerUseBilled': {
    rule: 'A-02',
    schema: z.boolean(),
    default: true,
    text: 'Whether pay-per-use resources are still billed in grace.',
    fixed: metered,
  },
  'grace.days': {
    rule: 'A-04',
    schema: days,
    default: 15,
    text: 'Days of grace after arrears or expiry.',
  },
  'retention.days': {
    rule: 'A-04',
    schema: days,
    default: 15,
    text: 'Days that suspended resources are kept.',
  },
  tiers: {
    rule: 'A-04',
    schema: oneOf('none', 'cn'),
    default: 'none',
    text: 'Whether grace and retention depend on the customer tier.',
  },
  'unfreeze.payPerUse': {
    rule: 'A-05',
    schema: oneOf('stopped', 'running'),
    default: 'stopped',
    text: 'In which state pay-per-use servers return from suspension.',
  },
  'freeze.storage': {
    rule: 'O-14',
    schema: oneOf('free', 'billed'),
    default: 'free',
    text: 'Whether disks of the suspended servers of a frozen account are billed, as those of accounts in arrears are (A-03), or nothing is.',
    fixed: metered,
  },
  'freeze.unsubscribe': {
    rule: 'N-07',
    schema: oneOf('allowed', 'refused'),
    default: 'allowed',
    text: 'Whether an account that is frozen for a violation may unsubscribe; one that is frozen for legal reasons never may (N-07).',
  },
  'reject.cap': {
    rule: 'S-04',
    schema: z.union([z.literal('none'), z.int().min(1).max(100)]),
    default: 'none',
    text: 'How often a seller may reject a request.',
  },
  'appeal.silence': {
    rule: 'S-06',
    schema: duration,
    default: '120h',
    text: 'How long a seller must be silent before the buyer may appeal.',
    fixed: clocks,
  },
  'appeal.days': {
    rule: 'S-06',
    schema: oneOf('natural', 'business'),
    default: 'natural',
    text: 'Whether that silence is counted in natural or business days.',
    fixed: clocks,
  },
  'appeal.sellerRejects': {
    rule: 'S-06',
    schema: z.int().min(1).max(100),
    default: 3,
    text: 'Rejections by the seller after which the buyer may appeal.',
  },
  'appeal.buyerRejects': {
    rule: 'S-06',
    schema: z.strictObject({
      license: count(1, 100).default(2).describe('Rejections of a license delivery.'),
      saas: count(1, 100).default(3).describe('Rejections of a SaaS delivery.'),
      service: count(1, 100).default(3).describe('Rejections of a service delivery.'),
    }),
    default: {},
    text: 'Rejections by the buyer after which the buyer may appeal, by kind of product.',
  },
  'appeal.seller': {
    rule: 'S-06',
    schema: oneOf('after-3-rejections-or-silence', 'any-time', 'never'),
    default: 'after-3-rejections-or-silence',
    text: 'When a seller may appeal.',
  },
  'appeal.outcomes': {
    rule: 'S-07',
    schema: weightsOf('complete', 'cancel', 'resume'),
    default: { complete: 1, cancel: 1, resume: 1 },
    text: 'Weights of the decisions of operations managers.',
  },
  'freeze.pauses': {
    rule: 'S-07',
    schema: z.array(oneOf('silence', 'completion', 'auto365')),
    default: ['silence', 'completion'],
    text: 'Clocks that pause while an appeal is open.',
    fixed: clocks,
  },
  'completion.delay': {
    rule: 'S-08',
    schema: duration,
    default: '3h',
    text: 'How long after acceptance an order is completed.',
    fixed: clocks,
  },
  'completion.appealInWindow': {
    rule: 'S-08',
    schema: oneOf('allowed', 'denied'),
    default: 'allowed',
    text: 'Whether an appeal is allowed between acceptance and completion.',
  },
  'auto365.kinds': {
    rule: 'S-09',
    schema: z.array(oneOf('license', 'saas', 'professional-service')),
    default: ['professional-service'],
    text: 'Kinds whose flow the system closes after 365 days.',
    fixed: clocks,
  },
  'auto365.start': {
    rule: 'S-09',
    schema: oneOf('paid', 'first-request'),
    default: 'paid',
    text: 'From when the 365 days are counted.',
    fixed: clocks,
  },
  'auto365.invoice': {
    rule: 'S-09',
    schema: oneOf('requested', 'issued'),
    default: 'requested',
    text: 'Which state of the invoice counts as invoiced.',
  },
  'auto365.refund': {
    rule: 'S-09',
    schema: oneOf('full', 'none'),
    default: 'full',
    text: 'What is refunded when such a flow is cancelled.',
  },
  'autoRenew.period': {
    rule: 'R-04',
    schema: z.union([z.literal('term'), z.int().min(1).max(36)]),
    default: 'term',
    text: 'Months of an automatic renewal; term repeats the term bought.',
  },
  'autoRenew.times': {
    rule: 'R-04',
    schema: z.union([z.literal('unlimited'), z.int().min(1).max(1000)]),
    default: 'unlimited',
    text: 'How often a subscription is renewed automatically.',
  },
  'renewal.alignDay': {
    rule: 'R-07',
    schema: z.union([z.literal('none'), z.int().min(1).max(28)]),
    default: 'none',
    text: 'Day of the month that renewals are aligned to.',
  },
  'unsubscribe.beforeCompletion': {
    rule: 'N-01',
    schema: oneOf('never', 'full-refund'),
    default: 'never',
    text: 'Whether a supervised product may be unsubscribed from, with a full refund, before its order is completed.',
  },
  'refund.consumed': {
    rule: 'N-03',
    schema: oneOf('hours', 'days'),
    default: 'hours',
    text: 'How the consumed part of a refund is counted.',
  },
  'refund.fee': {
    rule: 'N-04',
    schema: oneOf('intl', 'none'),
    default: 'intl',
    text: 'Handling fee of an unsubscription.',
  },
  'refund.fiveDay': {
    rule: 'N-06',
    schema: oneOf('off', 'cn'),
    default: 'off',
    text: 'Whether an unsubscription within five days is refunded in full.',
  },
  'invoice.issueDelay': {
    rule: 'I-01',
    schema: duration,
    default: '2d',
    text: 'How long issuing an invoice takes.',
  },
  'invoice.returnDelay': {
    rule: 'I-01',
    schema: duration,
    default: '3d',
    text: 'How long returning an invoice takes.',
  },
  'invoice.mode': {
    rule: 'I-02',
    schema: oneOf('manual', 'auto'),
    default: 'manual',
    text: 'Whether invoices are requested by hand or created automatically.',
    fixed: "the mode cannot change in a run: part of the month's orders would be missing",
  },
  'settlement.payoutDelay': {
    rule: 'L-02',
    schema: duration,
    default: '30d',
    text: "How long after a seller's bill it is paid out.",
    fixed: 'the delay cannot change in a run: sellers are paid in the order of their bills',
  },
  'settlement.platformFee': {
    rule: 'L-03',
    schema: share,
    default: '15',
    text: 'Platform fee on sales, in percent: 15 or "15%" is 15 %, 0.15 is 0.15 %.',
  },
  'revenue.presentation': {
    rule: 'L-06',
    schema: oneOf('agent', 'principal'),
    default: 'agent',
    text: "Whether the books show the commission as revenue (agent), or the whole price with the seller's share as a cost (principal).",
    fixed: 'the presentation cannot change in a run (L-06)',
  },
} as const satisfies Record<string, PolicyEntry>

export type PolicyKey = keyof typeof table
/** What the code reads: durations in milliseconds, percentages as decimal text, the rest as written. */
export type Policies = { readonly [K in PolicyKey]: z.output<(typeof table)[K]['schema']> }

export const policyKeys = Object.keys(table) as readonly PolicyKey[]
/** The rule that names a switch, for messages and the manifest. */
export const policyRule = (key: PolicyKey): RuleId => table[key].rule
/** The default of a switch as a scenario file would write it. */
export const policyStandard = (key: PolicyKey): unknown => table[key].default

/** What a switch decides, in a sentence. */
export const policyText = (key: PolicyKey): string => table[key].text
/** The switches of a rule. */
export const switchesOf = (rule: string): readonly PolicyKey[] => policyKeys.filter((key) => table[key].rule === rule)
/** Switches that may not change during a run, with what is expected instead. */
export const fixedPolicies: Partial<Record<PolicyKey, string>> = Object.fromEntries(
  policyKeys.flatMap((key) => {
    const { fixed } = table[key] as PolicyEntry
    return fixed === undefined ? [] : [[key, fixed]]
  }),
)

const describe = (key: PolicyKey) => `${policyText(key)} (${policyRule(key)})`

/** The `policies:` section: unknown keys are errors, absent keys take the rulebook's default. */
export const policiesSchema = z
  .strictObject(
    Object.fromEntries(
      policyKeys.map((key) => [
        key,
        (table[key].schema as z.ZodType).prefault(table[key].default).describe(describe(key)),
      ]),
    ),
  )
  .transform((value) => value as unknown as Policies)

export const defaultPolicies: Policies = policiesSchema.parse({})

/** Some policies, for a change during the run: no defaults. */
export const policyChangesSchema = z
  .strictObject(
    Object.fromEntries(
      policyKeys.map((key) => [key, (table[key].schema as z.ZodType).optional().describe(describe(key))]),
    ),
  )
  .refine((changes) => Object.keys(changes).length > 0, { error: 'expected at least one policy key' })
  .transform((value) => value as Partial<Policies>)
