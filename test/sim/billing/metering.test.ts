import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatInstant, parseInstant } from '#base/civil-time.ts'
import { formatAmount } from '#base/money.ts'
import { DAY, HOUR } from '#base/time.ts'
import { defaultPolicies, type Policies } from '#scenarios/policies.ts'
import { sumOf } from '#sim/billing/line.ts'
import { hourCharge } from '#sim/billing/metering/hour-charge.ts'
import type { HourRow } from '#sim/billing/metering/hour-rows.ts'
import { fixedPrice, type PriceSchedule } from '#sim/billing/metering/price-schedule.ts'
import { type ResourceEvent, ResourceMeter } from '#sim/billing/metering/resource-meter.ts'
import { logActions, resourceFlow } from '#sim/billing/metering/resource-states.ts'
import { imageBilledUntil } from '#sim/billing/metering/yearly-ecs.ts'
import { decimal, EAST_8, runs } from './cases.ts'
import { exact, meterEcs, meterImage, type OracleEvent } from './oracle.ts'
import { table } from './table.ts'

const at = (clock: string): number => parseInstant(`2024-05-06T${clock}+08:00`, 'time')

function metered(
  resource: 'ecs' | 'image',
  events: readonly ResourceEvent[],
  until: number,
  policies: Policies,
): HourRow[] {
  const rows: HourRow[] = []
  const meter = new ResourceMeter(resource, policies, (row) => rows.push(row), until)
  for (const [index, event] of events.entries()) meter.apply(event, `events[${index}]`)
  meter.close(until)
  return rows
}

function billed(
  resource: 'ecs' | 'image',
  prices: (product: string | undefined) => PriceSchedule,
  events: readonly ResourceEvent[],
  until: number,
  policies = defaultPolicies,
): string {
  const lines = metered(resource, events, until, policies).flatMap(
    (row) => hourCharge(resource, row, prices(row.product), policies) ?? [],
  )
  return formatAmount(sumOf(lines))
}

/** `08:45:30 start A, 08:55:30 delete` */
const log = (text: string): ResourceEvent[] =>
  text.split(', ').map((entry) => {
    const [clock, action, product, image] = entry.split(' ')
    return { at: at(clock), do: action as 'start', product, image }
  })

const set = (text: string): Policies => {
  const values = text === '-' ? [] : text.split(',').map((pair) => pair.split('='))
  return { ...defaultPolicies, ...Object.fromEntries(values) }
}

test('U-01: a server at 3.60 an hour, by the second, settled by clock hour', () => {
  const cases = table(`
    events                                               switches                      amount       why
    08:45:30 start, 08:55:30 delete                      -                             0.60000000   600 seconds
    08:45:30 start, 08:55:30 delete                      ecs.granularity=hour-ceil     3.60000000   a started hour
    08:59:59 start, 09:00:01 delete                      -                             0.00200000   a second on either side
    08:59:59 start, 09:00:01 delete                      ecs.granularity=hour-ceil     7.20000000   two started hours
    08:59:59 start, 09:00:00 delete                      ecs.granularity=hour-ceil     3.60000000   the end belongs to no hour
    08:00:00 start                                       -                             14.40000000  still running at noon
    08:00:00 start, 09:00:00 stop, 10:00:00 start        -                             10.80000000  nothing while stopped
    08:00:00 start, 09:00:00 suspend                     -                             3.60000000   nothing while suspended
    08:00:00 start, 09:00:00 down, 10:00:00 start        -                             10.80000000  nor while down (E-10)
    08:00:00 start, 09:00:00 suspend, 10:00:00 resume    -                             3.60000000   it comes back stopped
    08:00:00 start, 09:00:00 suspend, 10:00:00 resume    unfreeze.payPerUse=running    10.80000000  or running
    08:00:00 start, 09:00:00 suspend, 10:00:00 resume, 11:00:00 start  -               7.20000000   and is started again
    08:00:00 start, 08:30:00 image B, 09:00:00 delete    -                             3.60000000   an image changes nothing
    08:00:00 start, 08:00:00 delete                      -                             0.00000000   no time at all
    11:59:59 start, 13:00:00 delete                      -                             0.00100000   the meter ends at noon
    13:00:00 start                                       -                             0.00000000   begun after the end
    08:00:00.900 start, 08:00:01.100 delete              -                             0.00100000   both ends floored to the second
    08:00:00.100 start, 08:00:00.900 delete              -                             0.00000000   less than a second
    08:00:00.100 start, 08:00:00.900 delete              ecs.granularity=hour-ceil     3.60000000   yet a part of an hour
  `)
  for (const row of cases)
    expect(
      billed('ecs', () => fixedPrice('3.6', 'hourly'), log(row.events), at('12:00:00'), set(row.switches)),
      row.why,
    ).toBe(row.amount)
})

test('U-01: each hour is a charge of its own, truncated', () => {
  const events = log('08:00:00 start, 10:30:00 delete')
  const price = (): PriceSchedule => fixedPrice('0.1234567891', 'hourly')
  expect(billed('ecs', price, events, at('12:00:00'))).toBe('0.30864195')
  expect(billed('ecs', price, events, at('12:00:00'), set('rounding.charge=half-up'))).toBe('0.30864197')
})

