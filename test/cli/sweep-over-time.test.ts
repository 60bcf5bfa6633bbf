/** When a pool runs out under growth: the first month beyond a bound, of a run and of a sweep, and use day by day. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { afterAll, expect, test } from 'vitest'
import { exitCodes } from '#cli/exit-codes.ts'
import { inThisProcess, newFolder, removeFolders } from './marketsim.ts'

const cwd = newFolder()
afterAll(removeFolders)
const growing = `
name: growing
start: 2024-01-01T00:00:00Z
duration: 60d
policies: { time.utcOffset: Z }
money: ignore
regions: [{ id: r1, zones: [{ id: z1, pools: [{ flavour: f, capacity: 13 }] }] }]
sellers: [{ segment: isv }]
catalog: [{ id: image, kind: image, seller: isv/1, category: c, specifications: [{ id: h, billing: pay-per-use }] }]
buyers:
  - segment: s
    count: 50
    load: { stages: { perBuyer: false, steps: [{ from: 2/d, to: 24/d, over: 60d }] } }
    buys: [{ product: image, specification: h, flavour: f, lifetime: { exponential: { mean: 12h } } }]
thresholds: { ecs.refusalRate: "< 2%" }
`

test('a run names the first month in which a bound is missed; a sweep its median over seeds, and draws use over time', async () => {
  writeFileSync(join(cwd, 'growing.yaml'), growing)
  const run = await inThisProcess(['run', 'growing.yaml', '-q', '--threads', '1', '-o', 'one'], cwd)
  const [threshold] = JSON.parse(readFileSync(join(cwd, 'one/summary.json'), 'utf8')).thresholds
  const { by } = JSON.parse(readFileSync(join(cwd, 'one/summary.json'), 'utf8')).figures['ecs.refusalRate']
  const months = Object.keys(by.month).filter((month) => by.month[month] >= 0.02)
  expect(months.length).toBeGreaterThan(0)
  expect(months).not.toContain('2024-01')
  expect(threshold.firstMissed).toBe(months[0])
  expect(run.stdout).toContain(`; first missed in ${months[0]}`)
  const sweep = await inThisProcess(['sweep', 'growing.yaml', '-q', '--threads', '1', '-n', '6', '-o', 'many'], cwd)
  expect(sweep.code, sweep.stderr).toBe(exitCodes.thresholdMissed.code)
  expect(sweep.stdout).toMatch(/Over time {3}ecs.refusalRate < 2%: first missed in 2024-0[12]/)
  const { firsts, firstDays } = JSON.parse(readFileSync(join(cwd, 'many/sweep.json'), 'utf8'))
  expect(firstDays[0][0]).toMatchObject({ runs: 6, missed: 6 })
  // A month that is missed has a day that is.
  expect(firstDays[0][0].median.slice(0, 7) <= firsts[0][0].median).toBe(true)
  expect(sweep.stdout.replace(/\s+/g, ' ')).toMatch(/; single days: first missed in 2024-\d\d-\d\d/)
  expect(firsts[0][0]).toMatchObject({ runs: 6, missed: 6 })
  const rows = parse(readFileSync(join(cwd, 'many/use.csv')), { columns: true }) as Record<string, string>[]
  expect(rows).toHaveLength(60)
  for (const { least, low, median, high, most } of rows)
    expect([least, low, median, high, most].map(Number)).toEqual(
      [least, low, median, high, most].map(Number).toSorted((a, b) => a - b),
    )
  const page = readFileSync(join(cwd, 'many/sweep.html'), 'utf8')
  expect(page).toContain('Use of z1/f')
  expect(page).toMatch(/ecs.refusalRate &lt; 2%: first missed in 2024-0/)
})
