/** The generators of a load in its summary: what each served, and how well their clocks agree. */

import { type GeneratorPart, othersOf } from '#sim/load-test/generators.ts'
import { achievedRate, disturbance, longestStall, starved } from './figures.ts'

/** What a part says of the clock that it was served by. */
export interface TimedPart extends GeneratorPart {
  readonly host: string
  readonly clock: {
    readonly startAt: number
    readonly readyAt: number
    readonly steppedMs: number
    readonly ahead: { readonly ms: number; readonly errorMs: number } | null
  }
}

const rounded = (value: number, decimals: number): number => Number(value.toFixed(decimals))

/**
 * By how much the clocks of the machines differ, ms. Generators of one machine have one clock. Those of several have
 * compared theirs with the clock of the file system where they met; otherwise it is not known.
 */
function clocksOf(parts: readonly TimedPart[]) {
  const machines = new Set(parts.map(({ machine }) => machine)).size
  const ahead = parts.map(({ clock }) => clock.ahead)
  const known = ahead.filter((each) => each !== null)
  const apart = { machines, differenceMs: 0 as number | null, errorMs: 0 as number | null }
  if (machines <= 1) return apart
  if (known.length < ahead.length) return { ...apart, differenceMs: null, errorMs: null }
  const all = known.map(({ ms }) => ms)
  const errors = known.map(({ errorMs }) => errorMs).sort((a, b) => b - a)
  return {
    ...apart,
    differenceMs: rounded(Math.max(...all) - Math.min(...all), 3),
    errorMs: rounded(errors[0] + errors[1], 3),
  }
}

export function generatorsOf(parts: readonly TimedPart[], generators: number) {
  const missing = Array.from({ length: generators }, (_, index) => index + 1).filter(
    (generator) => !parts.some((part) => part.generator === generator),
  )
  return {
    count: generators,
    missing,
    /** Those that were stopped before they had served their whole part. */
    stopped: parts.filter(({ served }) => !served.complete).map(({ generator }) => generator),
    startAt: new Date(parts[0].clock.startAt).toISOString(),
    clocks: clocksOf(parts),
    each: parts.map((part) => {
      const { generator, served, clock, host, machine, processors } = part
      const outcome = { ...served, machine: { ...served.machine, others: othersOf(part, parts) } }
      const { measurements } = served
      return {
        generator,
        host,
        machine,
        processors,
        threads: served.threads,
        done: measurements.total('done'),
        dropped: measurements.total('dropped'),
        achievedPerSecond: rounded(achievedRate(outcome), 3),
        responseP99Ms:
          measurements.response.count === 0 ? null : rounded(measurements.response.percentile(99) / 1_000, 3),
        busy: rounded(served.busy, 4),
        cpuMicrosecondsOfAnOperation: rounded(
          (served.machine.threadsCpu * 1_000) / Math.max(1, measurements.total('done')),
          3,
        ),
        starved: rounded(starved(outcome), 4),
        disturbance: rounded(disturbance(outcome), 4),
        longestStallMs: rounded(longestStall(outcome), 3),
        readySecondsBeforeStart: rounded((clock.startAt - clock.readyAt) / 1_000, 3),
        clockSteppedMs: rounded(clock.steppedMs, 3),
        clockAheadMs: clock.ahead === null ? null : rounded(clock.ahead.ms, 3),
      }
    }),
  }
}

export type LoadGenerators = ReturnType<typeof generatorsOf>