const prices: Readonly<Record<string, string>> = { A: '0.10', B: '0.30' }
const priced = (product: string | undefined): PriceSchedule => fixedPrice(prices[product ?? ''], 'prices')

test('U-02, U-03, U-05, U-06: images A at 0.10 and B at 0.30 an hour', () => {
  const cases = table(`
    events                                                        switches                    amount      why
    09:59:30 start A, 10:45:46 delete                             -                           0.20000000  two started hours
    09:59:30 start A, 10:45:46 delete                             image.hour=rolling          0.10000000  one rolling hour
    09:59:30 start A, 10:59:30 delete                             image.hour=rolling          0.10000000  exactly one
    09:59:30 start A, 10:59:31 delete                             image.hour=rolling          0.20000000  a second more
    09:30:00 start A, 10:45:00 delete                             image.granularity=second    0.12500000  by the second
    09:00:00 start A, 10:00:00 delete                             -                           0.10000000  the end belongs to no hour
    09:00:00 start A, 09:30:00 image B, 09:59:00 delete           -                           0.40000000  both are charged
    09:00:00 start A, 09:30:00 image A, 09:59:00 delete           -                           0.10000000  the same product once
    09:00:00 start A, 09:30:00 image A, 09:59:00 delete           image.key=image             0.20000000  two images of one product
    09:00:00 start A v1, 09:30:00 image A v1, 09:59:00 delete     image.key=image             0.10000000  the same image again
    09:00:00 start A, 09:20:00 image B, 09:40:00 image A, 09:59:00 delete  -                  0.40000000  A once and B once
    09:00:00 start A, 09:20:00 image B, 09:40:00 image A, 09:59:00 delete  image.key=image    0.50000000  three installations
    09:30:00 start A, 10:00:00 image B, 10:30:00 delete           -                           0.40000000  A not from the next hour
    09:30:00 start A, 10:10:00 suspend, 11:20:00 resume           -                           0.30000000  the hour of suspension is charged
    09:30:00 start A, 10:10:00 suspend, 10:20:00 resume, 10:30:00 delete  -                   0.20000000  once in the hour
    09:30:00 start A, 09:40:00 stop                               -                           0.30000000  a stopped server holds its image
    09:30:00 start A, 09:40:00 stop                               image.whenStopped=free      0.10000000  unless that is free
    09:30:00 start A, 09:40:00 stop, 10:30:00 start, 11:30:00 delete  image.whenStopped=free  0.30000000  billed while it runs
    09:30:00 start A, 09:40:00 stop, 09:50:00 image B, 11:10:00 delete  -                     1.00000000  the disk is replaced while stopped
    09:00:00 start A, 09:00:00 image B, 09:30:00 delete           -                           0.30000000  no time with A
  `)
  for (const row of cases)
    expect(billed('image', priced, log(row.events), at('12:00:00'), set(row.switches)), row.why).toBe(row.amount)
})

test('U-04: an image on a yearly/monthly server is free from its expiry on, or from the end of its grace', () => {
  const expiry = at('00:00:00')
  expect(imageBilledUntil(expiry, defaultPolicies, 'V0')).toBe(expiry)
  const billing = { ...defaultPolicies, 'image.inYearlyGrace': 'billed' as const }
  expect(imageBilledUntil(expiry, billing, 'V0')).toBe(expiry + 15 * DAY)
  expect(imageBilledUntil(expiry, { ...billing, tiers: 'cn' }, 'V3')).toBe(expiry + 7 * DAY)
})

test('U-07: the price in force at the first use of the hour, or at the last', () => {
  const schedule: PriceSchedule = [
    { from: at('00:00:00'), hourly: 1_000_000_000n },
    { from: at('09:30:00'), hourly: 2_000_000_000n },
  ]
  const events = log('09:10:00 start A, 09:50:00 delete')
  expect(billed('image', () => schedule, events, at('12:00:00'))).toBe('0.10000000')
  expect(billed('image', () => schedule, events, at('12:00:00'), set('image.priceAt=last'))).toBe('0.20000000')
  const early = log('09:10:00 start A, 09:30:00 delete')
  expect(billed('image', () => schedule, early, at('12:00:00'), set('image.priceAt=last'))).toBe('0.10000000')
  const late: PriceSchedule = [{ from: at('09:30:00'), hourly: 1n }]
  expect(() => billed('image', () => late, events, at('12:00:00'))).toThrow(/no price was in force/)
})

