/** The metering kernel in WebAssembly gives the numbers of the one in JavaScript, to the last bit, also at the limits. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MONEY_LIMIT, type Money } from '#base/money.ts'
import { HOUR } from '#base/time.ts'
import type { HourKernel, HourSizes } from '#sim/billing/metering/kernel/hour-kernel.ts'
import { openHours, openUsage } from '#sim/billing/metering/kernel/open-kernel.ts'
import { ScriptHours } from '#sim/billing/metering/kernel/script-hours.ts'
import { ScriptUsage } from '#sim/billing/metering/kernel/script-usage.ts'
import type { UsageInput, UsageKernel } from '#sim/billing/metering/kernel/usage-kernel.ts'
import { kernelModule, loadKernel, WasmColumns, type WasmModule } from '#sim/billing/metering/kernel/wasm-columns.ts'
import { WasmHours } from '#sim/billing/metering/kernel/wasm-hours.ts'
import { WasmUsage } from '#sim/billing/metering/kernel/wasm-usage.ts'
import { compilePlan } from '#sim/billing/price/plan.ts'
import { compileKernel } from '../../../cli/generate/kernel.ts'
import { hasProgram } from '../../house/programs.ts'
import { plan, runs } from './cases.ts'

const kernel = kernelModule() as WasmModule
const hoursOf = (sizes: HourSizes) => [new ScriptHours(sizes), new WasmHours(kernel, sizes)]
const usageOf = (input: UsageInput) => [new ScriptUsage(input), new WasmUsage(kernel, input)]

/** What a call answers, or the message of what it throws. */
function outcome(call: () => unknown): unknown {
  try {
    return call()
  } catch (error) {
    return (error as Error).message
  }
}

const booksOf = (of: object) => Object.entries(of).map(([name, column]) => [name, [...(column as Float64Array)]])

const hourBooks = ({ owedEcs, owedImage, cash, charges, due, lines, inArrears }: HourKernel) =>
  booksOf({ owedEcs, owedImage, cash, charges, due, lines, inArrears })

/** Amounts of every size, and those where float64 ends. */
const amount = fc.oneof(
  fc.integer({ min: 0, max: 1e9 }),
  fc.maxSafeNat(),
  fc.constantFrom(0, 1, MONEY_LIMIT - 1, MONEY_LIMIT, (MONEY_LIMIT - 1) / 2),
) as fc.Arbitrary<number> as fc.Arbitrary<Money>

test('U-01: an hour of all instances is the same in JavaScript and in WebAssembly, also beyond the limit of Money', () => {
  const row = fc.record({ account: fc.nat(6), ecs: amount, image: amount })
  fc.assert(
    fc.property(
      fc.array(row, { maxLength: 40 }),
      fc.array(amount, { maxLength: 7 }),
      fc.nat(4),
      (rows, money, hours) => {
        const [script, wasm] = hoursOf({ instances: 40, accounts: 7 }).map((each) => {
          rows.forEach(({ account, ecs, image }, at) => {
            each.put(at, account, ecs, image)
          })
          money.forEach((cash, account) => {
            each.deposit(account, cash)
          })
          const said = Array.from({ length: hours }, () => outcome(() => each.bill(rows.length)))
          const counted = outcome(() => each.sweepServers(rows.length >> 1))
          return { said, counted, books: hourBooks(each) }
        })
        expect(wasm).toEqual(script)
      },
    ),
    runs,
  )
})

test('M-01: an hour at the limit is settled, one unit more is an error, and later accounts are left as they were', () => {
  for (const each of hoursOf({ instances: 3, accounts: 3 })) {
    each.deposit(0, 5 as Money)
    each.put(0, 0, 7 as Money, 0 as Money)
    each.put(1, 1, MONEY_LIMIT as Money, 0 as Money)
    each.put(2, 2, 1 as Money, 1 as Money)
    each.bill(3)
    expect([...each.charges]).toEqual([7, MONEY_LIMIT, 2])
    expect([...each.due]).toEqual([2, MONEY_LIMIT, 2])
    each.put(1, 1, MONEY_LIMIT as Money, 1 as Money)
    expect(() => each.bill(3)).toThrow(/^account 1: owes more than 90071992\.54740991/)
    expect([...each.charges]).toEqual([14, MONEY_LIMIT, 2])
    expect([...each.owedEcs]).toEqual([0, MONEY_LIMIT, 1])
  }
})

