/** Q-01..Q-08: what must hold in every run, asked of a record by SQL that shares nothing with the simulation. `npm run histories` has the whole month. */
import { expect, test } from 'vitest'
import { laws } from './laws.ts'
import { withRun } from './library-run.ts'

test('Q-01..Q-08 hold in five days of quickstart, counted by SQL', async () => {
  await withRun('quickstart', { days: 5 }, ({ differences, amounts }, ask) => {
    expect(laws.filter(({ breaches }) => ask(breaches) !== 0).map(({ law }) => law)).toEqual([])
    // the auditor has looked at amounts, and agrees with all of them.
    expect(amounts).toBeGreaterThan(10_000)
    expect(differences).toBe(0)
  })
})
