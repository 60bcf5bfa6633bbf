/** The closing summary of a load test: what was asked, what was held, and whether the books are right, on one screen. */
import { grouped } from '#base/decimal-text.ts'
import { generatorsText } from '#reports/load-test/page-generators.ts'
import { shownCount, shownFigure, shownPercent, shownTime } from '#reports/load-test/show.ts'
import type { LoadSummary } from '#reports/load-test/summary.ts'
import { shownRate } from '#reports/rates.ts'
import { fit, wrapped } from './closing.ts'
import { billLines, serviceLines } from './load-closing-service.ts'
import { loadDecision } from './load-verdict.ts'
import { shownWait } from './progress.ts'
import { type Paint, padded, printable } from './terminal.ts'

export interface LoadClosingOptions {
  readonly width: number
  readonly paint: Paint
  /** Where it was written; undefined when it was not. */
  readonly folder: string | undefined
  readonly files: readonly string[]
}

const LABEL = 12
const COLUMN = 9
/** The name of an operation, and how many were done. */
const NAME = 9
const COUNT = 11
const THRESHOLDS = 3
/** A test that lacked processors for more than this part of its time says so. */
const STARVED = 0.1

/** A clock that was set by this much says so, and so many generators are listed with their rates. */
const STEPPED_MS = 5
const RATES = 8

const label = (text: string): string => padded(text, LABEL)
const ms = (milliseconds: unknown): string => shownTime(Number(milliseconds) * 1_000)

type Latencies = LoadSummary['operations']['all']['response']

const heads = ['p50', 'p90', 'p99', 'p99.9', 'max'] as const

function latencyCells(name: string, latencies: Latencies): string {
  const times = latencies as Readonly<Record<string, number>> | null
  const cells = times === null ? [] : heads.map((head) => ms(times[head]).padStart(COLUMN))
  return `${name}${cells.join('')}`
}

const latencyRow = (name: string, count: number, latencies: Latencies): string =>
  `${label('')}${latencyCells(`${padded(name, NAME)}${shownCount(count).padStart(COUNT)}`, latencies)}`

function latencyLines({ operations }: LoadSummary): string[] {
  const { all, ...kinds } = operations
  const head = heads.map((each) => each.padStart(COLUMN)).join('')
  return [
    `${label('Response')}${'from due'.padEnd(NAME)}${'done'.padStart(COUNT)}${head}`,
    latencyRow('all', all.done, all.response),
    ...Object.entries(kinds as Record<string, typeof all>).map(([kind, { done, response }]) =>
      latencyRow(kind, done, response),
    ),
    `${label('Service')}${latencyCells('once begun'.padEnd(NAME + COUNT), all.service)}`,
  ]
}

/** A thread drops what comes when its own backlog is full, whatever room the others have. */
function backlogText({ peakOfAThread, boundOfAThread, threads }: LoadSummary['backlog']): string {
  const [peak, bound] = [shownCount(peakOfAThread), shownCount(boundOfAThread)]
  return threads.length === 1
    ? `at most ${peak} waited at the same time; beyond ${bound} they are dropped`
    : `at most ${peak} waited on one thread; each thread drops operations beyond ${bound}`
}

/** `6,214/s done by 64 users, with a think time of 10 ms: 1.9 of them waiting on average` (Little's law). */
function closedLines({ load, operations, complete }: LoadSummary, paint: Paint): string[] {
  const { done, refused, response } = operations.all
  const think =
    load.thinkSeconds === 0 ? 'without think time' : `with a think time of ${shownTime(load.thinkSeconds * 1e6)}`
  const waiting = load.achievedPerSecond * ((response?.mean ?? 0) / 1_000)
  const users = `${shownCount(load.users)} users, ${think}${load.exponentialThink ? ' on average' : ''}`
  return [
    `${label('Rate')}${paint('bold', shownRate(load.achievedPerSecond))} done by ${users}: ${Number(waiting.toPrecision(2))} of them waiting on average`,
    ...(complete ? [] : [`${label('')}stopped after ${load.seconds} s of ${load.plannedSeconds} s`]),
    `${label('Work')}${shownCount(done)} done (${shownCount(refused)} refused by a rule)`,
  ]
}

