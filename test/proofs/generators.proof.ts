/**
 * Generators as real processes: two and three of them leave the digests of one, and one that is killed by SIGKILL is named.
 * Once each with `--short`, otherwise four times.
 */
import type { ChildProcess } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { LoadSummary } from '#reports/load-test/summary.ts'
import { type Ended, marketsim, newFolder, removeFolders } from '../cli/marketsim.ts'
import { killedBetween } from '../cli/moments.ts'
import { isShort } from './effort.ts'

afterAll(removeFolders)
const cwd = newFolder()
const day = [
  'load',
  'quickstart',
  '--set',
  'end=2024-03-02T00:00:00+08:00',
  '--sync',
  'off',
  '--warm-up',
  '0',
  '--quiet',
]
const brief = [...day, '--rate', '5k/s', '--duration', '2s']
const rounds = Array.from({ length: isShort ? 1 : 4 }, (_, round) => round)
let one: LoadSummary

beforeAll(async () => {
  const { stdout } = await marketsim([...brief, '--threads', '1', '--json'], { cwd })
  one = JSON.parse(stdout)
  expect(one).toMatchObject({ complete: true, audit: { differences: 0 } })
})

const merged = async (folder: string): Promise<{ code: number | null; summary: LoadSummary }> => {
  const { code, stdout } = await marketsim(['load', 'merge', folder, '--json'], { cwd })
  return { code, summary: JSON.parse(stdout) }
}

/** The processes that a command line contains, launchers and programs. */
function processesOf(...words: readonly string[]): number[] {
  const ids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  return ids.map(Number).filter((id) => {
    const path = `/proc/${id}/cmdline`
    const line = existsSync(path) ? readFileSync(path, 'utf8').split('\0') : []
    return words.every((word) => line.includes(word))
  })
}

test.each(rounds.flatMap((round) => [2, 3].map((count) => ({ round, count }))))(
  '$count generators leave the books of one, round $round',
  async ({ round, count }) => {
    const results = `of-${count}-${round}`
    const calls = Array.from({ length: count }, (_, index): Promise<Ended> => {
      const share = ['--generator', `${index + 1}/${count}`, '--results', results, '--threads', String(1 + (index % 2))]
      return marketsim([...brief, ...share], { cwd })
    })
    expect((await Promise.all(calls)).map(({ code }) => code)).toEqual(calls.map(() => 0))
    const { summary } = await merged(results)
    expect(summary).toMatchObject({ complete: true, digest: one.digest, audit: { differences: 0 } })
    expect(summary.audit.amounts).toBe(one.audit.amounts)
    expect(summary.operations.all.due).toBe(one.operations.all.due)
    const local = await marketsim([...brief, '--generators', String(count), '--json'], { cwd })
    expect((JSON.parse(local.stdout) as LoadSummary).digest).toEqual(one.digest)
  },
)

/** A moment of the load: some time after the generator knows when it starts, and before it has written its part. */
const duringLoad = (words: readonly string[]) =>
  killedBetween({
    ...{ from: { path: /start[.]json$/ }, delayMs: 300 + Math.random() * 1_500 },
    ...{ until: { path: /part[.]json[.]partial$/ }, words },
  })

/** Before the generator has said that it is ready. */
const beforeLoad = (words: readonly string[]) => {
  const ready = { path: /ready\/\d+[.]json$/ }
  return killedBetween({ from: { ...ready, nth: 2 }, delayMs: 0, until: ready, words })
}

test.each(rounds)('a generator that is killed during the load is named, round %i', async (round) => {
  const results = `killed-${round}`
  const calls = [1, 2, 3].map((generator) => {
    const share = ['--generator', `${generator}/3`, '--results', results, '--threads', '1']
    return marketsim([...brief, ...share], { cwd, environment: duringLoad(['2/3']) })
  })
  expect((await Promise.all(calls)).map(({ code }) => code)).toEqual([0, null, 0])
  const { code, summary } = await merged(results)
  expect(code).toBe(6)
  expect(summary).toMatchObject({ complete: false, generators: { missing: [2] }, audit: { differences: 0 } })
  expect(summary.digest).toEqual({ work: one.digest.work, books: null })
})

test.each(rounds)(
  'of `--generators`, one killed during the load makes it incomplete, and one before it ends all, round %i',
  async (round) => {
    for (const early of [false, true]) {
      const results = `local-${round}-${early}`
      const { code, stdout, stderr } = await marketsim(
        [...brief, '--generators', '3', '--results', results, '--json'],
        { cwd, environment: early ? beforeLoad(['2/3']) : duringLoad(['2/3']) },
      )
      expect(stderr).toMatch(/generator 2 ended by SIGKILL/)
      if (early) expect([code, stderr]).toEqual([6, expect.stringMatching(/no generator has served its part/)])
      else {
        expect(code).toBe(6)
        expect(JSON.parse(stdout)).toMatchObject({ complete: false, generators: { missing: [2] } })
      }
      expect(processesOf('--results', join(cwd, results))).toEqual([])
    }
  },
)

const long = [...day, '--rate', '200/s', '--duration', '120s']

/** Stops a command some seconds after the load of its folder has begun. */
const stopLater = (results: string) => (child: ChildProcess) => {
  const look = setInterval(() => {
    const loads = join(cwd, results, 'loads')
    const load = existsSync(loads) ? readdirSync(loads)[0] : undefined
    if (load === undefined || !existsSync(join(loads, load, 'start.json'))) return
    clearInterval(look)
    setTimeout(() => child.kill('SIGTERM'), 4_000)
  }, 50)
  child.on('close', () => clearInterval(look))
}

test('a generator that is stopped leaves what it has measured', async () => {
  const share = ['--generator', '1/1', '--results', 'stopped', '--threads', '1']
  const { code, stdout } = await marketsim([...long, ...share], { cwd, started: stopLater('stopped') })
  expect([code, stdout]).toEqual([6, expect.stringMatching(/^INCOMPLETE generator 1 of 1/)])
  const { code: ofAll, summary } = await merged('stopped')
  expect(ofAll).toBe(6)
  expect(summary).toMatchObject({
    complete: false,
    generators: { missing: [], stopped: [1] },
    audit: { differences: 0 },
  })
  expect(summary.operations.all.done).toBeGreaterThan(0)
})

test('generators that a command line has started elsewhere are stopped by their folder, and what they measured is kept', async () => {
  const bin = join(cwd, 'bin')
  mkdirSync(bin)
  const program = fileURLToPath(new URL('../../cli/bin.js', import.meta.url))
  writeFileSync(join(bin, 'marketsim'), `#!/bin/sh\nexec "${process.execPath}" "${program}" "$@"\n`, { mode: 0o755 })
  const share = ['--generators', '2', '--start-by', `PATH="${bin}:$PATH" sh -c {command}`, '--results', 'elsewhere']
  const { code, stdout, stderr } = await marketsim([...long, ...share, '--threads', '1', '--json'], {
    cwd,
    started: stopLater('elsewhere'),
  })
  expect([code, stderr]).toEqual([6, expect.any(String)])
  const summary: LoadSummary = JSON.parse(stdout)
  const { missing, stopped } = summary.generators ?? { missing: [], stopped: [] }
  // On a slow machine one of them may have been stopped before its first operation was due.
  expect([...missing, ...stopped].sort()).toEqual([1, 2])
  expect(stopped.length).toBeGreaterThan(0)
  expect(summary).toMatchObject({ complete: false, audit: { differences: 0 } })
})
