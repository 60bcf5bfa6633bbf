/** Judges parts of a record in threads of their own. */
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { Judge, type JudgedPart } from './judge.ts'
import type { Hand } from './pieces.ts'

interface Task {
  readonly record: string
  readonly hand: Hand
}

/** Tells a thread of the auditor from others that load this module. */
const ROLE = 'judges a part of a record'

interface JudgeThread {
  readonly worker: Worker
  /** Rejects where the thread ends without an answer. */
  readonly judged: Promise<JudgedPart>
}

/** Threads of the auditor. Each loads the auditor as soon as it is started, which may be before there is a record. */
export class JudgeThreads {
  readonly #threads: JudgeThread[] = []

  /** Starts so many threads. */
  constructor(count = 0) {
    this.#start(count)
  }

  #start(count: number): void {
    while (this.#threads.length < count) {
      const worker = new Worker(new URL(import.meta.url), { workerData: ROLE })
      const judged = answerOf(worker)
      // A failing part is reported when its turn comes, not earlier as an unhandled error.
      judged.catch(() => {})
      this.#threads.push({ worker, judged })
    }
  }

  /** Has what each hand holds judged in a thread of its own; each thread judges once. */
  judge(record: string, hands: readonly Hand[]): readonly Promise<JudgedPart>[] {
    this.#start(hands.length)
    return hands.map((hand, index) => {
      const { worker, judged } = this.#threads[index]
      worker.postMessage({ record, hand } satisfies Task)
      return judged
    })
  }

  /** Ends all threads, whatever they do. */
  async close(): Promise<void> {
    await Promise.all(this.#threads.map(({ worker }) => worker.terminate()))
  }
}

const answerOf = (worker: Worker): Promise<JudgedPart> =>
  new Promise((resolve, reject) => {
    worker.on('message', resolve)
    worker.on('error', reject)
    worker.on('exit', (code) => reject(new Error(`a thread of the auditor ended with code ${code} before it finished`)))
  })

function judgeHere({ record, hand }: Task): JudgedPart {
  const judge = new Judge(record)
  try {
    judge.hand(hand)
    return judge.send()
  } finally {
    judge.close()
  }
}

if (!isMainThread && workerData === ROLE)
  parentPort?.once('message', (task: Task) => parentPort?.postMessage(judgeHere(task)))
