/** Reading a scenario file: all errors together, or the scenario, its source and its hash. */
import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { standardInput } from '#base/standard-input.ts'
import { causesOf } from './advice/causes.ts'
import { syntaxRepairs } from './advice/syntax.ts'
import { checkBuyers } from './checks/buyers.ts'
import { warnOfPaidCapacity } from './checks/capacity-costs.ts'
import { checkCatalog } from './checks/catalog.ts'
import { checkCategories } from './checks/categories.ts'
import { draftOf, type Report } from './checks/draft.ts'
import { checkEvents } from './checks/events.ts'
import { checkHourlyDiscounts } from './checks/hourly-discounts.ts'
import { checkRegions, checkSellers, checkThresholds, checkTime, thresholdPath } from './checks/market.ts'
import { checkMinorUnits } from './checks/minor-units.ts'
import { warnOfIgnoredMoney } from './checks/money-aside.ts'
import { warnOfPlatformFees } from './checks/platform-fees.ts'
import { checkPolicyChanges } from './checks/policy-changes.ts'
import { checkRequirements } from './checks/requirements.ts'
import { checkStandstill } from './checks/standstill.ts'
import { warnOfLateChanges, warnOfTails, warnOfWorkingTimes } from './checks/surprises.ts'
import { checkResampling, warnOfTraces } from './checks/traces.ts'
import { warnOfUnused } from './checks/unused.ts'
import { checkMethods, warnOfWallets } from './checks/wallets.ts'
import { checkMeasureFrom, checkWarmStart, warnOfColdStart } from './checks/warm-start.ts'
import { bounds, type Path, ScenarioDocument, valueAt } from './document.ts'
import { type Fault, ScenarioErrors } from './errors.ts'
import { expectedWords, explain, faultAt, mostFaults } from './explain.ts'
import { otherThanFile } from './file-kind.ts'
import { flavoursSold } from './flavours-sold.ts'
import { withoutMoney, withPricesFilled } from './money-aside.ts'
import { applyRenames, type Rename, renames } from './renames.ts'
import { type Scenario, scenarioSchema } from './schema.ts'
import type { ComparedRun } from './sections/compare-with.ts'
import type { Threshold } from './sections/thresholds.ts'
import { applySets } from './sets.ts'
import type { Trace } from './trace.ts'
import type { LogTraces } from './trace-log.ts'
import { type Warn, type Warning, type WarningCode, warningAt, warningsInOrder } from './warnings.ts'

/** A figure of the reports, as far as a scenario asks: an amount has the unit `money`. */
export interface KnownFigure {
  readonly name: string
  readonly unit: string
}

/** What is wrong with a threshold, or only odd where there is a code of a warning. */
export interface ThresholdRemark {
  readonly threshold: Threshold
  readonly what: string
  readonly expected: string
  readonly hint: string
  /** What to write in place of the figure or the comparison. */
  readonly instead?: string
  readonly at: 'key' | 'value'
  readonly warning?: WarningCode
  /** Where it is, unless it is in `thresholds`. */
  readonly path?: Path
}

export interface ReadOptions {
  /** `path=value` overrides, in order. */
  readonly sets?: readonly string[]
  /** The figures that thresholds may name; without it any name passes. */
  readonly figures?: readonly KnownFigure[]
  /** What the reports know to be wrong or odd with the thresholds of a scenario that has no other error. */
  readonly judgeThresholds?: (scenario: Scenario) => readonly ThresholdRemark[]
  /** Keys that may have an old name; without it those of this release. */
  readonly renames?: readonly Rename[]
}

export interface ReadScenario {
  readonly scenario: Scenario
  /** The text of the file as it is, without overrides. */
  readonly source: string
  /** SHA-256 in hex of what the scenario says, overrides and trace files included, seed, answer, comparisons and comments left out. */
  readonly hash: string
  /** Traces by buyer segment. */
  readonly traces: ReadonlyMap<string, Trace>
  /** What is allowed but probably not meant, in order of place. */
  readonly warnings: readonly Warning[]
  /** The runs that `compareWith` asks for. */
  readonly comparisons: readonly ReadComparison[]
}

/** A run to compare with: the scenario with the changes of the comparison. */
export interface ReadComparison extends Pick<ReadScenario, 'scenario' | 'hash' | 'traces'> {
  readonly name: string
  readonly sets: readonly string[]
}

/** Reads a scenario's text. Throws ScenarioErrors. Opens no other file: traces are checked by readScenario. */
export function parseScenario(text: string, path: string, options: ReadOptions = {}): Scenario {
  return read(text, path, options).scenario
}

