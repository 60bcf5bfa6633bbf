/** Writes the generated pages of the reference into `docs/reference/`: `npm run references`. A test holds them equal. */
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { runScript } from '../script.ts'
import { referencePages } from './references/pages.ts'
import { tablesOfReports } from './references/report-tables.ts'

/** Where the pages are. */
export const referenceFolder = fileURLToPath(new URL('../../docs/reference/', import.meta.url))

if (import.meta.main)
  await runScript(
    { command: 'npm run references --', about: 'Writes the pages of docs/reference/ from the code.', options: {} },
    async () => {
      for (const [name, text] of Object.entries(await referencePages(await tablesOfReports())))
        writeFileSync(`${referenceFolder}${name}`, text)
    },
  )
