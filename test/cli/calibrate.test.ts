/** `calibrate`: a log made by a known scenario gives its parameters back; what was held out; formats; what it refuses. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { exitCodes } from '#cli/exit-codes.ts'
import { parseScenario } from '#scenarios/reader.ts'
import { type ShortRun, shortRun } from '../reports/short-run.ts'
import { inThisProcess, newFolder, removeFolders } from './marketsim.ts'

const known = fileURLToPath(new URL('../scenarios/calibrated.yaml', import.meta.url))
const page = readFileSync(new URL('../../docs/data.md', import.meta.url), 'utf8')
let cwd: string
let run: ShortRun
const call = (...words: string[]) => inThisProcess(words, cwd)
const read = (path: string) => readFileSync(join(cwd, path), 'utf8')

interface Parameter {
  readonly name: string
  readonly value: number
  readonly standardError?: number
}

/** A scenario's orders as a trace, as `import` writes it. */
function traceOf({ record }: ShortRun): string {
  const rows = record.rows<{ at: bigint; lifetime: bigint; quantity: bigint; buyer: string; flavour: string }>(
    `SELECT o.at, min(i.lifetime) AS lifetime, o.quantity / 100000000 AS quantity, a.name AS buyer, p.flavour
     FROM orders o JOIN instances i ON i.order_id = o.id JOIN accounts a ON a.id = o.account JOIN pools p ON p.id = o.pool
     GROUP BY o.id ORDER BY o.at, o.id`,
  )
  const lines = rows.map(
    ({ at, lifetime, quantity, buyer, flavour }) => `${at},${lifetime},${quantity},${buyer},${flavour},a,image,\n`,
  )
  return `at,lifetime,quantity,buyer,flavour,zone,product,resource\n${lines.join('')}`
}

beforeAll(async () => {
  cwd = newFolder()
  run = await shortRun([], known)
  writeFileSync(join(cwd, 'trace.csv'), traceOf(run))
})

afterAll(() => {
  run?.remove()
  removeFolders()
})

/** Whether a value is within some standard errors of what it should be. */
function expectWithin(name: string, value: number, expected: number, error: number): void {
  expect(Math.abs(value - expected) / error, `${name}: ${value}, known ${expected}, error ${error}`).toBeLessThan(3.3)
}