test.each([
  ['an account that does not exist', (each: HourKernel) => each.put(0, 3, 1 as Money, 1 as Money), 'account: 3 is not'],
  ['a row that does not exist', (each: HourKernel) => each.put(2, 0, 1 as Money, 1 as Money), 'instance: 2 is not'],
  ['half a unit of money', (each: HourKernel) => each.put(0, 0, 0.5 as Money, 1 as Money), 'the amount 0.5'],
  ['a negative amount', (each: HourKernel) => each.deposit(0, -1 as Money), 'the amount -1'],
  ['more rows than there are', (each: HourKernel) => each.bill(3), 'count: 3 is not'],
])('an hour refuses %s', (_name, call, message) => {
  for (const each of hoursOf({ instances: 2, accounts: 3 })) expect(() => call(each)).toThrow(message)
})

const INT_MAX = 2 ** 31 - 1
const milliseconds = fc.oneof(
  fc.integer({ min: -2 * HOUR, max: 2 * HOUR }),
  fc.constantFrom(-INT_MAX - 1, INT_MAX, -1, 0, 1, 999, 1000, HOUR - 1, HOUR, HOUR + 1),
)
const plans = fc.oneof(
  { weight: 3, arbitrary: plan },
  // Prices that float64 does not hold in 1e-10, and such that one unit of is beyond the limit of Money.
  fc
    .constantFrom('900719.9254740941', '900719.9254740942', '90071992', '100000000')
    .map((unit) => ({ model: 'linear', unit })),
)
const usageCase = fc.record({
  plans: fc.array(plans, { minLength: 1, maxLength: 3 }),
  resources: fc.array(
    fc.record({
      account: fc.nat(4),
      product: fc.nat(2),
      units: fc.oneof(fc.nat(300), fc.constantFrom(INT_MAX, 0, 1)),
    }),
    { minLength: 1, maxLength: 30 },
  ),
  batches: fc.array(
    fc.record({
      hour: fc.nat(3).map((hour) => 1_709_222_400_000 + hour * HOUR),
      delay: fc.constantFrom(0, HOUR, HOUR + 1),
      records: fc.array(fc.record({ resource: fc.nat(29), from: milliseconds, to: milliseconds }), { maxLength: 300 }),
      topUp: fc.constantFrom(0, 2e9),
    }),
    { maxLength: 5 },
  ),
  rounding: fc.constantFrom('truncate' as const, 'half-up' as const),
})

const usageBooks = ({ books: { lineAccount, lineResource, lineAmount, ...books } }: UsageKernel, lines: number) =>
  booksOf({
    ...{ lineAccount: lineAccount.subarray(0, lines), lineResource: lineResource.subarray(0, lines) },
    ...{ lineAmount: lineAmount.subarray(0, lines), ...books },
  })

test('U-09, P-01..P-03: metered usage is the same in JavaScript and in WebAssembly, also where float64 ends', () => {
  fc.assert(
    fc.property(usageCase, ({ plans, resources, batches, rounding }) => {
      const input: UsageInput = {
        ...{ records: 300, accounts: 5, plans: plans.map((each) => compilePlan(each)), rounding, lateWindow: HOUR },
        account: resources.map(({ account }) => account),
        units: resources.map(({ units }) => units),
        product: resources.map(({ product }) => product % plans.length),
      }
      const [script, wasm] = usageOf(input).map((each) => {
        const said: unknown[] = []
        for (const { hour, delay, records, topUp } of batches) {
          records.forEach(({ resource, from, to }, at) => {
            each.records.resource[at] = resource % resources.length
            each.records.from[at] = from
            each.records.to[at] = to
          })
          const lines = outcome(() => each.meter(hour, records.length, hour + HOUR + delay))
          said.push(lines, typeof lines === 'number' ? usageBooks(each, lines) : each.counts)
          said.push(outcome(() => each.settle(hour + HOUR, topUp)))
          each.forgetBefore(hour + HOUR)
        }
        return { said, counts: each.counts, books: usageBooks(each, 0) }
      })
      expect(wasm).toEqual(script)
    }),
    runs,
  )
})

test('M-02: a price that float64 would round up to the next unit of money is computed exactly', () => {
  const input: UsageInput = {
    ...{ records: 1, accounts: 1, rounding: 'truncate', lateWindow: 0 },
    // Three units cost 900719.9254741299; float64 holds 900719.92547413 only.
    plans: [compilePlan({ model: 'linear', unit: '300239.9751580433' })],
    ...{ account: [0], units: [3], product: [0] },
  }
  for (const each of usageOf(input)) {
    each.records.to[0] = HOUR
    each.meter(0, 1, HOUR)
    expect([...each.books.lineAmount]).toEqual([90_071_992_547_412])
  }
})

