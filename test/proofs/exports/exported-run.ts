/** A scenario of the library, cut short and with documents, and what `export` writes of it, in files. */
import { createHash } from 'node:crypto'
import { closeSync, mkdirSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { exportFormats } from '#reports/exports/formats.ts'
import type { ExportFiles, ExportOptions, ExportOutcome } from '#reports/exports/journal.ts'
import { RunRecord } from '#reports/record.ts'
import { readScenario } from '#scenarios/reader.ts'
import { simulate } from '#sim/run/simulate.ts'
import { libraryFile } from '../../reports/short-run.ts'

const DAY = 86_400_000

/** A scenario of the library in other circumstances. */
export interface Case {
  readonly name: string
  readonly days: number
  readonly sets: readonly string[]
  /** Buyers of each segment, where the scenario has more. */
  readonly buyers?: number
}

const marketplace = '{ name: Market, country: DE, vat: DE123456789 }'

/** Each segment has buyers in a country, and those of resellers a reseller, unless the scenario says so itself. */
async function withParties({ name, sets, buyers }: Case): Promise<string[]> {
  const { scenario } = await readScenario(libraryFile(name), { sets })
  const segments = scenario.buyers.map(({ segment }) => segment)
  const named = scenario.parties === null || scenario.parties === undefined
  const fewer = scenario.buyers.flatMap(({ segment, count }) =>
    buyers !== undefined && count !== null && count > buyers ? [`buyers.${segment}.count=${buyers}`] : [],
  )
  const countries = segments.map((id) => `${id}: { country: AT }`).join(', ')
  return [...sets, ...fewer, ...(named ? [`parties={ marketplace: ${marketplace}, buyers: { ${countries} } }`] : [])]
}

/** What was written in one format. */
export interface Written {
  readonly folder: string
  readonly names: readonly string[]
  readonly outcome: ExportOutcome
  text(name: string): string
}

export class ExportedRun {
  readonly folder = mkdtempSync(join(tmpdir(), 'marketsim-exports-'))
  readonly #record: RunRecord

  private constructor(run: string) {
    this.#record = new RunRecord(run)
  }

  static async of(asked: Case): Promise<ExportedRun> {
    const read = await readScenario(libraryFile(asked.name), { sets: await withParties(asked) })
    const { start, end, seed } = read.scenario
    const scenario = { ...read.scenario, end: Math.min(end, start + asked.days * DAY) }
    const folder = mkdtempSync(join(tmpdir(), 'marketsim-exported-'))
    await simulate({ scenario, traces: Object.fromEntries(read.traces), seed, threads: 1, folder, inThisThread: true })
    const run = new ExportedRun(folder)
    run.#folders.push(folder, run.folder)
    return run
  }

  readonly #folders: string[] = []

  get record(): RunRecord {
    return this.#record
  }

  /** Writes a format into `folder/into`. */
  async written(format: string, options: ExportOptions = {}, into = format): Promise<Written> {
    const folder = join(this.folder, into)
    mkdirSync(folder)
    let last: number | undefined
    const close = (): void => {
      if (last !== undefined) closeSync(last)
      last = undefined
    }
    const files: ExportFiles = {
      place: (name) => join(folder, name),
      open(name) {
        close()
        const file = openSync(join(folder, name), 'wx')
        last = file
        return { write: (text) => writeSync(file, text), writeBytes: (bytes) => writeSync(file, bytes) }
      },
    }
    const write = await exportFormats[format].load()
    const result = await write(this.record, files, { folder, ...options })
    close()
    return {
      folder,
      names: readdirSync(folder).sort(),
      outcome: typeof result === 'number' ? { count: result } : result,
      text: (name) => readFileSync(join(folder, name), 'utf8'),
    }
  }

  remove(): void {
    this.#record.close()
    for (const folder of this.#folders) rmSync(folder, { recursive: true })
  }
}

/** Digest of each file of a folder. */
export const digestsOf = ({ folder, names }: Written): string[] =>
  names.map(
    (name) =>
      `${name} ${createHash('sha256')
        .update(readFileSync(join(folder, name)))
        .digest('hex')}`,
  )
