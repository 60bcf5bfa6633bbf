/**
 * `load` that is stopped in each of its phases, at the moment at which it says that it is in it: nothing waits for a clock. What was
 * served is kept and marked as incomplete; before that, nothing is left.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { Arguments } from '#cli/command.ts'
import { exitCodes } from '#cli/exit-codes.ts'
import { claimLoadFolder } from '#cli/load-folder.ts'
import { loadRequest } from '#cli/load-request.ts'
import { loadDecision, loadExitCode } from '#cli/load-verdict.ts'
import { makeLoad } from '#cli/run-load.ts'
import type { LoadProgress } from '#sim/load-test/machine-watch.ts'
import { newFolder, removeFolders } from '../../cli/marketsim.ts'

afterAll(removeFolders)

const dueTimes = join(newFolder(), 'due-times.txt')
writeFileSync(dueTimes, Array.from({ length: 60_000 }, (_, line) => `${line / 100}\n`).join(''))

const little = { file: 'quickstart', set: 'end=2024-03-02T00:00:00+08:00', threads: '1', sync: 'off', 'warm-up': '0' }
/** Longer than any of these tests takes, so that only the stop ends it. */
const open = { rate: '200/s', duration: '10m' }
const brief = { rate: '200/s', duration: '200ms' }
const closed = { users: '4', 'think-time': '20ms', duration: '10m' }
/** Due times of a file. */
const traced = { 'due-times': dueTimes }
const knee = { 'find-knee': true, target: 'dropped==0', rate: '200/s', duration: '50ms' }

type Phase = 'history' | 'title' | LoadProgress['phase']

/** Stops it when it is in a phase for the so-manieth time. */
async function stopped(options: Record<string, string | boolean>, phase: Phase, time: number) {
  const out = join(newFolder(), 'result')
  const request = await loadRequest(new Arguments({ ...little, ...options, out }, false))
  const folder = claimLoadFolder(request)
  const stop = new AbortController()
  let times = 0
  const entered = (now: Phase): void => {
    if (now === phase && ++times === time) stop.abort(new DOMException('SIGINT', 'AbortError'))
  }
  const view = {
    history: () => entered('history'),
    load: ({ phase: now }: LoadProgress) => entered(now),
    title: () => entered('title'),
    note() {},
    end() {},
  }
  const made = await makeLoad({ request, folder, view, signal: stop.signal }).catch((error: Error) => {
    folder.discard()
    return error
  })
  if (!(made instanceof Error)) await folder.commit('npm start -- load', made.summary.complete)
  return { made, out }
}

test.each<[Record<string, string | boolean>, Phase, number]>([
  [open, 'warming-up', 1],
  [open, 'loading', 1],
  [open, 'loading', 3],
  [{ ...open, arrivals: 'poisson' }, 'loading', 1],
  [{ stages: '100..300:10m' }, 'loading', 1],
  [{ rate: '0.5/s', duration: '10m' }, 'loading', 1],
  [{ rate: '6/min', duration: '10m' }, 'loading', 1],
  [traced, 'warming-up', 1],
  [traced, 'loading', 2],
  [closed, 'loading', 1],
  [brief, 'auditing', 1],
  [knee, 'title', 1],
  [knee, 'title', 3],
  [knee, 'auditing', 2],
])('%j stopped when %s for the time no. %d is kept as incomplete', async (options, phase, time) => {
  const { made, out } = await stopped(options, phase, time)
  if (made instanceof Error) throw made
  const { summary } = made
  const read = (file: string) => JSON.parse(readFileSync(join(out, file), 'utf8'))
  expect([summary.complete, read('summary.json').complete, read('manifest.json').complete]).toEqual([
    false,
    false,
    false,
  ])
  expect(loadExitCode(summary)).toBe(exitCodes.incomplete.code)
  expect(loadDecision(summary).outcome).toBe('UNDECIDED')
  expect(summary.audit.differences).toBe(0)
  expect(summary.digest.books).toBeNull()
  expect(readdirSync(out)).not.toContain('load.html')
  expect(readdirSync(out)).not.toContain('trial')
  const { seconds, plannedSeconds, achievedPerSecond } = summary.load
  expect(seconds).toBeLessThanOrEqual(plannedSeconds)
  // Rates are of the time that passed, in which no more was done than was asked.
  expect(achievedPerSecond * seconds).toBeLessThanOrEqual(summary.operations.all.done + 1)
})

test('stopped while the history is simulated, nothing is left', async () => {
  const { made, out } = await stopped(open, 'history', 1)
  expect(made).toMatchObject({ name: 'AbortError' })
  expect([existsSync(out), readdirSync(join(out, '..'))]).toEqual([false, []])
})
