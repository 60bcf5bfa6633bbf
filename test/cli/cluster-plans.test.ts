/** Plans for clusters: what they say, and what a shell makes of them where only the index variables are set. */
import { spawnSync } from 'node:child_process'
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Job } from 'kubernetes-models/batch/v1'
import { afterAll, expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { exitCodes } from '#cli/exit-codes.ts'
import { type Cluster, clusterPlans, type ShardPlan } from '#cli/sweep/cluster-plans.ts'
import { inThisProcess, newFolder, removeFolders, short } from './marketsim.ts'

afterAll(removeFolders)

const cwd = newFolder()
/** A program that prints its words, one a line. */
const program = join(cwd, 'print words')
writeFileSync(program, '#!/bin/sh\nfor word in "$@"; do echo "<$word>"; done\n')
chmodSync(program, 0o755)

const plan: ShardPlan = {
  name: 'Mine & yours',
  program: `'${program}'`,
  words: [
    'sweep',
    '/home/me/mine.yaml',
    '--seed',
    "it's 7",
    '--figure',
    'ecs.refusalRate{pool=ap-1a} < 1%',
    '--runs',
    '20',
  ],
  shards: 2_500,
  threads: 4,
  results: join(cwd, 'results of mine'),
  maxArraySize: 1_000,
  image: 'registry/marketsim:1',
  claim: 'my-claim',
  source: undefined,
}
const wordsOfShard = (shard: number, threads = 4, results = plan.results) =>
  [...plan.words, '--shard', `${shard}/2500`, '--results', results, '--threads', String(threads), '--quiet'].map(
    (word) => `<${word}>`,
  )

/** Runs a script in bash as a task of a cluster would. */
function ranBy(script: string, environment: Record<string, string>): string[] {
  const { stdout, stderr, status } = spawnSync('bash', ['-c', script], {
    encoding: 'utf8',
    cwd,
    env: { ...process.env, ...environment },
  })
  expect([stderr, status]).toEqual(['', 0])
  return stdout.trim().split('\n')
}

test('slurm: arrays of at most the largest size, each task the shard of its index', () => {
  const script = clusterPlans.slurm(plan)
  expect(
    [...script.matchAll(/sbatch --array=(\S+) --export=ALL,FIRST=(\d+)/g)].map(([, range, first]) => [range, first]),
  ).toEqual([
    ['0-999', '0'],
    ['0-999', '1000'],
    ['0-499', '2000'],
  ])
  expect(script).toContain('#SBATCH --array=0-999\n#SBATCH --cpus-per-task=4\n#SBATCH --requeue\n')
  expect(script).toContain('#SBATCH --job-name=marketsim-mine-yours\n')
  expect(ranBy(script, { SLURM_ARRAY_TASK_ID: '0', SLURM_CPUS_PER_TASK: '8' })).toEqual(wordsOfShard(1, 8))
  expect(ranBy(script, { SLURM_ARRAY_TASK_ID: '499', FIRST: '2000' })).toEqual(wordsOfShard(2_500))
})

test('Kubernetes: an Indexed Job of the published schema', () => {
  const [config, job] = parseAllDocuments(clusterPlans.k8s({ ...plan, source: 'name: mine\n' })).map((each) =>
    each.toJS(),
  )
  expect(config).toEqual({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'marketsim-mine-yours' },
    data: { 'scenario.yaml': 'name: mine\n' },
  })
  new Job(job).validate()
  const { spec } = job
  expect(spec).toMatchObject({
    ...{ completions: 2_500, parallelism: 2_500, completionMode: 'Indexed', backoffLimitPerIndex: 5 },
    podFailurePolicy: { rules: [{ action: 'FailIndex', onExitCodes: { values: [2, 3] } }, { action: 'Ignore' }] },
    template: { spec: { restartPolicy: 'Never', containers: [{ image: 'registry/marketsim:1' }] } },
  })
  const [shell, flag, command] = spec.template.spec.containers[0].command
  expect([shell, flag]).toEqual(['sh', '-c'])
  const shown = ranBy(command, { JOB_COMPLETION_INDEX: '2499' })
  expect(shown).toEqual(
    wordsOfShard(2_500, 4, '/results').map((word) => word.replace('/home/me/mine.yaml', '/scenario/scenario.yaml')),
  )
  expect(parseAllDocuments(clusterPlans.k8s(plan))).toHaveLength(1)
})

test('HyperQueue: one line', () => {
  const line = clusterPlans.hyperqueue(plan)
  expect(line.trim().split('\n')).toHaveLength(1)
  const [, head, command] =
    /^(hq submit --name marketsim-mine-yours --array 1-2500 --cpus 4 --crash-limit 5 -- )(.*)/.exec(line) ?? []
  expect(head).toBeDefined()
  expect(ranBy(command, { HQ_TASK_ID: '7' })).toEqual(wordsOfShard(7))
})

test.each(Object.keys(clusterPlans) as Cluster[])('sweep plan --for %s', async (cluster) => {
  const words = ['quickstart', ...short, '--runs', '4', '--for', cluster, '--shards', '2', '--results', 'shared']
  const planned = await inThisProcess(['sweep', 'plan', ...words], cwd)
  expect(planned.code).toBe(exitCodes.done.code)
  expect(planned.stdout).toContain('--figure orders.completed')
  expect(planned.stdout).toContain('/2')
})

test.each<[string, readonly string[], string]>([
  ['no cluster', [], 'sweep plan needs --for'],
  ['a cluster that is none', ['--for', 'pbs'], '--for pbs is unknown'],
  ['no shards', ['--for', 'slurm'], 'needs a number of shards'],
  ['no folder', ['--for', 'slurm', '--shards', '4'], 'needs a folder for results'],
])('%s is bad input', async (_, line, message) => {
  const refused = await inThisProcess(['sweep', 'plan', 'quickstart', ...line], cwd)
  expect([refused.code, refused.stderr]).toEqual([exitCodes.badInput.code, expect.stringContaining(message)])
})
