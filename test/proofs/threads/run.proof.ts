import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { copyOfSharedRun, inThisProcess, newFolder, removeFolders, sharedRun, short } from '../../cli/marketsim.ts'

const cwd = newFolder()
const here = (...words: string[]) => inThisProcess(words, cwd)
const read = (...path: string[]): string => readFileSync(join(cwd, ...path), 'utf8')

beforeAll(async () => {
  await sharedRun()
  await copyOfSharedRun(join(cwd, 'runs/quickstart-42'))
})
afterAll(removeFolders)

test('two threads and another process write the same reports', async () => {
  const { code, stdout } = await here('run', 'quickstart', ...short, '--threads', '2', '--out', 'again', '--json')
  expect(code).toBe(0)
  expect(stdout).toBe(read('runs/quickstart-42/summary.json'))
  for (const file of ['summary.json', 'reconciliation.csv', 'report.html', 'charts/pool-use.vl.json'])
    expect(read('again', file), file).toBe(read('runs/quickstart-42', file))
})