function loadLines(summary: LoadSummary, paint: Paint): string[] {
  const { load, operations, backlog, complete } = summary
  const { done, refused, dropped } = operations.all
  const { askedPerSecond, achievedPerSecond, reached, operations: asked } = load
  if (load.arrivals === 'closed') return closedLines(summary, paint)
  const rate = `${shownFigure('rate', achievedPerSecond)} done of ${shownFigure('rate', askedPerSecond)} asked`
  const verdict = reached ? paint('green', 'held') : paint('red', 'NOT REACHED')
  const lost = dropped === 0 ? 'none dropped' : paint('red', `${shownCount(dropped)} DROPPED`)
  return [
    `${label('Rate')}${rate}: ${verdict}`,
    ...(complete ? [] : [`${label('')}stopped after ${load.seconds} s of ${load.plannedSeconds} s`]),
    `${label('Work')}${shownCount(done)} of ${shownCount(asked)} done (${shownCount(refused)} refused by a rule), ${lost}`,
    `${label('Backlog')}${backlogText(backlog)}`,
  ]
}

const starvedText = ({ starved, others }: LoadSummary['machine']): string =>
  `${shownPercent(starved)} of the time waiting for a processor${others === null ? '' : `; other programs used ${shownPercent(others)} of them`}`

/** `the whole process stalled for 2.00 s, 1.30 s after the start`. */
function stallLines({ machine }: LoadSummary, paint: Paint): string[] {
  const { count, first, longestMs } = machine.stalls
  if (count === 0) return []
  const longest = first.find((stall) => stall.ms === longestMs)
  const when = longest === undefined ? '' : ` from ${shownTime(longest.atSeconds * 1e6)} on`
  const more = count === 1 ? '' : ` (the longest of ${count} stalls)`
  return [
    `${label('Stall')}${paint('yellow', `the whole process stalled for ${ms(longestMs)}${when}${more}: stopped from outside, or without a processor`)}`,
  ]
}

function machineLines({ ledger, machine }: LoadSummary, paint: Paint): string[] {
  const each = ledger.batches === 0 ? 0 : ledger.rows / ledger.batches
  const commits = `${shownCount(ledger.batches)} commits, ${each.toFixed(each < 10 ? 1 : 0)} rows each`
  const wake = machine.wake as Readonly<Record<string, number>> | null
  const { gc } = machine
  const woken = wake === null ? '' : `; threads woke ${ms(wake.p99)} late (p99), at most ${ms(wake.max)}`
  return [
    `${label('Ledger')}SQLite WAL, sync ${ledger.sync}: ${commits}, ${shownCount(ledger.bytes / (1 << 20))} MiB`,
    `${label('Machine')}at work ${shownPercent(machine.busy)} of the time (${shownPercent(machine.committing)} of it in commits), computing ${shownPercent(machine.threadsCpu)}`,
    ...(machine.starved < STARVED ? [] : [`${label('')}${paint('yellow', starvedText(machine))}`]),
    `${label('')}${shownCount(machine.peakMemoryMiB)} MiB; garbage pauses ${ms(gc.longestMs)} at most${woken}`,
  ]
}

const tallyText = ({ held, of }: { readonly held: number; readonly of: number }, verb: 'held' | 'broke'): string =>
  `${verb === 'held' ? held : of - held} of ${of} ${verb}`

