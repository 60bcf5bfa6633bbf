/**
 * Commands that read a run take memory that does not grow with its transactions: peaks of resident memory with a run and with one of
 * ten times as many, in a heap that would not hold them.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { isShort } from '../effort.ts'
import { leastPeak, mib, NOISE, peakOf } from './peak.ts'

const folder = mkdtempSync(join(tmpdir(), 'marketsim-memory-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** What SQLite keeps of a record and of temporary tables: pages of a small run do not fill it. */
const CACHES = 2 * 64 * 2 ** 20
/** A heap that a command with its libraries needs most of. */
const HEAP_MIB = 96
/** Start-ups of quickstart: ten times as many transactions in the second run. */
const sizes = isShort ? [40, 400] : [400, 4_000]
const runs = sizes.map((size) => join(folder, `run-${size}`))

beforeAll(() => {
  for (const [index, size] of sizes.entries()) {
    const buyers = ['--set', `buyers.start-ups.count=${size}`, '--set', `buyers.companies.count=${size / 10}`]
    const pools = ['ap-1', 'eu-1'].flatMap((region) => [
      '--set',
      `regions.${region}.zones.${region}a.pools.c6.large.capacity=${size * 4}`,
    ])
    const parties = ['--set', 'policies.invoice.mode=auto']
    peakOf(
      ['run', resolve('scenarios/quickstart.yaml'), ...buyers, ...pools, ...parties, '--out', runs[index], '-q'],
      folder,
      1_024,
    )
  }
}, 3_600_000)

const out = ['--out', join(folder, 'out'), '--force', '-q']
const exported = (...format: string[]) => ({ words: (run: string) => ['export', run, '--format', ...format, ...out] })

const commands: Readonly<Record<string, { words: (run: string) => string[] }>> = {
  'export csv': exported('csv'),
  'export hledger': exported('hledger'),
  'export hledger by month': exported('hledger', '--by-month'),
  'export beancount': exported('beancount'),
  'export parquet': exported('parquet'),
  'export sqlite': exported('sqlite'),
  'export focus 1.2': exported('focus'),
  'export focus 1.4': exported('focus', '--focus-version', '1.4'),
  'export invoices': exported('invoices'),
  report: { words: (run) => ['report', run, '-q'] },
  'trial-balance': { words: (run) => ['trial-balance', run] },
  'trial-balance --at': { words: (run) => ['trial-balance', run, '--at', '2024-03-20T00:00:00+08:00'] },
  'reprice RUN': { words: (run) => ['reprice', run, '--set', 'policies.tax.percent=20'] },
}

test.each(Object.entries(commands))('%s', (name, { words }) => {
  const few = peakOf(words(runs[0]), folder, HEAP_MIB)
  const bound = few + NOISE + CACHES
  const many = leastPeak(bound, () => peakOf(words(runs[1]), folder, HEAP_MIB))
  process.stdout.write(`${name}: ${mib(few)} with ${sizes[0]} buyers, ${mib(many)} with ${sizes[1]}\n`)
  expect(many).toBeLessThan(bound)
})
