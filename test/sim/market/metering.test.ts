import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatMoney, type Money } from '#base/money.ts'
import { HOUR } from '#base/time.ts'
import { defaultPolicies, type Policies } from '#scenarios/policies.ts'
import { hourCharge } from '#sim/billing/metering/hour-charge.ts'
import type { PriceSchedule, PriceStep } from '#sim/billing/metering/price-schedule.ts'
import { type ResourceEvent, ResourceMeter } from '#sim/billing/metering/resource-meter.ts'
import { completeSwitch } from '#sim/market/servers/image-switch.ts'
import { remove, step } from '#sim/market/servers/instance-steps.ts'
import { repriceImages, repriceServers } from '#sim/market/servers/pool-changes.ts'
import { table } from '../billing/table.ts'
import { at, hoursOf, SmallMarket, START } from './small-market.ts'

const specifications = { A: 1, a1: 1, a2: 2, B: 3, b1: 3 } as const

/** Does to one instance what a log line says; `image` completes a replacement of the system disk (E-07). */
function act(small: SmallMarket, row: number, action: string): void {
  const { servers } = small.market
  const { instances, policies, world } = servers
  const [verb, what, price] = action.split(' ')
  const back = policies['unfreeze.payPerUse'] === 'running' ? 'resume' : 'unfreeze'
  if (verb === 'start') step(servers, row, instances.state[row] === 0 ? 'launch' : 'start', 'E-01')
  else if (verb === 'stop') step(servers, row, 'stop', 'E-01')
  else if (verb === 'suspend') step(servers, row, 'suspend', 'A-03')
  else if (verb === 'resume') step(servers, row, back, 'A-05')
  else if (verb === 'delete') remove(servers, row, 'delete', 'E-01')
  else if (verb === 'image') {
    step(servers, row, 'changeImage', 'E-07')
    const specification = specifications[what as 'A']
    servers.imagePrices[specification - 1] = world.catalog.offers[specification - 1].hourly
    completeSwitch(servers, row, specification)
  } else if (verb === 'price') {
    const hourly = Math.round(Number(price) * 1e10)
    if (what === 'ecs') repriceServers(servers, 0, { hourly })
    else repriceImages(servers, instances.specification[row], hourly)
  }
}

/** Runs `08:45:30 start, 08:55:30 delete` on one instance that is created with the image A. */
function run(log: string, sets: string): { ecs: string; image: string; lines: string[] } {
  const small = new SmallMarket(sets === '-' ? [] : sets.split(',').map((set) => `policies.${set.trim()}`))
  const row = small.admit()
  for (const entry of log.split(', ')) {
    const [, clock, action] = /^((?:\+\d+ )?\S+) (.*)$/.exec(entry) as unknown as [string, string, string]
    small.goTo(at(clock))
    if (action !== 'end') act(small, row, action)
  }
  small.meter.finish(small.now)
  const hours = hoursOf(small.facts('usage_spans'))
  const sum = (item: string): string =>
    formatMoney(hours.reduce((total, line) => (line.item === item ? total + line.amount : total), 0) as Money)
  const lines = small.facts('usage_spans').map(({ item, priced, hours: count }) => `${item} ${priced} x${count}`)
  return { ecs: sum('ecs'), image: sum('image'), lines }
}

test('U-01: a server at 3.60 an hour, by the second from launch to deletion, nothing while stopped', () => {
  const cases = table(`
    log                                                            switches                    ecs
    08:45:30 start, 08:55:30 delete                                -                           0.60000000
    08:45:30 start, 08:55:30 delete                                ecs.granularity=hour-ceil   3.60000000
    08:45:30 start, 08:45:30.400 delete                            ecs.granularity=hour-ceil   3.60000000
    08:45:30 start, 08:45:30 delete                                ecs.granularity=hour-ceil   0.00000000
    08:00:00 start, 08:10:00 stop, 08:50:00 start, 09:00:00 delete  -                          1.20000000
    08:00:00 start, 11:00:00 delete                                -                           10.80000000
    08:00:00 start, 08:20:00 suspend, 10:20:00 delete              -                           1.20000000
  `)
  for (const { log, switches, ecs } of cases) expect([log, run(log, switches).ecs]).toEqual([log, ecs])
})

