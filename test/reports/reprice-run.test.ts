/**
 * A run priced by other settings. Its buyers can pay anything, so a run with these settings has the same history: its bills and refunds
 * have to be those of the new side.
 */
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { monthOf } from '#base/civil-time.ts'
import { formatAmount } from '#base/money.ts'
import type { RunRecord } from '#reports/record.ts'
import { type Group, sumsBy } from '#reports/reprice/price-difference.ts'
import { priceRun } from '#reports/reprice/priced-run.ts'
import { RepricedRecord } from '#reports/reprice/repriced-record.ts'
import {
  changedSettings,
  latePolicies,
  meteringPolicies,
  pricingPolicies,
  reasonAgainst,
} from '#reports/reprice/settings.ts'
import { policyKeys } from '#scenarios/policies.ts'
import { readScenario } from '#scenarios/reader.ts'
import { everyRuleRecord } from './every-rule-run.ts'
import { libraryFile, type ShortRun, shortRun } from './short-run.ts'

const file = fileURLToPath(new URL('reprice.yaml', import.meta.url))
let run: ShortRun
beforeAll(async () => {
  run = await shortRun([], file)
})
afterAll(() => run?.remove())

async function repriced(sets: readonly string[]) {
  const { scenario, traces } = await readScenario(file, { sets })
  const now = new RepricedRecord(run.folder, scenario, traces)
  try {
    const made = priceRun(run.record, now)
    return { ...made, groups: made.difference.groups() }
  } finally {
    now.close()
  }
}

/** What each account pays for each month, and what is refunded of it. */
const paidBy = (groups: readonly Group[], side: 'old' | 'new'): string[] =>
  sumsBy(
    groups,
    ({ account, month }) => `${account} ${month}`,
    ({ account, month }) => ({ account, month }),
  )
    // A month that is billed by the other side alone.
    .filter((sum) => sum[side] !== 0n)
    .map((sum) => `${sum.account} ${sum.month} ${formatAmount(sum[side])}`)
    .sort()

/** The same from the tables of a run. */
function billedBy(record: RunRecord): string[] {
  const sums = new Map<string, bigint>()
  const rows = record.rows<{ account: string; at: bigint; amount: bigint }>(
    `SELECT a.name AS account, b.month AS at, b.payable AS amount FROM bills b JOIN accounts a ON a.id = b.account
     UNION ALL
     SELECT a.name, t.at, sum(p.amount) FROM transactions t JOIN postings p ON p.transaction_id = t.id JOIN accounts a ON a.id = t.account
     WHERE t.kind = (SELECT id FROM words WHERE word = 'refund')
       AND p.ledger IN (SELECT id FROM words WHERE word IN ('buyer-cash', 'buyer-coupons')) GROUP BY t.id`,
  )
  for (const { account, at, amount } of rows) {
    const key = `${account} ${monthOf(Number(at), record.meta.utcOffset)}`
    sums.set(key, (sums.get(key) ?? 0n) + amount)
  }
  return [...sums]
    .filter(([, sum]) => sum !== 0n)
    .map(([key, sum]) => `${key} ${formatAmount(sum)}`)
    .sort()
}

