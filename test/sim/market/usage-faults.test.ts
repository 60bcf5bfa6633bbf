/** U-09: usage records that come twice, late, changed or out of order. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { startOfHour } from '#base/civil-time.ts'
import type { ClosedMonth } from '#sim/market/invoices/closed-months.ts'
import { UsageIntake } from '#sim/market/metering/usage-faults.ts'
import type { UsageRecord } from '#sim/market/metering/usage-record.ts'
import { launch } from '#sim/market/servers/creation.ts'
import { runs } from '../billing/cases.ts'
import { table } from '../billing/table.ts'
import { simulated } from '../run/inline-run.ts'
import { serverWorld } from './server-world.ts'
import { at, SmallMarket, START } from './small-market.ts'

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

const HOUR = 3_600_000
const EAST_8 = 8 * HOUR

/** A record of an image hour, and when it comes: what it is, and the months (`2024-05`) of the bills that have it. */
function lateRecord(given: {
  hour: number
  came: number
  windowMs: number
  lagMs: number
  late: string
  endsAt?: number
}) {
  const { hour, came, windowMs, lagMs, late, endsAt = START + 90 * 24 * HOUR } = given
  const small = new SmallMarket([
    `duration=${endsAt - START}ms`,
    `policies={ usage.lateWindow: ${windowMs}ms, usage.late: ${late}, settlement.lag: ${lagMs}ms, usage.faults: { late: 0.1, maxDelay: 40d } }`,
  ])
  const { market, meter } = small
  const intake = new UsageIntake({ ...market, meter })
  launch(market.servers, small.admit())
  small.now = hour + HOUR
  meter.hourStart = hour
  const record = { instance: 0, item: 'image', key: 1, priced: 1, hour, seconds: 3600, amount: 10_000_000 } as const
  intake.send(record as UsageRecord, 3600, came - small.now, false)
  small.now = came
  meter.hourStart = startOfHour(came, EAST_8)
  intake.arrives(1)
  const monthOf = (instant: number): string => new Date(instant + EAST_8).toISOString().slice(0, 7)
  const settled = hour + HOUR + lagMs
  const drawn = settled + Math.ceil((came - settled) / HOUR) * HOUR
  const charges = market.wallets.balances.monthCharges
  const closed = { charges: [0n], lines: new Int32Array(1) }
  small.now = drawn
  intake.late.settle(() => (monthOf(settled) === monthOf(drawn) ? undefined : (closed as unknown as ClosedMonth)))
  const [share] = small.facts('seller_shares')
  return {
    outcome: small.facts('usage_faults')[0].outcome,
    buyer: closed.charges[0] > 0n ? monthOf(settled) : charges.at(0) > 0n ? monthOf(drawn) : 'none',
    seller: share === undefined ? 'none' : monthOf(Number(share.month)),
    drawn,
    settled,
  }
}

const clock = (text: string): number => Date.parse(`${text}+08:00`)

test.each(
  table(`
    hour              came                     window  late       outcome     buyer    seller   why
    2024-05-31T21:00  2024-06-01T21:00:00.000  24h     reject     accepted    2024-05  2024-05  in the window, and its bill is not final
    2024-05-31T21:00  2024-06-03T09:00:00.000  30d     reject     accepted    2024-05  2024-05  drawn at 09:00, an hour before the bill
    2024-05-31T21:00  2024-06-03T09:00:00.001  30d     reject     correction  2024-06  2024-06  drawn at 10:00, when the bill is made
    2024-05-31T21:00  2024-06-03T10:00:00.000  30d     reject     correction  2024-06  2024-06  the bill of May is final
    2024-05-31T21:00  2024-06-05T00:00:00.000  30d     reject     correction  2024-06  2024-06  though the seller has no bill of May yet
    2024-05-31T21:00  2024-06-20T00:00:00.000  30d     next-bill  correction  2024-06  2024-06  usage.late is about what comes after the window
    2024-05-31T22:00  2024-06-20T00:00:00.000  30d     reject     accepted    2024-06  2024-06  its hour was settled in June
    2024-05-31T21:00  2024-06-03T08:00:00.000  58h     reject     accepted    2024-05  2024-05  the end of the window is in it
    2024-05-31T21:00  2024-06-03T08:00:00.001  58h     reject     late        none     none     after the window
    2024-05-31T21:00  2024-06-03T08:00:00.001  58h     next-bill  correction  2024-06  2024-06  after the window
    2024-05-10T10:00  2024-06-30T23:00:00.001  90d     reject     correction  2024-07  2024-07  drawn at the first instant of July
    2024-05-10T10:00  2024-07-20T00:00:00.000  90d     reject     correction  2024-07  2024-07  two months later: the month in which it is settled
  `),
)('U-09, I-04: the hour $hour at $came, within $window by $late, is $outcome: $why', (row) => {
  const days = row.window.endsWith('d') ? 24 : 1
  const found = lateRecord({
    hour: clock(row.hour),
    came: clock(row.came),
    windowMs: Number.parseInt(row.window, 10) * days * HOUR,
    lagMs: HOUR,
    late: row.late,
  })
  expect(found).toMatchObject({ outcome: row.outcome, buyer: row.buyer, seller: row.seller })
})

