/** Signals, full disks, closed streams and odd inputs, each with real processes. */
import { execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { exitCodes } from '#cli/exit-codes.ts'
import { lockStaging } from '#cli/unfinished.ts'
import {
  copyOfSharedRun,
  inThisProcess,
  marketsim,
  newFolder,
  removeFolders,
  tiny,
  withoutWarnings,
} from '../../cli/marketsim.ts'
import { stoppedAt } from '../../cli/moments.ts'
import {
  entries,
  expectMeterLeavesNothing,
  expectRunLeavesNothing,
  stoppedHotRun,
  writeInputs,
} from '../../cli/stopped-by-signal.ts'
import { marketplace } from '../../scenarios/marketplace.ts'

const cwd = newFolder()
afterAll(removeFolders)
const launcher = fileURLToPath(new URL('../../../cli/bin.js', import.meta.url))

beforeAll(() => writeInputs(cwd))

/** Every signal with every command is `npm run signals`; here each signal and each command has its turn. */
describe('a signal ends one long computation', () => {
  test('SIGINT ends a run, and nothing of it stays', () => expectRunLeavesNothing(cwd, 'SIGINT'))

  test('SIGHUP ends `meter --out`, and not even its folder stays', () => expectMeterLeavesNothing(cwd, 'SIGHUP'))

  test('SIGTERM leaves a run with checkpoints to be resumed', async () => {
    const { code, stderr } = await stoppedHotRun(cwd, 'kept', 'SIGTERM', ['--checkpoint-every', '1h'])
    expect([code, withoutWarnings(stderr).trim()]).toEqual([
      exitCodes.terminated.code,
      expect.stringMatching(/^interrupted: resume with `node \S+ resume kept`$/),
    ])
    expect(entries(cwd, 'kept.partial-')).toHaveLength(1)
  })

  test('kill -9 of the launcher leaves no orphan: the folder is free immediately', async () => {
    await stoppedHotRun(cwd, 'killed', 'SIGKILL')
    // The pipes of stdout and stderr close only when the program itself is gone.
    const [staging] = entries(cwd, 'killed.partial-')
    lockStaging(join(cwd, staging))()
  })
})

test('a program whose launcher was killed before it looked ends itself', async () => {
  const program = fileURLToPath(new URL('../../../cli/main.ts', import.meta.url))
  const child = spawn(process.execPath, [program, 'worker', '--pool', 'redis://127.0.0.1:1'], {
    cwd,
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    // No process is the parent of this one.
    env: { ...process.env, MARKETSIM_SUPERVISED: '0' },
  })
  expect(await new Promise((resolve) => child.on('close', (_, signal) => resolve(signal)))).toBe('SIGKILL')
})

describe('a run that is there', () => {
  beforeAll(async () => {
    await copyOfSharedRun(join(cwd, 'run'))
  })

  test('`report` and `export` that are stopped leave the run as it was', async () => {
    const before = readFileSync(join(cwd, 'run/manifest.json'), 'utf8')
    const [reported, exported] = await Promise.all([
      marketsim(['report', 'run', '--audit'], {
        cwd,
        environment: stoppedAt({ path: /run\.reports-\d+$/ }, 'SIGTERM'),
      }),
      marketsim(['export', 'run', '--format', 'hledger', '--out', 'books'], {
        cwd,
        environment: stoppedAt({ path: /books\/\.partial-[^/]+$/ }, 'SIGHUP'),
      }),
    ])
    expect([reported.code, exported.code]).toEqual([exitCodes.terminated.code, exitCodes.hungUp.code])
    expect(readFileSync(join(cwd, 'run/manifest.json'), 'utf8')).toBe(before)
    expect([entries(cwd, 'run.reports-'), entries(cwd, 'books')]).toEqual([[], []])
  })

  test('killed reports leave no lock, and the next report removes their files', async () => {
    mkdirSync(join(cwd, 'run.reports-1'))
    lockStaging(join(cwd, 'run.reports-1'))()
    mkdirSync(join(cwd, `run.reports-${process.pid}`))
    lockStaging(join(cwd, `run.reports-${process.pid}`))()
    mkdirSync(join(cwd, 'run.reports-2'))
    const unlock = lockStaging(join(cwd, 'run.reports-2'))
    // In this process, so that the number of a stale folder is its own.
    expect((await inThisProcess(['report', join(cwd, 'run')])).code).toBe(0)
    unlock()
    expect(entries(cwd, 'run.reports-')).toEqual(['run.reports-2'])
  })

  test('a full disk behind stdout is exit code 74', async () => {
    const full = openSync('/dev/full', 'w')
    const child = spawn(process.execPath, [launcher, 'figures', '--json'], { cwd, stdio: ['ignore', full, 'pipe'] })
    let stderr = ''
    child.stderr?.on('data', (text) => {
      stderr += text
    })
    const code = await new Promise((resolve) => child.on('close', resolve))
    expect(stderr).toContain('cannot write to standard output')
    expect(code).toBe(exitCodes.diskFailed.code)
  })

  test('a reader that closes stdout does not change the exit code, and a closed stderr ends nothing', async () => {
    const missed = ['run', 'quickstart', ...tiny, '--set', 'thresholds={ "orders.refused": "< 0" }', '--out', 'unread']
    const { code } = await marketsim(missed, {
      cwd,
      started: ({ stdout, stderr }) => {
        stdout?.destroy()
        stderr?.destroy()
      },
    })
    expect(code).toBe(exitCodes.thresholdMissed.code)
    expect(entries(cwd, 'unread')).toEqual(['unread'])
  })
})

test.each([
  ['check', 'pipe'],
  ['run', 'pipe'],
  ['sweep', 'pipe'],
  ['load', 'pipe'],
  ['quote', 'pipe'],
  ['meter', 'pipe', '--prices', 'prices.csv'],
  ['meter', 'events.csv', '--prices', 'pipe'],
  ['reconcile', 'events.csv', '--prices', 'prices.csv', '--against', 'pipe'],
  ['report', 'pipe'],
  ['compare', 'pipe', 'pipe'],
  ['sql', 'pipe', 'select 1'],
  ['explain', 'pipe', 'bill', 'x'],
  ['export', 'pipe', '--format', 'csv', '--out', 'x'],
  ['trial-balance', 'pipe'],
])('%s %s is refused: a pipe is no file', async (...words) => {
  if (!existsSync(join(cwd, 'pipe'))) execFileSync('mkfifo', [join(cwd, 'pipe')])
  const at = (word: string) => (['pipe', 'events.csv', 'prices.csv'].includes(word) ? join(cwd, word) : word)
  const { code, stderr } = await inThisProcess(words.map(at))
  expect(stderr).toMatch(/is a pipe, not a (file|record)/)
  expect(code).toBe(exitCodes.badInput.code)
})

test('a trace that is a device is refused', async () => {
  const text = marketplace
    .replace('    count: 400\n', '')
    .replace(
      '{ poisson: { perBuyer: 3/week } }',
      '{ trace: { file: pipe, origin: 2024-03-01T00:00:00Z, columns: { at: t } } }',
    )
  writeFileSync(join(cwd, 'traced.yaml'), text)
  const { code, stderr } = await inThisProcess(['check', join(cwd, 'traced.yaml')])
  expect(stderr).toContain('"pipe" is a pipe, not a file')
  expect(code).toBe(exitCodes.badInput.code)
})
