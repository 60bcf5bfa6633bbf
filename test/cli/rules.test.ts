import { expect, test } from 'vitest'
import { rulesText } from '#cli/generate/references/rules.ts'
import { policyKeys } from '#scenarios/policies.ts'
import { rules } from '#scenarios/rules.ts'

test('the page of rules has a row for every rule and every switch', () => {
  const rows = rulesText().match(/^\| (`?)[\w.-]+\1 \|/gm) ?? []
  const named = rows.map((row) => row.slice(2, -2).replaceAll('`', ''))
  expect(named.filter((name) => name !== 'rule' && name !== 'switch').toSorted()).toEqual(
    [...rules, ...policyKeys].toSorted(),
  )
})
