/** Every rule and every switch of the rulebook has code and a test. */
import { expect, test } from 'vitest'
import { policyKeys } from '#scenarios/policies.ts'
import { rules } from '#sim/market/words.ts'
import { filesOf, textOf } from './source-tree.ts'

const all = (rooms: readonly string[]) => rooms.flatMap((room) => filesOf(room).map(textOf)).join('\n')
const code = all(['sim', 'engine'])
const tests = filesOf('test')
  .filter((file) => !file.startsWith('test/house/'))
  .map(textOf)
  .join('\n')

/** `X-03..X-05` cites X-04 as well. */
function cites(text: string, rule: string): boolean {
  if (text.includes(rule)) return true
  const [group, number] = rule.split('-')
  return [...text.matchAll(new RegExp(`\\b${group}-(\\d\\d)\\.\\.(?:${group}-)?(\\d\\d)\\b`, 'g'))].some(
    ([, from, to]) => Number(from) <= Number(number) && Number(number) <= Number(to),
  )
}

test('every rule has code', () => {
  expect(rules.filter((rule) => !cites(code, rule))).toEqual([])
})

test('every rule has a test', () => {
  expect(rules.filter((rule) => !cites(tests, rule))).toEqual([])
})

test('every switch is read by the simulation and named in a test', () => {
  expect(policyKeys.filter((key) => !code.includes(`'${key}'`) && !code.includes(`.${key}`))).toEqual([])
  expect(policyKeys.filter((key) => !tests.includes(key))).toEqual([])
})
