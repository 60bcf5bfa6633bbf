import { expect, test } from 'vitest'
import { ScenarioErrors } from '#scenarios/errors.ts'
import { policyKeys } from '#scenarios/policies.ts'
import { parseScenario } from '#scenarios/reader.ts'
import { marketplace } from './marketplace.ts'

function faultsOf(sets: readonly string[]) {
  try {
    parseScenario(marketplace, 'x.yaml', { sets })
  } catch (error) {
    if (error instanceof ScenarioErrors) return error.faults
    throw error
  }
  return []
}

/** A value of each switch that is not its default. */
const otherwise: Record<string, string> = {
  'time.utcOffset': '-07:00',
  'rounding.charge': 'half-up',
  'rounding.monthTotal': 'truncate',
  'rounding.rest': 'keep',
  'rounding.refund': 'as-bill',
  'tax.percent': '6',
  'tax.couponBase': 'paid',
  'order.unpaidLife': '1d',
  'order.quoteLock': 'payment',
  'term.start': 'paid',
  'trial.days': '14',
  'change.downAtRenewal': 'true',
  'upgrade.priceMatch': 'same-plan',
  'upgrade.originalBasis': 'paid',
  'expansion.cutover': '2024-06-12T00:00:00+08:00',
  'expansion.ruleKey': 'paid',
  'proration.basis': 'day30',
  'proration.countChangeDay': 'true',
  'change.negative': 'floor',
  'change.price': 'full-difference',
  'expansion.tiered': 'price-difference',
  'pool.whenFull': 'queue',
  'queue.discipline': 'fifo',
  'outage.servers': 'restart',
  'outage.refund': 'rest-of-term',
  'quick.insufficient': 'pending-payment',
  'quick.choices': 'quantity-and-duration',
  'custom.partial': 'keep-created',
  'ecs.granularity': 'hour-ceil',
  'image.granularity': 'second',
  'image.hour': 'rolling',
  'image.key': 'image',
  'image.inYearlyGrace': 'billed',
  'image.whenStopped': 'free',
  'image.priceAt': 'last',
  'settlement.lag': '2h',
  'usage.lateWindow': '12h',
  'usage.late': 'next-bill',
  'usage.faults': '{ duplicate: 0.1 }',
  'grace.payPerUseBilled': 'false',
  'grace.days': '3',
  'retention.days': '3',
  tiers: 'cn',
  'unfreeze.payPerUse': 'running',
  'freeze.storage': 'billed',
  'freeze.unsubscribe': 'refused',
  'reject.cap': '3',
  'appeal.silence': '72h',
  'appeal.days': 'business',
  'appeal.sellerRejects': '2',
  'appeal.buyerRejects': '{ saas: 2 }',
  'appeal.seller': 'never',
  'appeal.outcomes': '{ cancel: 1 }',
  'freeze.pauses': '[]',
  'completion.delay': '1h',
  'completion.appealInWindow': 'denied',
  'auto365.kinds': '[saas]',
  'auto365.start': 'first-request',
  'auto365.invoice': 'issued',
  'auto365.refund': 'none',
  'autoRenew.period': '1',
  'autoRenew.times': '2',
  'renewal.alignDay': '28',
  'unsubscribe.beforeCompletion': 'full-refund',
  'refund.consumed': 'days',
  'refund.fee': 'none',
  'refund.fiveDay': 'cn',
  'invoice.issueDelay': '1d',
  'invoice.returnDelay': '1d',
  'invoice.mode': 'auto',
  'settlement.payoutDelay': '7d',
  'settlement.platformFee': '20',
  'revenue.presentation': 'principal',
}

test.each(policyKeys)('switch %s at something else than its default', (key) => {
  expect(faultsOf([`policies.${key}=${otherwise[key]}`])).toEqual([])
})

const pool = 'regions.ap-1.zones.ap-1a.pools.c6.large'
const buyer = 'buyers.start-ups'
const crm = 'catalog.crm.specifications.seats'

test('whatever the language can say is simulated', () => {
  for (const sets of [
    [],
    ['partition=zone'],
    ['catalog.crm.supervised=true', `${crm}.trial=true`],
    [`${pool}.capacity=[{ from: 2024-02-01T00:00:00Z, capacity: 3 }, { from: 2024-03-09T00:00:00Z, capacity: 9 }]`],
    [`${buyer}.load={ profile: { total: 3/h, day: [${'1,'.repeat(23)}9] } }`],
    [`${buyer}.load={ stages: { perBuyer: false, steps: [{ to: 3/h, over: 2d }] } }`],
    [`${crm}.discount={ fixedPrice: 3 }`],
    ['catalog.stack.specifications.plain.discount={ amountOff: "0.01" }'],
    [
      'catalog.crm.kind=consulting',
      `${crm}={ id: seats, billing: one-off, price: 3 }`,
      `${buyer}.buys.crm={ product: stack, specification: plain, flavour: c6.large, lifetime: 1h }`,
    ],
    [`${buyer}.wallet.paymentMethod=0.5`],
    [
      'catalog.stack.specifications.plain={ id: plain, billing: monthly, plans: [{ months: 1, price: 3 }] }',
      `${pool}.plans=[{ months: 1, price: 50 }]`,
      `${buyer}.buys.stack.lifetime=`,
    ],
    [
      `${buyer}.buys.stack.server=yearly-monthly`,
      `${buyer}.buys.stack.serverMonths=1`,
      `${buyer}.buys.stack.provisioning=quick`,
      `${pool}.plans=[{ months: 1, price: 50 }]`,
    ],
    [`${buyer}.habits.upgrade.probability=0.1`, `${buyer}.habits.expand.probability=0.1`],
    [`${buyer}.habits.renewing.auto=0.1`, `${buyer}.habits.downgrade=0.1`],
    [`${buyer}.habits.unsubscribe.probability=0.1`],
  ])
    expect(faultsOf(sets), sets.join()).toEqual([])
})
