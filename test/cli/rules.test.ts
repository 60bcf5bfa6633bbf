import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { rulesFile, rulesText } from '#cli/generate/rules.ts'
import { policyKeys } from '#scenarios/policies.ts'
import { rules } from '#scenarios/rules.ts'

test('docs/rules.md is what the tables of rules and switches say', () => {
  expect(readFileSync(rulesFile, 'utf8')).toBe(rulesText())
})

test('it has a row for every rule and every switch', () => {
  const rows = rulesText().match(/^\| (`?)[\w.-]+\1 \|/gm) ?? []
  const named = rows.map((row) => row.slice(2, -2).replaceAll('`', ''))
  expect(named.filter((name) => name !== 'rule' && name !== 'switch').toSorted()).toEqual(
    [...rules, ...policyKeys].toSorted(),
  )
})
