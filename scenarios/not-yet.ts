/**
 * What a scenario may say and the simulation does not do yet. Each row names the rule that is missing and where the
 * scenario asks for it; a row goes when its rule is built. Nothing is half done silently.
 */
import type { Path } from './document.ts'
import { type PolicyKey, policyKeys, policyRule, standardPolicies } from './policies.ts'
import type { Scenario } from './schema.ts'
import type { Product, Specification } from './sections/catalog.ts'
import type { PlannedEvent } from './sections/events.ts'

export interface NotYet {
  readonly rule: string
  readonly words: string
  /** Where the scenario asks for it; empty when it does not. */
  readonly asked: (scenario: Scenario) => readonly Path[]
}

const differ = (a: unknown, b: unknown) => JSON.stringify(a) !== JSON.stringify(b)

/** Paths of the items of a list that ask for something. */
const those = <T>(list: readonly T[], base: Path, asks: (item: T) => Path | null): Path[] =>
  list.flatMap((item, index) => {
    const path = asks(item)
    return path ? [[...base, index, ...path]] : []
  })

const when = (asks: boolean, ...path: Path): Path | null => (asks ? path : null)

const inSpecifications = (asks: (specification: Specification, product: Product) => Path | null) => (s: Scenario) =>
  s.catalog.flatMap((product, p) =>
    those(product.specifications, ['catalog', p, 'specifications'], (specification) => asks(specification, product)),
  )

/** Switches that the simulation obeys; the others are refused unless they stand at their default. */
export const obeyed: readonly PolicyKey[] = [
  'time.utcOffset',
  'rounding.charge',
  'rounding.monthTotal',
  'tax.percent',
  'order.unpaidLife',
  'order.quoteLock',
  'invoice.issueDelay',
  'invoice.returnDelay',
  'invoice.mode',
  'settlement.payoutDelay',
  'settlement.platformFee',
  'trial.days',
  'ecs.granularity',
  'image.granularity',
  'image.whenStopped',
  'image.hour',
  'image.key',
  'image.priceAt',
  'pool.whenFull',
  'custom.partial',
  'usage.lateWindow',
  'usage.faults',
  'tiers',
  'settlement.lag',
  'grace.days',
  'grace.payPerUseBilled',
  'retention.days',
  'unfreeze.payPerUse',
  'term.start',
  'reject.cap',
  'appeal.silence',
  'appeal.days',
  'appeal.sellerRejects',
  'appeal.buyerRejects',
  'appeal.seller',
  'appeal.outcomes',
  'freeze.pauses',
  'completion.delay',
  'completion.appealInWindow',
  'auto365.kinds',
  'auto365.start',
  'auto365.invoice',
  'auto365.refund',
  'change.downAtRenewal',
  'upgrade.priceMatch',
  'upgrade.originalBasis',
  'expansion.cutover',
  'expansion.ruleKey',
  'proration.basis',
  'proration.countChangeDay',
  'change.negative',
  'expansion.tiered',
  'quick.insufficient',
  'image.inYearlyGrace',
  'autoRenew.period',
  'autoRenew.times',
  'renewal.alignDay',
  'refund.consumed',
  'refund.fee',
  'refund.fiveDay',
]

const policyRows: readonly NotYet[] = policyKeys
  .filter((key) => !obeyed.includes(key))
  .map((key) => ({
    rule: policyRule(key),
    words: `the switch ${key} at anything but its default`,
    asked: ({ policies }) => (differ(policies[key], standardPolicies[key]) ? [['policies', key]] : []),
  }))

/** Policies that may change during the run; of the others the use of what runs already would have to be split. */
const changeable: readonly PolicyKey[] = [
  'order.unpaidLife',
  'tax.percent',
  'rounding.monthTotal',
  'pool.whenFull',
  'custom.partial',
  'appeal.outcomes',
]

/** Keys of planned changes of policies that cannot change during the run. */
const fixedPolicies = (events: readonly PlannedEvent[]): Path[] =>
  events.flatMap((event, index) =>
    event.kind === 'policyChange'
      ? Object.keys(event.policies)
          .filter((key) => !changeable.includes(key as PolicyKey))
          .map((key) => ['events', index, event.kind, key])
      : [],
  )

export const notYet: readonly NotYet[] = [
  ...policyRows,
  {
    rule: 'O-12',
    words: 'free trials of what is supervised, and of images',
    asked: inSpecifications((s, { kind, supervised }) =>
      when('trial' in s && s.trial && (kind !== 'saas' || supervised === true), 'trial'),
    ),
  },
  { rule: 'T-01', words: 'a change of this policy during the run', asked: ({ events }) => fixedPolicies(events) },
]
