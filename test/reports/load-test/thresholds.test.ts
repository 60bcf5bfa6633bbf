import { expect, test } from 'vitest'
import { InputError } from '#base/input-error.ts'
import { loadFigures } from '#reports/load-test/figures.ts'
import { parseLoadThreshold } from '#reports/load-test/thresholds.ts'

test.each([
  ['latency.p99{op=settle}<5ms', 'latency.p99', 'settle', '<', 5_000],
  ['p99 < 10ms', 'latency.p99', undefined, '<', 10_000],
  ['max<=1.5s', 'latency.max', undefined, '<=', 1_500_000],
  ['service.p99.95 < 500us', 'service.p99.95', undefined, '<', 500],
  ['dropped==0', 'dropped', undefined, '==', 0],
  ['dropped{op=bill}==0', 'dropped', 'bill', '==', 0],
  ['rate.achieved>=50k/s', 'rate.achieved', undefined, '>=', 50_000],
  ['cpu<80%', 'cpu', undefined, '<', 0.8],
  ['memory.peak<2GiB', 'memory.peak', undefined, '<', 2_048],
])('%s', (text, figure, kind, op, bound) => {
  const threshold = parseLoadThreshold(text)
  expect({ ...threshold, figure: threshold.figure.name }).toEqual({ text, figure, kind, op, bound })
})

test.each([
  ['latncy.p99<5ms', /no figure 'latncy.p99'/, /latency\.p99/],
  ['latency.p99{op=setle}<5ms', /no operation 'setle'/, /settle/],
  ['latency.p99{region=a}<5ms', /does not take the filter/, /op=settle/],
  ['cpu{op=settle}<50%', /does not take the filter/, /remove the filter/],
  ['latency.p99<5', /without a unit/, /ms/],
  ['dropped<5ms', /the unit 'ms'/, /k, M/],
  ['latency.p99<1.2.3ms', /not a number/, /write --threshold/],
  ['quick please', /is not a threshold/, /write --threshold/],
])('%s is refused with what was probably meant', (text, what, hint) => {
  try {
    parseLoadThreshold(text)
    expect.unreachable()
  } catch (error) {
    expect(error).toBeInstanceOf(InputError)
    expect((error as InputError).message).toMatch(what)
    expect((error as InputError).hint).toMatch(hint)
  }
})

test('every figure has a name and words of its own', () => {
  expect(new Set(loadFigures.map(({ name }) => name)).size).toBe(loadFigures.length)
  for (const { text } of loadFigures) expect(text).not.toBe('')
})
