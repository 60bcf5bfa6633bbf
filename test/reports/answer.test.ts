import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { closingSummary } from '#cli/closing.ts'
import { answerOf } from '#reports/answer.ts'
import { remarksOf } from '#reports/answer-remarks.ts'
import { figures } from '#reports/figures/catalogue.ts'
import { RunRecord } from '#reports/record.ts'
import { summarise } from '#reports/summary.ts'
import { formatErrors, ScenarioErrors } from '#scenarios/errors.ts'
import { parseScenario } from '#scenarios/reader.ts'
import type { Scenario } from '#scenarios/schema.ts'
import { answer } from '#scenarios/sections/answer.ts'
import { writeFixtureRecord } from './fixture-record.ts'

const folder = mkdtempSync(join(tmpdir(), 'marketsim-answer-'))
let record: RunRecord

beforeAll(() => {
  writeFixtureRecord(join(folder, 'run.sqlite'))
  record = new RunRecord(folder)
})

afterAll(() => {
  record.close()
  rmSync(folder, { recursive: true })
})

const answered = (written: unknown): string =>
  answerOf(record, { ...record.meta.scenario, answer: answer.parse(written) } as unknown as Scenario)

test.each([
  ['{orders.placed} orders were placed', '2 orders were placed'],
  [
    '{ecs.refusalRate{pool=ap-1a}} in ap-1a and {ecs.refusalRate{pool=eu-1a}} in eu-1a',
    '0.0 % in ap-1a and 100.0 % in eu-1a',
  ],
  ['sold out for {pool.soldOutMinutes}, median {arrears.hoursP50}', 'sold out for 60 min, median 6 h 0 min'],
  ['{revenue.gross} in all', '100.20 in all'],
  [[{ when: 'orders.placed == 2', say: 'two' }, { say: 'other' }], 'two'],
  [[{ when: 'orders.placed > 2', say: 'more' }, { say: 'at most {orders.placed}' }], 'at most 2'],
  [[{ when: 'orders.placed > 2', say: 'more' }], ''],
])('%j says %j', (written, said) => {
  expect(answered(written)).toBe(said)
})

const right = readFileSync(new URL('../scenarios/tidepool.yaml', import.meta.url), 'utf8')

const messages = (line: string): string => {
  try {
    parseScenario(right.replace('\nstart:', `\n${line}\nstart:`), 'x.yaml', { figures, judgeThresholds: remarksOf })
    return 'valid'
  } catch (error) {
    if (!(error instanceof ScenarioErrors)) throw error
    return formatErrors(error.faults)
  }
}

test.each([
  ['answer: "{orders.refused} refused"', /^valid$/],
  [
    'answer: "{orders.refusd} refused"',
    /^x\.yaml:3:9: answer: there is no figure 'orders\.refusd'[\s\S]*write orders\.refused in place/,
  ],
  ['answer: "{ecs.refusalRate{region=nordik}}"', /there is no region 'nordik'[\s\S]*nordic/],
  ['answer: [{ when: "orders.refused < 5%", say: no }]', /x\.yaml:3:18: [\s\S]*is not a share/],
  ['answer: "half open {orders.refused"', /a sentence with figures such as/],
  ['answer: [{ when: orders.refused, say: no }]', /a comparison of a figure such as/],
])('%s is checked', (line, words) => {
  expect(messages(line)).toMatch(words)
})

test('missed thresholds come before everything green, with the pool that refused most and what to try next', () => {
  const text = closingSummary(summarise(record), {
    width: 100,
    height: 24,
    paint: (_, each) => each,
    folder: 'runs/x',
    files: ['report.html'],
    pace: [],
  })
  const lines = text.split('\n')
  const line = (words: string) => lines.findIndex((each) => each.includes(words))
  expect(lines[line('Thresholds')]).toMatch(/! ecs\.refusalRate\{pool=eu-1a\} < 0\.1%, and it is 100\.0 %/)
  expect(line('Thresholds')).toBeLessThan(line('Orders'))
  expect(lines[line('Worst')]).toContain('eu-1a/c6.large refused 100.0 % of its requests')
})
