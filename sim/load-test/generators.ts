/** A load that several generators served together: what each of them measured, added up. */

import type { ServedLoad } from './load-test.ts'
import type { MachineSample, MachineUse } from './machine-watch.ts'
import { intervalOf, Measurements } from './measurements.ts'

/** The part of a load that one generator served, and where. */
export interface GeneratorPart {
  /** From 1. */
  readonly generator: number
  readonly served: ServedLoad
  /** The same for generators of the same running machine. */
  readonly machine: string
  readonly processors: number
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

/** Adds the parts of a load of `generators` up. What it asked for in the part of a generator that is missing is unknown. */
export function mergedLoad(parts: readonly GeneratorPart[], generators: number): ServedLoad {
  const all = parts.map(({ served }) => served)
  const [{ shape, planned, workDigest }] = all
  const measurements = new Measurements(intervalOf(planned))
  for (const served of all) measurements.add(served.measurements.save())
  const complete = all.length === generators && all.every((served) => served.complete)
  const elapsed = Math.max(...all.map((served) => served.elapsed))
  const threads = sum(all.map((served) => served.threads))
  const busyMs = all.map((served) => served.busy * Math.max(served.elapsed, 1) * served.threads)
  return {
    shape,
    planned,
    duration: Math.max(...all.map((served) => served.duration)),
    elapsed,
    asked: sum(all.map((served) => served.asked)),
    threads,
    complete,
    measurements,
    backlogs: all.flatMap((served) => served.backlogs),
    backlogBound: Math.max(...all.map((served) => served.backlogBound)),
    busy: sum(busyMs) / (Math.max(elapsed, 1) * threads),
    committing: sum(all.map((served, index) => served.committing * busyMs[index])) / Math.max(sum(busyMs), 1),
    ledger: {
      files: parts.flatMap(({ generator, served }) => served.ledger.files.map((file) => ledgerName(generator, file))),
      rows: sum(all.map(({ ledger }) => ledger.rows)),
      bytes: sum(all.map(({ ledger }) => ledger.bytes)),
      batches: sum(all.map(({ ledger }) => ledger.batches)),
    },
    machine: mergedMachine(parts),
    workDigest,
  }
}

/** The name of a generator's ledger among those of all. */
export const ledgerName = (generator: number, file: string): string => `generator-${generator}-${file}`

function mergedMachine(parts: readonly GeneratorPart[]): MachineUse {
  const all = parts.map(({ served }) => served.machine)
  const waited = all.map((machine) => machine.waited)
  const others = parts.map((part) => othersOf(part, parts))
  const pauses = all.map((machine) => machine.pauses)
  return {
    samples: mergedSamples(all.map(({ samples }) => samples)),
    threadsCpu: sum(all.map(({ threadsCpu }) => threadsCpu)),
    processCpu: sum(all.map(({ processCpu }) => processCpu)),
    waited: waited.some((each) => each === null) ? null : sum(waited.map(Number)),
    helpersCpu: sum(all.map(({ helpersCpu }) => helpersCpu)),
    others: others.some((each) => each === null) ? null : Math.max(...others.map(Number)),
    peakMemory: Math.max(...all.map(({ peakMemory }) => peakMemory)),
    pauses: {
      count: sum(pauses.map(({ count }) => count)),
      total: sum(pauses.map(({ total }) => total)),
      longest: Math.max(...pauses.map(({ longest }) => longest)),
    },
    stalls: all.flatMap(({ stalls }) => stalls).sort((a, b) => a.from - b.from),
  }
}

/** Share of a generator's machine that other programs used: generators of the same test are none. */
export function othersOf(part: GeneratorPart, parts: readonly GeneratorPart[]): number | null {
  const { others } = part.served.machine
  if (others === null) return null
  const siblings = parts.filter(({ machine, generator }) => machine === part.machine && generator !== part.generator)
  const theirs = siblings.map(({ served, processors }) => {
    const { threadsCpu, helpersCpu } = served.machine
    return (threadsCpu + helpersCpu) / (Math.max(served.elapsed, 1) * processors)
  })
  return Math.max(0, others - sum(theirs))
}

/** What all processes took in each interval. */
function mergedSamples(each: readonly (readonly MachineSample[])[]): MachineSample[] {
  const length = Math.max(...each.map((samples) => samples.length))
  return Array.from({ length }, (_, index) => {
    const samples = each.flatMap((of) => (of[index] === undefined ? [] : [of[index]]))
    return { processors: sum(samples.map((of) => of.processors)), memory: sum(samples.map((of) => of.memory)) }
  })
}
