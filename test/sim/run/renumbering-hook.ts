/**
 * A module hook, given to a process by `--import`: it renumbers every word and every fact table of the record by adding
 * a word, a rule, a ledger account and a table in front of the others, as a later version of the program may.
 */
import { registerHooks } from 'node:module'

const additions = [
  { file: '/sim/record/ledger-accounts.ts', text: "  'buyer-cash',\n", added: "  'added-account',\n  'buyer-cash',\n" },
  {
    file: '/scenarios/rules.ts',
    text: "  'T-01': {",
    added:
      "  'A0-01': { text: '', guide: '' },\n  'A0-02': { text: '', guide: '' },\n  'A0-03': { text: '', guide: '' },\n  'T-01': {",
  },
  { file: '/sim/market/words.ts', text: "    '',\n    ...rules", added: "    '',\n    'added-word',\n    ...rules" },
  {
    file: '/sim/record/columns.ts',
    text: '  ...tradeTables,\n',
    added: "  added_facts: { text: '', columns: { at: { unit: 'instant', text: '' } } },\n  ...tradeTables,\n",
  },
]

registerHooks({
  load(url, context, next) {
    const loaded = next(url, context)
    const here = additions.filter(({ file }) => url.endsWith(file))
    if (here.length === 0) return loaded
    let source = String(loaded.source)
    for (const { file, text, added } of here) {
      if (source.split(text).length !== 2) throw new Error(`${file} does not hold ${JSON.stringify(text)} exactly once`)
      source = source.replace(text, added)
    }
    return { ...loaded, source }
  },
})
