import { expect, test } from 'vitest'
import { csvField, csvLine } from '#base/csv-text.ts'

test('numbers stay numbers, and what a spreadsheet would run does not run', () => {
  const cases: [string, string][] = [
    ['-5', '-5'],
    ['-0.00000001', '-0.00000001'],
    ['-1.5e-7', '-1.5e-7'],
    ['-1+2', "'-1+2"],
    ['-x', "'-x"],
    ['+1', "'+1"],
    ['=SUM(A1,A2)', '"\'=SUM(A1,A2)"'],
    ['＝1', "'＝1"],
    ['a-b', 'a-b'],
    ['a,b', '"a,b"'],
    ['say "x"', '"say ""x"""'],
    ['two\nlines', '"two\nlines"'],
    ['', ''],
  ]
  for (const [text, written] of cases) expect(csvField(text), text).toBe(written)
  expect(csvLine(['a', '-1', ''])).toBe('a,-1,\n')
})
