/** Signals, full disks, closed streams and odd inputs, each with real processes. */
import { execFileSync, spawn } from 'node:child_process'
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { exitCodes } from '#cli/exit-codes.ts'
import { lockStaging } from '#cli/unfinished.ts'
import { marketplace } from '../scenarios/marketplace.ts'
import {
  copyOfSharedRun,
  inThisProcess,
  marketsim,
  newFolder,
  removeFolders,
  tiny,
  withoutWarnings,
} from './marketsim.ts'
import {
  entries,
  expectMeterLeavesNothing,
  expectRunLeavesNothing,
  signalWhen,
  stoppedHotRun,
  writeInputs,
} from './stopped-by-signal.ts'

const cwd = newFolder()
afterAll(removeFolders)
const launcher = fileURLToPath(new URL('../../cli/bin.js', import.meta.url))

beforeAll(() => writeInputs(cwd))

/** Every signal with every command is `npm run signals`; here each signal and each command has its turn. */
describe('a signal ends one long computation', () => {
  test('SIGINT ends a run, and nothing of it stays', () => expectRunLeavesNothing(cwd, 'SIGINT'))

  test('SIGHUP ends `meter --out`, and not even its folder stays', () => expectMeterLeavesNothing(cwd, 'SIGHUP'))

  test('SIGTERM leaves a run with checkpoints to be resumed', async () => {
    const { code, stderr } = await stoppedHotRun(cwd, 'kept', 'SIGTERM', ['--checkpoint-every', '1h'])
    expect([code, withoutWarnings(stderr).trim()]).toEqual([
      exitCodes.terminated.code,
      'interrupted: resume with `npm start -- resume kept`',
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

describe('a run that is there', () => {
  beforeAll(async () => {
    await copyOfSharedRun(join(cwd, 'run'))
  })

  test('`report` and `export` that are stopped leave the run as it was', async () => {
    const before = readFileSync(join(cwd, 'run/manifest.json'), 'utf8')
    const [reported, exported] = await Promise.all([
      marketsim(['report', 'run', '--audit'], {
        cwd,
        started: signalWhen(() => entries(cwd, 'run.reports-').length > 0, 'SIGTERM'),
      }),
      marketsim(['export', 'run', '--format', 'hledger', '--out', 'books'], {
        cwd,
        started: signalWhen(() => entries(join(cwd, 'books'), '.partial-').length > 0, 'SIGHUP'),
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

  test('the exit code of what was found does not depend on a reader of stdout', async () => {
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
})

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
  expect(stderr).toMatch(/resume: npm start -- resume full/)
  expect(code).toBe(exitCodes.diskFailed.code)
  expect(entries(cwd, 'full.partial-')).toHaveLength(1)
  const resumed = await inThisProcess(['resume', 'full', '--quiet'], cwd)
  expect([resumed.stderr, resumed.code]).toEqual(['', exitCodes.done.code])
  expect(entries(cwd, 'full')).toEqual(['full'])
})

test('a stopped sweep keeps its finished runs, and resuming makes only the others', async () => {
  const words = ['sweep', 'quickstart', ...tiny, '--runs', '4', '--quiet', '--out', 'swept']
  const finished = () =>
    entries(cwd, 'swept.partial-').some((folder) => {
      const file = join(cwd, folder, 'unfinished/runs.ndjson')
      return existsSync(file) && readFileSync(file, 'utf8').split('\n').length > 2
    })
  const { code, stderr } = await marketsim(words, { cwd, started: signalWhen(finished, 'SIGINT') })
  expect(withoutWarnings(stderr)).toMatch(
    /^interrupted: \d finished runs are kept; resume with `npm start -- resume swept`/,
  )
  expect(code).toBe(exitCodes.interrupted.code)
  const [staging] = entries(cwd, 'swept.partial-')
  expect(readdirSync(join(cwd, staging))).toEqual(['unfinished'])
  cpSync(join(cwd, staging), join(cwd, 'again.partial-1'), { recursive: true })
  // A run that is known is not made again: what is in the file is what counts.
  const file = join(cwd, 'again.partial-1/unfinished/runs.ndjson')
  writeFileSync(file, readFileSync(file, 'utf8').replace(/"digest":"[0-9a-f]+"/, '"digest":"known"'))
  appendFileSync(file, '{"pointIndex":0,"repl')
  const resumed = await inThisProcess(['resume', 'swept', '--quiet', '--json'], cwd)
  const again = await inThisProcess(['resume', 'again', '--quiet', '--json'], cwd)
  expect([resumed.stderr, again.stderr].map(withoutWarnings)).toEqual(['', ''])
  const whole = await inThisProcess([...words.slice(0, -1), 'whole', '--json'], cwd)
  expect(resumed.stdout).toBe(whole.stdout)
  expect(again.stdout).toContain('"known"')
  expect(entries(cwd, 'swept')).toEqual(['swept'])
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
