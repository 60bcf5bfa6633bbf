import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { exitCodes } from '#cli/exit-codes.ts'
import { exitCodeOf } from '#cli/verdict.ts'

const page = readFileSync(new URL('../../docs/cli.md', import.meta.url), 'utf8')

test('docs/cli.md leaves tables of options to the reference, which has those of each command', () => {
  expect(page).not.toMatch(/^\| option/m)
  const anchors = [...page.matchAll(/reference\/commands\.md#([\w-]+)/g)].map(([, anchor]) => anchor)
  expect(anchors).toEqual(
    expect.arrayContaining(['run', 'fork', 'sweep', 'size', 'check', 'report', 'open', 'load', 'worker']),
  )
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
