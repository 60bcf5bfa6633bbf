import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatInstant, parseInstant } from '#base/civil-time.ts'
import { CsvRows, readCsv } from '#base/csv-rows.ts'
import { formatAmount } from '#base/money.ts'
import { HOUR } from '#base/time.ts'
import { defaultPolicies } from '#scenarios/policies.ts'
import { hourCharge } from '#sim/billing/metering/hour-charge.ts'
import { fixedPrice } from '#sim/billing/metering/price-schedule.ts'
import { ResourceMeter } from '#sim/billing/metering/resource-meter.ts'
import { logActions } from '#sim/billing/metering/resource-states.ts'
import { readPrices } from '#sim/metering-log/price-list.ts'
import { rateLog } from '#sim/metering-log/rate-log.ts'
import { nasaBytes, nasaJobs, nasaPrices } from '../../../scenarios/data/nasa-events.ts'
import { table } from '../billing/table.ts'
import { bytes, rated } from './rated.ts'

const head = 'at,account,resource,do,product,flavour\n'
const prices = 'ecs,c6,0.36,\nimage,A,0.10,\nimage,B,0.20,\n'
const day = (clock: string): string => `2024-05-06T${clock}+08:00`

test('E-06: a server and its image are metered side by side, seconds and started hours', async () => {
  const log = `${head}${day('08:45:30')},acme,i-1,start,A,c6\n${day('09:00:10')},acme,i-1,delete,,\n`
  const { hours, bills, problems } = await rated(log, { prices })
  expect(hours).toEqual([
    'acme,i-1,2024-05-06T08:00:00+08:00,ecs,c6,870,,0.36,0.08700000,U-01',
    'acme,i-1,2024-05-06T08:00:00+08:00,image,A,,1,0.1,0.10000000,U-02',
    'acme,i-1,2024-05-06T09:00:00+08:00,ecs,c6,10,,0.36,0.00100000,U-01',
    'acme,i-1,2024-05-06T09:00:00+08:00,image,A,,1,0.1,0.10000000,U-02',
  ])
  expect(bills).toEqual(['acme 2024-05 4 0.29000000'])
  expect(problems).toEqual([])
})

test('U-08, I-02: an hour belongs to the month in which it is settled; at --until the books close', async () => {
  const log = `${head}2024-05-31T21:00:00+08:00,acme,i-1,start,,c6\n2024-06-01T01:00:00+08:00,acme,i-1,delete,,\n`
  const until = parseInstant('2024-06-01T00:00:00+08:00', 'until')
  expect((await rated(log, { prices })).bills).toEqual(['acme 2024-05 1 0.36000000', 'acme 2024-06 3 1.08000000'])
  expect((await rated(log, { prices, policies: { 'settlement.lag': 0 } })).bills).toEqual([
    'acme 2024-05 2 0.72000000',
    'acme 2024-06 2 0.72000000',
  ])
  expect((await rated(log, { prices, until: until - HOUR })).bills).toEqual(['acme 2024-05 2 0.72000000'])
})

test('resources beyond those that are held in memory are rated all the same', async () => {
  const rows = Array.from({ length: 2_000 }, (_, index) => {
    const server = (index * 7) % 400
    const action = ['start', 'stop', 'start', 'resize', 'delete'][Math.floor(index / 400)]
    const at = `${new Date(Date.parse('2024-05-06T00:00:00Z') + index * 47_000).toISOString().slice(0, 19)}Z`
    // Some rows have another account than the server, and some come twice.
    const account = index % 61 === 60 ? 'rival' : `a-${server % 90}`
    const things = action === 'start' ? (index < 400 ? 'A,c6' : ',') : action === 'resize' ? ',c7' : ','
    const row = `${at},${account},i-${server},${action},${things}\n`
    return index % 53 === 0 ? row + row : row
  })
  const log = head + rows.join('')
  const asked = { prices: `${prices}ecs,c7,0.72,\n` }
  const { log: all, ...expected } = await rated(log, asked)
  expect([all.resources, all.totals.repeats, expected.hours.length > 1_000]).toEqual([400, 38, true])
  expect(expected.problems).toContain('437 account')
  for (const mostHeld of [1, 200]) {
    const { log: other, ...found } = await rated(log, { ...asked, mostHeld })
    expect(found).toEqual(expected)
    expect(other.totals).toEqual(all.totals)
    other.close()
  }
})