describe('a log made by a known scenario', () => {
  test('gives its parameters back within their intervals, and a scenario that runs', async () => {
    const words = ['calibrate', 'trace.csv', '--time-zone', '+08:00', '--seeds', '3', '--out', 'fitted']
    const { code, stdout, stderr } = await call(...words)
    expect(code, stderr).toBe(0)
    const [, shown] = /```console\n\$ npm start -- calibrate [^\n]*\n([\s\S]*?)```/.exec(page) ?? []
    expect(stdout).toBe(shown)
    expect(readdirSync(join(cwd, 'fitted')).sort()).toEqual([
      ...['arrivals.csv', 'calibration.html', 'calibration.json', 'hold-out.csv', 'lifetimes.csv', 'parameters.csv'],
      'scenario.yaml',
    ])
    const { segments, figures, heldOutFrom } = JSON.parse(read('fitted/calibration.json'))
    const [{ arrivals, accounts, batches, groups }] = segments
    expect(heldOutFrom).toBe('2024-04-04T00:00:00+08:00')
    // 150 buyers of 2.5 visits a week, 1.4 of them at a time and server on average 1.
    expect(arrivals.profile).toBe('day')
    // What buyers' activities, drawn once, come to is a chance of its own: 1 / sqrt(2 x 150).
    expectWithin('visits', arrivals.hourly, (150 * 2.5) / 168, Math.hypot(arrivals.hourlyError, 2.23 / Math.sqrt(300)))
    expect(arrivals.trendPerHour).toBe(0)
    const day = [1, 1, 1, 1, 1, 1, 2, 4, 6, 8, 8, 8, 7, 8, 8, 8, 7, 6, 5, 4, 3, 2, 1, 1].map((each) => each / 4.25)
    const visits = arrivals.hourly * 743
    for (const [hour, weight] of day.entries())
      expectWithin(`weight of ${hour}`, arrivals.weights[hour], weight, Math.sqrt((weight * 24) / visits) + 0.05)
    expectWithin('accounts', accounts.size, 150, 5)
    expectWithin('shape of activities', accounts.shape, 2, 0.3)
    expect([accounts.churned, accounts.joined]).toEqual([0, 0])
    const often = [1, 2, 3].map((size) => batches[size])
    const all = often.reduce((sum, each) => sum + each, 0)
    for (const [index, share] of [0.7, 0.2, 0.1].entries())
      expectWithin(`batches of ${index + 1}`, often[index] / all, share, Math.sqrt((share * (1 - share)) / all))
    const [small, large] = groups
    expect([small.family, large.family]).toEqual(['weibull', 'lognormal'])
    const parameters = (group: { fits: { parameters: Parameter[] }[] }) => group.fits[0].parameters
    for (const [found, expected] of [
      [parameters(small)[0], 0.8],
      [parameters(small)[1], 3_600_000],
      [parameters(large)[0], Math.log(14_400_000) - Math.log(1 + 2.25) / 2],
      [parameters(large)[1], Math.sqrt(Math.log(1 + 2.25))],
    ] as const)
      expectWithin(found.name, found.value, expected, found.standardError ?? 0)
    expect(large.cutOff).toBeGreaterThan(0)
    expect(small.correlation).toBe(0)
    expect(figures.filter(({ isWithin }: { isWithin: boolean }) => isWithin).length).toBeGreaterThanOrEqual(4)
    expect(read('fitted/calibration.html')).toContain('A scenario fitted to trace.csv')
    const scenario = parseScenario(read('fitted/scenario.yaml'), 'scenario.yaml')
    expect(scenario.buyers[0]).toMatchObject({ count: Math.round(accounts.size) })
    expect(read('fitted/scenario.yaml')).toMatch(
      /^# Fitted by marketsim to trace.csv \(trace\), SHA-256 [0-9a-f]{64}:\n/,
    )
  })

  test('as a log of events is the same', async () => {
    const rows = read('trace.csv').trim().split('\n').slice(1)
    const events = rows.flatMap((row, index) => {
      const [at, lifetime, , buyer, flavour] = row.split(',')
      const end = Number(at) + Number(lifetime)
      return [
        [Number(at), `${new Date(Number(at)).toISOString()},${buyer},i-${index},start,image,${flavour}`] as const,
        [end, `${new Date(end).toISOString()},${buyer},i-${index},delete,,`] as const,
      ]
    })
    events.sort(([a], [b]) => a - b)
    writeFileSync(
      join(cwd, 'events.csv'),
      `at,account,resource,do,product,flavour\n${events.map(([, line]) => line).join('\n')}\n`,
    )
    const words = ['--time-zone', '+08:00', '--seeds', '0', '-j']
    const [trace, log] = [
      await call('calibrate', 'trace.csv', ...words),
      await call('calibrate', 'events.csv', ...words),
    ]
    expect([trace.stderr, log.stderr]).toEqual(['', ''])
    const [a, b] = [trace, log].map(({ stdout }) => JSON.parse(stdout).segments[0])
    expect([b.arrivals.profile, b.arrivals.hourly, b.batches, b.accounts.size]).toEqual([
      ...[a.arrivals.profile, a.arrivals.hourly, a.batches, a.accounts.size],
    ])
    const fitted = ({ groups }: { groups: { family: string; fits: { parameters: Parameter[] }[] }[] }) =>
      groups.map(({ family, fits }) => [family, ...fits[0].parameters.map(({ value }) => Number(value.toPrecision(6)))])
    expect(fitted(b)).toEqual(fitted(a))
  })
})

