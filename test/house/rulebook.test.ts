/** Every rule and every switch of the rulebook has code and a test. */
import { expect, test } from 'vitest'
import { fixedPolicies, policyKeys, policyText, switchesOf } from '#scenarios/policies.ts'
import { marketRules, ruleNamed, rules, ruleText } from '#scenarios/rules.ts'
import { laws } from '../sim/run/laws.ts'
import { shown } from '../sim/run/rules-at-work.ts'
import { filesOf, textOf } from './source-tree.ts'

/** What a text says to the program: comments prove nothing. */
const withoutComments = (text: string): string =>
  text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|[^:'"`/\\])\/\/.*$/gm, '$1')

const all = (files: readonly string[]) => files.map((file) => withoutComments(textOf(file))).join('\n')
const code = all(['sim', 'engine'].flatMap((room) => filesOf(room)))
const tests = all(filesOf('test').filter((file) => !file.startsWith('test/house/')))

/** `X-03..X-05` cites X-04 as well. */
function cites(text: string, rule: string): boolean {
  if (text.includes(rule)) return true
  const [group, number] = rule.split('-')
  return [...text.matchAll(new RegExp(`\\b${group}-(\\d\\d)\\.\\.(?:${group}-)?(\\d\\d)\\b`, 'g'))].some(
    ([, from, to]) => Number(from) <= Number(number) && Number(number) <= Number(to),
  )
}

/**
 * A rule is at work in a run of `every-rule`, as every-rule.proof.ts asks of its record: it is in a column `rule`, which
 * the code writes by name; or a query counts what it did; or it is a law. Q-08 is the auditor, which judges every run.
 */
test('every rule is written to the record by the code, shown by a query, or a law', () => {
  const isWritten = (rule: string) => ["'", '"', '`'].some((quote) => code.includes(`${quote}${rule}${quote}`))
  const isLaw = (rule: string) => rule === 'Q-08' || laws.some(({ law }) => cites(law, rule))
  expect(marketRules.filter((rule) => !isWritten(rule) && !Object.hasOwn(shown, rule) && !isLaw(rule))).toEqual([])
})

/** The titles of tests and of groups of tests, also of those that are tables. */
const titlesIn = (text: string): string[] =>
  [...text.matchAll(/(?:\b(?:test|describe)(?:\.\w+)*|\))\(\s*(['`"])((?:(?!\1)[^\n])+)\1/g)].map(
    ([, , title]) => title,
  )

test('every rule is in the title of a test', () => {
  const titles = filesOf('test')
    .filter((file) => /\.(test|proof)\.ts$/.test(file) && !file.startsWith('test/house/'))
    .flatMap((file) => titlesIn(withoutComments(textOf(file))))
    .join('\n')
  expect(rules.filter((rule) => !cites(titles, rule))).toEqual([])
})

test('a title is that of a test or of a table of tests, and nothing else', () => {
  const text = "test('X-01: a', f('X-02'))\ntest.each(table(`X-03`))('X-04: $b', (b) => g(b))\nconst c = 'X-05'"
  expect(titlesIn(text)).toEqual(['X-01: a', 'X-04: $b'])
})

test('a comment names no rule', () => {
  expect(withoutComments("a('X-01') // X-02\n/** X-03 */ b('https://X-04')")).toBe("a('X-01') \n b('https://X-04')")
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
  for (const expected of Object.values(fixedPolicies)) expect(expected).toMatch(/cannot change in a run/)
})
