/** E-09: a log says the size and type of a server's disk, and when flavour and disk change while the server exists. */
import { Decimal } from 'decimal.js'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatInstant, parseInstant } from '#base/civil-time.ts'
import { HOUR } from '#base/time.ts'
import { table } from '../billing/table.ts'
import { rated } from './rated.ts'

const head = 'at,account,resource,do,product,flavour,disk,diskType\n'
const day = (clock: string): string => `2024-05-06T${clock}+08:00`
const prices = [
  ...['ecs,c6,0.36,', 'ecs,c7,0.72,', 'elastic-ip,c6,0.036,', 'elastic-ip,c7,0.072,', 'disk,c7,0.0036,'],
  ...['gigabyte,ssd,0.00036,', 'gigabyte,disk,0.00018,', `gigabyte,new,0.0001,${day('09:30:00')}`],
].join('\n')

const log = (...rows: readonly string[]): string => head + rows.map((row) => `2024-05-06T${row}\n`).join('')
const parts = (hours: readonly string[]): string[] =>
  hours.map((line) => {
    const [, , hour, kind, product, seconds, , , amount] = line.split(',')
    return `${hour.slice(11, 13)} ${kind} ${product} ${seconds} ${amount}`
  })

test('U-01, E-09: each flavour and each disk of an hour has a line with its seconds', async () => {
  const { hours, problems } = await rated(
    log(
      '08:00:00+08:00,acme,i-1,start,,c6,100,ssd',
      '08:10:00+08:00,acme,i-1,resize,,c7,,',
      '08:40:00+08:00,acme,i-1,stop,,,,',
      '08:50:00+08:00,acme,i-1,resize,,,200,',
      '09:00:00+08:00,acme,i-1,delete,,,,',
    ),
    { prices },
  )
  expect(problems).toEqual([])
  expect(parts(hours)).toEqual([
    '08 ecs c6 600 0.06000000',
    '08 ecs c7 1800 0.36000000',
    '08 disk 100 GB ssd 3000 0.03000000',
    '08 disk 200 GB disk 600 0.00600000',
    '08 elastic-ip c6 600 0.00600000',
    '08 elastic-ip c7 3000 0.06000000',
  ])
})

test('U-01, `ecs.granularity: hour-ceil`: a flavour that was used in an hour is charged once for it', async () => {
  const rows = [
    '08:10:00+08:00,acme,i-1,start,,c6,,',
    ...['20', '30', '40'].map(
      (minute, index) => `08:${minute}:00+08:00,acme,i-1,resize,,${index % 2 === 0 ? 'c7' : 'c6'},,`,
    ),
    '09:00:00+08:00,acme,i-1,delete,,,,',
  ]
  const { hours } = await rated(log(...rows), {
    prices: 'ecs,c6,0.36,\necs,c7,0.72,',
    policies: { 'ecs.granularity': 'hour-ceil' },
  })
  expect(hours.map((line) => line.split(',').slice(3).join())).toEqual([
    'ecs,c6,,1,0.36,0.36000000,U-01',
    'ecs,c7,,1,0.72,0.72000000,U-01',
  ])
})

test('a disk without a size of its own is that of the flavour, also after a resize', async () => {
  const { hours } = await rated(
    log(
      '08:00:00+08:00,acme,i-1,start,,c6,,',
      '08:30:00+08:00,acme,i-1,resize,,c7,,',
      '09:00:00+08:00,acme,i-1,delete,,,,',
    ),
    { prices },
  )
  expect(parts(hours).filter((line) => line.includes('disk'))).toEqual(['08 disk c7 1800 0.00180000'])
})

test('U-09: rows that are sent again, contradict another, or cannot be', async () => {
  const cases = table(`
    row                        problem     why
    08:30:00 resize c7 - -     -           a resize
    08:30:00 resize c7 200 -   -           of both
    08:00:00 resize c7 - -     -           in the instant of the launch
    08:30:00 resize - 0 -      3 row       of no GB
    08:30:00 resize - x -      3 row       no number
    08:30:00 resize - 1.00001 -    3 row       finer than the sizes of disks
    08:30:00 resize - 40 tape      3 flavour   no price
    08:30:00 resize - 0.0001 new   3 price     not in force yet
    08:30:00 resize - 0.5001 fine  3 price     more than 10 decimals an hour
    08:30:00 stop - 200 -      3 flavour   a size without a resize
    08:30:00 stop c6 100 ssd   -           what it has
    09:00:00 resize c7 - -     4 conflict  another flavour at that time
    09:00:00 resize c6 - -     -           the same again
    09:00:00 resize - 200 -    -           a disk at that time
  `)
  for (const { row, problem, why } of cases) {
    const [clock, action, flavour, disk, type] = row.split(/\s+/).map((text) => (text === '-' ? '' : text))
    const rows = [
      ...['08:00:00+08:00,acme,i-1,start,,c6,100,ssd', `${clock}+08:00,acme,i-1,${action},,${flavour},${disk},${type}`],
      ...['09:00:00+08:00,acme,i-1,resize,,c6,,', '10:00:00+08:00,acme,i-1,delete,,,,'],
    ]
    // The row at nine comes after the one that it contradicts.
    if (clock === '09:00:00') [rows[1], rows[2]] = [rows[2], rows[1]]
    const { problems } = await rated(log(...rows), { prices: `${prices}\ngigabyte,fine,0.0000000001,` })
    expect(problems, `${row}: ${why}`).toEqual(problem === '-' ? [] : [problem])
  }
})

