/**
 * `load` as a program that a signal stops: at due times of a file and against a service, in each of its phases. The moments are the
 * program's own, or those of the service that it drives: nothing waits for a clock.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { exitCodes } from '#cli/exit-codes.ts'
import { readScenario } from '#scenarios/reader.ts'
import type { WorldSpec } from '#sim/world/world.ts'
import { startService } from '../../../examples/metering-service/server.ts'
import { type Ended, marketsim, newFolder, removeFolders, withoutWarnings } from '../../cli/marketsim.ts'
import { type At, askedToStopAt } from '../../cli/moments.ts'
import { endings, type Stop } from '../../cli/stopped-by-signal.ts'
import { isShort } from '../effort.ts'

const cwd = newFolder()
afterAll(removeFolders)

const day = 'end=2024-03-02T00:00:00+08:00'
const quickstart = new URL('../../../scenarios/quickstart.yaml', import.meta.url).pathname
let spec: WorldSpec

beforeAll(async () => {
  spec = { scenario: (await readScenario(quickstart, { sets: [day] })).scenario, traces: {} }
  // Longer than any of these tests takes, so that only the signal ends it.
  const lines = Array.from({ length: 6_000 }, (_, line) => `${line / 10}\n`)
  writeFileSync(join(cwd, 'due-times.txt'), `seconds\n${lines.join('')}`)
})

const all: readonly Stop[] = ['SIGINT', 'SIGTERM', 'SIGHUP']
const signals = isShort ? all.slice(1, 2) : all
const due = ['--due-times', 'due-times.txt', '--threads', '1', '--sync', 'off', '--warm-up', '0']
let results = 0

/** What is in the folder of a result. */
const read = (out: string, file: string) => JSON.parse(readFileSync(join(cwd, out, file), 'utf8'))

/** It ended as one that was stopped, and its result is kept and says so; answers the summary. */
function expectKept(out: string, { code, stdout }: Ended) {
  expect([code, stdout]).toEqual([exitCodes.incomplete.code, expect.stringContaining('INCOMPLETE')])
  const summary = read(out, 'summary.json')
  expect([summary.complete, read(out, 'manifest.json').complete]).toEqual([false, false])
  const { seconds, plannedSeconds, achievedPerSecond } = summary.load
  expect(seconds).toBeLessThan(plannedSeconds)
  // Rates are of the time that passed, in which no more was done than was asked.
  expect(achievedPerSecond * seconds).toBeLessThanOrEqual(summary.operations.all.done + 1)
  expect(readdirSync(cwd).filter((name) => name.startsWith(`${out}.`))).toEqual([])
  return summary
}

describe.each(signals)('%s', (signal) => {
  const loaded = async (words: readonly string[], at: At): Promise<{ out: string; ended: Ended }> => {
    const out = `load-${results++}`
    const environment = askedToStopAt(at, signal)
    return { out, ended: await marketsim(['load', 'quickstart', ...words, '--out', out], { cwd, environment }) }
  }

  test('while the history is simulated leaves nothing', async () => {
    const { out, ended } = await loaded(due, { path: /cell-0\.facts$/ })
    expect([ended.code, withoutWarnings(ended.stderr)]).toEqual([
      endings[signal],
      expect.stringMatching(/^interrupted: (the load had not started, and )?nothing was written$/m),
    ])
    expect(existsSync(join(cwd, out))).toBe(false)
  })

  test.each<[string, At]>([
    ['before anything is due', { path: /ledgers$/ }],
    ['while it serves', { path: /live\.json$/, text: /left","[^"]+ done/ }],
  ])('%s keeps what was served at due times of a file', async (_, at) => {
    const { out, ended } = await loaded(['--set', day, ...due], at)
    const summary = expectKept(out, ended)
    expect([summary.audit.differences, summary.digest.books]).toEqual([0, null])
  })

  test('without a folder for it ends with the code of the signal', async () => {
    const environment = askedToStopAt({ path: /ledgers$/ }, signal)
    const { code, stdout } = await marketsim(['load', 'quickstart', '--set', day, ...due], { cwd, environment })
    expect([code, stdout]).toEqual([endings[signal], expect.stringContaining('INCOMPLETE')])
  })

  /** Loads a service, and sends the signal when it is asked by a request of a kind for the so-manieth time. */
  async function stoppedAtRequest(kind: 'POST' | 'GET', times: number, words: readonly string[] = []) {
    const service = await startService({ spec, port: 0 })
    let stop = (): void => {}
    let asked = 0
    const front = http.createServer((request, response) => {
      const { searchParams } = new URL(request.url ?? '/', 'http://localhost')
      // The first look at the bills is before the load, and of no test.
      const isProbe = searchParams.get('source') === 'marketsim/none'
      if (request.method === kind && !isProbe && ++asked === times) stop()
      // Bills that never have everything: the load would wait for them.
      if (request.method === 'GET') {
        response.setHeader('content-type', 'text/csv')
        response.end('account,month,payable\n')
        return
      }
      const { method, headers } = request
      request.pipe(
        http.request(new URL(request.url ?? '/', service.url), { method, headers }, (answer) => {
          response.writeHead(answer.statusCode ?? 500, answer.headers)
          answer.pipe(response)
        }),
      )
    })
    await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve))
    const out = `load-${results++}`
    const url = `http://127.0.0.1:${(front.address() as AddressInfo).port}`
    try {
      const ended = await marketsim(['load', 'quickstart', '--set', day, '--target', url, '--out', out, ...words], {
        cwd,
        started: (process) => {
          stop = () => process.kill(signal)
        },
      })
      return { out, ended }
    } finally {
      front.close()
      await service.close()
    }
  }

  test.each([1, 3])('at request no. %i to a service keeps what was sent', async (times) => {
    const words = ['--due-times', 'due-times.txt']
    const { out, ended } = await stoppedAtRequest('POST', times, words)
    const { service } = expectKept(out, ended)
    expect([service.bills, service.billsError]).toEqual([null, null])
    expect(service.requests).toBeGreaterThanOrEqual(times)
  })

  test('while the bills of a service are awaited keeps what was sent', async () => {
    const { out, ended } = await stoppedAtRequest('GET', 1, [
      '--rate',
      '1k/s',
      '--duration',
      '100ms',
      '--settle',
      '10m',
    ])
    expect([ended.code, ended.stdout]).toEqual([exitCodes.incomplete.code, expect.stringContaining('INCOMPLETE')])
    const { complete, service, operations } = read(out, 'summary.json')
    expect([complete, service.bills, operations.all.done]).toEqual([false, null, 100])
  })
})
