/** A sweep by the workers of a pool: connected, made, and nothing left in the pool when it is complete. */
import type { Crew } from '#engine/runs/crew.ts'
import type { ResultFolder } from '../results/result-folder.ts'
import type { SweepPlan } from '../sweep/plan.ts'
import type { SweepProgress } from '../sweep/progress.ts'
import { openPool } from './open-pool.ts'
import { PoolCrew } from './pool-crew.ts'
import { addressOf, type PoolRequest } from './pool-request.ts'

export interface PoolSweepWork {
  readonly request: PoolRequest
  readonly plan: SweepPlan
  /** Where results are kept when they are collected. */
  readonly folder: ResultFolder
  readonly signal: AbortSignal
  readonly progress: Pick<SweepProgress, 'say' | 'note'>
}

export async function withPoolCrew<R>(
  { request, plan, folder, signal, progress }: PoolSweepWork,
  make: (crew: Crew) => Promise<R>,
): Promise<R> {
  const pool = await openPool(addressOf(request), { say: (text) => progress.say(text) })
  const crew = new PoolCrew({
    ...{ pool, plan, folder, signal },
    say: (text) => progress.say(text),
    onWorkers(workers) {
      const threads = workers.reduce((sum, each) => sum + each.threads, 0)
      progress.note(`${workers.length} ${workers.length === 1 ? 'worker' : 'workers'} with ${threads} threads`)
    },
  })
  try {
    await crew.open()
    const runs = await make(crew)
    await crew.finish()
    return runs
  } catch (error) {
    await crew.close()
    await crew.leave()
    throw error
  } finally {
    await crew.close()
    await pool.close()
  }
}