describe('each side is what a run with its settings bills', () => {
  test('the old side, to the last unit, with a difference of 0 by its own settings', async () => {
    const { groups, disagreements, unexplainedHours, unpriced } = await repriced([])
    expect([disagreements, unexplainedHours, unpriced]).toEqual([[], 0, []])
    expect(paidBy(groups, 'old')).toEqual(billedBy(run.record))
    expect(groups.filter((group) => group.old !== group.new)).toEqual([])
    expect(new Set(groups.map(({ kind }) => kind))).toEqual(
      new Set(['ecs', 'disk', 'elastic-ip', 'image', 'saas', 'tax', 'rounding', 'refund']),
    )
  })

  test.each([
    [
      'other prices (P-01 to P-03, U-07, E-09, M-06), and a tax of the region (M-07)',
      [
        'regions.ap-1.zones.ap-1a.pools.c6.large.hourly=0.1',
        'regions.ap-1.zones.ap-1a.pools.c6.large.resources.disk.hourly=0.0007',
        'regions.ap-1.zones.ap-1a.pools.c6.large.plans.0.price=58.123',
        'regions.ap-1.taxPercent=11.5',
        'catalog.stack.specifications.hour.discount={ percentOff: 7 }',
        'catalog.stack.specifications.month.plans.0.price=30',
        'catalog.crm.specifications.team.plans.0.price={ model: tiered, bands: [{ upTo: 3, unit: 9 }, { upTo: null, unit: 8.333 }] }',
        'catalog.crm.specifications.team.plans.1.price={ model: linear, unit: 61.77 }',
        'events.0.serverPriceChange.hourly=0.2',
      ],
    ],
    [
      'other rules of rounding (M-02, M-08), expansions (X-04, X-06) and refunds (N-03, N-04)',
      [
        'policies.rounding.charge=half-up',
        'policies.rounding.monthTotal=truncate',
        'policies.expansion.cutover=2030-01-01T00:00:00+08:00',
        'policies.proration.basis=day30',
        'policies.proration.countChangeDay=true',
        'policies.refund.consumed=days',
        'policies.refund.fee=none',
      ],
    ],
    ['what comes late is rejected (U-09)', ['policies.usage.late=reject', 'policies.usage.lateWindow=2d']],
    ['a window that is longer than a month takes to be billed (U-09, I-04)', ['policies.usage.lateWindow=12d']],
    ['no full refunds within five days (N-06)', ['policies.refund.fiveDay=off', 'policies.rounding.refund=as-bill']],
  ])('the new side: %s', async (_, sets) => {
    const { groups } = await repriced(sets)
    const other = await shortRun(sets, file)
    try {
      const counts = [run.record, other.record].map((record) =>
        record.rows('SELECT (SELECT count(*) FROM orders) AS orders, (SELECT sum(hours) FROM usage_spans) AS hours'),
      )
      expect(counts[0]).toEqual(counts[1])
      expect(paidBy(groups, 'new')).toEqual(billedBy(other.record))
      expect(paidBy(groups, 'old')).toEqual(billedBy(run.record))
      expect(paidBy(groups, 'new')).not.toEqual(paidBy(groups, 'old'))
    } finally {
      other.remove()
    }
  })
})

/** Subscriptions that are upgraded and expanded, before and after their prices change. */
const upgrading = [
  'events.1={ at: 2023-06-08T10:30:00+08:00, priceChange: { product: crm, specification: team, plans: [{ months: 1, price: { model: linear, unit: "6.66" } }, { months: 12, price: { model: linear, unit: "61.5" } }] } }',
  'buyers.teams.habits={ upgrade: { probability: 0.8, after: { exponential: { mean: 9d } } }, expand: { probability: 0.8, after: { exponential: { mean: 5d } }, by: 2, repeat: true } }',
]

describe('changes are matched again with plans (X-02)', () => {
  let upgraded: ShortRun
  beforeAll(async () => {
    upgraded = await shortRun(upgrading, file)
  })
  afterAll(() => upgraded?.remove())

  test.each([
    [[]],
    [['policies.upgrade.priceMatch=same-plan']],
    [['policies.upgrade.originalBasis=paid']],
    [
      [
        'policies.upgrade.priceMatch=same-plan',
        'policies.upgrade.originalBasis=paid',
        'policies.proration.basis=day30',
      ],
    ],
  ])('%s', async (rules) => {
    const sets = [...upgrading, ...rules]
    const { scenario, traces } = await readScenario(file, { sets })
    const now = new RepricedRecord(upgraded.folder, scenario, traces)
    const other = rules.length === 0 ? upgraded : await shortRun(sets, file)
    try {
      const { difference, unpriced, disagreements } = priceRun(upgraded.record, now)
      expect([unpriced, disagreements]).toEqual([[], []])
      const groups = difference.groups()
      expect(paidBy(groups, 'old')).toEqual(billedBy(upgraded.record))
      expect(paidBy(groups, 'new')).toEqual(billedBy(other.record))
      if (rules.length > 0) expect(paidBy(groups, 'new')).not.toEqual(paidBy(groups, 'old'))
    } finally {
      now.close()
      if (other !== upgraded) other.remove()
    }
  })
})

