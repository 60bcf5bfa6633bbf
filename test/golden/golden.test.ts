import { test } from 'vitest'
import { goldenNames, goldenReports } from './golden-reports.ts'
import { expectKept } from './kept-reports.ts'
import { sharedGoldenRun } from './shared-golden-run.ts'

test.each(goldenNames)('reports of %s are those that are kept, byte for byte', async (name) =>
  expectKept(name, goldenReports(await sharedGoldenRun(name))))
