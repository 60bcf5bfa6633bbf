/**
 * `export --format log` of the library: `meter` rates each log to the bills of the run for use; what is left out is what is known to be.
 * `--short`: shorter runs.
 */
import { afterEach, expect, test } from 'vitest'
import { libraryScenarios } from '#scenarios/library.ts'
import { exportedLog, meteredBills, sortedLines } from '../../reports/exported-log.ts'
import { libraryFile, type ShortRun, shortRun } from '../../reports/short-run.ts'
import { isShort } from '../effort.ts'

/** Ends of the runs that are too long. */
const ends: Readonly<Record<string, string>> = isShort
  ? {
      'every-rule': 'duration=60d',
      'own-or-lease': 'duration=20d',
      'renewal-cliff': 'end=2024-02-20T00:00:00+08:00',
      'arrears-wave': 'end=2024-01-21T00:00:00+08:00',
      'nasa-ipsc': 'end=1993-10-10T00:00:00-07:00',
      metropolis: 'end=2023-01-03T00:00:00+08:00',
    }
  : { metropolis: 'end=2023-02-10T00:00:00+08:00' }

/** Rules that a log cannot say. */
const leftOut: Readonly<Record<string, readonly string[]>> = {
  'every-rule': ['I-04', 'M-07'],
  'arrears-wave': ['U-09'],
  'black-friday': ['U-03'],
}

let run: ShortRun | undefined
afterEach(() => {
  run?.remove()
  run = undefined
})

test.each((await libraryScenarios()).map(({ name }) => name))('%s', async (name) => {
  run = await shortRun(ends[name] === undefined ? [] : [ends[name]], libraryFile(name))
  const { files, warnings = [] } = await exportedLog(run.record)
  const rules = warnings.map((text) => /^left out \((.*?)\)/.exec(text)?.[1])
  expect(rules.filter((rule) => !(leftOut[name] ?? []).includes(rule ?? ''))).toEqual([])
  const [{ hours }] = run.record.rows<{ hours: bigint }>('SELECT coalesce(sum(hours), 0) AS hours FROM usage_spans')
  if (hours === 0n) expect([...files]).toEqual([])
  else if (rules.length === 0)
    expect(await meteredBills(files, run.record.meta.end)).toBe(sortedLines(files.get('bills.csv')))
})
