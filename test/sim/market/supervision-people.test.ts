/** L-04, L-05: staff, hours, queues and silence; O-03: what buyers do not agree to. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Kernel } from '#engine/kernel.ts'
import { Streams } from '#engine/random/streams.ts'
import { parseScenario } from '#scenarios/reader.ts'
import { Desks, teamOf } from '#sim/people/staff.ts'
import { openRecord } from '#sim/record/open-record.ts'
import { simulate } from '#sim/run/simulate.ts'
import { table } from '../billing/table.ts'
import { begin, HOUR } from './supervision-bench.ts'

const office = { days: [0, 1, 2, 3, 4], from: 9 * HOUR, to: 18 * HOUR }
const EAST_8 = 8 * HOUR

/** A desk whose cases take `work` hours, on a clock that begins on Friday, 09:00. */
class Office {
  readonly kernel = new Kernel({ start: begin })
  readonly done: string[] = []
  readonly desks: Desks

  constructor(staff: number, hours: typeof office | null, work: number) {
    const team = teamOf(staff, hours, { constant: work * HOUR }, EAST_8)
    const stream = new Streams('1').stream('desk')
    const kind = this.kernel.on('done', 4, (row) => {
      const { order, started, isVoid } = this.desks.cases
      const { now } = this.kernel
      this.done.push(
        `${order[row]}:${(started[row] - begin) / HOUR}-${(now - begin) / HOUR}${isVoid[row] ? ' void' : ''}`,
      )
      this.desks.leave(row)
    })
    this.desks = new Desks(1, {
      now: () => this.kernel.now,
      wake: (at, row) => {
        this.kernel.at(at, kind, row)
      },
      team: () => team,
      stream: () => stream,
    })
  }

  /** `0 1, 0 2, 3 3`: hours, and the order whose case arrives then. */
  play(arrivals: string): this {
    for (const arrival of arrivals.split(', ')) {
      const [hours, order] = arrival.split(' ').map(Number)
      this.kernel.runUntil(begin + hours * HOUR)
      this.desks.arrive(0, { cell: 0, flow: 0, order, turn: 0, what: 0 })
    }
    return this
  }

  finish(): string {
    this.kernel.runUntil(Number.POSITIVE_INFINITY)
    return this.done.join(', ')
  }
}

test.each(
  table(`
    staff  hours   work  arrivals        done                          why
    1      always  2     0 1, 0 2, 1 3   1:0-2, 2:2-4, 3:4-6           first come, first served
    2      always  2     0 1, 0 2, 1 3   1:0-2, 2:0-2, 3:2-4           two at work
    1      always  0     0 1, 0 2        1:0-0, 2:0-0                  no time at all
    1      office  4     0 1, 1 2        1:0-4, 2:4-8                  within Friday
    1      office  6     0 1, 1 2        1:0-6, 2:6-75                 Friday 15:00, three hours left, then Monday 12:00
    1      office  1     10 1            1:72-73                       assigned on Friday evening, done on Monday
    1      office  9     9 1             1:72-81                       a whole Monday
    1      office  45    0 1             1:0-153                       a whole week of work
    2      office  4     8 1, 8 2, 8 3   1:8-75, 2:8-75, 3:75-79       both staff over the week-end
  `),
)('L-04: $staff at work, $hours, $work h a case: $arrivals: $why', ({ staff, hours, work, arrivals, done }) => {
  const desk = new Office(Number(staff), hours === 'office' ? office : null, Number(work))
  expect(desk.play(arrivals).finish()).toBe(done)
})

test('L-04: nothing is started while a seller is silent; work continues in order on return', () => {
  const desk = new Office(1, null, 2)
  desk.play('0 1')
  desk.desks.close(0, begin + 10 * HOUR)
  desk.play('1 2, 1 3')
  desk.kernel.runUntil(begin + 10 * HOUR)
  expect(desk.done).toEqual(['1:0-2'])
  desk.desks.begin(0)
  expect(desk.finish()).toBe('1:0-2, 2:10-12, 3:12-14')
})

