import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { exitCodes } from '#cli/exit-codes.ts'
import { lockStaging } from '#cli/unfinished.ts'
import { copyOfSharedRun, inThisProcess, marketsim, newFolder, removeFolders } from './marketsim.ts'
import { stoppedAt } from './moments.ts'

const cwd = newFolder()
afterAll(removeFolders)

const resume = (...words: string[]) => inThisProcess(['resume', ...words, '--quiet'], cwd)

test('Ctrl-C leaves a run with checkpoints to be resumed, by the name of its folder', async () => {
  const few = ['--set', 'buyers.start-ups.count=40', '--set', 'buyers.companies.count=8']
  const days = ['--set', 'end=2024-03-16T00:00:00+08:00', '--threads', '1']
  const words = ['run', 'quickstart', ...few, ...days, '--checkpoint-every', '1d', '--quiet']
  const { code, stderr } = await marketsim(words, {
    cwd,
    environment: stoppedAt({ path: /unfinished\/checkpoint-[^/]*\.partial$/, nth: 2 }, 'SIGINT'),
  })
  expect(stderr).toMatch(/interrupted: resume with `node \S+ resume /)
  expect(code).toBe(exitCodes.interrupted.code)
  const resumed = await resume('quickstart-42')
  expect([resumed.stderr, resumed.code]).toEqual(['', exitCodes.done.code])
  expect(resumed.stdout).toMatch(/amounts, 0 differences/)
  expect(JSON.parse(readFileSync(join(cwd, 'runs/quickstart-42/manifest.json'), 'utf8')).machine).toMatchObject({
    resumed: true,
    marketEventsPerSecond: null,
  })
  expect(readdirSync(join(cwd, 'runs'))).toEqual(['quickstart-42'])
})

test('a run that only lacks its name gets it; an earlier run in its place gives way to --force alone', async () => {
  await copyOfSharedRun(join(cwd, 'one.partial-7'))
  const named = await resume('one')
  expect([named.stderr, named.code]).toEqual(['', 0])
  expect(named.stdout).toContain('0 differences')
  cpSync(join(cwd, 'one'), join(cwd, 'one.partial-8'), { recursive: true })
  const refused = await resume('one.partial-8')
  expect(refused.stderr).toContain('has an earlier run')
  expect((await resume('one', '--force')).code).toBe(0)
  expect(readdirSync(cwd).filter((name) => name.startsWith('one'))).toEqual(['one'])
})

test('a folder in use is refused, and so is a name that means two runs, none, or one that is complete', async () => {
  const staging = join(cwd, 'busy.partial-1')
  mkdirSync(staging)
  const unlock = lockStaging(staging)
  for (const word of ['busy', 'busy.partial-1']) {
    const refused = await resume(word)
    expect(refused.stderr, word).toContain('still running in another process')
    expect(refused.code).toBe(exitCodes.badInput.code)
  }
  unlock()
  expect((await resume('busy')).stderr).toContain('interrupted before it started')
  mkdirSync(join(cwd, 'busy.partial-2-2'))
  expect((await resume('busy')).stderr).toContain('busy.partial-1, busy.partial-2-2')
  expect((await resume('nothing')).stderr).toContain('no interrupted run has that name')
  expect((await resume('one')).stderr).toContain('this run is already complete')
  writeFileSync(join(staging, 'unfinished/request.bin'), 'no request')
  expect((await resume('busy.partial-1')).code).toBe(exitCodes.damaged.code)
  const wrong = await inThisProcess(['run', 'quickstart', '--checkpoint-every', 'often'], cwd)
  expect(wrong.stderr).toContain('--checkpoint-every often is not a duration')
})
