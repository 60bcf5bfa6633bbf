import { sortedJson } from '#reports/sorted-json.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { Replayable } from '../failure.ts'
import { interruptible, interruption } from '../interrupts.ts'
import { ResultFolder } from '../results/result-folder.ts'
import { commandLine, quoted } from '../shell.ts'
import { endWith } from '../streams.ts'
import { scratchFolder } from '../supervision.ts'
import { KeptRuns } from './kept-runs.ts'
import { makeRuns, progressOf } from './make-sweep.ts'
import { planOf, premisesOf, sweepId } from './plan.ts'
import { writePlan } from './plan-file.ts'
import type { Shard, SweepRequest } from './request.ts'

/** Makes the runs of a shard that its folder does not have yet. */
export function makeShard(request: SweepRequest, { index, count }: Shard, results: string): Promise<ExitCode> {
  const plan = planOf(request)
  const kept = new KeptRuns(
    (point, replication) => premisesOf(plan, point, replication),
    new ResultFolder(results),
    false,
  )
  const repeat = `${plan.repeat} --shard ${index}/${count} --results ${quoted(results)}`
  return interruptible(
    async (signal) => {
      // Records are large and needed by this machine only; a folder of results may be on a network.
      const { path: scratch, remove } = scratchFolder('marketsim-shard-')
      let made = 0
      try {
        writePlan(results, plan)
        const onKept = () => {
          made++
        }
        const runs = (
          await makeRuns({ request, plan, kept, progress: progressOf(request), scratch, signal, onKept })
        ).flat()
        const differences = runs.reduce((sum, run) => sum + run.differences, 0)
        const code = differences > 0 ? exitCodes.difference.code : exitCodes.done.code
        endWith(code)
        const facts = {
          sweep: sweepId(plan),
          shard: index,
          shards: count,
          runs: runs.length,
          made,
          differences,
          results,
        }
        const then =
          request.selection === undefined
            ? commandLine(['sweep', 'merge', results])
            : `${plan.repeat} --results ${quoted(results)}`
        process.stdout.write(request.json ? sortedJson(facts) : shownShard(facts, then))
        return code
      } catch (error) {
        if (signal.aborted) throw interruption(signal, `${kept.count} finished runs are in ${results}`)
        throw new Replayable(error, repeat)
      } finally {
        remove()
      }
    },
    () => {},
  )
}

interface ShardFacts {
  readonly sweep: string
  readonly shard: number
  readonly shards: number
  readonly runs: number
  readonly made: number
  readonly differences: number
  readonly results: string
}

const shownShard = ({ sweep, shard, shards, runs, made, differences, results }: ShardFacts, then: string): string =>
  [
    `shard ${shard} of ${shards} of sweep ${sweep}: ${runs} runs, ${runs - made} of them found in ${results}`,
    `reconciliation: ${differences.toLocaleString('en')} differences`,
    `When all shards are done: ${then}`,
    '',
  ].join('\n')
