import { readFileSync } from 'node:fs'
import { afterAll, expect, test } from 'vitest'
import { exitCodes } from '#cli/exit-codes.ts'
import type { LoadSummary } from '#reports/load-test/summary.ts'
import { marketsim, newFolder, removeFolders, short } from '../../cli/marketsim.ts'

afterAll(removeFolders)
const cwd = newFolder()
const little = ['load', 'quickstart', ...short, '--threads', '1', '--warm-up', '0', '--sync', 'off']

/** The process that does the work: the launcher's child, where it has one. */
function worker(pid: number): number {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim()
  return children === '' ? pid : Number(children.split(' ')[0])
}

test.runIf(process.platform === 'linux')(
  'a stop of the whole process is named, with its length and place',
  async () => {
    let stopped = false
    const words = [...little, '--rate', '100/s', '--duration', '6s', '--json']
    const { code, stdout } = await marketsim(words, {
      cwd,
      started: ({ pid = 0, stderr }) =>
        stderr?.on('data', (text: string) => {
          if (stopped || !text.includes('done')) return
          stopped = true
          const target = worker(pid)
          process.kill(target, 'SIGSTOP')
          setTimeout(() => process.kill(target, 'SIGCONT'), 1_000)
        }),
    })
    expect(code).toBe(exitCodes.done.code)
    const { machine } = JSON.parse(stdout) as LoadSummary
    expect(machine.stalls.count).toBeGreaterThan(0)
    expect(machine.stalls.longestMs).toBeGreaterThan(900)
  },
)
