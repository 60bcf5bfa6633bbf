/** Records the golden reports again: `node test/golden/record.ts`. Look at what changed before you commit it. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { goldenFolder, goldenNames, goldenReports, withGoldenRun } from './golden-reports.ts'

for (const name of goldenNames) {
  const files = await withGoldenRun(name, 1, goldenReports)
  rmSync(goldenFolder(name), { recursive: true, force: true })
  for (const [file, text] of files) {
    const path = join(goldenFolder(name), file)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
  }
}
