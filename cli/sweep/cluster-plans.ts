/** What runs the shards of a sweep on a cluster, as text: no client, and nothing is submitted. */
import { stringify } from 'yaml'
import { quoted } from '../shell.ts'

export interface ShardPlan {
  /** Of the scenario. */
  readonly name: string
  /** What starts marketsim there: `marketsim`, or a path. */
  readonly program: string
  /** The sweep without its shard: `sweep FILE --seed …`. */
  readonly words: readonly string[]
  /** Number of shards. */
  readonly shards: number
  /** Threads of a shard. */
  readonly threads: number
  /** Folder of results, which all machines share. */
  readonly results: string
  /** Slurm: the largest number of tasks in one array. */
  readonly maxArraySize: number
  /** Kubernetes: the image, and the claim of the volume for results. */
  readonly image: string
  readonly claim: string
  /** Kubernetes: the scenario, if it is no bundled one. */
  readonly source: string | undefined
}

/** A name as Kubernetes takes it. */
const labelOf = (name: string): string =>
  `marketsim-${name}`
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]+/g, '-')
    .slice(0, 50)
    .replace(/-+$/, '')

/** The shell command of one shard; `index` is a shell expression for its number, from 1. */
const shardCommand = ({ program, words, shards }: ShardPlan, index: string, threads: string, results: string): string =>
  `exec ${program} ${words.map(quoted).join(' ')} --shard "${index}/${shards}" --results ${quoted(results)} --threads ${threads} --quiet`

const mergeCommand = ({ program, results }: ShardPlan): string => `${program} sweep merge ${quoted(results)}`

/** An sbatch script of an array, with the lines that submit it; more tasks than an array takes are several arrays. */
function slurm(plan: ShardPlan): string {
  const { name, shards, threads, results, maxArraySize } = plan
  const starts = Array.from({ length: Math.ceil(shards / maxArraySize) }, (_, part) => part * maxArraySize)
  const last = (start: number) => Math.min(maxArraySize, shards - start) - 1
  const submit = starts.map((start) => `sbatch --array=0-${last(start)} --export=ALL,FIRST=${start} shards.sbatch`)
  return `#!/bin/bash
# ${shards} shards of a sweep. Save this as shards.sbatch in a folder that all nodes share, and submit it:
${submit.map((line) => `#   ${line}`).join('\n')}
# When all are done: ${mergeCommand(plan)}
# A task may run twice and may be submitted again: runs that are there are not made again.
#SBATCH --job-name=${labelOf(name)}
#SBATCH --array=0-${last(0)}
#SBATCH --cpus-per-task=${threads}
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --output=%x-%A_%a.log
set -euo pipefail
mkdir -p ${quoted(results)}
shard=$((SLURM_ARRAY_TASK_ID + \${FIRST:-0} + 1))
${shardCommand(plan, '$shard', `"\${SLURM_CPUS_PER_TASK:-${threads}}"`, results)}
`
}

/** Exit codes of marketsim that no further attempt changes: bad input, and amounts that differ. */
const FINAL = [2, 3]
const MOUNT = '/results'
const SCENARIO = '/scenario'

/** An Indexed Job, and a ConfigMap with the scenario. */
function kubernetes(plan: ShardPlan): string {
  const { name, shards, threads, image, claim, source, words } = plan
  const label = labelOf(name)
  const [sweep, path, ...rest] = words
  const inPod = { ...plan, words: [sweep, source === undefined ? path : `${SCENARIO}/scenario.yaml`, ...rest] }
  const configMap = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: label },
    data: { 'scenario.yaml': source },
  }
  const job = {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: label },
    spec: {
      completions: shards,
      parallelism: shards,
      completionMode: 'Indexed',
      backoffLimitPerIndex: 5,
      podFailurePolicy: {
        rules: [
          { action: 'FailIndex', onExitCodes: { containerName: 'shard', operator: 'In', values: FINAL } },
          // Nodes that are drained say nothing of the shard.
          { action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] },
        ],
      },
      template: {
        metadata: { labels: { app: label } },
        spec: {
          restartPolicy: 'Never',
          containers: [
            {
              name: 'shard',
              image,
              command: ['sh', '-c', shardCommand(inPod, '$((JOB_COMPLETION_INDEX + 1))', String(threads), MOUNT)],
              resources: { requests: { cpu: String(threads) }, limits: { cpu: String(threads) } },
              volumeMounts: [
                { name: 'results', mountPath: MOUNT },
                ...(source === undefined ? [] : [{ name: 'scenario', mountPath: SCENARIO }]),
              ],
            },
          ],
          volumes: [
            { name: 'results', persistentVolumeClaim: { claimName: claim } },
            ...(source === undefined ? [] : [{ name: 'scenario', configMap: { name: label } }]),
          ],
        },
      },
    },
  }
  const documents = source === undefined ? [job] : [configMap, job]
  return `# ${shards} shards of a sweep: kubectl apply -f FILE. The claim ${claim} must be writable by many nodes (ReadWriteMany).
# When the job is complete, on a machine that has the volume: ${plan.program} sweep merge DIR
# An index may run twice: runs that are there are not made again.
${documents.map((document) => stringify(document, { lineWidth: 0 })).join('---\n')}`
}

/** One line. */
function hyperqueue(plan: ShardPlan): string {
  const { name, shards, threads, results } = plan
  const command = shardCommand(plan, '$HQ_TASK_ID', String(threads), results)
  return `hq submit --name ${labelOf(name)} --array 1-${shards} --cpus ${threads} --crash-limit 5 -- sh -c ${quoted(command)}\n`
}

export const clusterPlans = { slurm, k8s: kubernetes, hyperqueue } as const
export type Cluster = keyof typeof clusterPlans
