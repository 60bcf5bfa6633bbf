/**
 * A sweep by a pool whose workers are killed, whose server is killed and started again, and whose own process is killed and
 * resumed, writes the bytes of one process, and leaves nothing in the pool.
 */
import type { ChildProcess } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterAll, expect, test } from 'vitest'
import { exitCodes } from '#cli/exit-codes.ts'
import { type Ended, inThisProcess, marketsim, newFolder, removeFolders, short } from '../../cli/marketsim.ts'
import { hasPostgres, hasRedis, type Server, startPostgres, startRedis } from '../../cli/pool/servers.ts'
import { capacity, errorsOf, filesOf, wide } from '../../cli/short-sweep.ts'
import { isShort } from '../effort.ts'
import { leftIn } from './left-in.ts'

afterAll(removeFolders)

const cwd = newFolder()
const runs = isShort ? 6 : 100
const password = 'it: is/a@secret?'
const words = [
  ...['sweep', 'quickstart', ...short, ...wide, '--vary', `${capacity}=2,60`, '--runs', String(runs)],
  ...['--figure', 'ecs.refusalRate{pool=ap-1a}', '--figure', 'revenue.gross'],
]
let whole: Promise<Ended> | undefined
/** The sweep by one process, made once. */
const byOneProcess = () => {
  whole ??= inThisProcess([...words, '--quiet', '--threads', '1', '--out', 'whole'], cwd)
  return whole
}

interface Started {
  readonly child: Promise<ChildProcess>
  readonly ended: Promise<Ended>
}

function started(line: readonly string[]): Started {
  const { promise: child, resolve } = Promise.withResolvers<ChildProcess>()
  const ended = marketsim(line, { cwd, environment: { MARKETSIM_POOL_PASSWORD: password }, started: resolve })
  return { child, ended }
}

const kill = async ({ child, ended }: Started) => {
  const process = await child
  process.kill('SIGKILL')
  await ended
}

/** Results that the sweep has collected so far. */
function collected(out: string): number {
  const partial = readdirSync(cwd).find((name) => name.startsWith(`${out}.partial-`))
  if (partial === undefined) return 0
  const names = readdirSync(join(cwd, partial), { recursive: true, encoding: 'utf8' })
  return names.filter((name) => /results\/..\/\w+\.json$/.test(name)).length
}

/**
 * Waits until something is so, or the work is complete: a test that has to wait for its processor may see it too late. Throws if
 * a process has ended that should be there.
 */
async function until(what: string, isSo: () => boolean, alive: readonly Started[]): Promise<void> {
  let dead: Ended | undefined
  for (const { ended } of alive)
    void ended.then((each) => {
      dead = each
    })
  const end = performance.now() + 300_000
  while (!isSo()) {
    await setTimeout(100)
    if (dead?.code === exitCodes.done.code) return
    if (dead !== undefined) throw new Error(`before ${what} a process ended with ${dead.code}: ${dead.stderr}`)
    if (performance.now() > end) throw new Error(`never: ${what}`)
  }
}

const kinds = [
  { kind: 'redis', isThere: hasRedis, start: () => startRedis({ password }) },
  { kind: 'postgres', isThere: hasPostgres, start: () => startPostgres(password) },
] as const

test.each(kinds)('$kind: the same bytes whatever is killed', async ({ kind, isThere, start }) => {
  if (!isThere()) return
  const one = await byOneProcess()
  expect([errorsOf(one), one.code]).toEqual([[], exitCodes.done.code])
  const server: Server = await start()
  const url = server.url.replace(/:[^:@/]*@/, '@')
  expect(url).not.toContain('secret')
  const work = () => started(['worker', '--pool', url, '--threads', '1'])
  const out = `by-${kind}`
  let workers = [work(), work()]
  let sweep = started([...words, '--pool', url, '--out', out])
  const said: string[] = []
  try {
    // A worker in mid-run: another one makes its run again.
    await until('a first result', () => collected(out) > 0, [...workers, sweep])
    await kill(workers[0])
    workers = [workers[1], work()]
    // The server, with everything that is connected to it.
    await until('more results', () => collected(out) > 1, [...workers, sweep])
    await server.kill()
    await setTimeout(1_000)
    await server.start()
    // The process that asks.
    await until('results after that', () => collected(out) > 3, [...workers, sweep])
    await kill(sweep)
    const isComplete = (await sweep.ended).code === exitCodes.done.code
    if (!isShort && !isComplete)
      for (let kills = 0; collected(out) < 1.5 * runs && kills < 20; kills++) {
        await setTimeout(2_000)
        await kill(workers[0])
        workers = [workers[1], work()]
      }
    if (!isComplete) sweep = started(['resume', out])
    const ended = await sweep.ended
    said.push(ended.stdout, ended.stderr)
    expect([ended.stderr, ended.code]).toEqual([expect.any(String), exitCodes.done.code])
    expect(filesOf(join(cwd, out))).toEqual(filesOf(join(cwd, 'whole')))
    for (const worker of workers) (await worker.child).kill('SIGTERM')
    for (const { ended } of workers) {
      const { code, stdout, stderr } = await ended
      said.push(stdout, stderr)
      // On a machine that is very busy, one may be ended by its launcher before it has said how many runs it completed.
      expect([stderr, code]).toEqual([expect.any(String), exitCodes.terminated.code])
    }
    for (const text of said)
      for (const secret of [password, encodeURIComponent(password)]) expect(text).not.toContain(secret)
    // A worker that was killed as it left may have left something: the next command removes it.
    expect((await started(['sweep', 'cancel', '--abandoned', '--pool', url]).ended).code).toBe(exitCodes.done.code)
    expect(await leftIn(server, password)).toEqual([])
  } finally {
    for (const { child } of [...workers, sweep]) (await child).kill('SIGKILL')
    await server.remove()
  }
})
