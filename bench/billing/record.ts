import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { deserialize, serialize } from 'node:v8'
import { HOUR } from '#base/time.ts'
import { Digest } from '#engine/digest.ts'
import type { Scenario } from '#scenarios/schema.ts'
import { Ledger } from '#sim/cell/ledger.ts'
import { namesOf } from '#sim/market/dimensions.ts'
import { dictionary } from '#sim/market/words.ts'
import { buildRecord } from '#sim/record/build.ts'
import { ColumnFiles } from '#sim/record/column-files.ts'
import { FactLog } from '#sim/record/fact-log.ts'
import { openRecord } from '#sim/record/open-record.ts'
import { buildWorld } from '#sim/world/world.ts'
import { settle } from './posting.ts'
import type { BillingWork } from './work.ts'

const require = createRequire(import.meta.url)
const quickstart = new URL('../../scenarios/quickstart.yaml', import.meta.url)

/**
 * Reading the scenario takes ten times as long as everything else here needs to begin, so that a comparison, which starts
 * many processes, keeps what was read in a file of its own.
 */
function scenarioRead(): Scenario {
  const kept = process.env.MARKETSIM_BENCH_SCENARIO
  if (kept !== undefined && existsSync(kept)) return deserialize(readFileSync(kept))
  const { parseScenario } = require('../../scenarios/reader.ts') as typeof import('#scenarios/reader.ts')
  const scenario = parseScenario(readFileSync(quickstart, 'utf8'), 'quickstart.yaml')
  if (kept !== undefined) writeFileSync(kept, serialize(scenario))
  return scenario
}

/** Writes a fact file of so many rows of the ledger, transactions and their postings. Returns the rows. */
function writeFacts(path: string, rows: number): number {
  const log = new FactLog(path, new Digest(), dictionary)
  const ledger = new Ledger(log.write, dictionary, 1, 1, { offset: 0, end: Number.POSITIVE_INFINITY })
  for (let hour = 0; log.facts < rows; hour += HOUR) {
    settle(ledger, Math.min(1000, Math.ceil((rows - log.facts) / 5)), hour)
    log.drain()
  }
  log.close()
  return log.facts
}

/** Folder of the column files of the one cell. */
const COLUMNS = 'columns'

/** Writes the mass of a fact file as columns, as a cell does while it runs. */
function writeColumns(facts: string, folder: string): void {
  mkdirSync(folder, { recursive: true })
  const columns = new ColumnFiles(folder, dictionary)
  const bytes = new Uint8Array(readFileSync(facts))
  columns.take(new Float64Array(bytes.buffer), bytes.length / 8)
  columns.close()
}

const bytesIn = (folder: string): number =>
  readdirSync(folder).reduce((sum, file) => sum + statSync(join(folder, file)).size, 0)

/** Of what the record's ledger holds. */
function ledgerDigest(path: string): string {
  const database = openRecord(path)
  try {
    const [sums] = database
      .prepare('SELECT count(*), sum(amount * transaction_id), sum(amount * ledger), max(transaction_id) FROM postings')
      .raw()
      .all()
    return createHash('sha256').update(JSON.stringify(sums)).digest('hex').slice(0, 8)
  } finally {
    database.close()
  }
}

/** Lines of the ledger into the record, as a run makes it: columns of the lines, and the SQLite file that lists them. */
export const record: BillingWork = {
  work: 'record',
  subject: 'marketsim',
  sizes: [200_000],
  turnSize: 1000,
  start(size) {
    const folder = mkdtempSync(join(tmpdir(), 'marketsim-bench-'))
    const [facts, path, empty] = ['ledger.facts', 'run.sqlite', 'empty.sqlite'].map((name) => join(folder, name))
    const rows = writeFacts(facts, size)
    const world = buildWorld({ scenario: scenarioRead(), traces: {} })
    buildRecord(empty, namesOf(world), { facts: [], columns: [] }, {})
    const build = () => {
      rmSync(path, { force: true })
      writeColumns(facts, join(folder, COLUMNS))
      return buildRecord(path, namesOf(world), { facts: [facts], columns: [COLUMNS] }, {}).facts
    }
    build()
    return {
      bytesPerLine: (statSync(path).size - statSync(empty).size + bytesIn(join(folder, COLUMNS))) / rows,
      batch: build,
      digest: () => ledgerDigest(path),
      end: () => rmSync(folder, { recursive: true }),
    }
  },
}
