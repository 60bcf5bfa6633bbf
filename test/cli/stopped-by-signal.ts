/** Commands in one long computation, stopped by a signal: what they say, how they end, and that nothing stays. */
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { exitCodes } from '#cli/exit-codes.ts'
import { marketplace } from '../scenarios/marketplace.ts'
import { type Ended, marketsim, withoutWarnings } from './marketsim.ts'
import { stoppedAt } from './moments.ts'

export const endings = {
  SIGINT: exitCodes.interrupted.code,
  SIGTERM: exitCodes.terminated.code,
  SIGHUP: exitCodes.hungUp.code,
} as const
export type Stop = keyof typeof endings

/** One second of a million arrivals a second: a single window of work in which no event loop turns. */
const hot = marketplace
  .replace('end: 2024-04-01T00:00:00+08:00', 'duration: 1min')
  .replace('{ poisson: { perBuyer: 3/week } }', '{ poisson: { total: 1000000/s } }')

/** Two buyers a log row: enough rows that `meter` is at work for a while. */
function log(rows: number): string {
  const lines = Array.from(
    { length: rows },
    (_, row) => `2024-03-${String(1 + (row % 28)).padStart(2, '0')}T00:00:00+08:00,a${row},r${row},start,i,f\n`,
  )
  return `at,account,resource,do,product,flavour\n${lines.join('')}`
}

/** Writes the files that the commands below read. */
export function writeInputs(cwd: string): void {
  writeFileSync(join(cwd, 'hot.yaml'), hot)
  writeFileSync(join(cwd, 'prices.csv'), 'kind,name,hourly\necs,f,0.1\nimage,i,0.1\n')
  writeFileSync(join(cwd, 'events.csv'), log(20_000))
}

export const entries = (folder: string, name: string): string[] =>
  existsSync(folder) ? readdirSync(folder).filter((entry) => entry.startsWith(name)) : []

/** Runs the hot scenario, and sends the signal when it simulates. */
export function stoppedHotRun(
  cwd: string,
  name: string,
  signal: NodeJS.Signals,
  more: readonly string[] = [],
): Promise<Ended> {
  const words = ['run', 'hot.yaml', '--threads', '1', '--quiet', ...more, '--out', name]
  return marketsim(words, { cwd, environment: stoppedAt({ path: /cell-0\.facts$/ }, signal) })
}

export async function expectRunLeavesNothing(cwd: string, signal: Stop): Promise<void> {
  const name = `hot-${signal}`
  const { code, stderr } = await stoppedHotRun(cwd, name, signal)
  expect([code, withoutWarnings(stderr).trim()]).toEqual([endings[signal], 'interrupted: nothing was written'])
  expect(entries(cwd, name)).toEqual([])
}

/** Of `meter --out` not even the folder is left. */
export async function expectMeterLeavesNothing(cwd: string, signal: Stop): Promise<void> {
  const words = ['meter', 'events.csv', '--prices', 'prices.csv', '--out', `rated-${signal}/deep`]
  const { code, stdout } = await marketsim(words, {
    cwd,
    environment: stoppedAt({ path: /deep\/\.partial-[^/]+$/ }, signal),
  })
  expect([code, stdout]).toEqual([endings[signal], ''])
  expect(entries(cwd, 'rated-')).toEqual([])
}
