/** `sweep --select` by the workers of a pool has the bytes of one process, and leaves nothing in the pool. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { exitCodes } from '#cli/exit-codes.ts'
import { inThisProcess, marketsim, newFolder, removeFolders } from '../../cli/marketsim.ts'
import { hasRedis, startRedis } from '../../cli/pool/servers.ts'
import { poolScenario } from '../../cli/select-scenario.ts'
import { filesOf } from '../../cli/short-sweep.ts'
import { leftIn } from './left-in.ts'

afterAll(removeFolders)

test.runIf(hasRedis())('redis: a selection by a worker', async () => {
  const cwd = newFolder()
  writeFileSync(join(cwd, 'pool.yaml'), poolScenario)
  const words = ['sweep', 'pool.yaml', '--vary', 'pools.f.capacity=2,3,12', '--runs', '10', '--quiet']
  const goal = ['--select', 'revenue.gross', '--largest', '--indifference', '5', '--keep', 'ecs.refusalRate < 60%']
  const one = await inThisProcess([...words, ...goal, '--threads', '1', '--out', 'one'], cwd)
  expect(one.code, one.stderr).toBe(exitCodes.done.code)
  const password = 'se:cret/1'
  const server = await startRedis({ password })
  let worker: { kill: (signal: NodeJS.Signals) => unknown } | undefined
  const ended = marketsim(['worker', '--pool', server.url, '--threads', '1'], {
    cwd,
    started: (child) => {
      worker = child
    },
  })
  try {
    const pooled = await marketsim([...words, ...goal, '--pool', server.url, '--out', 'pooled'], { cwd })
    expect(pooled.code, pooled.stderr).toBe(exitCodes.done.code)
    const written = (folder: string) => ({ ...filesOf(join(cwd, folder), 'select') })
    expect(written('pooled')).toEqual(written('one'))
    worker?.kill('SIGTERM')
    await ended
    expect(await leftIn(server, password)).toEqual([])
  } finally {
    worker?.kill('SIGKILL')
    await server.remove()
  }
})
