/**
 * Records the digests of the library scenarios: `npm run digests [NAME ...]`, by default all of them. A commit that
 * changes one says which histories moved and why.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { digestOf } from './library-run.ts'

const file = new URL('./digests.json', import.meta.url)
const digests = JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>
const asked = process.argv.slice(2)
const unknown = asked.find((name) => !Object.hasOwn(digests, name))
if (unknown !== undefined) {
  process.stderr.write(`no digest is kept of '${unknown}'; write one of ${Object.keys(digests).join(', ')}\n`)
  process.exit(2)
}
for (const name of asked.length > 0 ? asked : Object.keys(digests)) {
  const found = await digestOf(name, { threads: 2 })
  process.stdout.write(`${name}: ${digests[name] === found ? 'unchanged' : `${digests[name]} -> ${found}`}\n`)
  digests[name] = found
}
writeFileSync(file, `${JSON.stringify(digests, null, 2)}\n`)
