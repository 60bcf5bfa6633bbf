/** Writes the generated pages of `docs/reference/` and the man page: `npm run references`. A test holds them equal. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runScript } from '../script.ts'
import { manText } from './references/man.ts'
import { referencePages } from './references/pages.ts'
import { tablesOfReports } from './references/report-tables.ts'

/** Where the pages are. */
export const referenceFolder = fileURLToPath(new URL('../../docs/reference/', import.meta.url))

/** Where the man page is. */
export const manFile = fileURLToPath(new URL('../../man/marketsim.1', import.meta.url))

if (import.meta.main)
  await runScript(
    {
      command: 'npm run references --',
      about: 'Writes the pages of docs/reference/ and the man page from the code.',
      options: {},
    },
    async () => {
      for (const [name, text] of Object.entries(await referencePages(await tablesOfReports())))
        writeFileSync(`${referenceFolder}${name}`, text)
      mkdirSync(dirname(manFile), { recursive: true })
      writeFileSync(manFile, await manText())
    },
  )
