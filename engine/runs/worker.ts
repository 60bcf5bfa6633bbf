import { described, type Thrown } from '../cells/thrown.ts'
import { loadRun, type RunTask } from './run.ts'

export type Outcome = { result: unknown } | { thrown: Thrown }

/** Entry of a worker thread: one run after another. */
export default async function runTask(order: { module: string; task: RunTask }): Promise<Outcome> {
  try {
    const run = await loadRun(order.module)
    return { result: await run(order.task) }
  } catch (thrown) {
    return { thrown: described(thrown) }
  }
}
