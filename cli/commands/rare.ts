import { InputError } from '#base/input-error.ts'
import type { LossModel, PoolRefusals } from '#reports/capacity/loss-model.ts'
import type { Scenario } from '#scenarios/schema.ts'
import { type Arguments, type Command, scenarioFile, setOption } from '../command.ts'
import { percentOf } from '../confidence-option.ts'
import { exitCodes } from '../exit-codes.ts'
import { openScenario, scenarioPath } from '../scenario-file.ts'
import { colourful, labelled, painter, printable, widthOf, wrapped } from '../terminal.ts'
import { printWarnings } from '../warnings.ts'

const REQUESTS = 1_000_000
const MOST_REQUESTS = 1_000_000_000
const HOURS_A_YEAR = 8766

/** The pool that `--pool` names, or the only one: a zone's id means its pool when it has one. Throws InputError. */
async function modelOf(arguments_: Arguments, scenario: Scenario): Promise<LossModel> {
  const { lossModel, poolPlaces } = await import('#reports/capacity/loss-model.ts')
  const places = poolPlaces(scenario)
  const word = arguments_.filled('pool', 'write --pool zone/flavour')
  const found = places.filter(({ name }) => word === undefined || name === word || name.startsWith(`${word}/`))
  const names = places.slice(0, 10).map(({ name }) => name)
  if (found.length !== 1)
    throw new InputError(
      word === undefined
        ? `the scenario has ${places.length} pools`
        : found.length === 0
          ? `the scenario has no pool ${word}`
          : `zone ${word} has ${found.length} pools`,
      `write --pool and one of ${names.join(', ')}${places.length > names.length ? ', …' : ''}`,
    )
  const model = lossModel(scenario, found[0])
  if (typeof model !== 'string') return model
  throw new InputError(
    `pool ${found[0].name} is no loss system whose requests are known: ${model}`,
    'simulate it: `sweep` estimates ecs.refusalRate of any pool, `size` the least capacity',
  )
}

/** The relative half-width that `--precision` asks for; 0 for as precise as the requests make it. */
function precisionOf(arguments_: Arguments): number {
  const text = arguments_.text('precision')
  if (text === undefined) return 0
  const match = /^\s*(\d+(?:\.\d+)?)\s*%\s*$/.exec(text)
  const relative = match === null ? 0 : Number(match[1]) / 100
  if (relative > 0 && relative < 1) return relative
  throw new InputError(`--precision ${text} is not a percentage between 0 and 100`, 'write --precision 5%')
}

async function refusalsOf(arguments_: Arguments, model: LossModel, scenario: Scenario): Promise<PoolRefusals> {
  const { exactRefusals, splitRefusals } = await import('#reports/capacity/loss-model.ts')
  const exact = arguments_.flag('simulate') ? null : exactRefusals(model)
  if (exact !== null) return exact
  const { Streams } = await import('#engine/random/streams.ts')
  const seed = arguments_.filled('seed', 'write --seed 7, or any other text') ?? scenario.seed
  const requests = arguments_.count('requests', 10_000, MOST_REQUESTS) ?? REQUESTS
  const options = { requests, relative: precisionOf(arguments_), confidence: percentOf(arguments_) }
  try {
    return splitRefusals(model, { ...options, stream: new Streams(seed, 0).stream(`rare/${model.pool}`) })
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw new InputError(`no way to a refusal of pool ${model.pool} was found: ${error.message}`, 'raise --requests')
  }
}

/** With as many digits as an interval deserves: `3.01e-6`, `2.5 %`. */
const shown = (share: number): string =>
  share >= 1e-3 ? `${(100 * share).toPrecision(3)} %` : share === 0 ? '0' : share.toExponential(2)

function often(model: LossModel, probability: number): string {
  const yearly = model.hourly * HOURS_A_YEAR * probability
  if (yearly === 0) return 'never'
  if (yearly >= 1) return `about ${yearly >= 10 ? Math.round(yearly).toLocaleString('en') : yearly.toFixed(1)} a year`
  return `about one in ${(1 / yearly).toPrecision(2)} years`
}

function print(model: LossModel, found: PoolRefusals, confidence: number): void {
  const [width, paint] = [Math.min(100, widthOf(process.stdout)), painter(colourful(process.stdout))]
  const { probability, low, high, method, requests, levels } = found
  const exact = method === 'exact'
  const answer = `Pool ${model.pool} refuses ${shown(probability)} of its requests${exact ? '' : ` (${Number((100 * confidence).toPrecision(12))} % interval ${shown(low)} to ${shown(high)})`}: ${often(model, probability)}`
  const week = model.varies ? ' on average over the week' : ''
  const texts: readonly (readonly [string, string])[] = [
    [
      'Model',
      `${model.capacity} units, ${model.load.toPrecision(3)} erlangs and ${model.hourly.toPrecision(3)} requests an hour${week}, in the long run`,
    ],
    [
      'Method',
      exact
        ? 'exact (Erlang B; of several sizes Kaufman and Roberts), whatever the law of lifetimes'
        : `splitting: ${requests.toLocaleString('en')} simulated requests, ${levels.length} levels of units in use`,
    ],
    ...model.assumptions.map((each): readonly [string, string] => ['Assumes', each]),
  ]
  const lines = [
    ...wrapped(printable(answer), width).map((line) => paint('bold', line)),
    ...texts.flatMap(([label, text]) => labelled(label, text, width, 12)),
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
}

export const rare: Command = {
  name: 'rare',
  positionals: { file: scenarioFile },
  options: {
    pool: { type: 'string', describe: 'the pool, as zone/flavour; a zone that has one pool will do' },
    requests: {
      type: 'number',
      defaultDescription: REQUESTS.toLocaleString('en'),
      describe: 'simulated requests, where the load varies',
    },
    precision: { type: 'string', describe: 'stop when the interval is this close to the probability (5%)' },
    confidence: { type: 'string', defaultDescription: '95%', describe: 'of the interval' },
    simulate: { type: 'boolean', describe: 'simulate a constant load as well, whose probability is known exactly' },
    seed: { type: 'string', defaultDescription: "the scenario's", describe: 'seed of the simulated requests' },
    set: setOption,
    json: { type: 'boolean', describe: 'print the answer as JSON' },
  },
  examples: [
    ['npm start -- rare mine.yaml --pool ap-1a/c6.large', 'how rarely a request is refused'],
    ['npm start -- rare mine.yaml --pool ap-1a --requests 1e7 --precision 5%', 'to 5 %, where the load varies'],
  ],
  async execute(arguments_) {
    const word = arguments_.text('file')
    if (word === undefined)
      throw new InputError('rare needs a scenario', 'write `npm start -- rare FILE --pool zone/flavour`')
    const { scenario, warnings } = await openScenario(await scenarioPath(word), arguments_.texts('set'))
    if (!arguments_.flag('json')) printWarnings(warnings)
    const model = await modelOf(arguments_, scenario)
    const found = await refusalsOf(arguments_, model, scenario)
    const confidence = percentOf(arguments_)
    if (!arguments_.flag('json')) {
      print(model, found, confidence)
      return exitCodes.done.code
    }
    const { sortedJson } = await import('#reports/sorted-json.ts')
    const { pool, capacity, load, hourly, assumptions } = model
    process.stdout.write(
      sortedJson({
        ...{ scenario: scenario.name, pool, capacity, load, requestsPerHour: hourly, assumptions },
        ...{ ...found, confidence, refusalsPerYear: hourly * HOURS_A_YEAR * found.probability },
      }),
    )
    return exitCodes.done.code
  },
}
