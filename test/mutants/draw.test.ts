/** Errors that are drawn: what is written in place of what. */
import { expect, test } from 'vitest'
import { parseAst } from 'vitest/node'
import { changed, mutantsOf, type Parse } from './draw.ts'
import { chapterOf, drawn, scoreTable } from './score.ts'

const all = (text: string): string[] =>
  mutantsOf('sim/x.ts', text, parseAst as Parse).map((mutant) => `${mutant.kind}: ${changed(text, mutant)}`)

test.each<[text: string, mutants: string[]]>([
  ['const a = b < c', ['boundary: const a = b <= c']],
  ['const a = b !== c', ['condition: const a = b === c']],
  ['const a = b && c', ['condition: const a = b || c']],
  ['const a = b - c', ['sign: const a = b + c']],
  ['const a = b * c', ['scale: const a = b / c']],
  ['const a = -b', ['sign: const a = (b)']],
  ['const a = 3n', ['constant: const a = (3n + 1n)']],
  ['const a = true', ['constant: const a = false']],
  ['const a = Math.floor(b)', ['rounding: const a = Math.ceil(b)']],
  ['const a = Math.min(b, c)', ['extreme: const a = Math.max(b, c)']],
  ['f(b, c)', ['statement: ;', 'argument order: f(c, b)']],
  ['if (a) throw b', ['guard: ;', 'condition: if (!(a)) throw b']],
  ["const a = b + 'c'", []],
  ['type A = 1 | 2', []],
  ['const a = b as 3', []],
])('%s', (text, mutants) => {
  expect(all(text)).toEqual(mutants)
})

test('two statements in another order stay two', () => {
  expect(all('f()\n(g)()')).not.toContain('statement order: (g)();;f()')
  expect(all('f()\ng()')).toContain('statement order: g();\n;f()')
})

test('the same seed draws the same, and more is the same and others', () => {
  const mutants = mutantsOf('sim/x.ts', 'const a = b < c && d - e > f * g', parseAst as Parse)
  expect(drawn(mutants, 5, '1')).toEqual(drawn([...mutants].reverse(), 5, '1'))
  expect(drawn(mutants, 2, '1')).toEqual(drawn(mutants, 4, '1').slice(0, 2))
  expect(drawn(mutants, 5, '2')).not.toEqual(drawn(mutants, 5, '1'))
})

test('the score counts what was noticed among what could be', () => {
  const file = 'sim/market/orders/payment.ts'
  const mutant = { file, start: 0, end: 1, instead: '', kind: 'guard', by: '', described: '' } as const
  const fates = ['caught', 'caught', 'survived', 'unseen', 'unreached', 'invalid'] as const
  const table = scoreTable(
    fates.map((fate) => ({ ...mutant, fate })),
    new Map([[chapterOf(file), 1234]]),
  )
  expect(table).toContain('| `sim/market/orders` | 1,234 | 5 | 2 | 1 | 67 % | 1 | 1 |')
})
