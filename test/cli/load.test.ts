import type { ChildProcess } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { InputError } from '#base/input-error.ts'
import { Arguments } from '#cli/command.ts'
import { exitCodes } from '#cli/exit-codes.ts'
import { loadClosing } from '#cli/load-closing.ts'
import { claimLoadFolder } from '#cli/load-folder.ts'
import { loadProgressView } from '#cli/load-progress.ts'
import { loadRequest } from '#cli/load-request.ts'
import { loadDecision, loadExitCode } from '#cli/load-verdict.ts'
import { makeLoad } from '#cli/run-load.ts'
import { painter } from '#cli/terminal.ts'
import type { LoadSummary } from '#reports/load-test/summary.ts'
import type { KneeVerdict } from '#sim/load-test/knee.ts'
import { inThisProcess, marketsim, newFolder, removeFolders, short, withoutWarnings } from './marketsim.ts'
import { entries } from './stopped-by-signal.ts'

afterAll(removeFolders)
const cwd = newFolder()

test.each([
  [{}, /needs a scenario/, /load quickstart/],
  [{ file: 'quikstart' }, /no scenario file/, /did you mean quickstart/],
  [{ rate: 'fast' }, /--rate: 'fast' is not a rate/, /50k\/s/],
  [{ stages: '10k:30s,5k' }, /--stages: stage 2, '5k'/, /10k:30s/],
  [{ duration: 'soon' }, /--duration: 'soon'/, /2m/],
  [{ rate: '5k', stages: '5k:1s' }, /cannot be combined/, /remove one/],
  [{ threshold: 'latncy.p99<5ms' }, /no figure 'latncy.p99'/, /latency\.p99/],
  [{ threshold: ['done>1', 'latency.p99{op=setle}<5ms'] }, /no operation 'setle'/, /settle/],
  [{ target: 'p99<5ms' }, /needs --find-knee/, /--threshold/],
  [{ 'find-knee': true, stages: '5k:1s' }, /its own stages/, /--rate/],
  [{ 'find-knee': true, target: 'p99<5' }, /--target: .* without a unit/, /ms/],
  [{ threshold: 'knee.low>=100k/s' }, /without a search there is no knee\.low/, /--find-knee/],
  [{ stages: '1k..2k..3k:5s' }, /--stages: stage 1: '1k\.\.2k\.\.3k' is not a ramp/, /10k\.\.50k:60s/],
  [{ users: '0' }, /must be a whole number from 1/, /--users 1/],
  [{ users: '5', rate: '1k' }, /--users and --rate cannot be combined/, /remove one/],
  [{ users: '5', 'find-knee': true }, /--users and --find-knee cannot be combined/, /remove one/],
  [{ users: '5', 'think-time': 'long' }, /--think-time: 'long' is not a think time/, /exponential:10ms/],
  [{ 'think-time': '5ms' }, /needs --users/, /--users 64/],
  [{ 'due-times': 'nowhere.csv' }, /cannot read the file \(ENOENT\)/, /check its name/],
  [{ 'due-times': 'due.csv', duration: '5s' }, /--due-times and --duration cannot be combined/, /remove one/],
  [{ threads: '0' }, /must be a whole number from 1/, /--threads 1/],
])('%o is refused with a hint how to fix it', async (values, what, hint) => {
  const file = Object.keys(values).length === 0 ? {} : { file: 'quickstart' }
  const fault = await loadRequest(new Arguments({ ...file, ...values }, false)).catch((error: unknown) => error)
  expect(fault).toBeInstanceOf(InputError)
  expect((fault as InputError).message).toMatch(what)
  expect((fault as InputError).hint).toMatch(hint)
})

const little = ['load', 'quickstart', ...short, '--threads', '1', '--warm-up', '0', '--sync', 'off']

