/** Records the golden reports again: `npm run golden [-- NAME...]`. Look at what changed before you commit it. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { runScript } from '#cli/script.ts'
import { goldenFolder, goldenNames, goldenReports, withGoldenRun } from './golden-reports.ts'

await runScript(
  {
    command: 'npm run golden --',
    about: 'Records the golden reports again. Look at what changed before you commit it.',
    words: { name: '[NAME...]', help: `only these: ${goldenNames.join(', ')}`, known: goldenNames },
    options: {},
  },
  async ({ words }) => {
    for (const name of words.length > 0 ? words : goldenNames) {
      const files = await withGoldenRun(name, 1, goldenReports)
      rmSync(goldenFolder(name), { recursive: true, force: true })
      for (const [file, text] of files) {
        const path = join(goldenFolder(name), file)
        mkdirSync(dirname(path), { recursive: true })
        writeFileSync(path, text)
      }
    }
  },
)