test('U-02, U-06: images at 0.10 an hour, by the started hour', () => {
  const cases = table(`
    log                                                  switches                               image
    09:59:30 start, 10:45:46 delete                      -                                      0.20000000
    09:59:30 start, 10:45:46 delete                      image.hour=rolling                     0.10000000
    09:59:30 start, 12:59:30 delete                      image.hour=rolling                     0.30000000
    09:59:30 start, 12:59:31 delete                      image.hour=rolling                     0.40000000
    09:00:00 start, 09:06:00 delete                      image.granularity=second               0.01000000
    09:00:00 start, 09:00:00 delete                      -                                      0.00000000
    09:10:00 start, 09:20:00 stop, 11:30:00 delete       -                                      0.30000000
    09:10:00 start, 09:20:00 stop, 11:30:00 delete       image.whenStopped=free                 0.10000000
    09:10:00 start, 09:20:00 stop, 09:40:00 start, 10:05:00 delete  image.whenStopped=free,image.hour=rolling  0.10000000
    09:10:00 start, 09:20:00 stop, 09:40:00 start, 10:15:00 delete  image.whenStopped=free,image.hour=rolling  0.20000000
  `)
  for (const { log, switches, image } of cases) expect([log, run(log, switches).image]).toEqual([log, image])
})

test('U-03: A at 0.10 and B at 0.30 on one server in one hour', () => {
  const cases = table(`
    log                                                                                              switches         image
    09:00:00 start, 09:30:00 stop, 09:30:00 image B, 09:59:00 delete                                 -                0.40000000
    09:00:00 start, 09:30:00 stop, 09:30:00 image A, 09:59:00 delete                                 -                0.10000000
    09:00:00 start, 09:10:00 stop, 09:20:00 image B, 09:30:00 image A, 09:59:00 delete               -                0.40000000
    09:00:00 start, 09:10:00 stop, 09:20:00 image a2, 09:30:00 image a1, 09:59:00 delete             -                0.10000000
    09:00:00 start, 09:10:00 stop, 09:20:00 image a2, 09:30:00 image a1, 09:59:00 delete             image.key=image  0.20000000
    09:00:00 start, 09:10:00 stop, 09:20:00 image B, 11:30:00 delete                                 -                1.00000000
  `)
  for (const { log, switches, image } of cases) expect([log, run(log, switches).image]).toEqual([log, image])
})

test('U-05: the hour in which charging stops is charged; none after it', () => {
  const cases = table(`
    log                                                      image
    09:30:00 start, 10:30:00 suspend, 13:00:00 delete        0.20000000
    09:30:00 start, 10:30:00 delete, 13:00:00 end            0.20000000
    09:30:00 start, 10:00:00 delete, 13:00:00 end            0.10000000
  `)
  for (const { log, image } of cases) expect([log, run(log, '-').image]).toEqual([log, image])
})

test('U-07: the price of an hour is the one in force at its first use, or at its last', () => {
  const cases = table(`
    log                                                                      switches            ecs          image
    09:00:00 start, 09:30:00 price image 0.2, 10:30:00 delete                -                   5.40000000   0.30000000
    09:00:00 start, 09:30:00 price image 0.2, 10:30:00 delete                image.priceAt=last  5.40000000   0.40000000
    09:00:00 start, 10:00:00 price image 0.2, 10:30:00 delete                image.priceAt=last  5.40000000   0.30000000
    09:00:00 start, 09:30:00 price ecs 7.2, 10:30:00 delete                  image.priceAt=last  7.20000000   0.20000000
    09:15:00 start, 09:45:00 price image 0.2, 10:45:00 delete                image.hour=rolling  5.40000000   0.30000000
  `)
  for (const { log, switches, ecs, image } of cases)
    expect([log, run(log, switches)]).toMatchObject([log, { ecs, image }])
})

