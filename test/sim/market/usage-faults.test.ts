/** U-09: usage records that come twice, late, changed or out of order. */
import { expect, test } from 'vitest'
import { UsageIntake } from '#sim/market/metering/usage-faults.ts'
import type { UsageRecord } from '#sim/market/metering/usage-record.ts'
import { launch } from '#sim/market/servers/creation.ts'
import { simulated } from '../run/inline-run.ts'
import { serverWorld } from './server-world.ts'
import { at, SmallMarket } from './small-market.ts'

/** A server that runs from 08:00; its records are handed to `deliver` as each hour is closed. */
function collecting(deliver: (intake: UsageIntake, record: UsageRecord) => void, sets: readonly string[] = []) {
  const small = new SmallMarket(sets)
  const intake = new UsageIntake({ ...small.market, meter: small.meter })
  small.meter.collector = (record) => deliver(intake, record)
  launch(small.market.servers, small.admit())
  const arrive = (clock: string): void => {
    small.goTo(at(clock))
    for (const [handle, { kind, at: due, entity }] of small.wakes)
      if (kind === 'usageArrives' && due <= small.now) {
        small.wakes.delete(handle)
        intake.arrives(entity)
      }
  }
  const outcomes = () => small.facts('usage_faults').map(({ item, outcome, copy }) => `${item} ${outcome} ${copy}`)
  return { small, intake, arrive, outcomes }
}
const owed = (small: SmallMarket, clock: string): number[] | null => {
  const hour = small.meter.unsettled(at(clock))
  return hour === undefined ? null : [Number(hour.ecs[0]) / 1e8, Number(hour.image[0]) / 1e8]
}

test('a record in time is accepted, and not reported', () => {
  const { small, outcomes } = collecting((intake, record) => intake.take(record))
  small.goTo(at('09:00:00'))
  expect([owed(small, '08:00:00'), outcomes()]).toEqual([[3.6, 0.1], []])
})

test('the same record again is dropped; another quantity is reported, and the first counts', () => {
  const { small, arrive, outcomes } = collecting((intake, record) => {
    intake.take(record)
    if (record.item === 'ecs') intake.send(record, record.seconds, 1000, true)
    else intake.send(record, record.seconds - 1, 1000, true)
  })
  arrive('09:00:00')
  arrive('09:00:01')
  expect([owed(small, '08:00:00'), outcomes()]).toEqual([
    [3.6, 0.1],
    ['ecs duplicate 1', 'image conflict 1'],
  ])
})

test('out of order: a record that comes with the next hour is charged with its own', () => {
  const { small, arrive, outcomes } = collecting((intake, record) => {
    if (record.hour === at('08:00:00')) intake.send(record, record.seconds, 3_600_000, false)
    else intake.take(record)
  })
  arrive('09:00:00')
  expect(owed(small, '08:00:00')).toEqual([0, 0])
  arrive('10:00:00')
  expect([owed(small, '08:00:00'), owed(small, '09:00:00')]).toEqual([
    [3.6, 0.1],
    [3.6, 0.1],
  ])
  expect(outcomes()).toEqual(['ecs accepted 0', 'image accepted 0'])
})

test('late: taken until 24 hours after the hour, drawn on its own and once on the bill; then rejected', () => {
  for (const [delay, outcome, charged] of [
    [24 * 3_600_000, 'accepted', 3.7],
    [24 * 3_600_000 + 1, 'late', 0],
  ] as const) {
    const { small, intake, arrive, outcomes } = collecting((inbox, record) => {
      if (record.hour === at('08:00:00')) inbox.send(record, record.seconds, delay, false)
    })
    arrive('09:00:00')
    small.meter.takeClosed()
    arrive('+1 09:00:00')
    arrive('+1 09:00:01')
    expect(outcomes()).toEqual([`ecs ${outcome} 0`, `image ${outcome} 0`])
    small.market.wallets.balances.cash.put(0, 900_000_000n)
    intake.late.settle(() => undefined)
    const { monthCharges, monthLines, cash } = small.market.wallets.balances
    expect([Number(monthCharges.at(0)) / 1e8, monthLines[0], Number(cash.at(0)) / 1e8]).toEqual([
      charged,
      charged > 0 ? 1 : 0,
      9 - charged,
    ])
    expect(small.facts('transactions').filter(({ kind }) => kind === 'late-usage')).toHaveLength(charged > 0 ? 1 : 0)
  }
})

const bills = 'SELECT account, month, lines, charges, payable FROM bills ORDER BY 1, 2'

