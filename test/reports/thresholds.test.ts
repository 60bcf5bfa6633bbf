import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { junit } from '#reports/junit.ts'
import { RunRecord } from '#reports/record.ts'
import { summarise } from '#reports/summary.ts'
import { thresholdFaults, thresholdRemarks } from '#reports/threshold-remarks.ts'
import { anyMissed, judge } from '#reports/thresholds.ts'
import type { Scenario } from '#scenarios/schema.ts'
import { thresholds as thresholdsSchema } from '#scenarios/sections/thresholds.ts'
import { writeFixtureRecord } from './fixture-record.ts'

const folder = mkdtempSync(join(tmpdir(), 'marketsim-thresholds-'))
let record: RunRecord

beforeAll(() => {
  writeFixtureRecord(join(folder, 'run.sqlite'))
  record = new RunRecord(folder)
})

afterAll(() => {
  record.close()
  rmSync(folder, { recursive: true })
})

/** The fixture's scenario with other thresholds, written as a scenario file writes them. */
const scenarioWith = (written: Record<string, unknown>): Scenario =>
  ({
    ...record.meta.scenario,
    policies: { 'time.utcOffset': 8 * 3_600_000 },
    start: Date.parse('2024-03-01T00:00:00+08:00'),
    end: Date.parse('2024-05-01T00:00:00+08:00'),
    catalog: [
      { id: 'web-stack', kind: 'image' },
      { id: 'crm', kind: 'saas' },
    ],
    buyers: [{ segment: 'start-ups', buys: [{ product: 'web-stack', weight: 1 }] }],
    thresholds: thresholdsSchema.parse(written),
  }) as unknown as Scenario

test.each([
  ['orders.placed', '== 2', true],
  ['orders.placed', '!= 2', false],
  ['ecs.refusalRate', '<= 50%', true],
  ['ecs.refusalRate', '< 50 %', false],
  ['ecs.refusalRate{pool=ap-1a}', '== 0%', true],
  ['ecs.refusalRate{pool=eu-1a/c6.large}', '> 99.9%', true],
  ['revenue.gross', '== 100.20', true],
  ['revenue.gross', '> 100.19999999', true],
  ['revenue.gross{kind=ecs,month=2024-04}', '== 4.32', true],
  ['ecs.creationP95', '<= 2min', true],
  ['ecs.creationP95', '< 2min', false],
  ['pool.soldOutMinutes', '== 1h', true],
  ['arrears.hoursP50', '< 6h1ms', true],
  ['ecs.creationP95{pool=eu-1a}', '< 1d', false],
])('%s %s: %s', (figure, bound, passed) => {
  const scenario = scenarioWith({ [figure]: bound })
  expect(thresholdFaults(scenario)).toEqual([])
  expect(judge(record, scenario)[0].passed).toBe(passed)
})

test.each([
  ['revenue.gross{kind=license}', '> 10', /no buyer buys a product of the kind license/, 'threshold-on-nothing'],
  ['orders.placed{product=crm}', '> 10', /no buyer buys crm/, 'threshold-on-nothing'],
  ['orders.placed{month=2025-01}', '> 10', /the run is from 2024-03 to 2024-04/, 'threshold-on-nothing'],
  ['ecs.refusalRate', '< 5', /always met/, 'threshold-decides-nothing'],
  ['ecs.refusalRate', '> 120%', /always missed/, 'threshold-decides-nothing'],
])('%s %s is allowed, and a warning says that it decides nothing', (figure, bound, what, code) => {
  const [remark] = thresholdRemarks(scenarioWith({ [figure]: bound }))
  expect(remark.what).toMatch(what)
  expect(remark.warning).toBe(code)
})

test.each([
  ['orders.refusd', '== 0', /no figure 'orders.refusd'/, /orders\.refused/],
  ['orders.placed{colour=red}', '== 0', /no label 'colour'/, /its labels are month, order/],
  ['ecs.refused{pool=ap-1b}', '== 0', /no pool 'ap-1b'/, /ap-1a\/c6\.large/],
  ['orders.placed{product=crn}', '== 0', /no product 'crn'/, /did you mean crm/],
  ['orders.placed', '< 5min', /is not a time/, /count/],
  ['orders.placed', '< 5%', /is not a share/, /count/],
])('%s %s is an error in the file', (figure, bound, what, hint) => {
  const [fault] = thresholdFaults(scenarioWith({ [figure]: bound }))
  expect(fault.what).toMatch(what)
  expect(fault.hint).toMatch(hint)
})

test('only a missed threshold of severity fail fails the run', () => {
  const warned = judge(record, scenarioWith({ 'orders.placed': { test: '== 9', severity: 'warn' } }))
  expect(anyMissed(warned)).toBe(false)
  expect(anyMissed(judge(record, scenarioWith({ 'orders.placed': '== 9' })))).toBe(true)
})

test('JUnit XML shows a missed threshold as a failure and a missed warning as skipped', () => {
  const xml = junit(summarise(record))
  expect(xml).toContain('tests="2" failures="0" skipped="1"')
  expect(xml).toContain('name="ecs.refusalRate{pool=eu-1a} &lt; 0.1%"')
  expect(xml).toContain('actual value 100.0 %')
})