/** Reads and checks a scenario file and the traces it names. Throws ScenarioErrors with all errors of the input. */
export async function readScenario(path: string, options: ReadOptions = {}): Promise<ReadScenario> {
  const source = await sourceText(path)
  const { scenario, document, warnings, compared } = read(source, path, options)
  const faults: Fault[] = []
  const traces = await tracesOf(scenario, document, path, faults, warnings)
  const comparisons: ReadComparison[] = []
  for (const { name, sets, ...other } of compared) {
    const theirs = await tracesOf(other.scenario, other.document, path, faults, [])
    comparisons.push({
      ...{ name, sets, scenario: other.scenario, traces: theirs },
      hash: scenarioHash(other.scenario, theirs),
    })
  }
  if (faults.length > 0) throw new ScenarioErrors(inOrder(faults))
  const hash = scenarioHash(scenario, traces)
  return { scenario, source, hash, traces, warnings: warningsInOrder(warnings), comparisons }
}

/** The data of a text that was read before, with what `sets` change in it. */
export function scenarioData(text: string, path: string, sets: readonly string[]): unknown {
  const { document } = applyRenames(ScenarioDocument.read(path, text.replace(/^\ufeff/, '')), renames)
  return applySets(document, sets, renames).document.data
}

/**
 * A scenario that was read, with further values set and its traces as they were read: no file is opened. It has no
 * comparisons. Throws ScenarioErrors.
 */
export function readAgain(
  { source, traces }: Pick<ReadScenario, 'source' | 'traces'>,
  path: string,
  options: ReadOptions,
): ReadScenario {
  const { scenario, warnings } = read(source, path, options)
  return {
    scenario,
    source,
    hash: scenarioHash(scenario, traces),
    traces,
    warnings: warningsInOrder(warnings),
    comparisons: [],
  }
}

interface Compared extends ComparedRun {
  readonly scenario: Scenario
  readonly document: ScenarioDocument
}

/** Keys that a comparison cannot change: it is the same run but for its values. */
const unchangeable = ['name', 'question', 'answer', 'compareWith', 'seed']

/** The scenario as each comparison changes it. Throws ScenarioErrors where a change is wrong, at its place. */
function comparedWith(
  scenario: Scenario,
  document: ScenarioDocument,
  text: string,
  path: string,
  options: ReadOptions,
) {
  const faults: Fault[] = []
  const compared = (scenario.compareWith ?? []).flatMap(({ name, sets }): Compared[] => {
    const place: Path = ['compareWith', name]
    const fixed = sets.map((set) => set.split('=', 1)[0]).find((key) => unchangeable.includes(key))
    if (fixed !== undefined) {
      const words = {
        what: `${fixed} in a comparison`,
        expected: 'values that change what happens',
        hint: `remove ${fixed}`,
      }
      faults.push(faultAt(document, [...place, fixed], words, 'key'))
      return []
    }
    const attempt = attempted(text, path, { ...options, sets: [...(options.sets ?? []), ...sets] })
    if ('scenario' in attempt) {
      const { answer: _, compareWith: __, ...changed } = attempt.scenario
      return [{ name, sets, scenario: changed, document: attempt.document }]
    }
    // The file itself has no error, so that every one is of a change.
    for (const { what, expected, hint, code, line, file } of attempt.faults) {
      const key = file === '--set' ? sets[line - 1 - (options.sets ?? []).length]?.split('=', 1)[0] : undefined
      faults.push(faultAt(document, key === undefined ? place : [...place, key], { what, expected, hint, code }))
    }
    return []
  })
  if (faults.length > 0) throw new ScenarioErrors(inOrder(faults))
  return compared
}

function read(text: string, path: string, options: ReadOptions) {
  if (text.length > bounds.characters) throw wholeFile(path, 'a file of more than 4 MiB', 'at most 4 MiB')
  const attempt = attempted(text, path, options)
  if ('scenario' in attempt)
    return { ...attempt, compared: comparedWith(attempt.scenario, attempt.document, text, path, options) }
  const { document, faults } = attempt
  const reread = (changed: string) => {
    const again = attempted(changed, path, options)
    return 'scenario' in again ? [] : again.faults
  }
  if (document.isMalformed) throw new ScenarioErrors(inOrder(malformed(document, reread)))
  const ours = faults.filter(({ file }) => file === path)
  const explained = document.text.length > LONGEST_EXPLAINED ? ours : causesOf(document.text, ours, reread)
  throw new ScenarioErrors(inOrder([...explained, ...faults.filter(({ file }) => file !== path)]))
}