test('segments by a column, each with its terms, and rows that are skipped', async () => {
  const day = 86_400_000
  const instant = (at: number) => new Date(at).toISOString()
  const rows: string[] = []
  // Retail: a month at a time, of which each third is not renewed. Batch: uses of an hour, in bursts.
  for (let index = 0; index < 150; index++) {
    const at = Date.parse('2024-01-01T00:00:00Z') + index * 0.9 * day
    const months = index % 3
    rows.push(
      `${instant(at)},${instant(at + (31 + months * 30.5) * day)},shop-${index % 30},s-${index},retail,1 month,m`,
    )
  }
  for (let index = 0; index < 400; index++) {
    const at = Date.parse('2024-01-01T00:00:00Z') + Math.floor(index / 20) * 6.7 * day + (index % 20) * 1_000_000
    rows.push(`${instant(at)},${instant(at + 3_600_000 + (index % 7) * 900_000)},lab-${index % 4},b-${index},batch,,c`)
  }
  rows.push('2024-01-09T00:00:00Z,,lab-1,x,batch,soon,c')
  writeFileSync(join(cwd, 'terms.csv'), `at,end,account,resource,kind,term,flavour\n${rows.join('\n')}\n`)
  const columns = ['at', 'end', 'account', 'resource', 'flavour', 'term'].map((role) => `${role}=${role}`).join(',')
  const words = ['calibrate', 'terms.csv', '--format', 'csv', '--map', columns, '--segment-by', 'kind']
  const { code, stderr, stdout } = await call(...words, '--seeds', '2', '--out', 'terms')
  expect(code, stderr).toBe(0)
  expect(stdout).toMatch(/Skipped {4}1: unreadable term/)
  expect(read('terms/skipped.csv')).toContain('unreadable term,soon')
  // The command that makes the same files again.
  expect(read('terms/scenario.yaml')).toContain('calibrate --format csv terms.csv --map at=at,')
  const { segments, figures } = JSON.parse(read('terms/calibration.json'))
  const [batch, retail] = segments
  expect([batch.name, retail.name]).toEqual(['batch', 'retail'])
  expect(batch.arrivals.bursts.rates[1]).toBeGreaterThan(2)
  expect([batch.renewals, retail.renewals.renewed > 50]).toEqual([null, true])
  expect(retail.parameters.map(({ name }: { name: string }) => name)).toContain('share renewed')
  expect(figures).toHaveLength(5 + 2 * 3)
  const { buyers, policies } = parseScenario(read('terms/scenario.yaml'), 'scenario.yaml')
  expect(buyers.map(({ segment, load }) => [segment, load.kind])).toEqual([
    ['batch', 'markov'],
    ['retail', 'profile'],
  ])
  expect(buyers[1].habits.renewing.manual).toBeCloseTo(retail.renewals.probability, 3)
  expect(policies['retention.days']).toBe(0)
  const terms = figures.find(
    ({ name, segment }: { name: string; segment?: string }) => segment === 'retail' && name === 'orders',
  )
  expect(terms.mean / terms.log).toBeGreaterThan(0.6)
  expect(terms.mean / terms.log).toBeLessThan(1.6)
  for (const text of ['Segment batch', 'Segment retail', 'Bursts: '])
    expect(read('terms/calibration.html')).toContain(text)
  const strict = await call(...words, '--strict', '--seeds', '0')
  expect([strict.code, strict.stderr]).toEqual([exitCodes.badInput.code, expect.stringContaining('unreadable term')])
})

test.each([
  ['a file that says no format', ['plain.csv'], /write --format and one of trace, events, swf/],
  ['a log of a few minutes', ['short.csv'], /less than a day is left to fit/],
  ['one run', ['trace.csv', '--seeds', '1'], /has no interval/],
  ['a share that is none', ['trace.csv', '--hold-out', '95%'], /is not a share of the log/],
])('refuses %s', async (_, words, says) => {
  writeFileSync(join(cwd, 'plain.csv'), 'begin,end\n1,2\n')
  writeFileSync(
    join(cwd, 'short.csv'),
    'at,lifetime,quantity,buyer,flavour,zone,product,resource\n1709486315414,5,1,a,,,,\n1709486395414,5,1,a,,,,\n',
  )
  const { code, stdout, stderr } = await call('calibrate', ...words, '--out', 'refused')
  expect([code, stdout], stderr).toEqual([exitCodes.badInput.code, ''])
  expect(stderr).toMatch(says)
  expect(readdirSync(cwd)).not.toContain('refused')
})
