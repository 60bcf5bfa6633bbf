/**
 * What is left of commands that fail or are stopped in the middle, and what continues from it: a run on a full disk, a sweep
 * after SIGINT, a reader of stdout that has gone.
 */
import { spawn } from 'node:child_process'
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { exitCodes } from '#cli/exit-codes.ts'
import { ResultFolder } from '#cli/results/result-folder.ts'
import { inThisProcess, marketsim, newFolder, removeFolders, tiny, withoutWarnings } from '../../cli/marketsim.ts'
import { stoppedAt } from '../../cli/moments.ts'
import { entries } from '../../cli/stopped-by-signal.ts'

const cwd = newFolder()
afterAll(removeFolders)
const launcher = fileURLToPath(new URL('../../../cli/bin.js', import.meta.url))

test('a run that fails keeps the checkpoints it has, and resumes from them', async () => {
  const words = [
    'run',
    'quickstart',
    '--set',
    'end=2024-03-05T00:00:00+08:00',
    ...['--quiet', '--threads', '1', '--out', 'full', '--checkpoint-every', '6h'],
  ]
  // The facts of a day fit into the largest file, and those of four do not.
  const limited = spawn('bash', ['-c', `ulimit -f 500; exec "$0" "$@"`, process.execPath, launcher, ...words], { cwd })
  let stderr = ''
  limited.stderr.on('data', (text) => {
    stderr += text
  })
  const code = await new Promise((resolve) => limited.on('close', resolve))
  expect(stderr).toMatch(/resume: node \S+ resume full/)
  expect(code).toBe(exitCodes.diskFailed.code)
  expect(entries(cwd, 'full.partial-')).toHaveLength(1)
  const resumed = await inThisProcess(['resume', 'full', '--quiet'], cwd)
  expect([resumed.stderr, resumed.code]).toEqual(['', exitCodes.done.code])
  expect(entries(cwd, 'full')).toEqual(['full'])
})

test('a stopped sweep keeps its finished runs, and resuming makes only the others', async () => {
  const words = ['sweep', 'quickstart', ...tiny, '--runs', '8', '--quiet', '--out', 'swept']
  const resultsOf = (folder: string) => new ResultFolder(join(cwd, folder, 'unfinished'))
  const { code, stderr } = await marketsim(words, {
    cwd,
    environment: stoppedAt({ path: /results\/..\/\w+\.json$/, nth: 3 }, 'SIGINT'),
  })
  expect(withoutWarnings(stderr)).toMatch(
    /^interrupted: \d finished runs are kept; resume with `node \S+ resume swept`/,
  )
  expect(code).toBe(exitCodes.interrupted.code)
  const [staging] = entries(cwd, 'swept.partial-')
  expect(readdirSync(join(cwd, staging))).toEqual(['unfinished'])
  cpSync(join(cwd, staging), join(cwd, 'again.partial-1'), { recursive: true })
  // A run that is known is not made again: what is in its file is what counts, so a changed file is refused.
  const copied = resultsOf('again.partial-1')
  const file = copied.pathOf(copied.keys()[0])
  writeFileSync(file, readFileSync(file, 'utf8').replace(/"digest": ?"[0-9a-f]+"/, `"digest":"${'0'.repeat(32)}"`))
  const resumed = await inThisProcess(['resume', 'swept', '--quiet', '--json'], cwd)
  const again = await inThisProcess(['resume', 'again', '--quiet', '--json'], cwd)
  expect(withoutWarnings(resumed.stderr)).toBe('')
  expect(again.code).toBe(exitCodes.damaged.code)
  expect(withoutWarnings(again.stderr)).toContain('this result is damaged')
  const whole = await inThisProcess([...words.slice(0, -1), 'whole', '--json'], cwd)
  expect(resumed.stdout).toBe(whole.stdout)
  expect(entries(cwd, 'swept')).toEqual(['swept'])
})

test('the exit code of what was found does not depend on a reader of stdout', async () => {
  const missed = ['run', 'quickstart', ...tiny, '--set', 'thresholds={ "orders.refused": "< 0" }', '--out', 'unread']
  await inThisProcess([...missed, '--quiet'], cwd)
  writeFileSync(join(cwd, 'wrong.ndjson'), '{"op": "prise"}\n')
  writeFileSync(join(cwd, 'wrong.csv'), 'at,account,resource,do,product,flavour\nnever,a,i-1,start,,c6.large\n')
  writeFileSync(join(cwd, 'list.csv'), 'kind,name,hourly,from\necs,c6.large,1,\n')
  writeFileSync(join(cwd, 'theirs.csv'), 'account,month,payable\na,2024-05,7\n')
  const log = ['wrong.csv', '--prices', 'list.csv']
  const unread: [words: string[], code: number][] = [
    [['report', 'unread'], exitCodes.thresholdMissed.code],
    [['quote', 'wrong.ndjson'], exitCodes.badInput.code],
    [['meter', ...log], exitCodes.badInput.code],
    [['reconcile', ...log, '--against', 'theirs.csv'], exitCodes.difference.code],
  ]
  const ended = unread.map(([words]) => marketsim(words, { cwd, started: ({ stdout }) => stdout?.destroy() }))
  expect((await Promise.all(ended)).map(({ code }) => code)).toEqual(unread.map(([, code]) => code))
})
