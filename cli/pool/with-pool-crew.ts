/** Runs by the workers of a pool: connected, made, and nothing left in the pool when they are complete. */
import type { Crew } from '#engine/runs/crew.ts'
import type { ResultFolder } from '../results/result-folder.ts'
import type { SweepProgress } from '../sweep/progress.ts'
import { openPool } from './open-pool.ts'
import { PoolCrew } from './pool-crew.ts'
import { addressOf, type PoolRequest } from './pool-request.ts'
import type { PoolWork } from './pool-work.ts'

export interface PoolSweepWork {
  readonly request: PoolRequest
  readonly asked: PoolWork
  /** Where results are kept when they are collected. */
  readonly folder: ResultFolder
  readonly signal: AbortSignal
  readonly progress: Pick<SweepProgress, 'say' | 'note'>
}

export async function withPoolCrew<R>(
  { request, asked, folder, signal, progress }: PoolSweepWork,
  make: (crew: Crew) => Promise<R>,
): Promise<R> {
  const pool = await openPool(addressOf(request), { say: (text) => progress.say(text) })
  const crew = new PoolCrew({
    ...{ pool, asked, folder, signal },
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
