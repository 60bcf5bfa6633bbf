/** A sweep in shards: the same bytes as from one process, whatever made its runs. */
import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { Arguments } from '#cli/command.ts'
import { exitCodes } from '#cli/exit-codes.ts'
import { ResultFolder } from '#cli/results/result-folder.ts'
import { runKey } from '#cli/results/run-key.ts'
import { storedText } from '#cli/results/stored-run.ts'
import { rangesOf } from '#cli/sweep/merge.ts'
import { sweepRequest } from '#cli/sweep/request.ts'
import { inThisProcess, newFolder, removeFolders } from './marketsim.ts'
import { errorsOf, filesOf, sharedSweep, words } from './short-sweep.ts'

const cwd = newFolder()
const here = (...line: string[]) => inThisProcess(line, cwd)
afterAll(removeFolders)

const oneThread = [...words, '--threads', '1']
const shard = (part: string, results: string) => here(...oneThread, '--shard', part, '--results', results)
const manifestOf = (...folders: string[]) => readFileSync(join(...folders, 'manifest.json'), 'utf8')

test('shards in two folders merge to the bytes of one process; a shard again makes nothing again', async () => {
  const whole = await sharedSweep()
  const wholeFiles = filesOf(join(whole.folder, 'whole'))
  expect([errorsOf(whole), whole.code]).toEqual([[], exitCodes.done.code])
  const first = await shard('1/2', 'a')
  expect([errorsOf(first), first.code]).toEqual([[], exitCodes.done.code])
  expect(first.stdout).toMatch(/^shard 1 of 2 of sweep [0-9a-f]{16}: 2 runs, 0 of them found in a\n/)

  const half = await here('sweep', 'merge', 'a', '--out', 'merged')
  expect(half.code).toBe(exitCodes.incomplete.code)
  expect(half.stderr).toContain('incomplete: 2 runs are missing, so nothing was written')
  expect(half.stderr).toContain('capacity=2: run 2 (seed 42-2)')
  expect(half.stderr).toContain('capacity=60: run 2 (seed 42-2)')
  expect(half.stderr).toContain('--results a`')
  const listed = await here('sweep', 'merge', 'a', '--json')
  expect(JSON.parse(listed.stdout).missing.map(({ seed }: { seed: string }) => seed)).toEqual(['42-2', '42-2'])
  expect(existsSync(join(cwd, 'merged'))).toBe(false)

  expect((await shard('2/2', 'b')).code).toBe(exitCodes.done.code)
  const merged = await here('sweep', 'merge', 'b', 'a', '--out', 'merged')
  expect([merged.stderr, merged.code]).toEqual(['', exitCodes.done.code])
  expect(filesOf(join(cwd, 'merged'))).toEqual(wholeFiles)
  expect(manifestOf(cwd, 'merged')).toBe(manifestOf(whole.folder, 'whole'))
  expect(merged.stdout.replaceAll('merged/', 'whole/')).toBe(whole.stdout)

  // One folder of all results: a sweep finds them there, and makes none.
  cpSync(join(cwd, 'b'), join(cwd, 'a'), { recursive: true })
  const found = await here(...oneThread, '--results', 'a', '--out', 'found', '--json')
  expect(found.stdout).toBe(wholeFiles['sweep.json'])
  const again = await here(...oneThread, '--shard', '1/1', '--results', 'a', '--json')
  expect(JSON.parse(again.stdout)).toMatchObject({ runs: 4, made: 0, differences: 0 })

  // A second result of a run that differs: the digests of both, and exit code 70.
  const [key] = new ResultFolder(join(cwd, 'b')).keys()
  const path = new ResultFolder(join(cwd, 'b')).pathOf(key)
  const { premises, run } = JSON.parse(readFileSync(path, 'utf8').split('\n')[0])
  expect(runKey(premises)).toBe(key)
  const original = readFileSync(path, 'utf8')
  const other = storedText(premises, { ...run, amounts: run.amounts + 1 })
  writeFileSync(path, other)
  const conflict = await here('sweep', 'merge', 'a', 'b', '--out', 'conflict')
  expect(conflict.code).toBe(exitCodes.ourFault.code)
  for (const each of [original, other]) expect(conflict.stderr).toContain(each.split('\n')[1])
  // Damage is no conflict.
  writeFileSync(path, original.replace('"amounts":', '"amounts":1'))
  const damaged = await here('sweep', 'merge', 'a', 'b', '--out', 'conflict')
  expect([damaged.code, damaged.stderr]).toEqual([exitCodes.damaged.code, expect.stringContaining(`${key}.json`)])
  expect(existsSync(join(cwd, 'conflict'))).toBe(false)
})

test('folders of several sweeps need --sweep', async () => {
  const results = join(cwd, 'c')
  const one = [...oneThread, '--results', results]
  for (const seed of ['7', '8'])
    expect((await here(...one, '--shard', '1/4', '--seed', seed)).code).toBe(exitCodes.done.code)
  const unclear = await here('sweep', 'merge', results)
  expect([unclear.code, unclear.stderr]).toEqual([
    exitCodes.badInput.code,
    expect.stringContaining('results of 2 sweeps'),
  ])
  const [id] = readdirSync(join(results, 'sweeps')).map((name) => name.replace('.json', ''))
  expect((await here('sweep', 'merge', results, '--sweep', id)).code).toBe(exitCodes.incomplete.code)
  const unknown = await here('sweep', 'merge', results, '--sweep', 'abc')
  expect([unknown.code, unknown.stderr]).toEqual([exitCodes.badInput.code, expect.stringContaining('no sweep abc')])
})

test.each<[string, readonly string[], string]>([
  ['no folder', ['sweep', 'merge'], 'needs folders of results'],
  ['a folder that is none', ['sweep', 'merge', 'nowhere'], 'there is no such folder'],
  ['a folder without results', ['sweep', 'merge', '.'], 'no results of a sweep'],
])('merge of %s is bad input', async (_, line, message) => {
  const refused = await inThisProcess(line, newFolder())
  expect([refused.code, refused.stderr]).toEqual([exitCodes.badInput.code, expect.stringContaining(message)])
})

test.each<[string, Record<string, unknown>, string]>([
  ['part 0', { shard: '0/4', results: 'r' }, '--shard 0/4 is not a part of the runs'],
  ['a part after the last', { shard: '5/4', results: 'r' }, '--shard 5/4 is not a part of the runs'],
  ['no folder', { shard: '1/4' }, 'needs a folder for its results'],
  ['a precision', { shard: '1/4', results: 'r', precision: '5%' }, 'does not go with --precision'],
])('a shard with %s is bad input', async (_, wrong, message) => {
  const refused = await sweepRequest(new Arguments({ file: 'quickstart', ...wrong }, false)).catch((error) => error)
  expect(refused.message).toContain(message)
})

test('ranges of numbers', () => {
  expect(rangesOf([1, 2, 3, 5, 8, 9])).toBe('1-3, 5, 8-9')
})
