/** Text measured in columns of a terminal. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { colourful, columnsOf, cut, cutAtItem, labelled, padded, wrapped } from '#cli/terminal.ts'
import { excerpt } from '#scenarios/excerpt.ts'

test.each([
  ['abc', 3],
  ['北京', 4],
  ['東京 1', 6],
  ['한국어', 6],
  ['é', 1],
  ['👩‍👩‍👧', 2],
  ['🇳🇴', 2],
  ['\u001b[31mred\u001b[0m', 3],
  ['…', 1],
])('%j takes %i columns', (text, columns) => {
  expect(columnsOf(text)).toBe(columns)
})

test.each([
  ['北京上海', 5, '北京…'],
  ['北京上海', 6, '北京…'],
  ['e\u0301e\u0301e\u0301', 2, 'e\u0301…'],
  ['👩‍👩‍👧👩‍👩‍👧', 3, '👩‍👩‍👧…'],
  ['short', 5, 'short'],
])('%j cut to %i columns is %j', (text, width, expected) => {
  expect(cut(text, width)).toBe(expected)
})

test('a list is cut after a whole item', () => {
  expect(cutAtItem('saas 120.00, image 30.00, content 2.00', 30)).toBe('saas 120.00, image 30.00, …')
  expect(cutAtItem('one sentence with no list in it', 20)).toBe('one sentence with …')
})

const letters = fc.constantFrom('a', 'é', '北', '👩‍👩‍👧', 'e\u0301', ' ', '한')
const texts = fc.array(letters, { maxLength: 40 }).map((parts) => parts.join(''))

test('no line is wider than asked for, and nothing is lost by wrapping', () => {
  fc.assert(
    fc.property(texts, fc.integer({ min: 2, max: 30 }), (text, width) => {
      const lines = wrapped(text, width)
      for (const line of lines) expect(columnsOf(line)).toBeLessThanOrEqual(width)
      expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''))
      expect(columnsOf(cut(text, width))).toBeLessThanOrEqual(width)
      expect(columnsOf(padded(text, width))).toBe(Math.max(width, columnsOf(text)))
    }),
  )
})

test('a label that fills its column has a line of its own: nothing runs together', () => {
  expect(labelled('  --threads N', 'how many', 40, 14)).toEqual(['  --threads N how many'])
  expect(labelled('  --checkpoint-every', 'how often', 40, 14)).toEqual([
    '  --checkpoint-every',
    `${' '.repeat(14)}how often`,
  ])
})

test.each([
  ['x'.repeat(200), 'capcity: 30', 'y'.repeat(200)],
  ['北'.repeat(60), 'capcity: 30', '京'.repeat(60)],
  ['', 'capcity: 30', 'y'.repeat(70)],
  ['x'.repeat(30), 'capcity: 30', ''],
  ['北'.repeat(20), '北京', ''],
])(
  'an excerpt of %j, %j and %j is no wider than the screen, and the caret is below its mark',
  (before, mark, after) => {
    for (const width of [32, 52, 72, 110]) {
      const place = { file: 'x', line: 1, column: before.length + 1, length: mark.length }
      const [line, caret] = excerpt({ ...place, sourceLine: before + mark + after }, width)
      expect(columnsOf(line)).toBeLessThanOrEqual(width)
      expect(columnsOf(caret)).toBeLessThanOrEqual(width)
      expect(columnsOf(line.slice(0, line.indexOf(mark)))).toBe(columnsOf(caret.slice(0, caret.indexOf('^'))))
    }
  },
)

test('the caret is below what it marks, also behind wide characters', () => {
  const sourceLine = '  - { name: 北京, capcity: 30 }'
  const column = sourceLine.indexOf('capcity') + 1
  const [line, caret] = excerpt({ file: 'x', line: 1, column, length: 7, sourceLine })
  expect(columnsOf(caret) - 7).toBe(columnsOf(line.slice(0, line.indexOf('capcity'))))
})

test.each([
  [{}, true, true],
  [{ NO_COLOR: '1' }, true, false],
  [{ NO_COLOR: '' }, true, true],
  [{ NO_COLOR: '1', FORCE_COLOR: '1' }, true, false],
  [{ TERM: 'dumb' }, true, false],
  [{ FORCE_COLOR: '1', TERM: 'dumb' }, false, true],
  [{ FORCE_COLOR: '0' }, true, false],
  [{}, false, false],
])('with %j on a terminal (%s) colours are %s', (environment, isTTY, expected) => {
  expect(colourful({ isTTY, columns: 80, rows: 24 }, environment)).toBe(expected)
})