test('I-02: a run that ends as the bill would be final leaves it provisional, so the record is still on it', () => {
  const at10 = clock('2024-06-03T10:00')
  const given = { hour: clock('2024-05-31T21:00'), windowMs: 30 * 24 * HOUR, lagMs: HOUR, late: 'reject' }
  expect(lateRecord({ ...given, came: at10 - 1, endsAt: at10 })).toMatchObject({
    outcome: 'accepted',
    buyer: '2024-05',
  })
  expect(lateRecord({ ...given, came: at10 - 1, endsAt: at10 + 1 })).toMatchObject({ outcome: 'correction' })
})

test('U-09, I-04: for any window, lag and end of a month, buyer and seller have a record on the same bill, which is not final', () => {
  const hours = fc.integer({ min: 0, max: 60 * 24 }).map((hour) => START + hour * HOUR)
  const window = fc.integer({ min: 0, max: 30 * 24 * 60 }).map((minutes) => minutes * 60_000)
  const nearEnd = fc.integer({ min: -60, max: 60 }).map((hour) => clock('2024-06-01T00:00') + hour * HOUR)
  fc.assert(
    fc.property(
      fc.oneof(hours, nearEnd),
      fc.oneof(fc.integer({ min: 1, max: 32 * 24 * 60 * 60 }), fc.constantFrom(58 * 3600, 59 * 3600, 144 * 3600)),
      window,
      fc.constantFrom(0, HOUR, 26 * HOUR, 60 * HOUR, 7 * 24 * HOUR),
      fc.constantFrom('reject', 'next-bill'),
      (hour, seconds, windowMs, lagMs, late) => {
        const came = hour + HOUR + lagMs + seconds * 1000
        const { outcome, buyer, seller, drawn, settled } = lateRecord({ hour, came, windowMs, lagMs, late })
        const isIn = came - hour - HOUR <= windowMs
        const own = new Date(settled + EAST_8)
        // The 3rd at 10:00 of the next month is 02:00 in UTC.
        const final = Date.UTC(own.getUTCFullYear(), own.getUTCMonth() + 1, 3, 2)
        const due = isIn && drawn < final ? 'accepted' : isIn || late === 'next-bill' ? 'correction' : 'late'
        expect(outcome).toBe(due)
        const month = (instant: number): string => new Date(instant + EAST_8).toISOString().slice(0, 7)
        const billed = due === 'late' ? 'none' : due === 'accepted' ? month(settled) : month(drawn)
        expect([buyer, seller]).toEqual([billed, billed])
      },
    ),
    { numRuns: Math.min(runs.numRuns, 200) },
  )
})

test('U-09, I-04: within a window of twenty days every record is charged once, some on the next bill, of which each has a line', async () => {
  const policies = 'usage.lateWindow: 20d, usage.faults: { late: 0.1, duplicate: 0.1, maxDelay: 19d }, tax.percent: "7"'
  await simulated(
    serverWorld({ policies, days: 62, buyer: 'wallet: { opening: "900" }' }),
    ({ ask, rows, outcome }) => {
      expect(outcome.differences).toBe(0)
      expect(ask("SELECT COUNT(*) FROM v_usage_faults WHERE outcome = 'late'")).toBe(0)
      expect(ask("SELECT COUNT(*) FROM v_usage_faults WHERE outcome = 'correction'")).toBeGreaterThan(20)
      expect(ask('SELECT COUNT(*) FROM bill_corrections WHERE bill_number IS NULL')).toBe(0)
      expect(ask('SELECT sum(charges) FROM bills')).toBe(ask('SELECT sum(hours * amount) FROM usage_spans'))
      // L-02: what all months sold of images is on the sellers' bills, but for what the run leaves unbilled.
      const months = rows<{ month: number; sold: number }>(
        'SELECT b.month, sum(l.sales) AS sold FROM seller_bill_lines l JOIN seller_bills b ON b.id = l.bill_id GROUP BY 1',
      )
      expect(months).toHaveLength(1)
      expect(months[0].sold).toBe(ask(`SELECT sum(sales) FROM seller_shares WHERE month = ${months[0].month}`))
    },
  )
})
