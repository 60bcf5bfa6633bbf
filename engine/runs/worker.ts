import { serialize } from 'node:v8'
import { type Answer, answerOf } from '../cells/thrown.ts'
import { loadRun, type RunTask } from './run.ts'

/** What came of a run: its result, serialised here so that one that cannot be is the run's error. */
export type Outcome = Answer<Uint8Array>

/** Entry of a worker thread: one run after another. */
export default async function runTask({ module, task }: { module: string; task: RunTask }): Promise<Outcome> {
  return answerOf(async () => serialize(await (await loadRun(module))(task)))
}
