/** Work of many runs in a folder that it claims when it begins; its finished runs are kept for `resume` when it stops early. */
import { join } from 'node:path'
import { Replayable } from '../failure.ts'
import { interruptible, interruption } from '../interrupts.ts'
import { ResultFolder } from '../results/result-folder.ts'
import type { RunFolder } from '../run-folder.ts'
import { commandLine } from '../shell.ts'
import { removeIfEnded, sayIfStopped } from '../supervision.ts'
import { unfinishedFolder } from '../unfinished.ts'
import { KeptRuns, type PremisesOf } from './kept-runs.ts'

export interface Resumable {
  /** A folder for records while they are needed; not made yet. */
  readonly scratch: string
  readonly kept: KeptRuns
  readonly signal: AbortSignal
  /** To be called after each run that was made and kept. */
  readonly onKept: () => void
}

export interface ResumableOptions<R> {
  readonly claim: () => RunFolder
  /** The command that makes the result again. */
  readonly repeat: string
  /** A folder of results that other calls share; undefined: runs are kept until the work is complete. */
  readonly results: string | undefined
  readonly premisesOf: PremisesOf
  readonly work: (resumable: Resumable) => Promise<R>
  /** Writes the result into the folder, and commits it. */
  readonly write: (folder: RunFolder, result: R) => Promise<void>
}

export function makeResumable<R>(options: ResumableOptions<R>): Promise<R> {
  const { claim, repeat, results, premisesOf, work, write } = options
  // A signal between the claim and the first run must find a listener.
  let drop = () => {}
  return interruptible(
    async (signal) => {
      const folder = claim()
      const resume = commandLine(['resume', folder.target])
      const scratch = join(folder.staging, 'scratch')
      const kept = new KeptRuns(
        premisesOf,
        new ResultFolder(results ?? unfinishedFolder(folder.staging)),
        results === undefined,
      )
      drop = () => (kept.count > 0 ? folder.leave() : folder.discard())
      const keptText = () =>
        kept.count === 0 ? 'nothing was written' : `${kept.count} finished runs are kept; resume with \`${resume}\``
      // Of work without a finished run nothing stays; of any other its records of runs under way go.
      const releaseScratch = removeIfEnded(scratch)
      let release = () => {}
      const hold = () => {
        release()
        if (kept.count === 0) return
        folder.keep()
        release = sayIfStopped(`interrupted: ${keptText()}`)
      }
      hold()
      try {
        const result = await work({ scratch, kept, signal, onKept: hold })
        release()
        await write(folder, result)
        return result
      } catch (error) {
        drop()
        release()
        if (signal.aborted) throw interruption(signal, keptText())
        throw new Replayable(error, repeat, kept.count > 0 ? resume : undefined)
      } finally {
        releaseScratch()
      }
    },
    () => drop(),
  )
}
