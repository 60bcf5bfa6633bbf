/**
 * `size` by the workers of a pool has the bytes of one process, although a worker is killed in mid-run, and the process that
 * asks is killed and resumed; nothing is left in the pool. Runs that shards have made before are found in their folder.
 */
import type { ChildProcess } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterAll, expect, test } from 'vitest'
import { exitCodes } from '#cli/exit-codes.ts'
import { type Ended, inThisProcess, marketsim, newFolder, removeFolders, short } from '../../cli/marketsim.ts'
import { hasPostgres, hasRedis, startPostgres, startRedis } from '../../cli/pool/servers.ts'
import { capacity, filesOf, wide } from '../../cli/short-sweep.ts'
import { isShort } from '../effort.ts'
import { leftIn } from './left-in.ts'

afterAll(removeFolders)

const cwd = newFolder()
const password = 'se:cret/1'
const few = [...short, ...wide]
const words = [
  'size',
  'quickstart',
  ...few,
  '--vary',
  `${capacity}=10..60/10`,
  '--keep',
  'pool.capacity{pool=ap-1a} >= 30',
]
let whole: Promise<Ended> | undefined
/** The search by one process, made once. */
const byOneProcess = () => {
  whole ??= inThisProcess([...words, '--quiet', '--threads', '1', '--out', 'whole'], cwd)
  return whole
}
const written = (folder: string) => filesOf(join(cwd, folder), 'size')

function started(line: readonly string[]) {
  const { promise: child, resolve } = Promise.withResolvers<ChildProcess>()
  const ended = marketsim(line, { cwd, environment: { MARKETSIM_POOL_PASSWORD: password }, started: resolve })
  return { child, ended }
}

const resultsIn = (folder: string): number =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => /results\/..\/\w+\.json$/.test(name))
    .length

/** Results that the search has collected so far. */
function collected(out: string): number {
  const partial = readdirSync(cwd).find((name) => name.startsWith(`${out}.partial-`))
  return partial === undefined ? 0 : resultsIn(join(cwd, partial))
}

const kinds = [
  { kind: 'redis', isThere: hasRedis, start: () => startRedis({ password }) },
  { kind: 'postgres', isThere: hasPostgres, start: () => startPostgres(password) },
] as const

test.each(isShort ? kinds.slice(0, 1) : kinds)('$kind: the same bytes whatever is killed', async (each) => {
  if (!each.isThere()) return
  const one = await byOneProcess()
  expect([one.stderr, one.code]).toEqual([expect.any(String), exitCodes.done.code])
  const server = await each.start()
  const url = server.url.replace(/:[^:@/]*@/, '@')
  const out = `by-${each.kind}`
  const work = () => started(['worker', '--pool', url, '--threads', '1'])
  const workers = [work()]
  let search = started([...words, '--pool', url, '--out', out])
  let early: Ended | undefined
  void search.ended.then((ended) => {
    early = ended
  })
  try {
    while (early === undefined && collected(out) < 3) await setTimeout(50)
    for (const process of [workers[0], search]) {
      const child = await process.child
      child.kill('SIGKILL')
      await process.ended
    }
    // On a slow machine it may have been complete before it was killed.
    if (early?.code !== exitCodes.done.code) {
      workers.push(work())
      search = started(['resume', out])
      const ended = await search.ended
      expect([ended.stderr, ended.code]).toEqual([expect.not.stringContaining(password), exitCodes.done.code])
    }
    expect(written(out)).toEqual(written('whole'))
    for (const { child } of workers) (await child).kill('SIGTERM')
    await Promise.all(workers.map(({ ended }) => ended))
    expect((await started(['sweep', 'cancel', '--abandoned', '--pool', url]).ended).code).toBe(exitCodes.done.code)
    expect(await leftIn(server, password)).toEqual([])
  } finally {
    for (const { child } of [...workers, search]) (await child).kill('SIGKILL')
    await server.remove()
  }
})

test('runs that shards of a sweep made at likely values are not made again', async () => {
  await byOneProcess()
  const values = ['--vary', `${capacity}=20,30`, '--figure', 'pool.capacity{pool=ap-1a}', '--runs', '10']
  for (const shard of ['1/2', '2/2']) {
    const line = ['sweep', 'quickstart', ...few, ...values, '--shard', shard, '--results', 'shared']
    const made = await inThisProcess([...line, '--threads', '1', '--quiet'], cwd)
    expect([made.stderr, made.code]).toEqual([expect.any(String), exitCodes.done.code])
  }
  const before = resultsIn(join(cwd, 'shared'))
  expect(before).toBe(20)
  const line = [...words, '--results', 'shared', '--threads', '1', '--quiet', '--out', 'found']
  expect((await inThisProcess(line, cwd)).code).toBe(exitCodes.done.code)
  expect(written('found')).toEqual(written('whole'))
  const { runs } = JSON.parse(written('found')['size.json']) as { runs: unknown[][] }
  expect(resultsIn(join(cwd, 'shared'))).toBeLessThan(before + runs.flat().length)
})