test('spans: equal hours in a row share a line, through a restart, a switch of image and a new price', () => {
  const spans = (log: string, sets: string) => run(log, sets).lines.sort().join(', ')
  expect(spans('08:20:00 start, +9 08:20:00 delete', '-')).toBe(
    'ecs 1 x1, ecs 1 x1, ecs 1 x215, image 1 x1, image 1 x216',
  )
  expect(spans('08:20:00 start, +9 08:20:00 delete', 'image.hour=rolling')).toBe(
    'ecs 1 x1, ecs 1 x1, ecs 1 x215, image 1 x216',
  )
  expect(spans('08:20:00 start, 20:30:00 price image 0.2, +1 08:00:00 delete', '-')).toBe(
    'ecs 1 x1, ecs 1 x11, ecs 1 x12, image 1 x1, image 1 x11, image 1 x12',
  )
  expect(spans('08:20:00 start, 20:10:00 stop, 20:30:00 image B, 22:30:00 delete', '-')).toBe(
    'ecs 1 x1, ecs 1 x1, ecs 1 x11, image 1 x1, image 1 x12, image 3 x1, image 3 x2',
  )
})

/** One thing a random log may do, and its event for the billing core. */
const moves = [
  'start',
  'stop',
  'image A',
  'image a2',
  'image B',
  'suspend',
  'resume',
  'delete',
  'price A',
  'price ecs',
] as const

const switches = fc.record({
  'image.hour': fc.constantFrom('clock', 'rolling'),
  'image.key': fc.constantFrom('product', 'image'),
  'image.priceAt': fc.constantFrom('first', 'last'),
  'image.whenStopped': fc.constantFrom('billed', 'free'),
  'image.granularity': fc.constantFrom('hour-ceil', 'second'),
  'ecs.granularity': fc.constantFrom('second', 'hour-ceil'),
  'unfreeze.payPerUse': fc.constantFrom('stopped', 'running'),
  'rounding.charge': fc.constantFrom('truncate', 'half-up'),
  'time.utcOffset': fc.constantFrom('+08:00', '+05:30', '-03:00'),
})

/** Pauses that are nothing, parts of seconds, whole hours, days, or anything between. */
const pause = fc.oneof(
  fc.constantFrom(0, 1, 400, 999, 1000, 60_000, 1_800_000, HOUR - 1, HOUR, HOUR + 1, 2 * HOUR, 30 * HOUR),
  fc.integer({ min: 0, max: 3 * HOUR }),
)
const draws = fc.array(fc.tuple(fc.nat({ max: 99 }), pause, fc.integer({ min: 0, max: 99_999 })), { maxLength: 25 })

interface Log {
  readonly events: { readonly at: number; readonly action: string }[]
  readonly end: number
}

/** Makes a possible log of drawn numbers: each takes one of the moves that the state allows. */
function logOf(drawn: readonly (readonly [number, number, number])[], policies: Policies): Log {
  const events = [{ at: START + (drawn[0]?.[1] ?? 0), action: 'start' }]
  let state = 'running'
  let now = events[0].at
  for (const [choice, wait, price] of drawn) {
    now += wait
    const possible = moves.filter((move) => nextState(state, move, policies) !== null)
    const move = possible[choice % Math.max(1, possible.length)]
    if (move === undefined) continue
    state = nextState(state, move, policies) as string
    events.push({ at: now, action: move.startsWith('price') ? `${move} ${price / 1e4}` : move })
  }
  return { events, end: now + 90 * 60_000 }
}

function nextState(state: string, move: string, policies: Policies): string | null {
  if (state === 'deleted') return null
  if (move.startsWith('price')) return state
  if (move === 'delete') return 'deleted'
  if (state === 'running') return move === 'stop' ? 'stopped' : move === 'suspend' ? 'suspended' : null
  if (state === 'suspended') return move === 'resume' ? policies['unfreeze.payPerUse'] : null
  return move === 'start' ? 'running' : move.startsWith('image') ? 'stopped' : move === 'suspend' ? 'suspended' : null
}

interface Charge {
  readonly item: string
  readonly product: string
  readonly hour: number
  readonly amount: number
}

