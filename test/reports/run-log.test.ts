/**
 * `export --format log`: what `meter` makes of the files is what the run charged for use, hour by hour and bill by bill; what a log
 * cannot say is named with its amounts.
 */
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { DAY } from '#base/time.ts'
import { meterCommand } from '#reports/exports/log/run-log.ts'
import type { RunRecord } from '#reports/record.ts'
import { LONGEST_SPAN, LogSpan } from '#sim/metering-log/log-span.ts'
import { everyRuleRecord } from './every-rule-run.ts'
import { billsByLog, billsOf, exportedLog, meteredBills, sortedLines } from './exported-log.ts'
import { shortRun } from './short-run.ts'

const file = fileURLToPath(new URL('run-log.yaml', import.meta.url))

/** What the run has of use, from its tables alone. */
const usedBy = (record: RunRecord): bigint =>
  record.rows<{ used: bigint }>('SELECT sum(hours * amount) AS used FROM usage_spans')[0].used

const sum = (text: string | undefined, column: number): bigint =>
  (text ?? '')
    .trim()
    .split('\n')
    .slice(1)
    .reduce((total, line) => total + BigInt(line.split(',')[column].replace('.', '')), 0n)

/** Each with what is charged otherwise; together the switches that metering has. */
const rules = [
  [],
  ['image.hour=rolling', 'image.whenStopped=free', 'rounding.charge=half-up', 'grace.payPerUseBilled=false'],
  ['image.key=image', 'unfreeze.payPerUse=running', 'ecs.granularity=hour-ceil', 'image.inYearlyGrace=billed'],
  ['image.granularity=second', 'image.priceAt=last', 'freeze.storage=billed', 'settlement.lag=9h'],
]

const everything = ['delete', 'down', 'image', 'resume', 'start', 'stop', 'suspend']

test.each(rules.map((sets) => [sets.join(' ') || 'the default rules', sets] as const))(
  'meter comes to the bills of the run: %s',
  async (_, sets) => {
    const run = await shortRun(
      sets.map((set) => `policies.${set}`),
      file,
    )
    try {
      const { files, warnings, count } = await exportedLog(run.record)
      expect(warnings).toEqual([])
      expect(count).toBeGreaterThan(500)
      expect([...files.keys()]).toEqual(['prices.csv', 'policies.yaml', 'events.csv', 'bills.csv', 'left-out.csv'])
      const events = files.get('events.csv')?.trim().split('\n').slice(1) ?? []
      const did = new Set(events.map((line) => line.split(',')[3]))
      if (sets.length === 0) expect([...did].sort()).toEqual(everything)
      expect(sum(files.get('bills.csv'), 3)).toBe(usedBy(run.record))
      expect(await meteredBills(files, run.record.meta.end)).toBe(sortedLines(files.get('bills.csv')))
    } finally {
      run.remove()
    }
  },
)

test.each([
  [1, undefined],
  [LONGEST_SPAN, undefined],
  [LONGEST_SPAN + 1, 6],
  [2.4 * LONGEST_SPAN, 12],
] as const)('the command that is printed allows a log of %i ms', (length, years) => {
  const start = Date.parse('2024-01-01T00:00:00Z')
  const command = meterCommand('use', { start, end: start + length, utcOffset: 0 })
  expect(/ --longest-span (\d+)y$/.exec(command)?.[1]).toBe(years?.toString())
  // `meter` takes a year as 366 days.
  const span = new LogSpan('events.csv', years === undefined ? LONGEST_SPAN : years * 366 * DAY, 0)
  span.take(start, 2)
  span.closeAt(start + length)
})

test('every-rule: tax of regions and late records are left out, by rule and to the last decimal', async () => {
  const record = await everyRuleRecord()
  try {
    const { files, warnings, isIncomplete } = await exportedLog(record)
    expect(isIncomplete).toBe(true)
    expect(warnings?.map((text) => /\((.*?)\)/.exec(text)?.[1])).toEqual(['I-04', 'M-07'])
    // What the log comes to, and what it leaves out, is on the bills of the run: nothing else.
    const recorded = billsOf(record)
    expect(recorded.length).toBeGreaterThan(100)
    expect(billsByLog(files, await meteredBills(files, record.meta.end))).toEqual(recorded)
  } finally {
    record.close()
  }
})
