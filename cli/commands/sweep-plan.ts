import { resolve } from 'node:path'
import { InputError } from '#base/input-error.ts'
import { sortedJson } from '#reports/sorted-json.ts'
import type { Command } from '../command.ts'
import { exitCodes } from '../exit-codes.ts'
import { type Cluster, clusterPlans } from '../sweep/cluster-plans.ts'
import { sweepWords } from '../sweep/plan.ts'
import { sweepOptions, sweepRequest } from '../sweep/request.ts'
import { printWarnings } from '../warnings.ts'

/** Slurm's own default is 1001, which is the largest index and one. */
const MAX_ARRAY_SIZE = 1_000
const MOST_SHARDS = 100_000
/** A ConfigMap takes a megabyte. */
const LARGEST_SOURCE = 900_000

const { vary, figure, runs, seed, set } = sweepOptions
const clusters = Object.keys(clusterPlans) as Cluster[]

export const sweepPlan: Command = {
  name: 'sweep plan',
  positionals: { file: { type: 'string', describe: 'a scenario file, or the name of a bundled scenario' } },
  options: {
    for: { type: 'string', describe: `what to plan for: ${clusters.join(', ')}` },
    shards: { type: 'string', describe: 'number of shards' },
    results: {
      type: 'string',
      describe: 'a folder that all machines share (on Kubernetes, its volume is mounted there)',
    },
    threads: { type: 'string', takesSetting: false, describe: 'threads of each shard (1)' },
    program: { type: 'string', describe: 'what starts marketsim on these machines (marketsim)' },
    'max-array-size': {
      type: 'string',
      describe: `Slurm: tasks of one array (${MAX_ARRAY_SIZE}); more are several arrays`,
    },
    image: { type: 'string', describe: 'Kubernetes: the image of marketsim (marketsim)' },
    claim: { type: 'string', describe: 'Kubernetes: the claim of the volume for results (marketsim-results)' },
    json: { type: 'boolean', describe: 'print the text as JSON' },
    ...{ vary, figure, runs, seed, set },
  },
  examples: [
    [
      'npm start -- sweep plan mine.yaml --runs 1000 --for slurm --shards 200 --results /shared/mine > shards.sbatch',
      'an array job of 200 tasks',
    ],
  ],
  async execute(arguments_) {
    const cluster = arguments_.text('for')
    const plan = clusters.find((each) => each === cluster)
    if (plan === undefined)
      throw new InputError(
        cluster === undefined ? 'sweep plan needs --for' : `--for ${cluster} is unknown`,
        `write --for and one of ${clusters.join(', ')}`,
      )
    const shards = arguments_.count('shards', 1, MOST_SHARDS)
    if (shards === undefined) throw new InputError('sweep plan needs a number of shards', 'write --shards 100')
    const results = arguments_.filled('results', 'write --results and a folder')
    if (results === undefined && plan !== 'k8s')
      throw new InputError(
        'sweep plan needs a folder for results',
        'write --results and a folder that all machines share',
      )
    const request = await sweepRequest(arguments_)
    if (request.path === '-' && plan !== 'k8s')
      throw new InputError(
        'a scenario of standard input is on no other machine',
        'write it into a file that all machines share',
      )
    const [first] = request.reads
    printWarnings(request.reads.flatMap(({ warnings }) => warnings))
    if (plan === 'k8s' && (first.traces.size > 0 || first.source.length > LARGEST_SOURCE))
      throw new InputError(
        'a scenario with traces does not fit into a ConfigMap',
        'use a pool (`sweep --pool`), whose workers read traces from it',
      )
    const text = clusterPlans[plan]({
      name: first.scenario.name,
      program: arguments_.filled('program', 'write --program marketsim') ?? 'marketsim',
      words: sweepWords(request, resolve(request.path)),
      shards,
      threads: arguments_.count('threads', 1, 1_024) ?? 1,
      results: resolve(results ?? '.'),
      maxArraySize: arguments_.count('max-array-size', 1, MOST_SHARDS) ?? MAX_ARRAY_SIZE,
      image: arguments_.filled('image', 'write --image marketsim') ?? 'marketsim',
      claim: arguments_.filled('claim', 'write --claim marketsim-results') ?? 'marketsim-results',
      source: plan === 'k8s' ? first.source : undefined,
    })
    process.stdout.write(arguments_.flag('json') ? sortedJson({ text }) : text)
    return exitCodes.done.code
  },
}