test('a load test writes its folder, tells its digests, and ends with 4 when a bound is missed', async () => {
  const words = [...little, '--rate', '20k/s', '--duration', '200ms', '--out', 'loaded', '--junit', 'loaded.xml']
  const bounds = ['--threshold', 'done==4000', '--threshold', 'latency.max<0.1us']
  const { code, stdout, stderr } = await inThisProcess([...words, ...bounds, '--json', '--quiet'], cwd)
  expect(withoutWarnings(stderr)).toBe('')
  expect(code).toBe(exitCodes.thresholdMissed.code)
  const summary = JSON.parse(stdout) as LoadSummary
  expect(summary.complete).toBe(true)
  expect(summary.thresholds.map(({ passed }) => passed)).toEqual([true, false])
  expect(summary.operations.all).toMatchObject({ due: 4_000, done: 4_000, dropped: 0 })
  expect(summary.audit).toMatchObject({ differences: 0, operations: 4_000, trialBalance: '0.00' })
  expect(summary.digest.work).toMatch(/^[0-9a-f]{32}$/)
  expect(summary.digest.books).toMatch(/^[0-9a-f]{32}$/)
  const xml = readFileSync(join(cwd, 'loaded.xml'), 'utf8')
  expect(xml).toMatch(/tests="5" failures="[12]" skipped="0" errors="0"/)
  expect(xml).toContain('name="latency.max&lt;0.1us">')
  expect(xml).toContain('name="done==4000"/>')
  const files = ['latencies.csv', 'ledgers', 'load.html', 'manifest.json', 'percentiles.csv', 'summary.json']
  expect(readdirSync(join(cwd, 'loaded'))).toEqual(files)
  const page = readFileSync(join(cwd, 'loaded', 'load.html'), 'utf8')
  expect(page).toMatch(/<h1>(Held|Not reached): [\d,.]+\/s done of [\d,.]+\/s asked<\/h1>/)
  for (const name of ['percentiles', 'rate', 'backlog']) expect(page).toContain(`id="chart-load-${name}"`)
  expect(page).toContain('missed')
  expect(readFileSync(join(cwd, 'loaded', 'summary.json'), 'utf8')).toBe(stdout)
  expect(readdirSync(join(cwd, 'loaded', 'ledgers'))).toEqual(['ledger-0.sqlite'])
  const manifest = JSON.parse(readFileSync(join(cwd, 'loaded', 'manifest.json'), 'utf8'))
  expect(manifest).toMatchObject({ program: 'marketsim', kind: 'load-test', seed: '42' })
  expect(Object.keys(manifest.files)).toContain('ledgers/ledger-0.sqlite')
})

test('a search for the knee tells the rate that held, keeps its trials and the ledgers of the last that held', async () => {
  const out = join(newFolder(), 'knee')
  const asked = { file: 'quickstart', set: 'end=2024-03-02T00:00:00+08:00', threads: '1', sync: 'off', out }
  const search = {
    'find-knee': true,
    target: 'dropped==0',
    rate: '200/s',
    duration: '20ms',
    backlog: '3',
    'warm-up': '0',
  }
  const request = await loadRequest(new Arguments({ ...asked, ...search }, false))
  const folder = claimLoadFolder(request)
  const view = loadProgressView({ stream: process.stderr, quiet: true, paint: painter(false), clock: () => 0 })
  const { summary } = await makeLoad({ request, folder, view, signal: new AbortController().signal })
  await folder.commit('npm start -- load', true)
  expect(summary.knee?.target).toBe('dropped==0')
  // Trials of 20 ms on a machine that others use: whether it is too noisy is the machine's to say.
  expect(summary.knee?.trials.length).toBeGreaterThanOrEqual(5)
  expect(summary.audit.differences).toBe(0)
  const trials = readFileSync(join(out, 'knee.csv'), 'utf8').trim().split('\n')
  expect(trials).toHaveLength((summary.knee?.trials.length ?? 0) + 1)
  expect(readdirSync(out)).toContain('ledgers')
  expect(readdirSync(out)).not.toContain('trial')
  const text = loadClosing(summary, { width: 100, paint: painter(false), folder: out, files: [] })
  expect(text).toMatch(/^Knee +(\S+ to \S+: where dropped==0 no longer holds|TOO NOISY: |.* no higher rate is tried)/m)
})

