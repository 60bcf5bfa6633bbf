/** Reports of the small scenarios of this folder, as they are kept in `reports/`. */
import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { RunRecord, withRecord } from '#reports/record.ts'
import { reportFiles, writeReports } from '#reports/write.ts'
import { readScenario } from '#scenarios/reader.ts'
import { simulate } from '#sim/run/simulate.ts'

export const goldenNames = ['servers', 'disputes', 'hostile'] as const

/** Where the reports of a scenario are kept. */
export const goldenFolder = (name: string): string => fileURLToPath(new URL(`reports/${name}`, import.meta.url))

const scenarioFile = (name: string): string => fileURLToPath(new URL(`scenarios/${name}.yaml`, import.meta.url))

const hash = (text: string): string => createHash('sha256').update(text).digest('hex')

/** Runs a scenario of this folder and writes its record and all reports into an existing folder. */
export async function writeGoldenRun(name: string, threads: number, folder: string): Promise<void> {
  const { scenario, traces } = await readScenario(scenarioFile(name))
  await simulate({ scenario, traces: Object.fromEntries(traces), seed: scenario.seed, threads, folder, inThisThread: true })
  const record = new RunRecord(folder)
  await writeReports(record, folder).finally(() => record.close())
}

/** The same in a folder of its own, which is handed over and then removed. */
export async function withGoldenRun<T>(
  name: string,
  threads: number,
  use: (folder: string) => T | Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'marketsim-golden-'))
  try {
    await writeGoldenRun(name, threads, folder)
    return await use(folder)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/**
 * The reports as they are kept: text in full, drawings by their hash. The digest of the history is left out: it has a
 * test of its own, and changes with every new column of a fact.
 */
export function goldenReports(folder: string): Map<string, string> {
  const digest = withRecord(folder, ({ meta }) => meta.digest)
  const written = Object.values(reportFiles).flatMap((name) =>
    statSync(join(folder, name)).isDirectory()
      ? readdirSync(join(folder, name))
          .sort()
          .map((file) => join(name, file))
      : [name],
  )
  const files = new Map<string, string>()
  const drawings: string[] = []
  for (const name of written) {
    const text = readFileSync(join(folder, name), 'utf8').replaceAll(digest, 'DIGEST')
    if (name.startsWith(reportFiles.charts)) drawings.push(`${hash(text)}  ${name}`)
    else files.set(name, text.replace(/<svg.*?<\/svg>/gs, (svg) => `<svg>${hash(svg)}</svg>`))
  }
  files.set('charts.sha256', `${drawings.join('\n')}\n`)
  return files
}
