/** Looks for a scenario that breaks a promise, and makes the one it finds small. */
import fc from 'fast-check'
import type { Scenario } from '#scenarios/schema.ts'
import { Coverage } from './coverage.ts'
import { large, scenarioDoc, scenarioOf } from './draw.ts'
import { judge } from './judge.ts'
import { type Doc, readDoc } from './read-doc.ts'

/** A scenario that breaks a promise, as small as it became. */
export interface Failure {
  readonly doc: Doc
  readonly why: string
  /** Of fast-check: where in the draws of the seed it is. */
  readonly path: string
}

export interface Search {
  readonly seed: number
  readonly cases: number
  /** Whether scenarios have many accounts and years. */
  readonly isLarge?: boolean
  /** Whether there is nothing left to do. */
  readonly isOver?: (tally: Tally) => boolean
  /** Goes straight to where a failure was. */
  readonly path?: string
  /** Wall-clock milliseconds to spend on making a failure smaller. */
  readonly shrinkFor?: number
  readonly onCase?: (tally: Tally) => void
}

export interface Tally {
  /** Scenarios that were judged. */
  cases: number
  events: number
  amounts: number
  /** Years that the accounts of all scenarios lived. */
  accountYears: number
  readonly coverage: Coverage
}

export const noCases = (): Tally => ({ cases: 0, events: 0, amounts: 0, accountYears: 0, coverage: new Coverage() })

/** Judges `cases` random scenarios, counting into `tally`; null where all keep what is promised. */
export async function search(
  { seed, cases, isLarge = false, isOver, path, shrinkFor = 60_000, onCase }: Search,
  tally: Tally,
): Promise<Failure | null> {
  let failedAt: number | null = null
  const property = fc.asyncProperty(isLarge ? scenarioOf(large) : scenarioDoc, async (doc) => {
    // Out of time for shrinking: nothing smaller fails, so the search ends at the smallest found.
    if (failedAt !== null && performance.now() - failedAt > shrinkFor) return
    if (failedAt === null && isOver?.(tally) === true) return
    try {
      const scenario = readDoc(doc)
      const { events, amounts } = await judge(scenario, failedAt === null ? tally.coverage : undefined, isLarge)
      if (failedAt === null) count(tally, scenario, events, amounts)
    } catch (error) {
      failedAt ??= performance.now()
      throw error
    }
    onCase?.(tally)
  })
  const found = await fc.check(property, { seed, numRuns: cases, ...(path === undefined ? {} : { path }) })
  if (!found.failed || found.counterexample === null) return null
  const [doc] = found.counterexample
  const error = found.errorInstance
  return {
    doc,
    why: error instanceof Error ? (error.stack ?? error.message) : String(error),
    path: found.counterexamplePath ?? '',
  }
}

const YEAR = 365.25 * 86_400_000

function count(tally: Tally, { buyers, start, end }: Scenario, events: number, amounts: number): void {
  tally.cases++
  tally.events += events
  tally.amounts += amounts
  const accounts = buyers.reduce((sum, { count: each }) => sum + (each ?? 1), 0)
  tally.accountYears += (accounts * (end - start)) / YEAR
}
