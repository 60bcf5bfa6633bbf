/** Adds up what the generators of a load have left: one test, whose books are judged once. */
import { constants, copyFileSync, existsSync, linkSync, mkdirSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { InputError } from '#base/input-error.ts'
import { generatorsOf } from '#reports/load-test/generators.ts'
import { loadSummary } from '#reports/load-test/summary.ts'
import { judgeLoad, type LoadThreshold } from '#reports/load-test/thresholds.ts'
import { type GeneratorPart, ledgerName, mergedLoad } from '#sim/load-test/generators.ts'
import { judgeLedgers } from '#sim/load-test/judge-ledgers.ts'
import { allBooked, withBooked } from '#sim/load-test/load-test.ts'
import { LEDGERS } from '../load-folder.ts'
import { type LoadMade, writeLoad } from '../run-load.ts'
import { type LoadPart, readPart } from './part-file.ts'
import { folderOfLoad, type LoadPlan, shapeOfPlan } from './plan.ts'
import { generatorFolder } from './serve-part.ts'

/** A part, and the folder that it was found in. */
export interface FoundPart {
  readonly part: LoadPart
  readonly folder: string
}

/** The parts that are there, by generator. @throws InputError where they are not parts of the same test */
export function findParts(folders: readonly string[], id: string, plan: LoadPlan): FoundPart[] {
  const shape = shapeOfPlan(plan)
  const found = Array.from({ length: plan.generators }, (_, index) => index + 1).flatMap((generator): FoundPart[] => {
    const places = folders.map((folder) => generatorFolder(folderOfLoad(folder, id), generator)).filter(existsSync)
    const [folder, second] = [...new Set(places)]
    if (second !== undefined)
      throw new InputError(
        `generator ${generator} has served twice`,
        'name only one of the two folders',
        `${folder}, ${second}`,
      )
    return folder === undefined ? [] : [{ folder, part: readPart(folder, shape) }]
  })
  const [first, ...others] = found.map(({ part }) => part)
  for (const other of others) expectSameTest(first, other)
  return found
}

function expectSameTest(a: LoadPart, b: LoadPart): void {
  const start = ({ clock }: LoadPart): string => new Date(clock.startAt).toISOString()
  const pair = `generators ${a.generator} and ${b.generator}`
  if (start(a) !== start(b))
    throw new InputError(
      `${pair} did not serve the same test: one started at ${start(a)}, the other at ${start(b)}`,
      'start all generators of a test with the same --start-at, or let them meet in one folder',
    )
  if (a.served.workDigest !== b.served.workDigest)
    throw new InputError(
      `${pair} served different work: ${a.served.workDigest} and ${b.served.workDigest}`,
      'start them with the same scenario and traces, and the same version of Node',
    )
}

export interface Merging {
  readonly plan: LoadPlan
  readonly found: readonly FoundPart[]
  readonly thresholds: readonly LoadThreshold[]
  /** Where to write, and whether that stays. */
  readonly staging: string
  readonly kept: boolean
}

/** Writes the result of the whole load into the staging folder. */
export async function mergeLoad({ plan, found, thresholds, staging, kept }: Merging): Promise<LoadMade> {
  const parts = found.map(({ part }) => part)
  const ledgers = found.flatMap(({ part, folder }) =>
    part.served.ledger.files.map((file) => ({
      path: join(folder, LEDGERS, file),
      name: ledgerName(part.generator, file),
    })),
  )
  const served = mergedLoad(parts, plan.generators)
  const books = await judgeLedgers(
    ledgers.map(({ path }) => path),
    availableParallelism(),
  )
  const audit = withBooked(books, allBooked(parts.map(({ booked }) => booked)), served.measurements.total('done'))
  const outcome = { ...served, audit, audited: true }
  const verdicts = thresholds.map((threshold) => judgeLoad(outcome, threshold))
  const { scenario, seed, sync, batch, backlog, warmUp } = plan
  const subject = {
    ...{ scenario, seed, sync, batch, backlog, warmUp },
    processors: processorsOf(parts),
    round: parts[0].round,
  }
  const summary = loadSummary(subject, outcome, verdicts, null, generatorsOf(parts, plan.generators))
  if (kept) for (const ledger of ledgers) keepLedger(ledger, staging)
  await writeLoad(staging, { summary, outcome, knee: null, drawn: kept && summary.complete })
  return { summary, verdicts, outcome }
}

/** Of all machines: those of generators that share one count once. */
function processorsOf(parts: readonly (GeneratorPart & { readonly processors: number })[]): number {
  const machines = new Map(parts.map(({ machine, processors }) => [machine, processors]))
  return [...machines.values()].reduce((total, each) => total + each, 0)
}

/** The ledger of a generator among those of the result: the same file where the file system can, otherwise a copy. */
function keepLedger({ path, name }: { readonly path: string; readonly name: string }, staging: string): void {
  const folder = join(staging, LEDGERS)
  mkdirSync(folder, { recursive: true })
  try {
    linkSync(path, join(folder, name))
  } catch {
    copyFileSync(path, join(folder, name), constants.COPYFILE_FICLONE)
  }
}
