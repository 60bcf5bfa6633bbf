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

test('every rule has a test, or is refused with its name', () => {
  expect(rules.filter((rule) => !cites(tests, rule) && !refused.has(rule))).toEqual([])
})

test('every switch that is obeyed is read by the simulation and named in a test', () => {
  expect(obeyed.filter((key) => !code.includes(`'${key}'`) && !code.includes(`.${key}`))).toEqual([])
  expect(policyKeys.filter((key) => obeyed.includes(key) && !tests.includes(key))).toEqual([])
})
