/** Every rule and every switch of the rulebook has code and a test. */
import { expect, test } from 'vitest'
import { fixedPolicies, policyKeys, policyText, switchesOf } from '#scenarios/policies.ts'
import { ruleNamed, rules, ruleText } from '#scenarios/rules.ts'
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

test('the table of rules is whole: numbered without a gap, a line each, and sections of the guide', () => {
  const groups = new Map<string, number>()
  for (const rule of rules) {
    const [group, number] = rule.split('-')
    expect(Number(number), rule).toBe((groups.get(group) ?? 0) + 1)
    groups.set(group, Number(number))
    expect(ruleText(rule), rule).toMatch(/^[a-z].{10,}[^.]$/)
    expect(ruleNamed(rule)?.guide, rule).toMatch(/^(\d+(\.\d+)*(, (?=\d)|$))*$/)
  }
  expect(ruleNamed('Z-99')).toBeUndefined()
  expect(ruleNamed('constructor')).toBeUndefined()
})

test('every switch belongs to the rule that names it, and says in a sentence what it decides', () => {
  expect(rules.flatMap(switchesOf).toSorted()).toEqual(policyKeys.toSorted())
  expect(switchesOf('S-09')).toEqual(['auto365.kinds', 'auto365.start', 'auto365.invoice', 'auto365.refund'])
  for (const key of policyKeys) expect(policyText(key), key).toMatch(/^[A-Z].*\.$/)
  for (const expected of Object.values(fixedPolicies)) expect(expected).toMatch(/for the whole run/)
})
