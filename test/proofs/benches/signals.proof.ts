/** Scripts that a signal ends: the folder that they work in goes with them, and how they end says which signal it was. */
import { spawn } from 'node:child_process'
import { mkdirSync, readdirSync } from 'node:fs'
import { constants } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { newFolder, removeFolders } from '../../cli/marketsim.ts'
import { signalledAt } from '../../cli/moments.ts'
import { isShort } from '../effort.ts'

afterAll(removeFolders)

const root = fileURLToPath(new URL('../../../', import.meta.url))
const every = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const

const scripts: readonly (readonly string[])[] = [
  ['bench/billing.ts', '--compare', 'HEAD', '--only', 'price/linear', '--within', '300'],
  ['bench/billing.ts', '--only', 'record'],
  ['bench/market.ts', '--buyers', '2k', '--threads', '1'],
  ['bench/growth.ts', '--short', '--only', 'run'],
  ['bench/cells.ts', '--scenario', 'metropolis', '--days', '2'],
  ['bench/peers.ts', '--quick', '--only', 'hold'],
  ['bench/limit.ts', '--only', 'pipeline'],
  ['cli/generate/references.ts'],
]

const folderOfScript = /marketsim-[a-z]+-[0-9a-f]{8}$/

const ours = (folder: string): string[] => readdirSync(folder).filter((name) => name.startsWith('marketsim-'))

async function ended(words: readonly string[], signal: (typeof every)[number]) {
  const folder = newFolder()
  mkdirSync(folder, { recursive: true })
  const child = spawn(process.execPath, ['--expose-gc', join(root, words[0]), ...words.slice(1)], {
    cwd: root,
    stdio: 'ignore',
    // With the signal arriving as soon as the folder is there, which is when a late handler would miss it.
    env: { ...process.env, TMPDIR: folder, ...signalledAt({ path: folderOfScript }, signal) },
  })
  // One that computes hears no signal, and is ended by it.
  const end = new Promise<number>((resolve) =>
    child.on('close', (code, by) => resolve(code ?? 128 + constants.signals[by ?? 'SIGKILL'])),
  )
  const code = await end
  // Another process removes it; the test fails by its time where that does not happen.
  while (ours(folder).length > 0) await pause(1)
  return code
}

const table = scripts.flatMap((words) => every.map((signal) => ({ words: words.join(' '), signal })))

test.each(isShort ? table.filter((_, at) => at % 4 === 0) : table)(
  '$signal ends `$words`, and nothing stays',
  async (row) => {
    const code = 128 + constants.signals[row.signal]
    expect(await ended(row.words.split(' '), row.signal)).toBe(code)
  },
)
