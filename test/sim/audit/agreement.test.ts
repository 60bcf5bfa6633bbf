import { expect, test } from 'vitest'
import { auditFile, scratchFolder, smallRecord } from './small-record.ts'

test('the auditor agrees with a record computed by hand', () => {
  const { findings, differences, amounts } = auditFile(smallRecord(scratchFolder()))
  expect(findings).toEqual([])
  expect(differences).toBe(0)
  expect(amounts).toBeGreaterThan(1000)
})
