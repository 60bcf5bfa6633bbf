/**
 * Whether a tree keeps its promises in one month of `scenario.yaml`, or in the scenario file that is named: runs it, has it audited, and continues from its last
 * checkpoint on two threads. Says what is broken and exits with 1, or exits with 0. It knows no digest of a sound tree.
 */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseScenario } from '#scenarios/reader.ts'
import { live, simulate } from '#sim/run/simulate.ts'

const folder = mkdtempSync(join(tmpdir(), 'marketsim-mutant-run-'))
const at = (name: string): string => {
  mkdirSync(join(folder, name), { recursive: true })
  return join(folder, name)
}

async function broken(): Promise<string | null> {
  const text = readFileSync(new URL(process.argv[2] ?? './scenario.yaml', import.meta.url), 'utf8')
  const scenario = parseScenario(text, 'scenario.yaml')
  const asked = { scenario, traces: {}, seed: scenario.seed }
  const { digest, amounts, differences } = await simulate({
    ...asked,
    threads: 1,
    folder: at('whole'),
    inThisThread: true,
  })
  if (differences > 0) return `the auditor differs in ${differences} of ${amounts} amounts`
  const recovery = { folder: at('checkpoints'), checkpointEvery: Math.ceil((scenario.end - scenario.start) / 3) }
  await live({ ...asked, threads: 1, folder: at('broken-off'), recovery })
  cpSync(join(folder, 'broken-off'), join(folder, 'resumed'), { recursive: true })
  const resumed = await live({ ...asked, threads: 2, folder: at('resumed'), recovery })
  return resumed.digest === digest ? null : `${resumed.digest} after resuming, ${digest} in one go`
}

try {
  const words = await broken()
  console.log(words ?? 'sound')
  process.exitCode = words === null ? 0 : 1
} catch (error) {
  console.log(error instanceof Error ? error.message : error)
  process.exitCode = 1
} finally {
  rmSync(folder, { recursive: true })
}
