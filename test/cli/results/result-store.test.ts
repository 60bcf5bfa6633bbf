/** The store of results: a result is created once, never replaced, and what is read is what was written. */
import { spawn } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { DamageError } from '#base/damage-error.ts'
import { ResultFolder } from '#cli/results/result-folder.ts'
import { keepResult, ResultConflict } from '#cli/results/result-store.ts'
import { figureText, programVersions, type RunPremises, runKey } from '#cli/results/run-key.ts'
import { digestOfStored, storedRun, storedText } from '#cli/results/stored-run.ts'
import type { OneRun } from '#cli/sweep/one-run.ts'
import { newFolder, removeFolders } from '../marketsim.ts'

afterAll(removeFolders)

const premises: RunPremises = {
  scenario: 'ab'.repeat(32),
  seed: '42-2',
  figures: ['revenue.gross'],
  versions: { marketsim: '0.1.0', program: '0123456789abcdef', record: 4, figures: 1 },
}
const key = runKey(premises)
const run: OneRun = {
  seed: '42-2',
  digest: '00'.repeat(16),
  amounts: 7,
  differences: 0,
  values: [{ exact: '900719925474.09930001' }, { exact: '3/7', cluster: 4 }, null],
  months: [null],
  use: [{ pool: 'ap-1a/c6.large', days: { '2024-03-01': 5120 } }],
  demand: [],
  days: [null],
  halves: [
    {
      pool: 'ap-1a/c6.large',
      refused: [
        [0, 3],
        [1, 4],
      ],
      use: [
        [0.1, 1],
        [0.2, 1],
      ],
    },
  ],
}
const text = storedText(premises, run)

test('a stored result reads as it was, amounts beyond float64 included', () => {
  expect(storedRun(text, key, 'here')).toEqual(run)
  const shuffled = Object.fromEntries(Object.entries(run).reverse()) as unknown as OneRun
  expect(storedText(premises, shuffled)).toBe(text)
})

test.each<[string, Partial<RunPremises>]>([
  ['scenario', { scenario: 'ac'.repeat(32) }],
  ['seed', { seed: '42' }],
  ['figures', { figures: ['revenue.gross', 'orders.completed'] }],
  ['the version of marketsim', { versions: { ...premises.versions, marketsim: '0.1.1' } }],
  ['the program', { versions: { ...premises.versions, program: '0123456789abcdee' } }],
  ['the version of the record', { versions: { ...premises.versions, record: 6 } }],
  ['the version of the figures', { versions: { ...premises.versions, figures: 2 } }],
])('another key for another value of %s', (_, other) => {
  expect(runKey({ ...premises, ...other })).not.toBe(key)
})

test('a bound is no part of the key, a filter is, in any order of its labels', () => {
  expect(figureText({ figure: 'orders.completed', filter: {} })).toBe('orders.completed')
  const filter = { pool: 'ap-1a', month: '2024-03' }
  expect(figureText({ figure: 'ecs.refusalRate', filter })).toBe('ecs.refusalRate{month=2024-03,pool=ap-1a}')
  expect(programVersions()).toMatchObject({
    record: expect.any(Number),
    program: expect.stringMatching(/^[0-9a-f]{16}$/),
  })
})

test('a second result must be the same bytes; the first one stays', async () => {
  const folder = new ResultFolder(newFolder())
  expect(await folder.find(key)).toBeUndefined()
  await keepResult(folder, key, text)
  await keepResult(folder, key, text)
  const other = storedText(premises, { ...run, amounts: 8 })
  const conflict = await keepResult(folder, key, other).catch((error: unknown) => error)
  expect(conflict).toBeInstanceOf(ResultConflict)
  for (const part of [digestOfStored(text), digestOfStored(other), key, folder.name])
    expect((conflict as Error).message).toContain(part)
  expect(digestOfStored(text)).toMatch(/^[0-9a-f]{64}$/)
  expect(await folder.find(key)).toBe(text)
  expect(folder.keys()).toEqual([key])
})

test.each<[string, string]>([
  ['a changed digit', text.replace('"amounts":7', '"amounts":9')],
  ['half of it', text.slice(0, text.length / 2)],
  ['nothing', ''],
  ['more than it', `${text}\n`],
  ['the result of another run', storedText({ ...premises, seed: '1' }, run)],
])('%s is damage', (_, damaged) => {
  expect(() => storedRun(damaged, key, 'here')).toThrow(DamageError)
})

const writer = fileURLToPath(new URL('./create-results.ts', import.meta.url))

test('of many processes that create one result, one does; no other file is left', async () => {
  const folder = newFolder()
  const words = [writer, folder, key]
  const texts = Array.from({ length: 4 }, (_, amounts) => storedText(premises, { ...run, amounts }))
  const start = join(folder, 'start')
  const answers = texts.map((each) => {
    const child = spawn(process.execPath, [...words, each, start], { stdio: ['ignore', 'pipe', 'inherit'] })
    let answer = ''
    child.stdout.setEncoding('utf8').on('data', (part: string) => {
      answer += part
    })
    return new Promise<string>((resolve) => child.on('close', () => resolve(answer)))
  })
  writeFileSync(start, '')
  const [first, ...others] = await Promise.all(answers)
  expect(texts).toContain(first)
  expect(others).toEqual([first, first, first])
  const stored = new ResultFolder(folder).pathOf(key)
  expect(readFileSync(stored, 'utf8')).toBe(first)
  expect(readdirSync(dirname(stored))).toEqual([`${key}.json`])
})

test('a file of another name is no result', () => {
  const folder = newFolder()
  mkdirSync(join(folder, 'results/ab'), { recursive: true })
  writeFileSync(join(folder, 'results/ab/.half.json-host-1'), 'x')
  expect(new ResultFolder(folder).keys()).toEqual([])
})