test('a load that is stopped keeps its partial result with --out, and its rates are of the time that passed', async () => {
  const out = join(cwd, 'stopped')
  const asked = { file: 'quickstart', set: 'end=2024-03-02T00:00:00+08:00', threads: '1', sync: 'off', out }
  const request = await loadRequest(new Arguments({ ...asked, rate: '500/s', duration: '5m', 'warm-up': '0' }, false))
  const folder = claimLoadFolder(request)
  const stop = new AbortController()
  const quiet = loadProgressView({ stream: process.stderr, quiet: true, paint: painter(false), clock: () => 0 })
  const view = { ...quiet, load: ({ done }: { done: number }) => done > 0 && stop.abort() }
  const { summary } = await makeLoad({ request, folder, view, signal: stop.signal })
  await folder.commit('npm start -- load', summary.complete)
  expect(loadExitCode(summary)).toBe(exitCodes.incomplete.code)
  const stdout = loadClosing(summary, { width: 100, paint: painter(false), folder: out, files: [] })
  expect(stdout).toMatch(
    /^INCOMPLETE quickstart(.*\n)+.*stopped after [\d.]+ s of 300 s(.*\n)+.*audit: ([\d,]+ amounts, 0 differences|skipped)/,
  )
  const read = (file: string) => JSON.parse(readFileSync(join(cwd, 'stopped', file), 'utf8'))
  const { complete, load, operations, digest } = read('summary.json') as LoadSummary
  expect([complete, read('manifest.json').complete, digest.books, load.plannedSeconds]).toEqual([
    false,
    false,
    null,
    300,
  ])
  expect(load.seconds).toBeLessThan(120)
  // Not of the 300 s that were planned. A part of the time that passed is that of stopping, when nothing came due: how long
  // that is, is the machine's.
  const { due, done } = operations.all
  expect(load.askedPerSecond).toBeGreaterThan((2 * due) / load.plannedSeconds)
  expect(load.achievedPerSecond).toBeGreaterThan((2 * done) / load.plannedSeconds)
})

test('its launcher waits for the partial result where the machine leaves it no time to write', async () => {
  const ledgers = () => entries(cwd, 'slow.partial-').flatMap((folder) => entries(join(cwd, folder, 'ledgers'), ''))
  const started = (launcher: ChildProcess) => {
    const look = setInterval(() => {
      if (ledgers().length === 0) return
      clearInterval(look)
      const { pid } = launcher
      const program = Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim())
      process.kill(program, 'SIGSTOP')
      launcher.kill('SIGINT')
      // Beyond the 0.7 s after which a program that has nothing to keep is killed.
      setTimeout(() => process.kill(program, 'SIGCONT'), 1_200)
    }, 20)
  }
  const short = ['--set', 'end=2024-03-02T00:00:00+08:00', '--threads', '1', '--sync', 'off']
  const words = [
    'load',
    'quickstart',
    ...short,
    '--rate',
    '500/s',
    '--duration',
    '5m',
    '--warm-up',
    '0',
    '--out',
    'slow',
  ]
  const { code, stderr } = await marketsim(words, { cwd, started })
  expect([code, stderr]).toEqual([exitCodes.incomplete.code, expect.not.stringContaining('nothing was written')])
  expect(JSON.parse(readFileSync(join(cwd, 'slow/summary.json'), 'utf8')).complete).toBe(false)
})

interface Ending {
  readonly differences?: number
  readonly complete?: boolean
  readonly passed?: boolean
  readonly verdict?: KneeVerdict
  readonly value?: number | null
  readonly reached?: boolean
  readonly disturbance?: number
}

const summaryOf = ({
  differences = 0,
  complete = true,
  passed = true,
  value = 1,
  verdict,
  reached = true,
  disturbance = 0.01,
}: Ending): LoadSummary =>
  ({
    audit: { differences, made: true },
    complete,
    load: {
      reached,
      achievedPerSecond: 1_900,
      askedPerSecond: 2_000,
      seconds: 2,
      plannedSeconds: 30,
      arrivals: 'even',
    },
    thresholds: [{ passed, value, text: 'p99<5ms', shown: '7.00 ms' }],
    knee: verdict === undefined ? null : { verdict, target: 'p99<50ms', low: verdict === 'found' ? 152_000 : null },
    machine: { disturbance },
    service: null,
    generators: null,
  }) as unknown as LoadSummary

