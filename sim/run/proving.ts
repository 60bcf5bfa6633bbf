/**
 * The second half of a run, in a thread of its own so that the caller stays responsive: the record is made of the fact
 * files, then audited.
 */

import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { auditInParts } from '../audit/audit.ts'
import { JudgeThreads } from '../audit/part.ts'
import { namesOf } from '../market/dimensions.ts'
import { buildRecord, type CellFiles, type RecordMeta } from '../record/build.ts'
import { buildWorld } from '../world/world.ts'
import type { CellSpec } from './cell.ts'

/** What is to be proved. */
export interface Evidence {
  /** Where the record is to be. */
  readonly record: string
  readonly spec: CellSpec
  readonly files: CellFiles
  /** Bytes of all fact files. */
  readonly bytes: number
  readonly meta: RecordMeta
  /** On which the accounts are audited. */
  readonly threads: number
}

export interface Proof {
  readonly facts: number
  /** Clock hours metered of each instance and image, and hours settled of each account. */
  readonly hours: number
  readonly amounts: number
  readonly differences: number
}

export type ProvingPhase = 'recording' | 'auditing'
type Message = { readonly phase: ProvingPhase; readonly fraction: number } | { readonly proof: Proof }

/** Builds and audits the record. Rejects with the signal's reason when it is aborted; the record is worthless then. */
export function prove(
  evidence: Evidence,
  onProgress: (phase: ProvingPhase, fraction: number) => void,
  signal?: AbortSignal,
): Promise<Proof> {
  signal?.throwIfAborted()
  const worker = new Worker(new URL(import.meta.url), { workerData: evidence })
  return new Promise<Proof>((resolve, reject) => {
    const abort = () => {
      worker.terminate().then(() => reject(signal?.reason), reject)
    }
    signal?.addEventListener('abort', abort, { once: true })
    worker.on('message', (message: Message) => {
      if ('proof' in message) resolve(message.proof)
      else onProgress(message.phase, message.fraction)
    })
    worker.on('error', reject)
    worker.on('exit', (code) => {
      signal?.removeEventListener('abort', abort)
      reject(new Error(`the thread that builds and audits the record ended with code ${code} before it finished`))
    })
  })
}

/** Progress is reported in steps of a hundredth. */
function stepped(tell: (fraction: number) => void): (fraction: number) => void {
  let reported = -1
  return (fraction) => {
    const step = Math.floor(fraction * 100)
    if (step === reported) return
    reported = step
    tell(fraction)
  }
}

/** Fewer bytes of facts are audited in one thread, or sooner than others have started: about 100,000 facts. */
const MANY_BYTES = 1 << 23

/** The same in the calling thread; others load the auditor while it makes the record. */
export async function proveHere(
  { record, spec, files, bytes, meta, threads }: Evidence,
  onProgress: (phase: ProvingPhase, fraction: number) => void,
): Promise<Proof> {
  const tell = (phase: ProvingPhase) => stepped((fraction) => onProgress(phase, fraction))
  const judges = new JudgeThreads(bytes < MANY_BYTES ? 0 : threads - 1)
  try {
    const recording = tell('recording')
    let done = 0
    const built = buildRecord(record, namesOf(buildWorld(spec)), files, meta, (read) => {
      done += read
      recording(bytes === 0 ? 1 : done / bytes)
    })
    // The phase begins before its first progress: whole columns are read until then.
    const auditing = tell('auditing')
    auditing(0)
    return { ...built, ...(await auditInParts(record, { threads, onProgress: auditing, judges })) }
  } finally {
    await judges.close()
  }
}

if (!isMainThread && (workerData as Partial<Evidence> | null)?.files !== undefined) {
  const send = (message: Message) => parentPort?.postMessage(message)
  const proof = await proveHere(workerData as Evidence, (phase, fraction) => send({ phase, fraction }))
  send({ proof })
}