/** The billing core's meters of the server and of its images, on the same log. */
function pure({ events, end }: Log, policies: Policies): Charge[] {
  const names = { 'image A': ['A', 'a1'], 'image a2': ['A', 'a2'], 'image B': ['B', 'b1'] } as const
  const prices = new Map<string, PriceStep[]>()
  for (const [name, hourly] of [
    ['ecs', 36_000_000_000n],
    ['A', 1_000_000_000n],
    ['B', 3_000_000_000n],
  ] as const)
    prices.set(name, [{ from: Number.NEGATIVE_INFINITY, hourly }])
  for (const { at: from, action } of events)
    if (action.startsWith('price')) {
      const [, name, price] = action.split(' ')
      const steps = prices.get(name) as PriceStep[]
      if (steps.at(-1)?.from === from) steps.pop()
      steps.push({ from, hourly: BigInt(Math.round(Number(price) * 1e10)) })
    }
  const charges: Charge[] = []
  for (const item of ['ecs', 'image'] as const) {
    const meter = new ResourceMeter(item, policies, (row) => {
      const product = row.product ?? 'ecs'
      const line = hourCharge(item, row, prices.get(product) as PriceSchedule, policies)
      if (line !== null) charges.push({ item, product, hour: row.hour, amount: Number(line.amount) })
    })
    let hasStarted = false
    for (const { at: when, action } of events) {
      if (action.startsWith('price')) continue
      const named = names[action as keyof typeof names] ?? (hasStarted ? undefined : ['A', 'a1'])
      hasStarted = true
      if (item === 'ecs' && action.startsWith('image')) continue
      const event = { at: when, do: action.split(' ')[0] as 'start', product: named?.[0], image: named?.[1] }
      meter.apply((item === 'ecs' ? { at: when, do: event.do } : event) as ResourceEvent, action)
    }
    meter.close(end)
  }
  return charges
}

/** The market's meter on the same log. */
function metered({ events, end }: Log, sets: readonly string[]): Charge[] {
  const small = new SmallMarket(sets)
  const row = small.admit()
  const products = ['', 'A', 'A', 'B']
  const prices = [0, 0.1, 0.1, 0.3]
  for (const { at: when, action } of events) {
    small.goTo(when)
    const { instances } = small.market.servers
    if (action.startsWith('price A')) {
      prices[1] = prices[2] = Number(action.split(' ')[2])
      if (instances.specification[row] !== 3) act(small, row, `price image ${prices[1]}`)
    } else act(small, row, action)
    if (action.startsWith('image')) act(small, row, `price image ${prices[instances.specification[row]]}`)
  }
  small.goTo(end)
  small.meter.finish(end)
  return hoursOf(small.facts('usage_spans')).map(({ item, priced, hour, amount }) => ({
    item,
    product: item === 'ecs' ? 'ecs' : products[priced],
    hour,
    amount,
  }))
}

const inOrder = (charges: readonly Charge[]): string[] =>
  charges
    .map(({ item, product, hour, amount }) => `${item} ${product} ${new Date(hour).toISOString()} ${amount}`)
    .sort()

test('U-01..U-07: random lives of an instance cost the same hours by the market`s meter and by the billing core`s', () => {
  fc.assert(
    fc.property(switches, draws, (drawn, waits) => {
      const sets = Object.entries(drawn).map(([key, value]) => `policies.${key}=${value}`)
      const { policies } = new SmallMarket(sets).market.servers
      const log = logOf(waits, policies)
      expect(inOrder(metered(log, sets))).toEqual(inOrder(pure(log, policies)))
    }),
    { numRuns: Number(process.env.MARKETSIM_CASES ?? 4_000) / 40 },
  )
})

test('a meter that was saved and restored in between reads the same', () => {
  fc.assert(
    fc.property(switches, draws, fc.nat({ max: 25 }), (drawn, waits, cut) => {
      const sets = Object.entries(drawn).map(([key, value]) => `policies.${key}=${value}`)
      const log = logOf(waits, { ...defaultPolicies, 'unfreeze.payPerUse': drawn['unfreeze.payPerUse'] as 'stopped' })
      const whole = new SmallMarket(sets)
      const parts = [new SmallMarket(sets), new SmallMarket(sets)]
      const live = (small: SmallMarket, row: number, events: Log['events']): void => {
        for (const { at: when, action } of events) {
          small.goTo(when)
          act(small, row, action.replace('price A', 'price image'))
        }
      }
      const row = whole.admit()
      live(whole, row, log.events)
      live(parts[0], parts[0].admit(), log.events.slice(0, cut))
      parts[1].restore(parts[0])
      live(parts[1], row, log.events.slice(cut))
      for (const small of [whole, parts[1]]) {
        small.goTo(log.end)
        small.meter.finish(log.end)
      }
      const spans = [...parts[0].facts('usage_spans'), ...parts[1].facts('usage_spans')]
      expect(spans).toEqual(whole.facts('usage_spans'))
    }),
    { numRuns: 60 },
  )
})
