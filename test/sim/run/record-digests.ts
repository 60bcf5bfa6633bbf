/**
 * Records the digests of the library scenarios: `npm run digests [-- NAME...]`, by default all of them. A commit that
 * changes one says which histories moved and why.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { runScript } from '#cli/script.ts'
import { digestOf } from './library-run.ts'

const file = new URL('./digests.json', import.meta.url)
const digests = JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>
await runScript(
  {
    command: 'npm run digests --',
    about: 'Records the digests of the library scenarios again.',
    words: { name: '[NAME...]', help: 'only these scenarios', known: Object.keys(digests) },
    options: {},
  },
  async ({ words }) => {
    for (const name of words.length > 0 ? words : Object.keys(digests)) {
      const found = await digestOf(name, { threads: 2 })
      process.stdout.write(`${name}: ${digests[name] === found ? 'unchanged' : `${digests[name]} -> ${found}`}\n`)
      digests[name] = found
    }
    writeFileSync(file, `${JSON.stringify(digests, null, 2)}\n`)
  },
)