test('each invalid row is reported by line, and the rest is rated', async () => {
  const cases = table(`
    row                                               problem     why
    08:60:00 acme i-1 stop                            3 time      no such minute
    07:00:00 acme i-1 stop                            3 order     before its start
    09:00:00 acme i-1 start                           3 step      a double start
    09:00:00 acme i-1 resume                          3 step      never suspended
    09:00:00 acme i-2 stop                            3 step      never started
    09:00:00 rival i-1 stop                           3 account   another owner
    09:00:00 - i-2 start                              3 account   no owner
    09:00:00 acme i-1 explode                         3 row       no such action
    09:00:00 acme i-1 resize                          3 flavour   to which size
    09:00:00 acme i-2 resize - c6                     3 step      never started
    09:00:00 acme - stop                              3 row       no resource
    09:00:00 acme i-1 image                           3 product   which image
    09:00:00 acme i-1 image Z                         3 product   no price
    09:00:00 acme i-2 start Z c6                      3 product   no price
    09:00:00 acme i-2 start A z9                      3 flavour   no price
    09:00:00 acme i-1 stop B                          3 product   A is installed
    09:00:00 acme i-1 stop A z9                       3 flavour   c6 is its flavour
    09:00:00 acme i-2 start                           3 product   nothing to rate
    09:00:00 acme i-2 start L c6                      3 price     its price begins tomorrow
  `)
  const late = `image,L,0.1,2024-05-07T00:00:00+08:00\n`
  for (const { row, problem, why } of cases) {
    const [clock, account, resource, action, product = '', flavour = ''] = row
      .split(' ')
      .map((x) => (x === '-' ? '' : x))
    const log =
      `${head}${day('08:00:00')},acme,i-1,start,A,c6\n` +
      `${day(clock)},${account},${resource},${action},${product},${flavour}\n` +
      `${day('10:00:00')},acme,i-1,delete,,\n`
    const { problems, hours, log: all } = await rated(log, { prices: prices + late })
    expect(problems, `${row}: ${why}`).toEqual([problem])
    expect(
      hours.filter((line) => line.includes('i-1,') && line.includes('ecs')),
      row,
    ).toHaveLength(2)
    expect(all.problems.total).toBe(1)
    await expect(rated(log, { prices: prices + late, strict: true }), row).rejects.toMatchObject({
      problem: { line: 3 },
    })
  }
})

test('U-09: a row sent again is dropped and counted; the same event with other names is a conflict', async () => {
  const start = 'acme,i-1,start,A,c6'
  const cases = table(`
    rows                                                                            again  problems
    08:00 ${start}; 08:00 ${start}; 09:00 acme,i-1,delete,,                         1      -
    08:00 ${start}; 09:00 acme,i-1,delete,,; 08:00 ${start}; 09:00 acme,i-1,delete,,  2      -
    08:00 ${start}; 09:00 acme,i-1,delete,,; 09:00 acme,i-1,delete,,; 09:00 acme,i-1,delete,,  2  -
    08:00 ${start}; 08:30 acme,i-1,image,A,; 08:30 acme,i-1,image,A,; 09:00 acme,i-1,delete,,  1  -
    08:00 ${start}; 08:00 acme,i-1,start,A,; 09:00 acme,i-1,delete,,                0      3 conflict
    08:00 ${start}; 09:00 acme,i-1,delete,,; 08:00 acme,i-1,start,B,c6              0      4 conflict
    08:00 ${start}; 08:20 acme,i-1,start,A,c6; 08:20 acme,i-1,start,A,c6; 09:00 acme,i-1,delete,,  1  3 step
    07:00 acme,i-1,stop,,; 08:00 ${start}; 07:00 acme,i-1,stop,,; 09:00 acme,i-1,delete,,  1  2 step
    09:00 acme,i-1,delete,,; 08:00 ${start}; 09:00 acme,i-1,delete,,                0      2 step
  `)
  for (const { rows, again, problems } of cases) {
    const log = rows.split('; ').map((row) => `${day(`${row.slice(0, 5)}:00`)},${row.slice(6)}\n`)
    const found = await rated(head + log.join(''), { prices })
    expect(found.log.totals.repeats, rows).toBe(Number(again))
    expect(found.problems.join(' ') || '-', rows).toBe(problems)
    expect(found.bills, rows).toEqual(['acme 2024-05 2 0.46000000'])
  }
  const utc = `${head}${day('08:00:00')},${start}\n2024-05-06T00:00:00Z,${start}\n${day('09:00:00')},acme,i-1,delete,,\n`
  expect((await rated(utc, { prices })).log.totals.repeats).toBe(1)
})

