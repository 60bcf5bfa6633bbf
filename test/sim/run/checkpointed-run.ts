/** Runs with two checkpoints, and what it takes to resume each of them as if it had been interrupted there. */
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { ReadScenario } from '#scenarios/reader.ts'
import { live, type RunRequest } from '#sim/run/simulate.ts'

const scratch = mkdtempSync(join(tmpdir(), 'marketsim-resume-'))
let folders = 0

/** A folder for one run and its checkpoints; `removeRunFolders` removes them all. */
export function newRunFolder(): string {
  const folder = join(scratch, String(folders++))
  mkdirSync(join(folder, 'unfinished'), { recursive: true })
  return folder
}

export const removeRunFolders = (): void => rmSync(scratch, { recursive: true, force: true })

/** A run that writes a checkpoint after each third of its time. */
export function checkpointedRequest({ scenario, traces }: ReadScenario, folder: string, threads: number): RunRequest {
  const checkpointEvery = Math.ceil((scenario.end - scenario.start) / 3)
  return {
    scenario,
    traces: Object.fromEntries(traces),
    seed: scenario.seed,
    threads,
    folder,
    recovery: { folder: join(folder, 'unfinished'), checkpointEvery },
  }
}

const factsIn = (folder: string): Record<string, Buffer> =>
  Object.fromEntries(
    readdirSync(join(folder, 'facts'), { recursive: true, encoding: 'utf8' })
      .filter((name) => statSync(join(folder, 'facts', name)).isFile())
      .map((name) => [name, readFileSync(join(folder, 'facts', name))]),
  )

/** Resumed from each of its checkpoints on 2 and 4 threads, a run has the digest and the facts of the whole run. */
export async function expectResumable(read: ReadScenario): Promise<void> {
  const whole = newRunFolder()
  const { digest, events } = await live(checkpointedRequest(read, whole, 1))
  const facts = factsIn(whole)
  const checkpoints = readdirSync(join(whole, 'unfinished')).filter((name) => name.startsWith('checkpoint-'))
  expect(checkpoints).toHaveLength(2)
  for (const [index, name] of checkpoints.entries()) {
    const interrupted = newRunFolder()
    cpSync(join(whole, 'facts'), join(interrupted, 'facts'), { recursive: true })
    copyFileSync(join(whole, 'unfinished', name), join(interrupted, 'unfinished', name))
    const resumed = await live(checkpointedRequest(read, interrupted, [2, 4][index]))
    expect({ digest: resumed.digest, events: resumed.events }, name).toEqual({ digest, events })
    for (const [file, bytes] of Object.entries(factsIn(interrupted))) expect(bytes.equals(facts[file]), file).toBe(true)
    rmSync(interrupted, { recursive: true })
  }
  rmSync(whole, { recursive: true })
}