const step = fc.record({
  wait: fc.integer({ min: 0, max: 5400 }),
  do: fc.constantFrom('stop', 'start', 'suspend', 'resume', 'down', 'resize', 'resize', 'resize', 'delete'),
  flavour: fc.constantFrom('', 'c6', 'c7'),
  disk: fc.constantFrom('', '40,ssd', '40.5,', '100,ssd'),
})

/** Second by second, from the text of the rule: what is charged of each hour, by kind and name. */
function naive(steps: readonly { at: number; do: string; flavour: string; disk: string }[], until: number) {
  let [state, flavour, disk] = ['absent', 'c6', '']
  const used = new Map<string, number>()
  const next: Readonly<Record<string, readonly string[]>> = {
    start: ['absent stopped down', 'running'],
    down: ['running stopped suspended', 'down'],
    stop: ['running', 'stopped'],
    suspend: ['running stopped', 'suspended'],
    resume: ['suspended', 'stopped'],
    delete: ['running stopped suspended down', 'deleted'],
  }
  let taken = 0
  for (let at = steps[0]?.at ?? until; at < until; at += 1000) {
    for (; taken < steps.length && steps[taken].at <= at; taken++) {
      const event = steps[taken]
      if (event.do === 'resize') {
        if (!['running', 'stopped'].includes(state) || (event.flavour === '' && event.disk === '')) continue
        flavour = event.flavour || flavour
        disk = event.disk || disk
      } else if (next[event.do][0].split(' ').includes(state)) state = next[event.do][1]
    }
    const hour = Math.floor(at / HOUR)
    const [size, type] = disk.split(',')
    const count = (name: string) => used.set(`${hour} ${name}`, (used.get(`${hour} ${name}`) ?? 0) + 1)
    if (state === 'running') count(`ecs ${flavour}`)
    if (state === 'running' || state === 'stopped') count(`elastic-ip ${flavour}`)
    if (['running', 'stopped', 'suspended'].includes(state))
      count(`disk ${disk === '' ? flavour : `${size} GB ${type || 'disk'}`}`)
  }
  const hourly: Readonly<Record<string, string>> = {
    ...{ 'ecs c6': '0.36', 'ecs c7': '0.72', 'elastic-ip c6': '0.036', 'elastic-ip c7': '0.072', 'disk c7': '0.0036' },
    ...{ 'disk 40 GB ssd': '0.0144', 'disk 40.5 GB disk': '0.00729', 'disk 100 GB ssd': '0.036' },
  }
  return [...used].flatMap(([key, seconds]) => {
    const [hour, kind, ...name] = key.split(' ')
    const price = hourly[`${kind} ${name.join(' ')}`]
    if (price === undefined) return []
    return [
      `${hour} ${kind} ${name.join(' ')} ${new Decimal(price).times(seconds).div(3600).toFixed(8, Decimal.ROUND_DOWN)}`,
    ]
  })
}

test('U-01, E-09 with resizes against a naive meter, second by second', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 8 }), async (steps) => {
      let at = parseInstant(day('00:59:00'), 'start')
      const rows = [`${formatInstant(at, 8 * HOUR)},acme,i-1,start,,c6,,\n`]
      const events = [{ at, do: 'start', flavour: '', disk: '' }]
      for (const { wait, do: action, flavour, disk } of steps) {
        // Two rows of one action at one time are one and a conflict (U-09).
        at += (wait + 1) * 1000
        const isResize = action === 'resize'
        rows.push(
          `${formatInstant(at, 8 * HOUR)},acme,i-1,${action},,${isResize ? flavour : ''},${isResize && disk !== '' ? disk : ','}\n`,
        )
        events.push({ at, do: action, flavour, disk })
      }
      const until = at + HOUR
      const { hours } = await rated(head + rows.join(''), { prices, until })
      const own = hours.map((line) => {
        const [, , hour, kind, product, , , , amount] = line.split(',')
        return `${Date.parse(hour) / HOUR} ${kind} ${product} ${amount}`
      })
      expect(own.sort()).toEqual(naive(events, until).sort())
    }),
    { numRuns: 60 },
  )
})
