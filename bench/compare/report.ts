import type { Round } from './estimate.ts'
import type { Instructions } from './instructions.ts'
import type { Machine, Weather } from './machine.ts'
import type { Both } from './pair.ts'
import { FALSE_ALARMS, MOOD, type Outcome, type Verdict } from './verdict.ts'

/** How the base was had. */
export type Method = 'paired' | 'paired, the base by its own benchmarks' | 'figures of another time'

export interface WorkReport extends Verdict {
  readonly work: string
  readonly size: number
  /** What the finding rests on. */
  readonly decidedBy: 'time' | 'instructions'
  readonly isOneAnswer: boolean
  readonly nsPerOp: Both<number>
  readonly digests: Both<string>
  /** Executed for the same batches; null where they were not counted. */
  readonly instructions: Both<number> | null
  /** Raw: processor time of each turn, us, round by round. */
  readonly rounds: readonly Round[]
}

/** A whole comparison; what `--json` prints. */
export interface Report {
  readonly outcome: Outcome
  readonly exitCode: number
  readonly method: Method
  readonly base: { readonly name: string; readonly commit: string | null }
  readonly tree: { readonly commit: string | null; readonly dirty: boolean }
  readonly tolerance: number
  readonly falseAlarms: number
  readonly at: string
  readonly seconds: number
  /** Both sides ran on one processor. */
  readonly isPinned: boolean
  readonly machine: Machine
  readonly weather: Weather
  /** How instructions were counted, or why not. */
  readonly counter: Instructions['counter']
  readonly works: readonly WorkReport[]
  /** Works that only one side has. */
  readonly alone: readonly string[]
  /** Works for which there was no time. */
  readonly unmeasured: readonly string[]
  /** What had not ended when time was over although it should have, a line each. */
  readonly stopped: readonly string[]
}

const percent = (part: number): string =>
  Number.isFinite(part) ? `${part < 0 ? '' : '+'}${(part * 100).toFixed(1)} %` : 'any'
const unsigned = (part: number): string => percent(part).replace('+', '')
const time = (ns: number): string => `${ns.toFixed(ns < 100 ? 2 : 0)} ns`
const interval = ({ low, high }: Verdict): string =>
  Number.isFinite(high) ? `[${percent(low)}, ${percent(high)}]` : 'too few rounds'
const label = ({ finding, isOneAnswer, decidedBy }: WorkReport): string =>
  `${finding}${decidedBy === 'instructions' ? ' (instructions)' : ''}${isOneAnswer ? '' : ', DIFFERENT RESULT'}`
const counted = ({ instructions }: WorkReport): string =>
  instructions === null ? '' : percent(instructions.tree / instructions.base - 1)

/** The rows of the table, with what is above them. */
function cells(works: readonly WorkReport[]): { head: string[]; rows: string[][] } {
  const hasInstructions = works.some(({ instructions }) => instructions !== null)
  const pick = (row: string[]) => (hasInstructions ? row : row.toSpliced(6, 1))
  return {
    head: pick(['work', 'base', 'tree', 'change', 'interval', 'would see', 'instructions', 'finding']),
    rows: works.map((each) =>
      pick([
        each.work,
        time(each.nsPerOp.base),
        time(each.nsPerOp.tree),
        Number.isFinite(each.high) ? percent(each.change) : '?',
        interval(each),
        unsigned(each.detectable),
        counted(each),
        label(each),
      ]),
    ),
  }
}

/** The last line: what to do. */
export function conclusion(report: Report): string {
  const { outcome, exitCode, tolerance, works, alone, unmeasured, stopped, weather, base } = report
  const named = (of: (each: WorkReport) => boolean) =>
    works
      .filter(of)
      .map((each) => each.work)
      .join(', ')
  const noisy = works.filter(({ finding }) => finding === 'too noisy').map(({ work }) => work)
  const bound = unsigned(tolerance)
  const say: Record<Outcome, () => string> = {
    'no change': () => `no benchmark is slower than ${base.name} by more than ${bound}: the speed allows a merge`,
    'different result': () =>
      `DIFFERENT RESULT than ${base.name}: ${named(({ isOneAnswer }) => !isOneAnswer)}. Do not merge before the changed amounts are explained`,
    slower: () =>
      `SLOWER than ${base.name} by more than ${bound}: ${works
        .filter(({ finding }) => finding === 'slower')
        .map(({ work, change, decidedBy, instructions }) =>
          decidedBy === 'time' || instructions === null
            ? `${work} ${percent(change)}`
            : `${work} ${percent(instructions.tree / instructions.base - 1)} instructions`,
        )
        .join(', ')}. Do not merge`,
    'too noisy': () =>
      stopped.length > 0 && unmeasured.length > 0
        ? `NOT ENDED: ${stopped.join('; ')}. Not measured: ${unmeasured.join(', ')}. Do not merge before this is explained`
        : works.length === 0
          ? unmeasured.length === 0 && alone.length > 0
            ? `NOTHING COMPARED: only one side has ${alone.join(', ')}; choose others with --only, or another base`
            : 'TOO NOISY: nothing was measured in time; allow more with --within 300'
          : `TOO NOISY about ${[...noisy, ...unmeasured].join(', ')} (load ${weather.loadAfter.toFixed(1)}): try again on an idle machine, give it longer with --within 300, or count with --instructions`,
  }
  return `${say[outcome]()} (exit ${exitCode})`
}