/** `152,000/s to 165,000/s: where p99<50ms no longer holds (95 % confidence)`, and the trials that say so. */
function kneeLines({ knee }: LoadSummary, paint: Paint): string[] {
  if (knee === null) return []
  const { verdict, low, high, below, above, control, overload, disturbed, target, trials, why, idleShare } = knee
  const highest = Math.max(0, ...trials.filter((trial) => trial.held).map(({ rate }) => rate))
  const last = trials.findLast(({ held }) => !held)
  const known = highest === 0 ? 'no rate held' : `${shownRate(highest)} held`
  const found = {
    found: `${paint('bold', `${shownRate(low ?? 0)} to ${shownRate(high ?? 0)}`)}: where ${target} no longer holds (95 % confidence)`,
    noisy: `${paint('red', 'TOO NOISY')}: ${why}; ${known}`,
    beyond: `${shownRate(highest)} held ${target}, and no higher rate is tried`,
    nothing: paint('red', `no rate held ${target}${last === undefined ? '' : `: ${last.why}`}`),
    stopped: `stopped before it was decided; ${known}`,
  }[verdict]
  const sides =
    verdict === 'found'
      ? `just below ${tallyText(below, 'held')}, just above ${tallyText(above, 'broke')}, far above ${tallyText(overload, 'broke')}, `
      : ''
  const ignored = disturbed === 0 ? '' : `; ${disturbed} not counted, because other processes used the machine`
  const made = `${trials.length} trial${trials.length === 1 ? '' : 's'}: ${sides}far below ${tallyText(control, 'held')}${ignored}`
  return [
    `${label('Knee')}${found}`,
    `${label('')}${made}`,
    ...nearIdle(idleShare, target).map((text) => `${label('')}${text}`),
  ]
}

/** A bound below this multiple of what an idle system takes is met or missed by chance over a wide range of rates. */
const LEAST_OVER_IDLE = 3

function nearIdle(idleShare: number | null, target: string): string[] {
  if (idleShare === null || idleShare * LEAST_OVER_IDLE <= 1) return []
  const factor = (Math.ceil(idleShare * LEAST_OVER_IDLE * 10) / 10).toFixed(1)
  return [
    `far below the knee, the figure is already ${shownPercent(idleShare)} of its bound; a bound of ${factor} times ${target} or more gives a sharper knee`,
  ]
}

/** `3 on 2 machines, whose clocks differ by 1.20 ms (± 8.00 ms)`, and what is missing. */
function generatorLines({ generators }: LoadSummary, paint: Paint): string[] {
  if (generators === null) return []
  const { missing, stopped, each } = generators
  const lost = [
    ...(missing.length === 0 ? [] : [paint('red', `; ${missing.join(', ')} MISSING`)]),
    ...(stopped.length === 0 ? [] : [paint('red', `; ${stopped.join(', ')} STOPPED`)]),
  ].join('')
  const rates = each.map(({ generator, achievedPerSecond }) => `${generator}: ${shownRate(achievedPerSecond)}`)
  const stepped = each.filter(({ clockSteppedMs }) => Math.abs(clockSteppedMs) >= STEPPED_MS)
  return [
    `${label('Generators')}${generatorsText(generators)}${lost}`,
    ...(each.length > RATES ? [] : [`${label('')}${rates.join(', ')}`]),
    ...stepped.map(({ generator, clockSteppedMs }) =>
      paint(
        'yellow',
        `${label('')}the clock of generator ${generator} was set by ${ms(Math.abs(clockSteppedMs))} during the load`,
      ),
    ),
  ]
}

function thresholdLines({ thresholds }: LoadSummary, paint: Paint): string[] {
  const missedFirst = [...thresholds].sort((a, b) => Number(a.passed) - Number(b.passed))
  const lines = missedFirst.slice(0, THRESHOLDS).map(({ text, passed, shown }, index) => {
    const tick = passed ? paint('green', '✓') : paint('red', '✗')
    return `${label(index === 0 ? 'Thresholds' : '')}${tick} ${printable(text)}, and it is ${shown}`
  })
  const rest = thresholds.length - THRESHOLDS
  return rest > 0 ? [...lines, `${label('')}… and ${rest} more in summary.json`] : lines
}

