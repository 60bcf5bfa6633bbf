import { expect, test } from 'vitest'
import { didYouMean, nearestName, nearestNames } from '#base/did-you-mean.ts'
import { table } from '../sim/billing/table.ts'

test('the name that was probably meant, or none', () => {
  const rows = table(`
    written           known                           meant             why
    threds            threads, seed                   threads           a letter is missing
    thraeds           threads, seed                   threads           two letters changed places
    THREADS           threads, seed                   threads           other case
    pay_per_use       pay-per-use, monthly            pay-per-use       other punctuation
    sed               seed, set                       seed              of equally near ones the first by name
    ab                xy, qrs                         -                 of two letters one may differ
    ax                xy, ay                          ay                one of two
    frobnicate        threads, seed, out              -                 nothing is near
    revenueRecogniton  revenueRecognition, revenue     revenueRecognition  a long name
  `)
  for (const { written, known, meant, why } of rows)
    expect(didYouMean(written, known.split(', ')) ?? '-', why).toBe(meant)
  expect(didYouMean('x', [])).toBeUndefined()
})

test('the nearest names, however far they are', () => {
  expect(nearestName('quantiy', ['price', 'quantity'])).toBe('quantity')
  expect(nearestName('aa', ['ab', 'ac'])).toBe('ab')
  expect(nearestName('a', [])).toBeUndefined()
  expect(nearestNames('ecs.refusal', ['ecs.refusals', 'ecs.running', 'orders.refusals', 'topUps.count'], 2)).toEqual([
    'ecs.refusals',
    'orders.refusals',
  ])
})
