/**
 * Real runs killed by SIGKILL at random moments of each phase: resumed, they end as the run that was never interrupted.
 * One round with `--short`, otherwise twelve.
 */
import type { spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { exitCodes } from '#cli/exit-codes.ts'
import { openRecord } from '#sim/record/open-record.ts'
import { marketsim, newFolder, removeFolders, withoutWarnings } from '../cli/marketsim.ts'
import { isShort } from './effort.ts'

const cwd = newFolder()
const brief = ['--set', 'end=2024-03-13T00:00:00+08:00', '--set', 'messageDelay=50ms', '--quiet']
const phases = ['simulating', 'recording', 'auditing', 'reporting'] as const
type Phase = (typeof phases)[number]

beforeAll(async () => {
  const { code, stderr } = await marketsim(['run', 'quickstart', ...brief, '--threads', '1', '--out', 'whole'], { cwd })
  expect([withoutWarnings(stderr), code]).toEqual(['', exitCodes.done.code])
})
afterAll(removeFolders)

const stagingOf = (name: string): string | undefined =>
  readdirSync(cwd).find((entry) => entry.startsWith(`${name}.partial-`))

/** The phase that a run says it is in; undefined before it has begun. */
function phaseOf(name: string): Phase | undefined {
  const staging = stagingOf(name)
  if (staging === undefined) return undefined
  const progress = join(cwd, staging, 'unfinished/progress.json')
  if (existsSync(progress)) return JSON.parse(readFileSync(progress, 'utf8')).progress.phase
  return existsSync(join(cwd, staging, 'facts/cell-0.facts')) ? 'simulating' : undefined
}

/** Kills the process some random part of `within` ms after the phase began; it may have got further by then. */
function killIn(name: string, phase: Phase, within: number): (child: ReturnType<typeof spawn>) => void {
  return (child) => {
    const look = setInterval(() => {
      const reached = phaseOf(name)
      if (reached === undefined || phases.indexOf(reached) < phases.indexOf(phase)) return
      clearInterval(look)
      setTimeout(() => child.kill('SIGKILL'), Math.random() * within)
    }, 2)
    child.on('close', () => clearInterval(look))
  }
}

/** Everything in the record but what the pages of its file look like. */
function contentOf(folder: string): Record<string, unknown[]> {
  const record = openRecord(join(cwd, folder, 'run.sqlite'))
  try {
    const tables = record.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").pluck().all()
    return Object.fromEntries(tables.map((table) => [table, record.prepare(`SELECT * FROM ${table}`).raw().all()]))
  } finally {
    record.close()
  }
}

const within: Readonly<Record<Phase, number>> = { simulating: 600, recording: 60, auditing: 150, reporting: 60 }

/** Kills one run in each of these phases, resuming it in between; returns the phases it was truly in. */
async function killAndResume(name: string, planned: readonly Phase[]): Promise<Set<Phase>> {
  const killed = new Set<Phase>()
  for (const [turn, phase] of planned.entries()) {
    const threads = ['--threads', String((turn % 2) + 1)]
    const words =
      turn === 0
        ? ['run', 'quickstart', ...brief, ...threads, '--out', name, '--checkpoint-every', '3d']
        : ['resume', name, ...threads, '--quiet']
    const { code } = await marketsim(words, { cwd, started: killIn(name, phase, within[phase]) })
    if (code !== null) break
    killed.add(phaseOf(name) as Phase)
    expect(existsSync(join(cwd, name)), `${name} has its name before it is complete`).toBe(false)
  }
  if (stagingOf(name) === undefined) return killed
  const { code, stderr } = await marketsim(['resume', name, '--quiet'], { cwd })
  expect([withoutWarnings(stderr), code]).toEqual(['', exitCodes.done.code])
  return killed
}

function expectAlike(name: string): void {
  expect(stagingOf(name)).toBeUndefined()
  for (const file of ['summary.json', 'reconciliation.csv', 'report.html', 'charts/orders.vl.json'])
    expect(readFileSync(join(cwd, name, file), 'utf8'), file).toBe(readFileSync(join(cwd, 'whole', file), 'utf8'))
  expect(contentOf(name)).toEqual(contentOf('whole'))
  const manifest = (folder: string) => JSON.parse(readFileSync(join(cwd, folder, 'manifest.json'), 'utf8'))
  expect(manifest(name).digest).toBe(manifest('whole').digest)
  expect(Object.keys(manifest(name).files)).toEqual(Object.keys(manifest('whole').files))
  expect(readdirSync(join(cwd, name)).sort()).toEqual(readdirSync(join(cwd, 'whole')).sort())
}

test.each(Array.from({ length: isShort ? 1 : 12 }, (_, round) => [round + 1]))(
  'round %i: killed in each phase, once more while simulating, and resumed on other threads each time',
  async (round) => {
    const missing = new Set<Phase>(phases)
    // A drawn moment may come too late for its phase: then another run is killed in the phases still to be hit.
    for (let turn = 1; missing.size > 0 && turn <= 5; turn++) {
      const name = `killed-${round}-${turn}`
      const planned = phases.filter((phase) => missing.has(phase))
      const killed = await killAndResume(name, turn === 1 ? ['simulating', ...planned] : planned)
      for (const phase of killed) missing.delete(phase)
      expectAlike(name)
    }
    expect([...missing]).toEqual([])
  },
)