test('U-09: the table of keys grows while an hour is metered, and the memory of hours that are over is used again', () => {
  const resources = 20_000
  const input: UsageInput = {
    ...{ records: 2 * resources, accounts: 100, rounding: 'truncate', lateWindow: HOUR },
    plans: [compilePlan({ model: 'linear', unit: '0.01' })],
    account: Array.from({ length: resources }, (_, each) => each % 100),
    units: Array.from({ length: resources }, (_, each) => each % 7),
    product: new Uint8Array(resources),
  }
  const [script, wasm] = usageOf(input).map((each) => {
    const { resource, to } = each.records
    resource.forEach((_, at) => {
      resource[at] = (at * 7919) % resources
      to[at] = 1000 * (1 + (at % 3000))
    })
    const lines = Array.from({ length: 6 }, (_, hours) => {
      const found = each.meter(hours * HOUR, 2 * resources, (hours + 1) * HOUR)
      each.settle((hours + 1) * HOUR, 1e9)
      each.forgetBefore((hours + 2) * HOUR)
      return found
    })
    return { lines, counts: each.counts, books: usageBooks(each, lines[5]) }
  })
  expect(script.lines).toEqual(Array(6).fill(resources))
  expect(script.counts.conflict + script.counts.duplicate).toBe(6 * resources)
  expect(wasm).toEqual(script)
})

test('usage refuses a resource, an account or a plan that does not exist, before anything is metered', () => {
  const input: UsageInput = {
    ...{ records: 2, accounts: 1, rounding: 'truncate', lateWindow: 0 },
    plans: [compilePlan({ model: 'linear', unit: '1' })],
    ...{ account: [0], units: [1], product: [0] },
  }
  for (const each of usageOf(input)) {
    each.records.to.fill(HOUR)
    for (const stranger of [1, -1]) {
      each.records.resource[1] = stranger
      expect(() => each.meter(0, 2, HOUR)).toThrow(`record 1: there is no resource ${stranger}`)
    }
    expect(each.counts.accepted).toBe(0)
    expect(each.meter(0, 1, HOUR)).toBe(1)
  }
  expect(() => usageOf({ ...input, account: [1] })).toThrow(
    'account of resource 0: 1 is not a whole number from 0 to 0',
  )
  expect(() => usageOf({ ...input, product: [1] })).toThrow('product of resource 0')
  expect(() => usageOf({ ...input, units: [0.5] })).toThrow('units of resource 0')
  expect(() => new WasmUsage(kernel, { ...input, account: [1] })).toThrow('account of resource 0')
})

test('where WebAssembly or its SIMD is missing there is no kernel, and JavaScript meters', () => {
  expect(loadKernel(undefined)).toBeNull()
  const refusing = { validate: () => false } as unknown as Parameters<typeof loadKernel>[0]
  expect(loadKernel(refusing)).toBeNull()
  const plans = [compilePlan({ model: 'linear', unit: '1' })]
  const input: UsageInput = {
    ...{ records: 1, accounts: 1, plans, rounding: 'truncate', lateWindow: 0 },
    ...{ account: [0], units: [1], product: [0] },
  }
  expect(openHours({ instances: 1, accounts: 1 }, null)).toBeInstanceOf(ScriptHours)
  expect(openUsage(input, null)).toBeInstanceOf(ScriptUsage)
  expect(openHours({ instances: 1, accounts: 1 })).toBeInstanceOf(WasmHours)
  expect(openUsage(input)).toBeInstanceOf(WasmUsage)
})

test('more memory than WebAssembly has is refused with a way out', () => {
  expect(() => new WasmColumns(kernel).place(2 ** 32)).toThrow(/more than 4294967296; meter in smaller groups/)
})

/** The clang that made the committed binary; another one makes other bytes of the same kernel. */
const isItsCompiler = (): boolean => /version 14\./.test(execFileSync('clang', ['--version'], { encoding: 'utf8' }))

test('the committed kernel is what its source compiles to: each byte with clang 14, and it compiles with another', () => {
  if (!hasProgram('clang') || !hasProgram('wasm-ld')) return
  const folder = mkdtempSync(join(tmpdir(), 'marketsim-kernel-'))
  try {
    const file = join(folder, 'kernel.wasm')
    compileKernel(file)
    const committed = readFileSync(new URL('../../../sim/billing/metering/kernel/kernel.wasm', import.meta.url))
    const compiled = readFileSync(file)
    expect(compiled.subarray(0, 4)).toEqual(committed.subarray(0, 4))
    if (isItsCompiler()) expect(compiled.equals(committed)).toBe(true)
  } finally {
    rmSync(folder, { recursive: true })
  }
})