function circumstances({ machine, weather, seconds, works, isPinned }: Report): string {
  const share = (part: number | null) => (part === null ? '?' : `${(part * 100).toFixed(1)} %`)
  const rounds = works.map(({ rounds }) => rounds.length)
  const range = works.length === 0 ? '0' : [...new Set([Math.min(...rounds), Math.max(...rounds)])].join(' to ')
  return `${range} rounds in ${seconds.toFixed(0)} s${isPinned ? '' : ', not held to one processor (no taskset)'}; ${machine.processor}, ${machine.processors} processors, Node ${machine.node}; load ${weather.loadBefore.toFixed(1)} to ${weather.loadAfter.toFixed(1)}, busy ${share(weather.busy)}, stolen ${share(weather.stolen)}`
}

/** What is to be known about how it was measured, a line each. */
function remarks({ method, counter, alone, unmeasured, stopped, works }: Report): string[] {
  return [
    ...(method === 'figures of another time'
      ? [
          `the sources of the base are not here: compared with its figures of another time. Only a change beyond ${MOOD * 100} % can be detected; "no change" cannot.`,
        ]
      : []),
    ...(method === 'paired, the base by its own benchmarks'
      ? [
          'the current benchmarks do not fit the base, which is measured by its own: a different result may come from a different benchmark',
        ]
      : []),
    ...(counter === null
      ? []
      : [counter.isThere ? `instructions counted by ${counter.tool}` : `instructions not counted: ${counter.reason}`]),
    ...(works.some(({ decidedBy }) => decidedBy === 'instructions')
      ? ['when time was too noisy, instructions decided; they do not include caches and memory']
      : []),
    ...(alone.length === 0 ? [] : [`on one side only, so not compared: ${alone.join(', ')}`]),
    ...(unmeasured.length === 0 ? [] : [`not measured in time: ${unmeasured.join(', ')}`]),
    ...stopped.map((each) => `stopped when time was over: ${each}`),
  ]
}

/** For a terminal. */
export function asText(report: Report): string {
  const { head, rows } = cells(report.works)
  const widths = head.map((title, at) => Math.max(title.length, ...rows.map((row) => row[at].length)))
  const last = head.length - 1
  const line = (row: readonly string[]) =>
    row
      .map((cell, at) => (at === 0 || at === last ? cell.padEnd(widths[at]) : cell.padStart(widths[at])))
      .join('  ')
      .trimEnd()
  return [line(head), ...rows.map(line), ...remarks(report), circumstances(report), conclusion(report)].join('\n')
}

/** For a pull request. */
export function asMarkdown(report: Report): string {
  const { head, rows } = cells(report.works)
  const line = (row: readonly string[]) => `| ${row.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  const rule = head.map((_, at) => (at === 0 || at === head.length - 1 ? '---' : '---:'))
  return [
    `**Speed against ${report.base.name}: ${conclusion(report)}**`,
    '',
    line(head),
    line(rule),
    ...rows.map(line),
    '',
    ...remarks(report).map((remark) => `- ${remark}`),
    `- ${circumstances(report)}`,
    `- Probability of calling any benchmark slower when nothing changed: ${FALSE_ALARMS * 100} % at most.`,
  ].join('\n')
}

export const asJson = (report: Report): string => JSON.stringify(report, null, 1)

/** One line for a history file: everything but the raw samples. */
export const asHistory = ({ works, ...report }: Report): string =>
  JSON.stringify({ ...report, works: works.map(({ rounds, ...work }) => ({ ...work, rounds: rounds.length })) })
