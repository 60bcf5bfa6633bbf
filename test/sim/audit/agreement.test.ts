import { expect, test } from 'vitest'
import { auditFile, scratchFolder, smallRecord } from './small-record.ts'

test('the auditor agrees with a record computed by hand', () => {
  const { told, differences, amounts } = auditFile(smallRecord(scratchFolder()))
  expect(told).toEqual([])
  expect(differences).toBe(0)
  expect(amounts).toBeGreaterThan(1000)
})
