/** What each cell of a run is expected to cost, so that threads share the load. A wrong estimate costs time, never a result. */
import { own } from '#base/own.ts'
import { HOUR } from '#base/time.ts'
import { rateAt } from '#scenarios/load-rate-at.ts'
import type { Scenario } from '#scenarios/schema.ts'
import type { Trace } from '#scenarios/trace.ts'
import { cellPlaces } from './cells.ts'
import { deal, sharesOf } from './population.ts'

/** Instants at which a rate is read, evenly over the run. */
const INSTANTS = 24

/** Requests of a whole segment in the run, roughly; each of its people counts as one more. */
function requestsOf(scenario: Scenario, index: number, people: number, trace: Trace | undefined): number {
  const { start, end } = scenario
  const segment = scenario.buyers[index]
  const { load } = segment
  if (load.kind === 'trace') return trace?.at.length ?? 0
  if (load.kind === 'closed') return people
  const rate = rateAt(scenario, segment, load)
  const rates = Array.from({ length: INSTANTS }, (_, at) => rate.at(start + ((at + 0.5) / INSTANTS) * (end - start)))
  const mean = rates.reduce((sum, each) => sum + each, 0) / INSTANTS
  return mean * (end - start) * (load.perBuyer ? people : 1)
}

/** The expected cost of each cell, in requests. */
export function cellLoads(scenario: Scenario, traces: Readonly<Record<string, Trace>>): number[] {
  const places = cellPlaces(scenario)
  const loads = new Array<number>(places.length).fill(0)
  scenario.buyers.forEach(({ segment, count, regions }, index) => {
    const trace = own(traces, segment)
    const people = count ?? trace?.buyers.length ?? 1
    const each = requestsOf(scenario, index, people, trace) / people + 1
    for (const cell of deal(people, sharesOf(scenario, places, regions))) loads[cell] += each
  })
  return loads
}

/** Of what is done for a request, the part that is done for each of its buyer's hours: an hour is settled in a moment. */
const HOURS_A_REQUEST = 20
/** Requests that are simulated and audited in about the time that a thread takes to start. */
const LEAST_FOR_THREADS = 5_000

/** How many threads are worth their start: one for a small run, else all of `processors`. */
export function usefulThreads(scenario: Scenario, traces: Readonly<Record<string, Trace>>, processors: number): number {
  const requests = cellLoads(scenario, traces).reduce((sum, load) => sum + load, 0)
  const people = scenario.buyers.reduce(
    (sum, { segment, count }) => sum + (count ?? own(traces, segment)?.buyers.length ?? 1),
    0,
  )
  const hours = (scenario.end - scenario.start) / HOUR
  return requests + (people * hours) / HOURS_A_REQUEST < LEAST_FOR_THREADS ? 1 : processors
}
