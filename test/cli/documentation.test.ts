import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { run } from '#cli/commands/run.ts'
import { exitCodes } from '#cli/exit-codes.ts'
import { exitCodeOf } from '#cli/verdict.ts'

const page = readFileSync(new URL('../../docs/cli.md', import.meta.url), 'utf8')

test('docs/cli.md names every option of run', () => {
  for (const option of Object.keys(run.options)) expect(page).toContain(`| \`--${option}`)
})

const missed = { severity: 'fail', passed: false } as const

test.each([
  [0, [], exitCodes.done.code],
  [0, [{ ...missed, passed: true }], exitCodes.done.code],
  [0, [{ ...missed, severity: 'warn' as const }], exitCodes.done.code],
  [0, [missed], exitCodes.thresholdMissed.code],
  [1, [], exitCodes.difference.code],
  [1, [missed], exitCodes.difference.code],
])('%i differences and thresholds %j end with %i', (differences, thresholds, code) => {
  expect(exitCodeOf(differences, thresholds)).toBe(code)
})