test('impossible and disordered logs are errors that name what is possible', () => {
  const cases = table(`
    events                                                      error
    08:00:00 stop                                               events[0]: stop of a resource that was never started; possible there: start
    08:00:00 start A, 09:00:00 start A                          events[1]: start of a running resource; possible there: stop, image, suspend, down, delete
    08:00:00 start A, 09:00:00 stop, 09:30:00 stop              events[2]: stop of a stopped resource; possible there: start, image, suspend, down, delete
    08:00:00 start A, 09:00:00 resume                           events[1]: resume of a running resource
    08:00:00 start A, 09:00:00 suspend, 09:30:00 start          events[2]: start of a suspended resource; possible there: resume, down, delete
    08:00:00 start A, 09:00:00 suspend, 09:30:00 image B        events[2]: image of a suspended resource
    08:00:00 start A, 09:00:00 down, 09:30:00 stop              events[2]: stop of a down resource; possible there: start, delete
    08:00:00 start A, 09:00:00 delete, 09:30:00 delete          events[2]: delete of a deleted resource; nothing follows a deletion
    08:00:00 start A, 09:00:00 delete, 09:30:00 start A         events[2]: start of a deleted resource
    08:00:00 start A, 07:00:00 delete                           events[1]: 2024-05-06T07:00:00+08:00 is before the previous event
    08:00:00 start                                              events[0]: start without a product
    08:00:00 start A, 09:00:00 image                            events[1]: image without a product
    08:00:00 start A, 09:00:00 stop, 10:00:00 start B           events[2]: start of "B" while "A" is installed
  `)
  for (const { events, fault } of cases)
    expect(() => metered('image', log(events), at('12:00:00'), defaultPolicies), events).toThrow(fault)
})

test('a rolling hour is named by its own first instant', () => {
  const rows = metered('image', log('09:59:30 start A, 11:10:00 delete'), at('12:00:00'), set('image.hour=rolling'))
  expect(rows.map((row) => [formatInstant(row.hour, EAST_8).slice(11, 19), row.seconds])).toEqual([
    ['09:59:30', 3600],
    ['10:59:30', 630],
  ])
})

/** Logs that the table of states allows, on whole seconds, over some hours. */
const start = at('07:13:20')
const logs = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 4000 }), fc.nat(), fc.constantFrom('A', 'B', 'C')), {
    minLength: 1,
    maxLength: 8,
  })
  .map((steps): OracleEvent[] => {
    const events: OracleEvent[] = [{ at: start, do: 'start', product: 'A' }]
    let state: keyof typeof resourceFlow = 'running'
    let clock = start
    for (const [pause, pick, product] of steps) {
      const row: Record<string, keyof typeof resourceFlow | null> = resourceFlow[state]
      const next = (action: string) => row[action === 'resume' ? 'resume-stopped' : action]
      const possible = logActions.filter((action) => next(action) !== null)
      if (possible.length === 0) break
      const action = possible[pick % possible.length]
      clock += pause * 1000
      events.push(action === 'image' ? { at: clock, do: action, product } : { at: clock, do: action })
      state = next(action) ?? state
    }
    return events
  })

test('U-01 against a naive meter, second by second', () => {
  fc.assert(
    fc.property(logs, decimal(20, 10), fc.integer({ min: 0, max: 20_000 }), (events, hourly, seconds) => {
      const until = start + seconds * 1000
      expect(billed('ecs', () => fixedPrice(hourly, 'hourly'), events, until)).toBe(
        meterEcs(exact(hourly), events, until),
      )
    }),
    runs,
  )
})

test('U-02, U-03, U-06 against a naive meter, second by second', () => {
  const options = fc.record({
    hour: fc.constantFrom('clock' as const, 'rolling' as const),
    whenStopped: fc.constantFrom('billed' as const, 'free' as const),
  })
  const three = new Map(['A', 'B', 'C'].map((product, index) => [product, exact(`0.${index + 1}00000001`)]))
  fc.assert(
    fc.property(logs, options, fc.integer({ min: 0, max: 20_000 }), (events, { hour, whenStopped }, seconds) => {
      const until = start + seconds * 1000
      const policies = { ...defaultPolicies, 'image.hour': hour, 'image.whenStopped': whenStopped }
      const found = billed(
        'image',
        (product) => fixedPrice(three.get(product ?? '')?.toFixed(), 'prices'),
        events,
        until,
        policies,
      )
      expect(found).toBe(meterImage(three, events, until, { hour, whenStopped }))
    }),
    runs,
  )
})

test('splitting an interval changes no second-metered total, at any millisecond', () => {
  const part = fc.integer({ min: 0, max: 5 * HOUR })
  const secondsOf = (events: readonly ResourceEvent[]): number =>
    metered('ecs', events, start + DAY, defaultPolicies).reduce((sum, row) => sum + row.seconds, 0)
  fc.assert(
    fc.property(part, part, part, (...parts) => {
      const [begin, cut, end] = parts.toSorted((a, b) => a - b).map((offset) => start + offset)
      const once: ResourceEvent[] = [
        { at: begin, do: 'start' },
        { at: end, do: 'delete' },
      ]
      const twice: ResourceEvent[] = [
        { at: begin, do: 'start' },
        { at: cut, do: 'stop' },
        { at: cut, do: 'start' },
        { at: end, do: 'delete' },
      ]
      expect(secondsOf(twice)).toBe(secondsOf(once))
    }),
    runs,
  )
})
