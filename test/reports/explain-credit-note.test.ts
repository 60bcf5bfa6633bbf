/** I-04: a credit note is explained by its lines, the bill it corrects, and the refund behind it. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { explain } from '#reports/explain/explain.ts'
import { RecordError } from '#reports/record-error.ts'
import { type ShortRun, shortRun } from './short-run.ts'

let run: ShortRun
beforeAll(async () => {
  // O-08: what a seller fails to provide is refunded in full.
  run = await shortRun(['end=2024-03-05T00:00:00+08:00', 'buyers.start-ups.count=60', 'sellers.isv.failure=1'])
})
afterAll(() => run.remove())

test('I-04: every credit note comes to the sum of its lines, and to what was refunded', () => {
  const numbers = run.record
    .plainRows<{ number: string }>('SELECT number FROM credit_notes ORDER BY number LIMIT 20')
    .map(({ number }) => number)
  expect(numbers.length).toBeGreaterThan(3)
  for (const number of numbers) {
    const { subject, particulars, workings, moments } = explain(run.record, 'credit-note', number)
    expect(subject).toBe(`credit note ${number}`)
    expect(particulars.map(([name]) => name).slice(0, 4)).toEqual(['Account', 'Order', 'Corrects', 'Line: price'])
    expect(workings.at(-1)?.what).toBe('total')
    expect(workings.filter(({ amount, recorded }) => amount !== recorded)).toEqual([])
    expect(moments, 'payment and refund').toHaveLength(2)
  }
})

test('a number that no credit note has is refused with those there are', () => {
  expect(() => explain(run.record, 'credit-note', 'C-nowhere-000001')).toThrow(RecordError)
  expect(() => explain(run.record, 'credit-note', 'C-nowhere-000001')).toThrow(
    /there is no credit note C-nowhere-000001/,
  )
})