test('S-07: a case that became void leaves the queue, or is finished as void', () => {
  const desk = new Office(1, null, 2).play('0 1, 0 2, 0 3')
  desk.desks.withdraw(0, 0, 1)
  desk.desks.withdraw(0, 0, 2)
  expect(desk.play('1 4').finish()).toBe('1:0-2 void, 3:2-4, 4:4-6')
  const last = new Office(1, null, 2).play('0 1, 0 2, 0 3')
  last.desks.withdraw(0, 0, 3)
  expect(last.play('1 4').finish()).toBe('1:0-2, 2:2-4, 4:4-6')
})

test('L-04: queues are saved as they are', () => {
  const desk = new Office(1, null, 2).play('0 1, 0 2, 0 3')
  const state = structuredClone(desk.desks.save())
  const other = new Office(1, null, 2)
  other.play('0 9')
  other.desks.restore(state)
  other.desks.withdraw(0, 0, 2)
  other.kernel.runUntil(begin + HOUR)
  expect([0, 1, 2].map((row) => other.desks.cases.order[row])).toEqual([1, 0, 3])
})

const agreements = (account: string, paymentMethod = 1) => `
name: agreements
start: 2024-03-01T00:00:00+08:00
duration: 60d
seed: 3
regions: [{ id: r, zones: [{ id: z, pools: [{ flavour: f, capacity: 1, hourly: 1 }] }] }]
sellers: [{ segment: isv, response: 1h }]
catalog:
  - { id: crm, kind: saas, needsAuthorisation: true, seller: isv/1, category: c, specifications: [{ id: s, billing: monthly, plans: [{ months: 1, price: 31 }] }] }
  - { id: key, kind: license, seller: isv/1, category: c, specifications: [{ id: s, billing: yearly, plans: [{ months: 12, price: 365 }] }] }
buyers:
  - segment: b
    count: 5
    account: ${account}
    wallet: { opening: 900000, paymentMethod: ${paymentMethod} }
    load: { poisson: { total: 20/d } }
    buys: [{ product: crm, specification: s }, { product: key, specification: s }]
`

async function refusals(account: string, paymentMethod = 1): Promise<Record<string, number>> {
  const folder = mkdtempSync(join(tmpdir(), 'marketsim-agreements-'))
  try {
    const scenario = parseScenario(agreements(account, paymentMethod), 'agreements.yaml')
    const { record, differences } = await simulate({
      scenario,
      traces: {},
      seed: scenario.seed,
      threads: 1,
      folder,
      inThisThread: true,
    })
    expect(differences).toBe(0)
    const database = openRecord(record)
    const rows = database.prepare('SELECT code, COUNT(*) FROM v_refusals GROUP BY code').raw().all()
    const orders = database.prepare('SELECT COUNT(*) FROM orders').pluck().get() as number
    database.close()
    return { orders, ...Object.fromEntries(rows as [string, number][]) }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

test('O-03: terms not accepted, authorisation not given; the order of refusals is a contract', async () => {
  const all = await refusals('{}')
  expect(Object.keys(all)).toEqual(['orders'])
  const visits = all.orders
  const { orders, ...terms } = await refusals('{ acceptsTerms: 0.5, authorises: 0 }')
  expect(Object.keys(terms)).toEqual(['authorisation-missing', 'terms-not-accepted'])
  expect(orders + terms['authorisation-missing'] + terms['terms-not-accepted']).toBe(visits)
  // Half accept; of these, those who want the crm, about half, do not authorise.
  expect(terms['terms-not-accepted'] / visits).toBeCloseTo(0.5, 1)
  expect(terms['authorisation-missing'] / visits).toBeCloseTo(0.25, 1)
  expect(await refusals('{ acceptsTerms: 0, authorises: 0 }')).toEqual({ orders: 0, 'terms-not-accepted': visits })
  expect(await refusals('{ acceptsTerms: 0 }', 0)).toEqual({ orders: 0, 'payment-method-missing': visits })
})