const met = '1 threshold met, the books are right'
const missed = '1 of 1 thresholds missed: p99<5ms is 7.00 ms'
const stopped = 'UNDECIDED: stopped after 2 s of 30 s'
const noisy = 'UNDECIDED: too noisy to say where the knee is; try again on an idle machine'

test.each<[Ending, number, string]>([
  [{}, 0, `PASSED: 1,900/s held, ${met}`],
  [
    { disturbance: 0.23 },
    0,
    `PASSED: 1,900/s held, ${met}; other programs took 23 % of its time, so measure again before you compare latencies`,
  ],
  [{ passed: false }, 4, `FAILED: ${missed}`],
  [{ verdict: 'found' }, 0, `PASSED: p99<50ms holds up to 152,000/s at least, ${met}`],
  [{ verdict: 'beyond' }, 0, `PASSED: p99<50ms held at every rate, ${met}`],
  [{ verdict: 'nothing' }, 4, 'FAILED: no rate held p99<50ms'],
  [{ verdict: 'noisy' }, 6, noisy],
  [{ verdict: 'noisy', passed: false }, 4, `FAILED: ${missed}`],
  [{ verdict: 'noisy', passed: false, value: null }, 6, noisy],
  [{ verdict: 'found', passed: false }, 4, `FAILED: ${missed}`],
  [{ reached: false }, 4, 'FAILED: 1,900/s done of 2,000/s asked'],
  [{ reached: false, passed: false }, 4, `FAILED: 1,900/s done of 2,000/s asked; ${missed}`],
  [{ verdict: 'found', reached: false }, 0, `PASSED: p99<50ms holds up to 152,000/s at least, ${met}`],
  [{ complete: false, passed: false }, 6, stopped],
  [{ differences: 1, complete: false, passed: false }, 3, 'FAILED: the auditor found 1 differences in the books'],
])('%o ends with %d: %s', (ending, code, words) => {
  const { outcome, text } = loadDecision(summaryOf(ending))
  expect([loadExitCode(summaryOf(ending)), `${outcome}: ${text}`]).toEqual([code, words])
})

test.each<[Record<string, string>, RegExp, RegExp]>([
  [
    { users: '4', 'think-time': 'exponential:2ms', duration: '300ms' },
    /4 users for 0\.3 s, 1 thread/,
    /^Rate .* done by 4 users, with a think time of 2\.00 ms on average: \S+ of them waiting on average$/m,
  ],
  [{ 'due-times': 'due.csv' }, /· 4 due times, 0\.2 s, 1 thread/, /^Work +4 of 4 done/m],
  [
    { rate: '1k', arrivals: 'poisson', duration: '300ms' },
    /1,000\/s for 0\.3 s \(Poisson\)/,
    /^Digest +work [0-9a-f]{32}$/m,
  ],
  [
    { stages: '1k..2k:200ms', duration: '300ms' },
    /1,000\/s to 2,000\/s in 0\.2 s, then 2,000\/s for 0\.1 s/,
    /^Work +500 of 500 done/m,
  ],
])('a load of %j says what it was', async (options, head, line) => {
  writeFileSync(join(cwd, 'due.csv'), 'seconds\n0\n0.1\n0.1\n0.2\n')
  const given = 'due-times' in options ? { ...options, 'due-times': join(cwd, 'due.csv') } : options
  const asked = { file: 'quickstart', set: 'end=2024-03-02T00:00:00+08:00', threads: '1', sync: 'off', 'warm-up': '0' }
  const request = await loadRequest(new Arguments({ ...asked, ...given }, false))
  const folder = claimLoadFolder(request)
  const view = loadProgressView({ stream: process.stderr, quiet: true, paint: painter(false), clock: () => 0 })
  const { summary } = await makeLoad({ request, folder, view, signal: new AbortController().signal })
  folder.discard()
  expect(summary.audit.differences).toBe(0)
  expect(summary.complete).toBe(true)
  const text = loadClosing(summary, {
    width: Number.POSITIVE_INFINITY,
    paint: painter(false),
    folder: undefined,
    files: [],
  })
  expect(text.split('\n')[0]).toMatch(head)
  expect(text).toMatch(line)
})

