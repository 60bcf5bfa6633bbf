/**
 * Commands that read logs take memory that does not grow with the rows, beyond what each row is documented to cost: peaks of
 * resident memory with N and with 10 N rows of the same accounts, and the bytes a further row.
 */
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { isShort } from '../effort.ts'
import { leastPeak, mib, NOISE, peakOf } from './peak.ts'

const folder = mkdtempSync(join(tmpdir(), 'marketsim-memory-'))
afterAll(() => rmSync(folder, { recursive: true }))

const FEW = Number(process.env.MARKETSIM_ROWS ?? (isShort ? 20_000 : 1_000_000))
const sizes = [FEW, FEW * 10]
const start = Date.parse('2024-03-01T00:00:00Z')

const instant = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`

/** Writes a file row by row. */
function written(name: string, head: string, rows: number, row: (index: number) => string): string {
  const path = join(folder, name)
  if (existsSync(path)) return path
  writeFileSync(path, head)
  for (let from = 0; from < rows; from += 10_000) {
    const lines: string[] = []
    for (let index = from; index < Math.min(rows, from + 10_000); index++) lines.push(row(index))
    appendFileSync(path, lines.join(''))
  }
  return path
}

/** Uses of 20 accounts, half an hour long, within 40 days whatever their number. */
const at = (index: number, rows: number): number => start + Math.floor((index / rows) * 40 * 86_400) * 1000

const files = {
  uses: (rows: number) =>
    written(
      `uses-${rows}.csv`,
      'at,end,account,resource,flavour\n',
      rows,
      (index) =>
        `${instant(at(index, rows))},${instant(at(index, rows) + 1_800_000)},acc-${index % 20},r-${index % 500},c6\n`,
    ),
  cloudEvents: (rows: number) =>
    written(
      `uses-${rows}.jsonl`,
      '',
      rows,
      (index) =>
        `{"specversion":"1.0","id":"${index}","source":"/a","time":"${instant(at(index, rows))}","data":{"seconds":60,"account":"acc-${index % 20}"}}\n`,
    ),
  /** Starts and stops of 500 servers in turn. */
  events: (rows: number) =>
    written(`events-${rows}.csv`, 'at,account,resource,do,product,flavour\n', rows, (index) => {
      const server = index % 500
      const first = index < 500
      const what = Math.floor(index / 500) % 2 === 0 ? 'start' : 'stop'
      return `${instant(at(index, rows))},acc-${server % 20},i-${server},${what},,${first ? 'c6' : ''}\n`
    }),
  /** Levels of 500 disks; of a hundred, one comes after its month was billed. */
  levels: (rows: number) =>
    written(`levels-${rows}.csv`, 'id,at,received,account,resource,gb\n', rows, (index) => {
      const received = at(index, rows) + (index % 100 === 7 ? 40 * 86_400_000 : 60_000)
      const what = `acc-${index % 20},d-${index % 500},${(index * 7919) % 1000}`
      return `e${index},${instant(at(index, rows))},${instant(received)},${what}\n`
    }),
  charges: (rows: number) =>
    written(
      `charges-${rows}.csv`,
      'account,resource,hour,kind,product,amount\n',
      rows,
      (index) =>
        `acc-${index % 20},i-${index % 500},${instant(start + Math.floor(index / 500) * 3_600_000)},ecs,c6,0.5\n`,
    ),
} as const

const prices = join(folder, 'prices.csv')
writeFileSync(prices, 'kind,name,hourly\necs,c6,0.5\n')
const dearer = join(folder, 'dearer.csv')
writeFileSync(dearer, 'kind,name,hourly\necs,c6,0.6\n')
const card = join(folder, 'card.yaml')
writeFileSync(
  card,
  `currency: USD
metrics: { storage: { aggregate: time-weighted, of: gb, per: hour } }
prices: [{ metric: storage, plan: { model: linear, unit: 0.01 } }]
`,
)
const short = files.events(1000)
const map = ['--map', 'at=at,end=end,account=account,resource=resource,flavour=flavour']
const out = (name: string): string[] => ['--out', join(folder, name), '--force']

/** Each with the bytes that a row may cost: two for a row that may be sent twice, two for a resource that comes again. */
const commands: Readonly<Record<string, { bytes: number; words: (rows: number) => string[] }>> = {
  'import csv': { bytes: 6, words: (rows) => ['import', 'csv', files.uses(rows), ...map, ...out('a')] },
  'import cloudevents': { bytes: 10, words: (rows) => ['import', 'cloudevents', files.cloudEvents(rows), ...out('b')] },
  meter: { bytes: 6, words: (rows) => ['meter', files.events(rows), '--prices', prices, ...out('c')] },
  // Each use is a server of its own.
  'meter --from': {
    bytes: 10,
    words: (rows) => ['meter', files.uses(rows), '--from', 'csv', ...map, '--prices', prices],
  },
  'meter with a rate card, late levels': {
    bytes: 6,
    words: (rows) => ['meter', files.levels(rows), '--prices', card, '--policy', 'usage.late=next-bill'],
  },
  'reprice LOG': { bytes: 6, words: (rows) => ['reprice', files.events(rows), '--from', prices, '--prices', dearer] },
  // Charges of the other side are in a temporary file.
  reconcile: {
    bytes: 6,
    words: (rows) => ['reconcile', short, '--prices', prices, '--against', files.charges(rows), ...out('d')],
  },
  calibrate: {
    bytes: 150,
    words: (rows) => ['calibrate', files.uses(rows), '--format', 'csv', ...map, '--seeds', '0', ...out('e')],
  },
}

mkdirSync(folder, { recursive: true })

test.each(Object.entries(commands))('%s', (name, { bytes, words }) => {
  const few = peakOf(words(sizes[0]), folder)
  const bound = few + NOISE + bytes * (sizes[1] - sizes[0])
  const many = leastPeak(bound, () => peakOf(words(sizes[1]), folder))
  const perRow = (many - few) / (sizes[1] - sizes[0])
  process.stdout.write(
    `${name}: ${mib(few)} with ${sizes[0]} rows, ${mib(many)} with ${sizes[1]}: ${perRow.toFixed(0)} bytes a further row\n`,
  )
  expect(many).toBeLessThan(bound)
})
