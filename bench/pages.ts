/**
 * How long `marketsim open` takes to answer: `npm run bench:pages -- RUN`. It starts the server on a run and asks for pages
 * of each kind by HTTP, spread over the whole record. The first page of a kind may read a table of the record; the others
 * are what a person waits for.
 */
import { performance } from 'node:perf_hooks'
import { serve } from '#cli/open/serve.ts'
import { runScript, UsageError } from '#cli/script.ts'
import { listNames } from '#reports/pages/addresses.ts'
import { runsIn } from '#reports/pages/found-runs.ts'
import { Site } from '#reports/pages/site.ts'
import { withRecord } from '#reports/record.ts'
import { machineHere } from './compare/machine.ts'
import { median } from './median.ts'
import { chosenOf } from './options.ts'

/** An answer takes no longer, ms. */
const AIM = 200

/** Pages of each kind on a record. */
function addressesOf(folder: string, run: string, times: number): Readonly<Record<string, readonly string[]>> {
  const base = `/run/${encodeURIComponent(run)}`
  return withRecord(folder, (record) => {
    const some = (sql: string): string[] => {
      const rows = record.plainRows(sql)
      const step = Math.max(1, Math.floor(rows.length / times))
      return rows
        .filter((_, index) => index % step === 0)
        .slice(0, times)
        .map((row) => String(Object.values(row)[0]))
    }
    const of = (subject: string, ids: readonly string[]) => ids.map((id) => `${base}/${subject}/${id}`)
    const pages = Array.from({ length: times }, (_, index) => index)
    return {
      overview: pages.map(() => base),
      ...Object.fromEntries(
        listNames.map((list) => [list, pages.map((page) => `${base}/${list}?page=${1 + page * 97}`)]),
      ),
      search: some('SELECT name FROM accounts').map((name) => `${base}/search?q=${encodeURIComponent(name)}`),
      account: of('account', some('SELECT name FROM accounts')),
      order: of('order', some('SELECT id FROM orders')),
      bill: of(
        'bill',
        some(`SELECT a.name || '/' || strftime('%Y-%m', (b.month + utc_offset) / 1000, 'unixepoch')
          FROM bills b JOIN accounts a ON a.id = b.account, run`),
      ),
      instance: of('instance', some('SELECT id FROM instances')),
      transaction: of('transaction', some('SELECT id FROM transactions')),
      refusal: of('refusal', some('SELECT id FROM refusals')),
    }
  })
}

await runScript(
  {
    command: 'npm run bench:pages --',
    about: 'How long the pages of a run take to be answered.',
    words: { name: 'RUN', help: 'the folder of a run' },
    options: {
      only: { value: 'bill,order', help: 'only these kinds of pages' },
      times: { value: '20', help: 'pages of each kind (20)' },
      json: { help: 'print data: ms of each answer' },
    },
    codes: ['0  every answer within 200 ms, but the first of a kind', '2  bad input', '4  one took longer'],
  },
  async ({ words: [folder, ...others], count, has, text }) => {
    if (folder === undefined || others.length > 0)
      throw new UsageError('name one run: npm run bench:pages -- runs/metropolis-2023')
    const times = count('times', 20, 2)
    const [run] = runsIn(folder)
    if (run === undefined) throw new UsageError(`${folder} is not the folder of a run`)
    const kinds = chosenOf(Object.entries(addressesOf(run.folder, run.key, times)), ([kind]) => kind, text('only'))
    const isJson = has('json')
    const site = new Site(() => [run])
    const controller = new AbortController()
    const { address, ended } = await serve({
      site,
      idleMs: 600_000,
      signal: controller.signal,
      onError: (error) => console.error(error),
    })
    const entered = await fetch(address)
    const cookie = (entered.headers.get('set-cookie') ?? '').split(';')[0]
    let slow = 0
    const measured: { readonly page: string; readonly ms: readonly number[] }[] = []
    if (!isJson)
      console.log(`${'page'.padEnd(14)}${'first'.padStart(9)}${'median'.padStart(9)}${'longest'.padStart(9)}  ms`)
    for (const [kind, addresses] of kinds) {
      const took: number[] = []
      for (const path of addresses) {
        const began = performance.now()
        const response = await fetch(new URL(path, address), { headers: { cookie } })
        await response.text()
        took.push(performance.now() - began)
        if (response.status !== 200) throw new Error(`${path}: ${response.status}`)
      }
      const [first = 0, ...rest] = took
      if (rest.length === 0) continue
      const longest = Math.max(...rest)
      if (longest > AIM) slow++
      measured.push({ page: kind, ms: took })
      if (!isJson)
        console.log(
          `${kind.padEnd(14)}${[first, median(rest), longest].map((ms) => ms.toFixed(0).padStart(9)).join('')}`,
        )
    }
    if (isJson) console.log(JSON.stringify({ machine: machineHere(), pages: measured }, null, 1))
    controller.abort()
    await ended
    site.close()
    return slow === 0 ? 0 : 4
  },
)
