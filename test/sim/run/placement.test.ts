/** E-10: a real job log on hosts, each job one server of its size, against a naive placement program, job by job. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parseScenario } from '#scenarios/reader.ts'
import type { Trace } from '#scenarios/trace.ts'
import { openRecord } from '#sim/record/open-record.ts'
import { simulate } from '#sim/run/simulate.ts'
import { type NaiveHosts, placeNaively } from '../market/naive-placement.ts'

const START = Date.parse('1993-10-01T00:00:03-07:00')
const sizes = [1, 2, 4, 8, 16, 32, 64, 128]

/** Of the log: when jobs came, in half the time, and ended, ms from the start; how large they were, and whose. */
const log = readFileSync(new URL('../../../scenarios/data/nasa-ipsc-1993.csv', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .slice(1)
  .map((line) => line.split(',').map(Number))
const jobs = log.slice(0, 1_500).map(([submit, runtime, size, user]) => ({
  at: submit * 500,
  until: submit * 500 + runtime * 1_000,
  owner: user,
  count: 1,
  ...{ vcpu: size, memory: size * 2, gpu: 0 },
}))

const group = (strategy: NaiveHosts['strategy']): NaiveHosts => ({
  ...{ hosts: 3, vcpu: 128, memory: 256, gpu: 0, domains: 3, strategy },
})

const scenario = ({ hosts, vcpu, memory, domains, strategy }: NaiveHosts): string => `name: log-on-hosts
question: Is each job where a naive program places it?
start: 1993-10-01T00:00:03-07:00
duration: 30d
money: ignore
policies: { time.utcOffset: "-07:00" }
regions:
  - id: ames
    zones:
      - id: ames-1
        hosts: [{ id: cube, count: ${hosts}, vcpu: ${vcpu}, memory: ${memory}, faultDomains: ${domains}, placement: ${strategy} }]
        pools:
${sizes.map((size) => `          - { flavour: n${size}, hosts: cube, vcpu: ${size}, memory: ${size * 2} }`).join('\n')}
sellers: [{ segment: numerics }]
catalog: [{ id: nx, kind: image, seller: numerics/1, category: infrastructure, specifications: [{ id: node, billing: pay-per-use }] }]
buyers:
  - segment: researchers
    load: { trace: { file: log.csv, origin: 1993-10-01T00:00:03-07:00, columns: { at: submit, lifetime: runtime, flavour: size, buyer: user } } }
    buys: [{ product: nx, specification: node, flavour: n1 }]
`

const buyers = [...new Set(jobs.map(({ owner }) => owner))]
const trace: Trace = {
  at: Float64Array.from(jobs, ({ at }) => START + at),
  lifetime: Float64Array.from(jobs, ({ at, until }) => until - at),
  quantity: new Int32Array(jobs.length).fill(1),
  flavour: Int32Array.from(jobs, ({ vcpu }) => sizes.indexOf(vcpu)),
  flavours: sizes.map((size) => `n${size}`),
  buyer: Int32Array.from(jobs, ({ owner }) => buyers.indexOf(owner)),
  buyers: buyers.map(String),
  digest: '',
}

/** What the record says of each job: the number of its host, or why it was refused. */
async function answers(
  hosts: NaiveHosts,
): Promise<{ readonly said: (number | string)[]; readonly differences: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'marketsim-placement-'))
  try {
    const read = parseScenario(scenario(hosts), 'log.yaml')
    const traces = { researchers: trace }
    const outcome = await simulate({ scenario: read, traces, seed: '1', threads: 1, folder, inThisThread: true })
    const record = openRecord(outcome.record)
    const ask = <T>(sql: string): T[] => record.prepare(sql).pluck().all() as T[]
    const placed = ask<number>(`SELECT h.number FROM host_moves m JOIN hosts h ON h.id = m.host
      JOIN words w ON w.id = m.event WHERE w.word = 'place' ORDER BY m.rowid`)
    const refused = ask<string>(`SELECT w.word FROM refusals r JOIN words w ON w.id = r.code ORDER BY r.id`)
    record.close()
    return { said: [...placed, ...refused], differences: outcome.differences }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

test.each(['first-fit', 'best-fit', 'worst-fit', 'spread'] as const)(
  'E-10: each job of the log, by %s',
  async (strategy) => {
    const naive = placeNaively(group(strategy), jobs)
    const placed = naive.flatMap((answer) => (typeof answer === 'string' ? [] : answer))
    const refused = naive.filter((answer) => typeof answer === 'string')
    expect(refused).not.toEqual([])
    expect(await answers(group(strategy))).toEqual({ said: [...placed, ...refused], differences: 0 })
  },
)