/** Hourly servers that stop, change their image and are suspended, in a month of prices that change. */
const stopping = [
  'end=2023-06-20T00:00:00+08:00',
  'policies.usage.faults={ late: 0, duplicate: 0 }',
  'buyers.teams.habits={ stopStart: { probability: 0.7, after: { exponential: { mean: 7h } }, pause: { exponential: { mean: 5h } } } }',
]

describe('other rules of metering: the hours are made again of what servers did', () => {
  let stopped: ShortRun
  beforeAll(async () => {
    stopped = await shortRun(stopping, file)
  })
  afterAll(() => stopped?.remove())

  test.each([
    ['U-06', 'image.whenStopped=free'],
    ['U-02', 'image.granularity=second'],
    ['U-02', 'image.hour=rolling'],
    ['U-03', 'image.key=image'],
    ['U-07', 'image.priceAt=last'],
    ['U-01', 'ecs.granularity=hour-ceil'],
  ])('%s: %s', async (_, rule) => {
    const sets = [...stopping, `policies.${rule}`]
    const { scenario, traces } = await readScenario(file, { sets })
    const now = new RepricedRecord(stopped.folder, scenario, traces)
    const other = await shortRun(sets, file)
    try {
      const { difference, unexplainedHours, disagreements } = priceRun(stopped.record, now)
      expect([unexplainedHours, disagreements]).toEqual([0, []])
      const groups = difference.groups()
      expect(paidBy(groups, 'old')).toEqual(billedBy(stopped.record))
      expect(paidBy(groups, 'new')).toEqual(billedBy(other.record))
    } finally {
      now.close()
      other.remove()
    }
  })
})

/** Images by the hour on servers whose terms end, and accounts that cannot pay. */
const expiring = [
  'policies.usage.faults={ late: 0, duplicate: 0 }',
  'buyers.teams.habits={}',
  'buyers.teams.buys=[{ product: stack, specification: hour, flavour: c6.large, lifetime: 400d, server: yearly-monthly, serverMonths: 1 }]',
  'buyers.teams.count=3',
]
const owing = [
  'policies.usage.faults={ late: 0, duplicate: 0 }',
  'buyers.teams.wallet.opening=4',
  'buyers.teams.buys=[{ product: stack, specification: hour, flavour: c6.large, lifetime: 400d }]',
]

describe('what is metered after a term and in grace', () => {
  test.each([
    ['U-04', 'free', expiring, 'image.inYearlyGrace=billed'],
    ['U-04', 'billed', [...expiring, 'policies.image.inYearlyGrace=billed'], 'image.inYearlyGrace=free'],
    ['A-02', 'billed', owing, 'grace.payPerUseBilled=false'],
    ['A-02', 'free', [...owing, 'policies.grace.payPerUseBilled=false'], 'grace.payPerUseBilled=true'],
  ])('%s, where it is %s', async (_, __, base, rule) => {
    const sets = [...base, `policies.${rule}`]
    const { scenario, traces } = await readScenario(file, { sets })
    const [own, other] = [await shortRun(base, file), await shortRun(sets, file)]
    const now = new RepricedRecord(own.folder, scenario, traces)
    try {
      const { difference, unexplainedHours, disagreements } = priceRun(own.record, now)
      expect([unexplainedHours, disagreements]).toEqual([0, []])
      const groups = difference.groups()
      expect(paidBy(groups, 'old')).toEqual(billedBy(own.record))
      expect(paidBy(groups, 'new')).toEqual(billedBy(other.record))
      expect(paidBy(groups, 'new')).not.toEqual(paidBy(groups, 'old'))
    } finally {
      now.close()
      own.remove()
      other.remove()
    }
  })
})

