import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { filesOf } from '../house/source-tree.ts'
import { judge, type Reference, smirnov } from './agreement.ts'
import { codeLines, examples, outputOf } from './registry.ts'
import { medianRatio, tableOf, tableUrl } from './table.ts'

const text = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8')
const reference: Reference = JSON.parse(text('./reference.json'))

test.each(examples)('$path prints the stored output', (example) => {
  expect(outputOf(example)).toBe(text(`../../examples/${example.path}.txt`))
})

test('every model of examples/ is printed here, or in docs/engine.md', () => {
  const models = filesOf('examples').filter((file) => !/^examples\/(guide|metering-service)\//.test(file))
  expect(models).toEqual(examples.map(({ path }) => `examples/${path}.ts`).sort())
})

test('every model has a theory or runs of an original to be compared with', () => {
  expect(examples.filter(({ path, theory }) => theory === undefined && reference[path] === undefined)).toEqual([])
})

describe('lines', () => {
  test('blank lines and comments do not count', () => {
    expect(codeLines('/** a\n * b\n */\n\n// c\nconst x = 1 // d\n  /* e */\nf()\n')).toBe(2)
  })

  test('the median model has at most 1.3 times the lines of SimPy`s', () => {
    expect(medianRatio()).toBeLessThanOrEqual(1.3)
  })

  test('docs/examples.md has the lines as they are', () => {
    const page = readFileSync(tableUrl, 'utf8')
    expect(page).toBe(tableOf(page))
  })
})

describe('agreement', () => {
  const quick = examples.filter(({ path }) => /bank-renege|movie-renege|harbour/.test(path))

  test.each(quick)('$path agrees with its original over twenty seeds', (example) => {
    expect(judge(example, reference, 20, 0.9999).filter(({ agrees }) => !agrees)).toEqual([])
  })

  test('a model that differs is found out', () => {
    const [bank] = quick
    const faulty = { ...bank, measure: (seed: string) => ({ ...bank.measure(seed), served: 5, reneged: 0 }) }
    const verdicts = judge(faulty, reference, 20, 0.9999)
    expect(verdicts.filter(({ agrees }) => !agrees).map(({ quantity }) => quantity)).toEqual(['reneged', 'served'])
  })

  test('the distance of two samples', () => {
    expect(smirnov([1, 2, 3, 4], [1, 2, 3, 4])).toBe(0)
    expect(smirnov([1, 2, 3, 4], [3, 4, 5, 6])).toBe(0.5)
    expect(smirnov([1, 2], [5, 6])).toBe(1)
  })
})
