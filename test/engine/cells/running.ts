import { deserialize } from 'node:v8'
import type { Worker } from 'node:worker_threads'
import { onTestFinished } from 'vitest'
import { type RunCellsOptions, runCells } from '#engine/cells/run-cells.ts'
import { snapshotHeader } from '#engine/cells/snapshot.ts'

/** The test program of this name. */
export function program(name: string): URL {
  return new URL(`./programs/${name}.ts`, import.meta.url)
}

/** Runs a test program; what is not given is small. */
export function run(name: string, spec: unknown, options: Partial<RunCellsOptions> = {}) {
  const given = { cells: 3, lookahead: 100, start: 0, end: 1000, threads: 1, seed: 'test', ...options }
  return runCells({ module: program(name), spec, ...given })
}

/** What a snapshot says. Its bytes may differ where V8 keeps one number as an integer here and as a float there. */
export function contents(blob: Uint8Array): unknown[] {
  const header = snapshotHeader(blob)
  let at = blob.length - header.bytes.reduce((sum, length) => sum + length, 0)
  const cells = header.bytes.map((length) => deserialize(blob.slice(at, (at += length))))
  return [{ ...header, bytes: undefined }, ...cells]
}

/** Notes every worker that is started from now on; `alive` counts those not yet gone. */
export function watchWorkers(): { started: Worker[]; alive: () => number } {
  const started: Worker[] = []
  const note = (worker: Worker) => started.push(worker)
  process.on('worker', note)
  onTestFinished(() => void process.off('worker', note))
  return { started, alive: () => started.filter((worker) => worker.threadId !== -1).length }
}
