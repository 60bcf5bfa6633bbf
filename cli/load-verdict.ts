/** What a load test comes to: its exit code, and the same in words for the reader who decides by it. */
import { shownFigure, shownPercent } from '#reports/load-test/show.ts'
import type { LoadSummary } from '#reports/load-test/summary.ts'
import { shownRate } from '#reports/rates.ts'
import { type ExitCode, exitCodes } from './exit-codes.ts'

type Judged = Pick<LoadSummary, 'audit' | 'complete' | 'knee' | 'load' | 'thresholds' | 'service'>

/** Without an interval there is nothing to hold a bound on the knee against: that is too noisy, and not missed. */
const missedOf = ({ knee, thresholds }: Judged): LoadSummary['thresholds'] =>
  thresholds.filter(({ passed, value }) => !passed && !(knee?.verdict === 'noisy' && value === null))

/** A difference outweighs an interruption, which outweighs a missed threshold, which outweighs noise. */
export function loadExitCode(summary: Judged): ExitCode {
  const { audit, complete, knee, load, service } = summary
  if (audit.differences > 0) return exitCodes.difference.code
  if (typeof service?.billsError === 'string') return exitCodes.diskFailed.code
  if (!complete) return exitCodes.incomplete.code
  const isShort = knee === null ? !load.reached : knee.verdict === 'nothing'
  if (missedOf(summary).length > 0 || isShort) return exitCodes.thresholdMissed.code
  return knee?.verdict === 'noisy' ? exitCodes.incomplete.code : exitCodes.done.code
}

/** A test that lost more than this part of its time to other programs says so. */
const DISTURBED = 0.07

export interface LoadDecision {
  readonly outcome: 'PASSED' | 'FAILED' | 'UNDECIDED'
  readonly text: string
}

/** Whether it passed, and why or why not: the worst first. */
export function loadDecision(summary: LoadSummary): LoadDecision {
  const { audit, service, machine } = summary
  const care =
    machine.disturbance > DISTURBED
      ? `; other programs took ${shownPercent(machine.disturbance)} of its time, so measure again before you compare latencies`
      : ''
  const books = service === null ? 'books' : 'bills'
  const isAudited = service === null ? audit.made : service.bills !== null
  switch (loadExitCode(summary)) {
    case exitCodes.difference.code:
      return { outcome: 'FAILED', text: `the auditor found ${audit.differences} differences in the ${books}` }
    case exitCodes.diskFailed.code:
      return { outcome: 'UNDECIDED', text: 'the bills of the service could not be read' }
    case exitCodes.incomplete.code:
      return { outcome: 'UNDECIDED', text: undecided(summary) }
    case exitCodes.thresholdMissed.code:
      return { outcome: 'FAILED', text: `${shortfalls(summary).join('; ')}${care}` }
    default:
      return {
        outcome: 'PASSED',
        text: `${[...kept(summary), ...(isAudited ? [`the ${books} are right`] : [])].join(', ')}${care}`,
      }
  }
}

const undecided = ({ complete, generators, load }: LoadSummary): string => {
  if (complete) return 'too noisy to say where the knee is; try again on an idle machine'
  const missing = generators?.missing ?? []
  return missing.length > 0
    ? `without generator ${missing.join(', ')}`
    : `stopped after ${load.seconds} s of ${load.plannedSeconds} s`
}

function shortfalls(summary: LoadSummary): string[] {
  const { knee, load, thresholds } = summary
  const missed = missedOf(summary)
  const rate = `${shownFigure('rate', load.achievedPerSecond)} done of ${shownFigure('rate', load.askedPerSecond)} asked`
  return [
    ...(knee === null && !load.reached ? [rate] : []),
    ...(knee?.verdict === 'nothing' ? [`no rate held ${knee.target}`] : []),
    ...(missed.length === 0
      ? []
      : [
          `${missed.length} of ${thresholds.length} thresholds missed: ${missed.map(({ text, shown }) => `${text} is ${shown}`).join(', ')}`,
        ]),
  ]
}

function kept({ knee, load, thresholds }: LoadSummary): string[] {
  const met = thresholds.length
  return [
    knee === null
      ? `${shownRate(load.achievedPerSecond)} ${load.arrivals === 'closed' ? 'done' : 'held'}`
      : knee.low === null
        ? `${knee.target} held at every rate`
        : `${knee.target} holds up to ${shownRate(knee.low)} at least`,
    ...(met === 0 ? [] : [`${met} threshold${met === 1 ? '' : 's'} met`]),
  ]
}
