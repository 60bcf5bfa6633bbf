/** Files that commands read besides a run: as many rows as the marketplace has buyers. */
import { writeFileSync } from 'node:fs'
import { DAY, MINUTE } from '#base/time.ts'
import { withRecord } from '#reports/record.ts'

const start = Date.UTC(2024, 4, 6)

/** Two hours of a server in a day. */
const hoursOfServer = (index: number): readonly [begins: string, ends: string] => {
  const begins = start + ((index * 7) % (22 * 60)) * MINUTE
  return [new Date(begins).toISOString(), new Date(begins + 120 * MINUTE).toISOString()]
}

/** Writes rows below a head. Returns the path. */
function written(path: string, head: string, rows: Iterable<string>): string {
  writeFileSync(path, `${[...(head === '' ? [] : [head]), ...rows].join('\n')}\n`)
  return path
}

function* each<T>(count: number, of: (index: number) => T): Generator<T> {
  for (let index = 1; index <= count; index++) yield of(index)
}

/** A lifecycle log in order of time: a server of each buyer. */
export function lifecycleLog(buyers: number, path: string): string {
  const rows = [...each(buyers, hoursOfServer)].flatMap(([begins, ends], index) => [
    `${begins},buyer-${index + 1},i-${index + 1},start,web,c6.large`,
    `${ends},buyer-${index + 1},i-${index + 1},delete,,`,
  ])
  return written(path, 'at,account,resource,do,product,flavour', rows.sort())
}

export const pricesFile = (path: string): string =>
  written(path, 'kind,name,hourly,from', ['ecs,c6.large,0.12,', 'image,web,0.05,'])

/** Invoices of another system for the servers of the log: an image hour too little for each of them. */
export const invoicesOfLog = (buyers: number, path: string): string =>
  written(
    path,
    'account,month,amount',
    each(buyers, (buyer) => `buyer-${buyer},2024-05,0.29`),
  )

/** Invoices of another system for every account of a run: none of them is right. */
export const invoicesOfRun = (folder: string, path: string): string =>
  written(
    path,
    'account,month,amount',
    withRecord(folder, (record) => record.rows('SELECT name FROM accounts ORDER BY id')).map(
      ({ name }) => `${name},2024-03,1`,
    ),
  )

/** A log of use, a row for each buyer. */
export const usageLog = (buyers: number, path: string): string =>
  written(
    path,
    'at,lifetime,account',
    each(
      buyers,
      (buyer) => `${new Date(start + (buyer * DAY) / buyers).toISOString()},${60 + (buyer % 7200)},b${buyer}`,
    ),
  )

/** Requests of the calculator. */
export const requestsFile = (buyers: number, path: string): string =>
  written(
    path,
    '',
    each(buyers, (id) =>
      JSON.stringify({
        id: String(id),
        op: 'price',
        plan: { model: 'linear', unit: '6.5' },
        quantity: String(1 + (id % 100)),
      }),
    ),
  )