test('a run that meets nearly every rule is priced to its own bills', async () => {
  const record = await everyRuleRecord()
  const { scenario, traces } = await readScenario(libraryFile('every-rule'), { sets: ['duration=96d'] })
  const now = new RepricedRecord(record.folder, scenario, traces)
  try {
    const { disagreements, unpriced, unexplainedHours, bills } = priceRun(record, now)
    expect([disagreements, unpriced, unexplainedHours]).toEqual([[], [], 0])
    expect(bills).toBeGreaterThan(200)
  } finally {
    now.close()
    record.close()
  }
})

test('a run that meets nearly every rule is metered again to its own hours, without those of stopped servers (U-06)', async () => {
  const record = await everyRuleRecord()
  const sets = ['duration=96d', 'policies.image.whenStopped=free']
  const { scenario, traces } = await readScenario(libraryFile('every-rule'), { sets })
  const now = new RepricedRecord(record.folder, scenario, traces)
  try {
    const { disagreements, unpriced, unexplainedHours, difference } = priceRun(record, now)
    expect([disagreements, unpriced, unexplainedHours]).toEqual([[], [], 0])
    const moved = difference.groups().filter((group) => group.old !== group.new)
    expect(new Set(moved.map(({ kind }) => kind))).toEqual(new Set(['image', 'tax', 'rounding']))
    expect(moved.filter(({ kind }) => kind === 'image').every((group) => group.new < group.old)).toBe(true)
  } finally {
    now.close()
    record.close()
  }
})

describe('settings that make another history are refused with a reason', () => {
  test.each([
    [
      'policies.grace.days=3',
      'it decides when servers are suspended and terms end: what happens then is not in the record',
    ],
    ['policies.usage.faults={ late: 0.1 }', 'it decides which records of use arrive late, twice or changed'],
    ['policies.usage.late=reject', undefined],
    ['policies.image.inYearlyGrace=billed', undefined],
    ['policies.image.whenStopped=free', undefined],
    ['policies.image.granularity=second', undefined],
    ['policies.settlement.platformFee=20', 'it is about the share of sellers, and not what buyers pay'],
    ['buyers.teams.count=5', 'who buys what and when is the history itself'],
    ['regions.ap-1.zones.ap-1a.pools.c6.large.capacity=3', 'it decides which orders find room, and when'],
    ['events.0.at=2023-06-11T00:00:00+08:00', 'it decides what happens when'],
    ['end=2023-07-01T00:00:00+08:00', 'it decides what happens at all'],
    ['catalog.crm.specifications.team.quantity.max=100', 'it decides what can be bought'],
    ['regions.ap-1.zones.ap-1a.pools.c6.large.resources.disk=', 'it decides which orders find room, and when'],
    ['policies.tax.percent=5', undefined],
    ['catalog.crm.specifications.team.plans.0.price=5', undefined],
    ['catalog.crm.specifications.enterprise.discount=', undefined],
  ])('%s', async (set, reason) => {
    const [own, other] = [await readScenario(file), await readScenario(file, { sets: [set] })]
    const changed = changedSettings(own.scenario, other.scenario)
    expect(changed.length).toBeGreaterThan(0)
    expect([...new Set(changed.map(reasonAgainst))]).toEqual([reason])
  })

  test('every switch of the rulebook is either one of pricing or has a reason', () => {
    for (const key of policyKeys) {
      const reason = reasonAgainst({ path: `policies.${key}`, old: 'a', new: 'b' })
      expect(reason === undefined, key).toBe([...pricingPolicies, ...meteringPolicies, ...latePolicies].includes(key))
    }
  })
})
