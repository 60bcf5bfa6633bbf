import { serialize } from 'node:v8'
import { described, type Thrown } from '../cells/thrown.ts'
import { loadRun, type RunTask } from './run.ts'

/** What came of a run: its result, serialised here so that one that cannot be is the run's error. */
export type Outcome = { result: Uint8Array } | { thrown: Thrown }

/** Entry of a worker thread: one run after another. */
export default async function runTask({ module, task }: { module: string; task: RunTask }): Promise<Outcome> {
  try {
    const run = await loadRun(module)
    return { result: serialize(await run(task)) }
  } catch (thrown) {
    return { thrown: described(thrown) }
  }
}
