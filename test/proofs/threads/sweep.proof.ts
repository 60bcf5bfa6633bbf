/** What `sweep` writes does not depend on its number of threads. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { afterAll, expect, test } from 'vitest'
import { exitCodes } from '#cli/exit-codes.ts'
import { inThisProcess, newFolder, removeFolders, short } from '../../cli/marketsim.ts'
import { errorsOf, filesOf, words } from '../../cli/short-sweep.ts'

const cwd = newFolder()
const here = (...line: string[]) => inThisProcess(line, cwd)
afterAll(removeFolders)

test('points and seeds are the same on one thread and on two', async () => {
  const one = await here(...words, '--threads', '1', '--out', '1')
  const two = await here(...words, '--threads', '2', '--out', '2')
  expect([errorsOf(one), one.code, two.code]).toEqual([[], exitCodes.done.code, exitCodes.done.code])
  expect(filesOf(join(cwd, '2'))).toEqual(filesOf(join(cwd, '1')))
})

test('--precision makes the same runs on one thread and on four, and `repeat` has every option in force', async () => {
  const precise = [
    ...['sweep', 'quickstart', ...short, '--set', 'buyers.0.count=30', '--set', 'buyers.1.count=2'],
    ...['--figure', 'orders.completed', '--runs', '2', '--precision', '7%', '--most', '3', '--quiet'],
  ]
  const one = await here(...precise, '--threads', '1', '--out', 'precise-1')
  const four = await here(...precise, '--threads', '4', '--out', 'precise-4')
  expect([errorsOf(one), one.code, four.code]).toEqual([[], exitCodes.done.code, exitCodes.done.code])
  expect(filesOf(join(cwd, 'precise-4'))).toEqual(filesOf(join(cwd, 'precise-1')))
  const runs: unknown[] = parse(filesOf(join(cwd, 'precise-1'))['runs.csv'], { columns: true })
  expect(runs).toHaveLength(3)
  expect(one.stdout).toContain('orders.completed is not known to 7.00 % after 3 runs: raise --most')
  const repeats = ['1', '4'].map(
    (threads) => JSON.parse(readFileSync(join(cwd, `precise-${threads}/manifest.json`), 'utf8')).repeat as string,
  )
  expect(repeats[1]).toBe(repeats[0])
  expect(repeats[0]).toMatch(/--seed 42 .*--figure orders\.completed --runs 2 --precision 7% --most 3$/)
})
