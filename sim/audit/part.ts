/** Judges pieces of a record in a thread of its own. */
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { Judge, type JudgedPart } from './judge.ts'
import type { Piece } from './pieces.ts'

interface Task {
  readonly record: string
  readonly pieces: readonly Piece[]
}

/** Has the pieces of each thread judged there while `use` runs; however `use` ends, no thread outlives it. */
export async function withPiecesJudged(
  record: string,
  hands: readonly (readonly Piece[])[],
  use: (judged: readonly Promise<JudgedPart>[]) => Promise<void>,
): Promise<void> {
  const workers = hands.map(
    (pieces) => new Worker(new URL(import.meta.url), { workerData: { record, pieces } satisfies Task }),
  )
  const judged = workers.map(answerOf)
  // A failing piece is reported when its turn comes, not earlier as an unhandled error.
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

function judgeHere({ record, pieces }: Task): JudgedPart {
  const judge = new Judge(record)
  try {
    for (const piece of pieces) judge.piece(piece)
    return judge.send()
  } finally {
    judge.close()
  }
}

if (!isMainThread && (workerData as Partial<Task> | null)?.pieces !== undefined)
  parentPort?.postMessage(judgeHere(workerData as Task))
