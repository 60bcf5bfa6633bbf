/** Judges some accounts of a record in a thread of its own. */
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import type { AccountRange } from './account-facts.ts'
import { Judge, type JudgedPart } from './judge.ts'

interface Task {
  readonly record: string
  readonly accounts: AccountRange
}

/** Has each range judged by its own thread while `use` runs; however `use` ends, no thread outlives it. */
export async function withPartsJudged(
  record: string,
  ranges: readonly AccountRange[],
  use: (judged: readonly Promise<JudgedPart>[]) => Promise<void>,
): Promise<void> {
  const workers = ranges.map(
    (accounts) => new Worker(new URL(import.meta.url), { workerData: { record, accounts } satisfies Task }),
  )
  const judged = workers.map(answerOf)
  // A failing part is reported when its turn comes, not earlier as an unhandled error.
  for (const part of judged) part.catch(() => {})
  try {
    await use(judged)
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()))
  }
}

const answerOf = (worker: Worker): Promise<JudgedPart> =>
  new Promise((resolve, reject) => {
    worker.on('message', resolve)
    worker.on('error', reject)
    worker.on('exit', (code) => reject(new Error(`a thread of the auditor ended with code ${code} before it finished`)))
  })

function judgeHere({ record, accounts }: Task): JudgedPart {
  const judge = new Judge(record)
  try {
    judge.accounts(accounts)
    return judge.send()
  } finally {
    judge.close()
  }
}

if (!isMainThread && (workerData as Partial<Task> | null)?.accounts !== undefined)
  parentPort?.postMessage(judgeHere(workerData as Task))
