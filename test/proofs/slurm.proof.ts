/**
 * The array of `sweep plan --for slurm` on a real Slurm: one controller and one node on loopback, from Debian's `slurm-wlm` and `munge`.
 * Its shards merge into the bytes of one process; a task that is submitted again makes no run again.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { exitCodes } from '#cli/exit-codes.ts'
import { inThisProcess, newFolder, removeFolders, short } from '../cli/marketsim.ts'
import { freePort } from '../cli/pool/servers.ts'
import { filesOf, wide } from '../cli/short-sweep.ts'
import { hasProgram } from '../house/programs.ts'

const daemons: ChildProcess[] = []
afterAll(async () => {
  // The controller first, so that it does not wait for its node.
  for (const daemon of daemons.reverse()) daemon.kill('SIGTERM')
  await setTimeout(500)
  for (const daemon of daemons) daemon.kill('SIGKILL')
  removeFolders()
})

const isThere = ['slurmctld', 'slurmd', 'munged', 'sbatch'].map(hasProgram).every((each) => each)
const node = hostname().split('.')[0]

function ran(program: string, words: readonly string[], environment: Record<string, string>, cwd: string): string {
  const { status, stdout, stderr } = spawnSync(program, words, {
    ...{ cwd, encoding: 'utf8' },
    env: { ...process.env, ...environment },
  })
  expect([status, stderr]).toEqual([0, expect.any(String)])
  return stdout
}

/** Starts a cluster of one node; returns the variable by which its programs find it. */
async function startSlurm(folder: string): Promise<Record<string, string>> {
  const key = join(folder, 'munge.key')
  writeFileSync(key, 'a key of this test alone, which nothing outside of it uses')
  chmodSync(key, 0o400)
  const socket = join(folder, 'munge.socket')
  const mungeFiles = ['pid', 'log', 'seed'].map((name) => `--${name}-file=${join(folder, `munge.${name}`)}`)
  const quiet = { stdio: 'ignore', cwd: folder } as const
  daemons.push(
    spawn('munged', ['--foreground', '--force', `--socket=${socket}`, `--key-file=${key}`, ...mungeFiles], quiet),
  )
  const conf = join(folder, 'slurm.conf')
  mkdirSync(join(folder, 'state'))
  mkdirSync(join(folder, 'spool'))
  writeFileSync(
    conf,
    [
      ...['ClusterName=one', `SlurmctldHost=${node}(127.0.0.1)`, 'SlurmUser=root', 'SlurmdUser=root'],
      ...[`AuthInfo=socket=${socket}`, 'AuthType=auth/munge', 'MpiDefault=none', 'ReturnToService=2'],
      ...[`SlurmctldPort=${await freePort()}`, `SlurmdPort=${await freePort()}`],
      ...[`StateSaveLocation=${folder}/state`, `SlurmdSpoolDir=${folder}/spool`],
      ...[`SlurmctldPidFile=${folder}/slurmctld.pid`, `SlurmdPidFile=${folder}/slurmd.pid`],
      ...['ProctrackType=proctrack/pgid', 'TaskPlugin=task/none', 'JobAcctGatherType=jobacct_gather/none'],
      ...['SelectType=select/cons_tres', 'SelectTypeParameters=CR_Core', 'MaxArraySize=1001'],
      `NodeName=${node} NodeAddr=127.0.0.1 CPUs=2 RealMemory=1000 State=UNKNOWN`,
      `PartitionName=all Nodes=${node} Default=YES MaxTime=INFINITE State=UP`,
      '',
    ].join('\n'),
  )
  const environment = { SLURM_CONF: conf }
  for (const [program, words] of [
    ['slurmctld', ['-D', '-f', conf]],
    ['slurmd', ['-D', '-f', conf, '-N', node]],
  ] as const)
    daemons.push(spawn(program, words, { ...quiet, env: { ...process.env, ...environment } }))
  for (let tries = 0; ; tries++) {
    const { stdout } = spawnSync('sinfo', ['-h', '-o', '%t'], {
      encoding: 'utf8',
      env: { ...process.env, ...environment },
    })
    if (stdout.trim() === 'idle') return environment
    expect(tries, 'the node of Slurm does not become idle').toBeLessThan(3_000)
    await setTimeout(200)
  }
}

test('the array of a plan on Slurm has the bytes of one process', async () => {
  if (!isThere) return
  const cwd = newFolder()
  const words = ['quickstart', ...short, ...wide, '--runs', '4', '--figure', 'orders.completed']
  const one = await inThisProcess(['sweep', ...words, '--quiet', '--threads', '1', '--out', 'whole'], cwd)
  expect(one.code).toBe(exitCodes.done.code)
  const environment = await startSlurm(newFolder())
  const program = `${process.execPath} ${fileURLToPath(new URL('../../cli/bin.js', import.meta.url))}`
  const asked = ['--for', 'slurm', '--shards', '3', '--threads', '1', '--results', 'shared', '--program', program]
  const plan = await inThisProcess(['sweep', 'plan', ...words, ...asked], cwd)
  expect(plan.code).toBe(exitCodes.done.code)
  writeFileSync(join(cwd, 'shards.sbatch'), plan.stdout)
  const submit = () => ran('sbatch', ['--wait', 'shards.sbatch'], environment, cwd)
  expect(submit()).toMatch(/^Submitted batch job \d+/)
  const results = () => readdirSync(join(cwd, 'shared'), { recursive: true }).sort()
  const made = results()
  // A task may run twice.
  submit()
  expect(results()).toEqual(made)
  const logs = readdirSync(cwd).filter((name) => name.endsWith('.log'))
  expect(logs).toHaveLength(6)
  const said = logs.map((name) => readFileSync(join(cwd, name), 'utf8')).join('')
  expect(said.match(/shard \d of 3 .*: (1|2) runs, 0 of them found/g)).toHaveLength(3)
  const merged = await inThisProcess(['sweep', 'merge', 'shared', '--out', 'merged'], cwd)
  expect([merged.stderr, merged.code]).toEqual([expect.any(String), exitCodes.done.code])
  expect(filesOf(join(cwd, 'merged'))).toEqual(filesOf(join(cwd, 'whole')))
})
