/** Every rule and every switch of the rulebook is built and tested, or refused by `check` with its name. */
import { expect, test } from 'vitest'
import { notYet, obeyed } from '#scenarios/not-yet.ts'
import { policyKeys } from '#scenarios/policies.ts'
import { rules } from '#sim/record/words.ts'
import { filesOf, textOf } from './source-tree.ts'

const all = (rooms: readonly string[]) => rooms.flatMap((room) => filesOf(room).map(textOf)).join('\n')
const code = all(['sim', 'engine'])
const tests = filesOf('test')
  .filter((file) => !file.startsWith('test/house/'))
  .map(textOf)
  .join('\n')
const refused = new Set(notYet.map(({ rule }) => rule))

/** `X-03..X-05` cites X-04 as well. */
function cites(text: string, rule: string): boolean {
  if (text.includes(rule)) return true
  const [group, number] = rule.split('-')
  return [...text.matchAll(new RegExp(`\\b${group}-(\\d\\d)\\.\\.(?:${group}-)?(\\d\\d)\\b`, 'g'))].some(
    ([, from, to]) => Number(from) <= Number(number) && Number(number) <= Number(to),
  )
}

test('every rule has code, or is refused with its name', () => {
  expect(rules.filter((rule) => !cites(code, rule) && !refused.has(rule))).toEqual([])
})

/** Built, audited in every run and met by the library, but without a table of their own yet. This list only shrinks. */
const withoutTable = ['O-02', 'O-09', 'X-08', 'E-03', 'E-04', 'E-05', 'E-08', 'A-02', 'R-01', 'R-04', 'R-05', 'R-06']

test('every rule has a test, is refused with its name, or still waits for its table', () => {
  expect(rules.filter((rule) => !cites(tests, rule) && !refused.has(rule))).toEqual(withoutTable)
})

test('every switch that is obeyed is read by the simulation and named in a test', () => {
  expect(obeyed.filter((key) => !code.includes(`'${key}'`) && !code.includes(`.${key}`))).toEqual([])
  expect(policyKeys.filter((key) => obeyed.includes(key) && !tests.includes(key))).toEqual([])
})
