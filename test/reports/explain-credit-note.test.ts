/** I-04: a credit note is explained by its lines, the bill it corrects, and the refund behind it. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { explain } from '#reports/explain/explain.ts'
import { RecordError } from '#reports/record-error.ts'
import { everyRuleRecord } from './every-rule-run.ts'
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
    expect(particulars.map(([name]) => name).slice(0, 4)).toEqual(['Account', 'Order', 'Corrects', 'Invoice'])
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

test('I-04: a bill and an invoice are found by the numbers that are printed, and name what is about them', async () => {
  const record = await everyRuleRecord()
  const facts = (...of: Parameters<typeof explain>) => new Map(explain(...of).particulars)
  const [bill] = record.rows<{ number: string; name: string }>(
    'SELECT b.number, a.name FROM bill_numbers b JOIN accounts a ON a.id = b.account ORDER BY b.number LIMIT 1',
  )
  expect(explain(record, 'bill', bill.number).subject).toContain(`bill of ${bill.name} for `)
  const notes = record
    .rows<{ number: string }>('SELECT number FROM credit_notes')
    .map(({ number }) => ({ number, invoice: String(facts(record, 'credit-note', number).get('Invoice')) }))
    .filter(({ invoice }) => invoice.startsWith('I-'))
  expect(notes.length).toBeGreaterThan(0)
  for (const { number, invoice } of notes) {
    const about = facts(record, 'invoice', invoice)
    expect([about.get('Number'), String(about.get('Credit notes')).split(', ')]).toEqual([
      invoice,
      expect.arrayContaining([number]),
    ])
  }
  expect(() => explain(record, 'invoice', 'I-ap-1-999999')).toThrow('there is no invoice I-ap-1-999999')
  record.close()
})
