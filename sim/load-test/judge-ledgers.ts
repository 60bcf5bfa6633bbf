/** Judges ledgers of a load that other processes have served. */
import { Piscina } from 'piscina'
import { type Answer, resultOf } from '#engine/cells/thrown.ts'
import { type LedgerAudit, type LoadAudit, wholeAudit } from '../audit/load-test/audit-ledgers.ts'

/** Audits the ledgers in these files, several together, and brings their books together. */
export async function judgeLedgers(files: readonly string[], threads: number): Promise<LoadAudit> {
  const pool = new Piscina({
    filename: new URL('./worker.ts', import.meta.url).href,
    maxThreads: Math.max(1, Math.min(threads, files.length)),
    atomics: 'disabled',
  })
  try {
    const audits = files.map(async (path) => {
      const answer: Answer<LedgerAudit> = await pool.run(path, { name: 'auditAmounts' })
      return resultOf(answer)
    })
    return wholeAudit(await Promise.all(audits))
  } finally {
    await pool.destroy()
  }
}
