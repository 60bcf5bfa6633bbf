/** Runs of one pool and a trace written in a test: who asks, when, for how many units and for how long. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { knownFigure } from '#reports/figures/catalogue.ts'
import { type Filter, measure } from '#reports/figures/figure.ts'
import { figureValue } from '#reports/figures/show.ts'
import type { RunRecord } from '#reports/record.ts'
import { shortRun } from './short-run.ts'

export interface PlannedRun {
  /** Instants in UTC, as 2024-01-01T00:00. */
  readonly start?: string
  readonly end: string
  readonly utcOffset?: string
  /** As the scenario writes it. */
  readonly capacity: string
  readonly policies?: string
  readonly events?: string
  /** Lines of `seconds after the start, seconds of life, units, buyer`. */
  readonly trace: readonly string[]
  readonly more?: string
  /** Keys of the scenario itself. */
  readonly top?: string
  /** Money of each buyer. */
  readonly wallet?: string
}

const scenario = (run: PlannedRun): string => {
  const { start = '2024-01-01T00:00', end, utcOffset = '+00:00', capacity, policies = '', events = '' } = run
  return `name: planned
start: ${start}:00Z
end: ${end}:00Z
${run.top ?? ''}
policies: { time.utcOffset: "${utcOffset}", ecs.granularity: second, ${policies} }
regions:
  - { id: r, zones: [{ id: z, pools: [{ flavour: f, capacity: ${capacity}, hourly: "1" }] }] }
sellers: [{ segment: s, count: 1 }]
catalog:
  - { id: img, kind: image, seller: s/1, category: systems, specifications: [{ id: n, billing: pay-per-use, hourly: "0.01" }] }
buyers:
  - segment: b
    wallet: { opening: "${run.wallet ?? '1000000'}" }
    load:
      trace:
        { file: t.csv, origin: ${start}:00Z, columns: { at: at, lifetime: life, quantity: q, buyer: who }, unit: s }
    buys: [{ product: img, specification: n, flavour: f }]
    ${run.more ?? ''}
${events}`
}

export interface Planned {
  readonly record: RunRecord
  /** A figure as summary.json holds it. */
  readonly figure: (name: string, filter?: Filter) => number | string | null
  readonly rows: RunRecord['rows']
}

/** Runs it, reads it, and removes it. */
export async function planned<T>(run: PlannedRun, use: (planned: Planned) => T): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'marketsim-planned-'))
  writeFileSync(join(folder, 't.csv'), ['at,life,q,who', ...run.trace, ''].join('\n'))
  writeFileSync(join(folder, 's.yaml'), scenario(run))
  try {
    const short = await shortRun([], join(folder, 's.yaml'))
    const { record } = short
    try {
      const figure: Planned['figure'] = (name, filter) =>
        figureValue(knownFigure(name).unit, measure(record, knownFigure(name), filter))
      return use({ record, figure, rows: record.rows.bind(record) })
    } finally {
      short.remove()
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** How many amounts the auditor found to differ. */
export const differences = ({ rows }: Planned): number =>
  Number(rows('SELECT count(*) AS n FROM audit_differences')[0].n)
