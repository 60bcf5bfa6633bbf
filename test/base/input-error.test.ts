import { expect, test } from 'vitest'
import { BillingError } from '#base/billing-error.ts'
import { InputError } from '#base/input-error.ts'
import { RecordError } from '#reports/record-error.ts'

test('errors that the caller can correct say what, where and a hint, whatever their class', () => {
  const errors = [
    new InputError('there is no file', 'name a file', 'x.csv'),
    new BillingError('x.csv', 'there is no file', 'name a file'),
    new RecordError('x.csv', 'there is no file', 'name a file'),
  ]
  for (const error of errors) {
    expect(error).toBeInstanceOf(InputError)
    expect(error).toMatchObject({ what: 'there is no file', where: 'x.csv', hint: 'name a file' })
  }
  expect(errors.map(({ name }) => name)).toEqual(['InputError', 'BillingError', 'RecordError'])
  expect(errors.map(({ message }) => message)).toEqual([
    'there is no file',
    'x.csv: there is no file; name a file',
    'there is no file',
  ])
})

test('an error of billing has no stack: a calculator answers thousands of them a second', () => {
  const depth = Error.stackTraceLimit
  expect(new BillingError('a', 'b', 'c').stack).toMatch(/^\w*Error: a: b; c$/)
  expect(Error.stackTraceLimit).toBe(depth)
})
