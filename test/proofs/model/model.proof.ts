/**
 * A model of admission, wallet, arrears and supervision, written from the rulebook (`model.ts`, `flow.ts`): every state of it
 * for two accounts, two orders, a pool of one unit and three instants keeps what the rulebook promises, and every step is
 * taken by the real modules in the same way. `--short` explores the small variants.
 */
import { expect, test } from 'vitest'
import { isShort } from '../effort.ts'
import { explore } from './explore.ts'
import { variants } from './rules.ts'

test.each(variants.filter(({ isSmall }) => isSmall || !isShort))('$name', (rules) => {
  const { states, transitions, depth, wrong } = explore(rules)
  expect(wrong).toBe(null)
  expect(states).toBeGreaterThan(100)
  console.log(`${rules.name}: ${states} states, ${transitions} transitions, the farthest state ${depth} steps away`)
})