test('within the window no bill changes, through the end of a month', async () => {
  const faults = 'usage.faults: { duplicate: 0.2, conflict: 0.1, late: 0.3, outOfOrder: 0.2, maxDelay: 23h }'
  const world = (policies: string) => serverWorld({ policies, days: 40 })
  const plain = await simulated(world(''), ({ rows }) => rows(bills))
  await simulated(world(faults), ({ rows, ask, outcome }) => {
    expect(rows(bills)).toEqual(plain)
    expect(ask(`SELECT count(*) FROM v_usage_faults WHERE outcome = 'accepted'`)).toBeGreaterThan(500)
    expect(ask('SELECT count(*) FROM usage_rejected')).toBe(0)
    expect(outcome.differences).toBe(0)
  })
})

test('beyond the window hours are metered and never charged, and the auditor says the same', async () => {
  const policies =
    'usage.lateWindow: 6h, usage.faults: { late: 0.3, duplicate: 0.2, maxDelay: 30h }, image.hour: rolling'
  await simulated(serverWorld({ policies }), ({ ask, outcome }) => {
    const metered = ask('SELECT sum(hours * amount) FROM usage_spans')
    const rejected = ask('SELECT sum(amount) FROM usage_rejected')
    const posted = ask(`SELECT -sum(p.amount * t.repeats) FROM postings p JOIN transactions t ON t.id = p.transaction_id
      JOIN words w ON w.id = p.ledger WHERE w.word IN ('cloud-resource-revenue', 'marketplace-revenue')
      AND t.hour > 0`)
    expect(rejected).toBeGreaterThan(0)
    expect(posted).toBe(metered - rejected)
    expect(outcome.differences).toBe(0)
  })
})

test('U-09, I-04: with usage.late next-bill a record after the window is a correction, known again for as long as one may come', () => {
  const { small, arrive, outcomes } = collecting(
    (inbox, record) => {
      if (record.hour !== at('08:00:00')) return
      inbox.send(record, record.seconds, 25 * 3_600_000, false)
      inbox.send(record, record.seconds, 26 * 3_600_000, true)
      inbox.send(record, record.seconds - 1, 27 * 3_600_000, true)
    },
    ['policies={ usage.late: next-bill, usage.faults: { late: 0.1, maxDelay: 30h } }'],
  )
  arrive('09:00:00')
  arrive('+1 10:00:00')
  arrive('+1 11:00:00')
  arrive('+1 12:00:00')
  expect(outcomes()).toEqual(
    ['correction 0', 'duplicate 1', 'conflict 1'].flatMap((each) => [`ecs ${each}`, `image ${each}`]),
  )
  expect(small.facts('usage_faults').every(({ amount }) => Number(amount) > 0)).toBe(true)
})

test('U-09, I-04: a correction is on the bill of the month in which it is settled, names its hour, and nothing is lost', async () => {
  const policies =
    'usage.late: next-bill, usage.lateWindow: 6h, usage.faults: { late: 0.3, duplicate: 0.2, conflict: 0.1, maxDelay: 30h }, tax.percent: "7"'
  await simulated(serverWorld({ policies, days: 40 }), ({ ask, outcome }) => {
    expect(outcome.differences).toBe(0)
    expect(ask("SELECT COUNT(*) FROM v_usage_faults WHERE outcome = 'late'")).toBe(0)
    const corrections = ask("SELECT COUNT(*) FROM v_transactions WHERE kind = 'late-usage' AND rule = 'I-04'")
    expect(corrections).toBeGreaterThan(50)
    const posted = ask(`SELECT -sum(p.amount * t.repeats) FROM postings p JOIN transactions t ON t.id = p.transaction_id
      JOIN words w ON w.id = p.ledger WHERE w.word IN ('cloud-resource-revenue', 'marketplace-revenue') AND t.hour > 0`)
    expect(posted).toBe(ask('SELECT sum(hours * amount) FROM usage_spans'))
    // Each hour at most once as a correction, and a day after its end at the least.
    expect(
      ask(
        `SELECT COUNT(*) - COUNT(DISTINCT account || ' ' || hour || ' ' || at) FROM v_transactions WHERE rule = 'I-04'`,
      ),
    ).toBe(0)
    expect(
      ask(
        "SELECT MIN(t.at - t.hour) > 7 * 3600000 FROM transactions t JOIN words w ON w.id = t.rule AND w.word = 'I-04'",
      ),
    ).toBe(1)
    // Some hours of one month are on the bill of the next.
    expect(
      ask(
        `SELECT COUNT(*) FROM v_transactions WHERE rule = 'I-04' AND strftime('%m', hour, '+8 hours') < strftime('%m', at, '+8 hours')`,
      ),
    ).toBeGreaterThan(0)
  })
})