test('a file for the verdicts that cannot be written is refused before anything runs', async () => {
  const { code, stderr } = await inThisProcess([...little, '--junit', 'nowhere/verdicts.xml'], cwd)
  expect(code).toBe(exitCodes.badInput.code)
  expect(stderr).toMatch(/cannot write the file \(ENOENT\)\n.*nowhere\/verdicts\.xml\n.*nothing has run/)
})

const closed = (change: (summary: LoadSummary) => unknown, width = Number.POSITIVE_INFINITY): string => {
  const summary = JSON.parse(readFileSync(join(cwd, 'loaded', 'summary.json'), 'utf8')) as LoadSummary
  Object.assign(summary, change(summary))
  return loadClosing(summary, { width, paint: painter(false), folder: 'loaded', files: ['summary.json'] })
}

test('nothing is cut where the output has no width', () => {
  const text = `latency.p99{op=settle}<${'9'.repeat(200)}ms`
  const thresholds = [{ text, passed: true, value: 1, shown: '1 µs' }]
  expect(closed(() => ({ thresholds }))).toContain(text)
  expect(closed(() => ({ thresholds }))).not.toContain('…')
  expect(closed(() => ({ thresholds }), 80)).toContain('…')
})

test('the backlog is that of a thread, and its peak, its bound and what was dropped agree', () => {
  const one = { peakOfAThread: 500, boundOfAThread: 500, bound: 500, threads: [{ peak: 500, dropped: 7 }] }
  expect(closed(() => ({ backlog: one }))).toContain('at most 500 waited at the same time; beyond 500 they are dropped')
  const two = { ...one, bound: 1_000, threads: [...one.threads, { peak: 3, dropped: 0 }] }
  expect(closed(() => ({ backlog: two }))).toContain(
    'at most 500 waited on one thread; each thread drops operations beyond 500',
  )
})

const tried = (rate: number, held: boolean) => ({
  rate,
  held,
  disturbed: false,
  disturbance: 0,
  achieved: rate,
  dropped: 0,
  shown: '',
  why: held ? '' : 'p99 was 14 ms',
})
const knee = {
  verdict: 'found' as KneeVerdict,
  low: 152_000 as number | null,
  high: 165_000 as number | null,
  below: { held: 5, of: 5 },
  above: { held: 1, of: 6 },
  control: { held: 7, of: 8 },
  overload: { held: 0, of: 2 },
  idleShare: 0.12 as number | null,
  disturbed: 3,
  why: '',
  target: 'p99<50ms',
  trials: [tried(150_000, true), tried(170_000, false)],
}

test.each<[Partial<typeof knee>, string]>([
  [{}, 'Knee        152,000/s to 165,000/s: where p99<50ms no longer holds (95 % confidence)'],
  [
    {},
    '2 trials: just below 5 of 5 held, just above 5 of 6 broke, far above 2 of 2 broke, far below 7 of 8 held; 3 not counted, because other processes used the machine',
  ],
  [{ verdict: 'noisy', why: 'it drifts' }, 'Knee        TOO NOISY: it drifts; 150,000/s held'],
  [{ verdict: 'nothing' }, 'Knee        no rate held p99<50ms: p99 was 14 ms'],
  [
    { verdict: 'noisy', why: 'it drifts', idleShare: 0.6 },
    'far below the knee, the figure is already 60 % of its bound; a bound of 1.8 times p99<50ms or more gives a sharper knee',
  ],
  [{ verdict: 'stopped' }, 'Knee        stopped before it was decided; 150,000/s held'],
])('the knee of %j is reported', (change, line) => {
  expect(closed(() => ({ knee: { ...knee, ...change } }))).toContain(line)
})

test('the closing summary keeps to the width and to one screen', () => {
  const summary = JSON.parse(readFileSync(join(cwd, 'loaded', 'summary.json'), 'utf8')) as LoadSummary
  for (const width of [60, 80, 120]) {
    const text = loadClosing(summary, { width, paint: painter(false), folder: 'loaded', files: ['summary.json'] })
    const lines = text.split('\n')
    expect(lines.length).toBeLessThanOrEqual(24)
    for (const line of lines) expect([...line].length).toBeLessThanOrEqual(width)
  }
})
