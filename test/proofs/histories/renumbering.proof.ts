/** The digest folds names, so that a longer list of words, rules, ledger accounts or tables changes no history. */
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url))

/** The digest of three weeks of every-rule and the number of its first ledger account, in a process of its own. */
function historyIn(flags: readonly string[]): { digest: string; account: number } {
  const script = `
    import { digestOf } from ${JSON.stringify(path('../../sim/run/library-run.ts'))}
    import { wordNumber } from ${JSON.stringify(path('../../../sim/market/words.ts'))}
    const digest = await digestOf('every-rule', { sets: ['duration=21d'] })
    console.log(JSON.stringify({ digest, account: wordNumber('buyer-cash') }))`
  return JSON.parse(
    execFileSync(process.execPath, [...flags, '--input-type=module', '-e', script], { encoding: 'utf8' }),
  )
}

test('a word, a rule, a ledger account and a table added in front of all others change no history', () => {
  const today = historyIn([])
  const renumbered = historyIn(['--import', path('../../sim/run/renumbering-hook.ts')])
  expect(renumbered.account).toBe(today.account + 5)
  expect(renumbered.digest).toBe(today.digest)
})