function bookLines({ digest, audit }: LoadSummary, paint: Paint): string[] {
  const without =
    digest.work === null
      ? 'none: the requests of a closed load depend on its answers'
      : 'none: some of the work was not done'
  const books = digest.books ?? without
  const right = audit.differences === 0
  const first = audit.first.at(0)
  return [
    `${label('Digest')}work ${digest.work ?? without}`,
    `${label('')}books ${books}`,
    !audit.made
      ? 'audit: skipped, because the test was stopped; the ledgers are kept'
      : paint(
          right ? 'green' : 'red',
          `audit: ${grouped(String(audit.amounts))} amounts, ${grouped(String(audit.differences))} differences; ${shownCount(audit.bills)} bills; trial balance ${audit.trialBalance}`,
        ),
    ...(first === undefined ? [] : [paint('red', `${label('')}${first.kind} of ${first.subject}: ${first.text}`)]),
  ]
}

function headLine({ scenario, seed, load, machine, complete, service }: LoadSummary, paint: Paint): string {
  const lasts = (seconds: number): string => (seconds < 10 ? `${seconds} s` : shownWait(seconds))
  const stages = load.stages.map(({ perSecond, toPerSecond, seconds }) => {
    const rate = shownRate(perSecond)
    return perSecond === toPerSecond
      ? `${rate} for ${lasts(seconds)}`
      : `${rate} to ${shownRate(toPerSecond)} in ${lasts(seconds)}`
  })
  const other = {
    even: '',
    poisson: ' (Poisson)',
    'due-times': `${shownCount(load.operations)} due times, ${lasts(load.plannedSeconds)}`,
    closed: `${shownCount(load.users)} users for ${lasts(load.plannedSeconds)}`,
  }[load.arrivals]
  const shown = stages.length > 3 ? `${stages.length} stages, ${lasts(load.plannedSeconds)}` : stages.join(', then ')
  const threads = service !== null ? 'to a service' : `${machine.threads} thread${machine.threads === 1 ? '' : 's'}`
  const head = `${paint('bold', scenario.name)} · seed ${printable(seed)} · ${shown}${other}, ${threads}`
  return complete ? head : `${paint('red', 'INCOMPLETE')} ${head}`
}

/** The last line, where a terminal shows it: whether the test passed. */
function verdictLine(summary: LoadSummary, paint: Paint): string {
  const { outcome, text } = loadDecision(summary)
  const colour = ({ PASSED: 'green', FAILED: 'red', UNDECIDED: 'yellow' } as const)[outcome]
  return `${label('Verdict')}${paint(colour, outcome)}: ${printable(text)}`
}

/** Columns of a list of files where the width is not bounded. */
const FILES_WIDTH = 100

/** Lines of at most `width` columns, Infinity where nothing is to be cut; paths are never cut. */
export function loadClosing(summary: LoadSummary, { width, paint, folder, files }: LoadClosingOptions): string {
  const lines = [
    headLine(summary, paint),
    ...loadLines(summary, paint),
    ...latencyLines(summary),
    ...(summary.service === null ? machineLines(summary, paint) : serviceLines(summary.service, summary)),
    ...generatorLines(summary, paint),
    ...stallLines(summary, paint),
    ...kneeLines(summary, paint),
    ...thresholdLines(summary, paint),
    ...(summary.service === null ? bookLines(summary, paint) : billLines(summary.service, summary, paint)),
  ].map((line) => fit(line, width))
  const verdict = fit(verdictLine(summary, paint), width)
  if (folder === undefined) return [...lines, verdict].join('\n')
  const named = wrapped(files, Math.min(width, FILES_WIDTH) - LABEL).map((line) => `${label('')}${line}`)
  return [...lines, `${label('Written')}${folder}/`, ...named, verdict].join('\n')
}