test('U-09: a log sent as a whole again changes no hour, whatever is in it', async () => {
  const clock = (minute: number): string =>
    `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}:00`
  const row = fc.tuple(
    fc.nat(2),
    fc.constantFrom('start', 'stop', 'image', 'suspend', 'resume', 'delete'),
    fc.constantFrom('', 'A', 'B'),
    fc.constantFrom('', 'c6'),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(row, { maxLength: 12 }), async (rows) => {
      const log = rows
        .map(
          ([id, what, product, flavour], index) =>
            `${day(clock(420 + 7 * index))},acme,i-${id},${what},${product},${flavour}\n`,
        )
        .join('')
      const once = await rated(head + log, { prices })
      const twice = await rated(head + log + log, { prices })
      expect(twice.hours).toEqual(once.hours)
      expect(twice.problems).toEqual(once.problems)
      expect(twice.log.totals.repeats).toBe(rows.length)
    }),
    { numRuns: 200 },
  )
})

test('a log that seems to run for centuries is refused before an hour of it is rated', async () => {
  const start = `${day('08:00:00')},acme,i-1,start,A,c6\n`
  const rest = `${day('09:00:00')},acme,i-1,stop,,\n`
  const cases: [log: string, message: RegExp][] = [
    [
      `${start}9999-12-31T22:50:00+08:00,acme,i-2,start,A,c6\n${rest}`,
      /^9999-12-31T22:50:00\+08:00 is 7975 years after line 2 \(2024-05-06/,
    ],
    [
      `${start}1969-12-06T15:15:00+08:00,acme,i-1,stop,,\n${rest}`,
      /^1969-12-06T15:15:00\+08:00 is 54 years before line 2/,
    ],
    [
      `2034-05-06T07:00:00+08:00,acme,i-2,start,A,c6\n${start}${rest}`,
      /^2024-05-06T08:00:00\+08:00 is 10 years before line 2/,
    ],
  ]
  for (const [log, message] of cases) {
    const wrong = rated(head + log, { prices })
    await expect(wrong, log).rejects.toThrow(message)
    await expect(wrong, log).rejects.toMatchObject({ hint: expect.stringMatching(/--longest-span \d+y$/) })
  }
  const until = Date.parse('2204-05-06T00:00:00+08:00')
  await expect(rated(head + start + rest, { prices, until })).rejects.toThrow(
    /^--until 2204-.* is 180 years after line 2/,
  )
  const year = `2025-04-06T08:00:00+08:00,acme,i-1,delete,,\n`
  const HALF = 182 * 86_400_000
  await expect(rated(head + start + rest + year, { prices, longestSpan: HALF })).rejects.toThrow(
    /more than the longest span of 182 days/,
  )
  expect((await rated(head + start + rest + year, { prices, longestSpan: 2 * HALF })).problems).toEqual([])
})

test('problems are counted without end and shown up to a number', async () => {
  const rows = Array.from({ length: 50 }, () => 'noon,acme,i-1,start,A,c6\n').join('')
  const { log } = await rated(head + rows, { prices })
  expect(log.problems.first).toHaveLength(20)
  expect(log.problems.counts).toMatchObject({ time: 50, step: 0 })
})

test('files that cannot be read at all say why', async () => {
  await expect(rated('at,account,do\n', { prices })).rejects.toMatchObject({ where: 'events.csv, line 1' })
  await expect(rated('at,at,account,resource,do\n', { prices })).rejects.toThrow('two columns are called at')
  const faulty = 'ram,c6,1,\necs,,1,\necs,c6,1k,\necs,c6,1,\necs,c6,2,\nimage,A,1,noon\n'
  const error = await rated(head, { prices: faulty }).catch((fault) => fault)
  for (const line of [2, 3, 4, 6, 7]) expect(error.message).toContain(`line ${line}: `)
  expect(error.message).not.toContain('line 5: ')
})

test('CSV: quotes, commas and line ends in fields, wherever the stream cuts', async () => {
  const text = '\ufeffa, b ,"c"\r\n"1,5","say ""hi""\nthere", 3 \n\n,,\nlast,"",x'
  for (const size of [1, 2, 3, 7, 100]) {
    const rows: string[] = []
    const reader = new CsvRows('t.csv', (row) => {
      rows.push([row.line, ...Array.from({ length: row.fields }, (_, field) => row.text(field))].join('|'))
    })
    await readCsv(bytes(text, size), reader)
    expect(rows, `chunks of ${size}`).toEqual(['1|a|b|c', '2|1,5|say "hi"\nthere|3', '5|||', '6|last||x'])
  }
})

test('names that a spreadsheet would run, or that hold commas, come out safe', async () => {
  const log = `${head}${day('08:00:00')},"a,b",=1+1,start,,c6\n${day('08:00:01')},,=1+1,delete,,\n`
  const { hours } = await rated(log, { prices })
  expect(hours).toEqual([`"a,b",'=1+1,2024-05-06T08:00:00+08:00,ecs,c6,1,,0.36,0.00010000,U-01`])
})

/** Random lives of a few resources, mixed together in time order. */
const step = fc.record({
  resource: fc.integer({ min: 0, max: 3 }),
  wait: fc.integer({ min: 0, max: 3 * HOUR }),
  action: fc.constantFrom(...logActions.filter((action) => action !== 'resize')),
  product: fc.constantFrom('A', 'B'),
})
const switches = fc.record({
  'image.hour': fc.constantFrom('clock' as const, 'rolling' as const),
  'image.key': fc.constantFrom('product' as const, 'image' as const),
  'image.whenStopped': fc.constantFrom('billed' as const, 'free' as const),
  'image.granularity': fc.constantFrom('hour-ceil' as const, 'second' as const),
  'ecs.granularity': fc.constantFrom('hour-ceil' as const, 'second' as const),
  'unfreeze.payPerUse': fc.constantFrom('stopped' as const, 'running' as const),
  'rounding.charge': fc.constantFrom('half-up' as const, 'truncate' as const),
})

test('many resources in columns are metered as each of them alone by the billing core', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), switches, async (steps, switched) => {
      const policies = { ...defaultPolicies, ...switched }
      let at = parseInstant(day('00:30:00'), 'start')
      const events = steps.map(({ resource, wait, action, product }) => {
        at += wait
        return { at, resource, do: action, product: action === 'image' ? product : undefined }
      })
      const until = at + HOUR
      const lines: string[] = []
      const charge = (resource: 'ecs' | 'image', index: number) => (row: Parameters<typeof hourCharge>[1]) => {
        const price = resource === 'ecs' ? '0.36' : row.product === 'A' ? '0.10' : '0.20'
        const line = hourCharge(resource, row, fixedPrice(price, ''), policies)
        if (line !== null) lines.push(`${index} ${resource} ${row.hour} ${formatAmount(line.amount)}`)
      }
      for (const index of [0, 1, 2, 3]) {
        const server = new ResourceMeter('ecs', policies, charge('ecs', index), until)
        const image = new ResourceMeter('image', policies, charge('image', index), until)
        for (const event of events.filter(({ resource }) => resource === index)) {
          const first = event.do === 'start' ? 'A' : undefined
          try {
            server.apply({ at: event.at, do: event.do }, '')
            image.apply(
              { at: event.at, do: event.do, product: event.product ?? (image.state === 'absent' ? first : undefined) },
              '',
            )
          } catch {}
        }
        server.close(until)
        image.close(until)
      }
      const started = new Set<number>()
      const rows = events.map(({ at: when, resource, do: action, product }) => {
        const isFirst = action === 'start' && !started.has(resource)
        if (isFirst) started.add(resource)
        return `${formatInstant(when, 8 * HOUR)},acme,i-${resource},${action},${product ?? (isFirst ? 'A' : '')},${isFirst ? 'c6' : ''}\n`
      })
      const own: string[] = []
      await rateLog({
        file: 'events.csv',
        input: bytes(head + rows.join('')),
        prices: await readPrices('prices.csv', bytes(`kind,name,hourly,from\n${prices}`)),
        policies,
        until,
        onHour: ({ resource, kind, hour, amount }) =>
          own.push(`${resource.slice(2)} ${kind} ${hour} ${formatAmount(BigInt(amount))}`),
      })
      expect(own.sort()).toEqual(lines.sort())
    }),
    { numRuns: 300 },
  )
})

/** `npm run histories` rates the whole log. */
test('the first jobs of the NASA log: server seconds are the sum of runtime x size', async () => {
  const first = nasaJobs().split('\n').slice(0, 1_500)
  const jobs = first.slice(1).map((line) => line.split(',').map(Number))
  const log = await rateLog({
    file: 'nasa.csv',
    input: ReadableStream.from(nasaBytes(first.join('\n'))),
    prices: await readPrices('prices.csv', bytes(nasaPrices)),
    policies: { ...defaultPolicies, 'time.utcOffset': -7 * HOUR },
  })
  expect(log.rows).toBe(2 * jobs.reduce((sum, [, , size]) => sum + size, 0))
  expect(log.totals.seconds.ecs).toBe(jobs.reduce((sum, [, runtime, size]) => sum + runtime * size, 0))
  expect(log.problems.total).toBe(0)
})
