import { MANIFEST_FILE } from '#reports/manifest-files.ts'
import { sortedJson } from '#reports/sorted-json.ts'
import { sweepJunit } from '#reports/sweep/junit.ts'
import { type SweepResult, withoutFans } from '#reports/sweep/result.ts'
import { type Command, scenarioFile } from '../command.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { expectWritable, STDOUT, writeJunit } from '../junit-file.ts'
import { addressOf, withoutPassword } from '../pool/pool-request.ts'
import { claimRunFolder, type RunFolder } from '../run-folder.ts'
import { keepScenario } from '../scenario-file.ts'
import { endWith } from '../streams.ts'
import { sweepClosing } from '../sweep/closing.ts'
import { makeSweep, sweepFiles } from '../sweep/make-sweep.ts'
import { type SweepRequest, sweepOptions, sweepRequest } from '../sweep/request.ts'
import { makeShard } from '../sweep/shard.ts'
import { colourful, painter, widthOf } from '../terminal.ts'
import { writeRequest } from '../unfinished.ts'
import { printWarnings } from '../warnings.ts'

/** A difference outweighs bounds that no point keeps. */
function exitCodeOf({ runs, asked, points, estimates }: SweepResult): ExitCode {
  if (runs.flat().some(({ differences }) => differences > 0)) return exitCodes.difference.code
  const bounded = asked.flatMap(({ bound }, figure) => (bound === null ? [] : [figure]))
  const kept = points.some((_, point) => bounded.every((figure) => estimates[figure][point].verdict === 'kept'))
  return kept || bounded.length === 0 ? exitCodes.done.code : exitCodes.thresholdMissed.code
}

export const sweepCommand: Command = {
  name: 'sweep',
  positionals: { file: scenarioFile },
  options: sweepOptions,
  examples: [
    ['npm start -- sweep quickstart --runs 20', 'the figures of one scenario with their confidence intervals'],
    [
      'npm start -- sweep quickstart --vary regions.ap-1.zones.ap-1a.pools.c6.large.capacity=80..120/8 --figure "ecs.refusalRate{pool=ap-1a} < 1%"',
      'how many servers are needed',
    ],
    [
      'npm start -- sweep quickstart --runs 20 --shard 1/2 --results shared',
      'the first half of the runs; see sweep merge',
    ],
  ],
  async execute(arguments_) {
    const request = await sweepRequest(arguments_)
    // A wrong address, or a file that cannot be written, is found before anything is made.
    if (request.pool !== undefined) addressOf(request.pool)
    if (request.junit !== undefined) expectWritable(request.junit)
    printWarnings(request.reads.flatMap(({ warnings }) => warnings))
    const { shard, results } = request
    if (shard !== undefined && results !== undefined) return makeShard(request, shard, results)
    const claim = () => {
      const folder = claimRunFolder(request.target, request.force)
      keepScenario(folder.staging, request.path, request.reads[0].source)
      // No password is written to the disk; `resume` reads it where this call did, or from the environment.
      const pool = request.pool === undefined ? undefined : withoutPassword(request.pool)
      writeRequest(folder.staging, { ...request, pool } satisfies SweepRequest, 'sweep')
      return folder
    }
    return made(request, claim)
  },
}

/** Continues with a sweep that was stopped, in the folder it had; its finished runs are not made again. */
export async function resumeSweep(request: SweepRequest, folder: RunFolder): Promise<ExitCode> {
  return made(request, () => folder)
}

async function made(request: SweepRequest, claim: () => RunFolder): Promise<ExitCode> {
  const { selection } = request
  if (selection === undefined) return printSweep(request, await makeSweep(request, claim))
  const { makeSelection } = await import('../select/make-selection.ts')
  return makeSelection({ ...request, selection }, claim)
}

/** Prints the result of a sweep that is in the folder `target`. */
export function printSweep(
  { json, junit, target, seed, path, sets }: Pick<SweepRequest, 'json' | 'junit' | 'target' | 'seed' | 'path' | 'sets'>,
  result: SweepResult,
): ExitCode {
  const code = exitCodeOf(result)
  endWith(code)
  if (junit !== undefined) writeJunit(junit, sweepJunit(result))
  if (junit === STDOUT) return code
  if (json) {
    process.stdout.write(sortedJson(withoutFans(result)))
    return code
  }
  const text = sweepClosing(result, {
    width: widthOf(process.stdout),
    paint: painter(colourful(process.stdout)),
    folder: target,
    files: [...Object.values(sweepFiles), MANIFEST_FILE],
    seed,
    origin: { path, sets },
  })
  process.stdout.write(`${text}\n`)
  return code
}
