import { readFileSync } from 'node:fs'
import { join } from 'node:path'
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
    const words = [...little, '--rate', '100/s', '--duration', '1h', '--out', 'stalled']
    let said = 0
    const { code } = await marketsim(words, {
      cwd,
      started: (launcher) =>
        launcher.stderr?.on('data', (text: string) => {
          if (!text.includes('done')) return
          said++
          if (said === 1) {
            const target = worker(launcher.pid ?? 0)
            process.kill(target, 'SIGSTOP')
            setTimeout(() => process.kill(target, 'SIGCONT'), 1_000)
          }
          // It has served again since: one of the lines may have been on its way before.
          if (said === 3) launcher.kill('SIGINT')
        }),
    })
    expect(code).toBe(exitCodes.incomplete.code)
    const { machine } = JSON.parse(readFileSync(join(cwd, 'stalled/summary.json'), 'utf8')) as LoadSummary
    expect(machine.stalls.count).toBeGreaterThan(0)
    expect(machine.stalls.longestMs).toBeGreaterThan(900)
  },
)