/** Rereading a longer text for each of its errors would take too long. */
const LONGEST_EXPLAINED = 200_000

/** What makes a text no YAML: the changes that would help, or the parser's first complaint. */
function malformed(document: ScenarioDocument, reread: (text: string) => readonly Fault[]): readonly Fault[] {
  const lineOfFault = (text: string) => {
    const read = ScenarioDocument.read(document.file, text)
    return read.isMalformed ? read.faults[0].line : null
  }
  const judge = (text: string) => {
    const read = ScenarioDocument.read(document.file, text)
    return read.isMalformed ? 1_000_000 * read.faults.length : reread(text).length
  }
  const isSecond = document.faults.every(({ what }) => what === 'a second document')
  const repairs = isSecond ? [] : syntaxRepairs(document.text, lineOfFault, judge)
  if (repairs.length === 0) return document.faults.slice(0, 1)
  return repairs.map(({ line, column, length, what, hint, edits }) => {
    const sourceLine = (document.text.split('\n')[line - 1] ?? '').replace(/\r$/, '')
    const place = { file: document.file, line, column, length, sourceLine, path: '' }
    return { ...place, code: 'syntax' as const, what, expected: 'valid YAML', hint, fix: edits }
  })
}

type Attempt =
  | { readonly scenario: Scenario; readonly document: ScenarioDocument; readonly warnings: Warning[] }
  | { readonly document: ScenarioDocument; readonly faults: readonly Fault[] }

/** A scenario, or the document and its errors as they are found. */
function attempted(text: string, path: string, options: ReadOptions): Attempt {
  const written = ScenarioDocument.read(path, text.replace(/^\ufeff/, ''))
  if (written.broken) return { document: written, faults: written.faults }
  const known = options.renames ?? renames
  // Twice: a `--set` names a key by its new name also where the file has the old one, and its value may be a mapping.
  const current = applyRenames(written, known)
  const set = applySets(current.document, options.sets ?? [], known)
  const { document: named, ...renamed } = applyRenames(set.document, known)
  const document = named.withOverrides(withPricesFilled(named.data), named.overrides)
  const faults: Fault[] = [...written.faults, ...current.faults, ...set.faults, ...renamed.faults]
  const warnings: Warning[] = [...current.warnings, ...set.warnings, ...renamed.warnings]
  const result = scenarioSchema.safeParse(document.data, { error: expectedWords })
  if (!result.success) {
    const refused = explain(document, result.error.issues)
    // The words of the schema fit a value better than those of the text, where both speak of the same characters.
    const isSame = (a: Fault, b: Fault) => a.line === b.line && a.column === b.column && a.file === b.file
    const others = faults.filter(
      (fault) => !(fault.code === 'value' && fault.fix !== undefined && refused.some((each) => isSame(fault, each))),
    )
    faults.splice(0, faults.length, ...others, ...refused)
  }
  const report: Report = (at, words, part) => {
    if (faults.length < 3 * mostFaults) faults.push(faultAt(document, at, words, part))
  }
  const warn: Warn = (at, words, part) => {
    warnings.push(warningAt(document, at, words, part))
  }
  checkAll(document.data, options, report, warn)
  if (faults.length === 0 && result.success)
    for (const { threshold, at, warning, path, ...words } of options.judgeThresholds?.(result.data) ?? []) {
      const written = path ?? thresholdPath(document.data, threshold)
      // One sentence needs no list, and has its place at the key.
      const place = valueAt(document.data, written) === undefined ? written.slice(0, 1) : written
      if (warning === undefined) report(place, { ...words, code: 'threshold' }, at)
      else warn(place, { code: warning, what: words.what, hint: words.hint }, at)
    }
  if (faults.length > 0 || !result.success) return { document, faults }
  return { scenario: withoutMoney(result.data), document, warnings }
}

