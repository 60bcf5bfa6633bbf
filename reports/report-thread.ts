/** A second thread for the reports of a large record: it makes what is about money, then draws the charts. */
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import type { Chart } from './html/chart.ts'
import { type Markup, trusted } from './html/markup.ts'
import { type SentMoneyPart, sentMoneyPart } from './money-part.ts'
import { RunRecord } from './record.ts'

/** A record, and the folder that has its column files. */
interface Place {
  readonly path: string
  readonly folder: string
}

type Task = { readonly money: Place } | { readonly charts: readonly Chart[] }

/** Tells this thread from others that load this module. */
const ROLE = 'makes a part of the reports'

export class ReportThread {
  readonly #worker = new Worker(new URL(import.meta.url), { workerData: ROLE })
  /** Who waits for an answer, in the order of the tasks. */
  readonly #waiting: { readonly resolve: (answer: unknown) => void; readonly reject: (error: unknown) => void }[] = []
  #failed: unknown

  constructor() {
    this.#worker.on('message', (answer: unknown) => this.#waiting.shift()?.resolve(answer))
    this.#worker.on('error', (error) => this.#fail(error))
    this.#worker.on('exit', (code) =>
      this.#fail(new Error(`the thread that makes reports ended with code ${code} before it finished`)),
    )
  }

  #fail(error: unknown): void {
    this.#failed ??= error
    for (const { reject } of this.#waiting.splice(0)) reject(this.#failed)
  }

  #ask<Answer>(task: Task): Promise<Answer> {
    const answer = new Promise<Answer>((resolve, reject) => {
      if (this.#failed !== undefined) reject(this.#failed)
      else this.#waiting.push({ resolve: resolve as (answer: unknown) => void, reject })
    })
    // It is reported when its turn comes, not earlier as an unhandled error.
    answer.catch(() => {})
    this.#worker.postMessage(task)
    return answer
  }

  money({ path, folder }: RunRecord): Promise<SentMoneyPart> {
    return this.#ask({ money: { path, folder } })
  }

  /** Charts as figures of the page. */
  async draw(charts: readonly Chart[]): Promise<Markup[]> {
    return (await this.#ask<string[]>({ charts })).map(trusted)
  }

  /** Ends the thread, whatever it does. */
  async close(): Promise<void> {
    await this.#worker.terminate()
  }
}

function moneyOf({ path, folder }: Place): SentMoneyPart {
  const record = new RunRecord(path, undefined, folder)
  try {
    return sentMoneyPart(record)
  } finally {
    record.close()
  }
}

const loadCharts = () => import('./html/chart-figure.ts')

async function figuresOf(charts: readonly Chart[]): Promise<string[]> {
  const { chartFigure } = await loadCharts()
  const figures: string[] = []
  for (const chart of charts) figures.push((await chartFigure(chart)).text)
  return figures
}

if (!isMainThread && workerData === ROLE) {
  let turn = Promise.resolve()
  parentPort?.on('message', (task: Task) => {
    turn = turn.then(async () => {
      if ('charts' in task) parentPort?.postMessage(await figuresOf(task.charts))
      else {
        parentPort?.postMessage(moneyOf(task.money))
        // The first thread has other things to do before it asks for charts.
        await loadCharts()
      }
    })
  })
}
