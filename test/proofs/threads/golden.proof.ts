import { test } from 'vitest'
import { goldenNames, goldenReports, withGoldenRun } from '../../golden/golden-reports.ts'
import { expectKept } from '../../golden/kept-reports.ts'

test.each(goldenNames)('reports of %s on two threads are those that are kept, byte for byte', (name) =>
  withGoldenRun(name, 2, (folder) => expectKept(name, goldenReports(folder))),
)