function checkAll(data: unknown, { figures }: ReadOptions, report: Report, warn: Warn): void {
  const draft = draftOf(data)
  checkTime(draft, report)
  checkMeasureFrom(draft, report)
  checkRegions(draft, report)
  checkSellers(draft, report)
  checkCatalog(draft, report)
  checkBuyers(draft, report)
  checkCategories(draft, report)
  checkRequirements(draft, report)
  checkMinorUnits(data, draft.currency, report)
  checkMethods(draft, report)
  warnOfWallets(draft, warn)
  warnOfPlatformFees(draft, warn)
  checkResampling(draft, report)
  warnOfTraces(draft, data, warn)
  warnOfUnused(draft, warn)
  warnOfPaidCapacity(draft, warn)
  warnOfLateChanges(draft, warn)
  warnOfTails(draft, warn)
  warnOfWorkingTimes(draft, warn)
  checkWarmStart(draft, report)
  warnOfColdStart(draft, warn)
  checkEvents(draft, report)
  checkPolicyChanges(draft, report)
  checkHourlyDiscounts(draft, report)
  checkStandstill(draft, report)
  checkThresholds(
    draft,
    figures?.map(({ name }) => name),
    report,
    data,
  )
  warnOfIgnoredMoney(
    draft,
    new Set(figures?.filter(({ unit }) => unit === 'money').map(({ name }) => name)),
    data,
    warn,
  )
}

/** By place, each error once, and no more than anybody reads. */
function inOrder(faults: readonly Fault[]): Fault[] {
  const key = (fault: Fault) => [fault.file, fault.line, fault.column, fault.path, fault.what].join('\u0000')
  const single = [...new Map(faults.map((fault) => [key(fault), fault])).values()]
  return single
    .sort((a, b) => Number(a.file === '--set') - Number(b.file === '--set') || a.line - b.line || a.column - b.column)
    .slice(0, mostFaults)
}

function wholeFile(path: string, what: string, expected: string, hint = 'write a smaller file'): ScenarioErrors {
  const place = { file: path, line: 1, column: 1, length: 1, sourceLine: '', path: '' }
  return new ScenarioErrors([{ ...place, code: 'file', what, expected, hint }])
}

async function sourceText(path: string): Promise<string> {
  let bytes: Buffer
  try {
    if (path === '-') return textOf(path, await standardInput())
    const status = await stat(path)
    const other = otherThanFile(status)
    if (other !== null) throw wholeFile(path, other, 'a scenario file', 'write the path of a YAML file')
    if (status.size > bounds.characters) throw wholeFile(path, `a file of ${status.size} bytes`, 'at most 4 MiB')
    bytes = await readFile(path)
  } catch (error) {
    if (error instanceof ScenarioErrors) throw error
    const code = (error as NodeJS.ErrnoException).code ?? String(error)
    const what = code === 'ENOENT' ? 'there is no such file' : `the file cannot be read (${code})`
    throw wholeFile(path, what, 'a scenario file', 'check the path and its permissions')
  }
  return textOf(path, bytes)
}

function textOf(path: string, bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw wholeFile(path, 'bytes that are not UTF-8 text', 'a text file in UTF-8', 'save the file as UTF-8')
  }
}

/** Traces by the segment that replays them; their problems go to `faults` and `warnings`. */
async function tracesOf(
  scenario: Scenario,
  document: ScenarioDocument,
  path: string,
  faults: Fault[],
  warnings: Warning[],
) {
  const traces = new Map<string, Trace>()
  const period = { start: scenario.start, end: scenario.arrivalsUntil ?? scenario.end }
  let logs: LogTraces | undefined
  for (const [index, { segment, load }] of scenario.buyers.entries()) {
    if (load.kind !== 'trace') continue
    const sold = flavoursSold(scenario, scenario.buyers[index])
    const read = async () => {
      if (load.log === undefined) return (await import('./trace.ts')).readTraceFile(load, path, period, sold)
      const { LogTraces } = await import('./trace-log.ts')
      logs ??= new LogTraces(path, scenario.policies['time.utcOffset'])
      return logs.read(load, period, sold)
    }
    const reading = await read()
    if ('trace' in reading) {
      traces.set(segment, reading.trace)
      warnings.push(...reading.warnings)
    } else if ('faults' in reading) faults.push(...reading.faults)
    else
      faults.push(faultAt(document, ['buyers', index, 'load', 'trace', ...reading.problem.at], reading.problem.words))
  }
  return traces
}

/** Names weighted in another order draw in another order: so the order of keys counts, and nothing is sorted here. */
/** SHA-256 in hex of what a scenario and its traces say; seed, answer and comparison are left out. */
export function scenarioHash(
  { seed: _, answer: __, compareWith: ___, ...scenario }: Scenario,
  traces: ReadonlyMap<string, Pick<Trace, 'digest'>>,
): string {
  const digests = [...traces].map(([segment, trace]) => [segment, trace.digest])
  return createHash('sha256')
    .update(JSON.stringify([scenario, digests]))
    .digest('hex')
}
