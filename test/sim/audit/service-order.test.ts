/** L-01, L-04: the queue of a desk as the auditor judges it, by when each case arrived and when work on it started. */
import { expect, test } from 'vitest'
import { type FactTableName, factTableNames } from '#sim/record/columns.ts'
import { scratchFolder, smallRecord, withChange } from './small-record.ts'

type Case = readonly [arrived: number, started: number, done: number]

/** In the order in which they were done, which is the order of the record. */
const queues: readonly (readonly [words: string, cases: readonly Case[], wrong: number])[] = [
  [
    'one after the other',
    [
      [1, 1, 5],
      [2, 5, 9],
    ],
    0,
  ],
  [
    'two who begin when the desk opens, the later one done first',
    [
      [2, 10, 14],
      [1, 10, 14],
    ],
    0,
  ],
  [
    'the later one is taken first',
    [
      [2, 3, 5],
      [1, 5, 9],
    ],
    1,
  ],
  ['started before arrival', [[4, 3, 9]], 1],
]

const minute = (number: number) => `at('2024-03-05 09:00:00') + ${number * 60_000}`

test.each(queues)('%s', (_, cases, wrong) => {
  const table: FactTableName = 'ticket_cases'
  expect(factTableNames).toContain(table)
  const values = cases.map(
    ([arrived, started, done], index) =>
      `(${index + 1}, ${minute(arrived)}, ${minute(started)}, ${minute(done)}, word('L-01'))`,
  )
  const path = smallRecord(scratchFolder())
  const sql = `INSERT INTO ${table} (ticket_id, arrived, started, at, rule) VALUES ${values.join(', ')}`
  const { findings } = withChange(path, sql)
  expect(findings.filter((text) => text.includes('taken out of turn'))).toHaveLength(wrong)
})
