import { isoInstant } from '#reports/instants.ts'
import { policyKeys, policyRule, standardPolicies } from '#scenarios/policies.ts'
import type { ReadScenario } from '#scenarios/reader.ts'
import type { Command } from '../command.ts'
import { exitCodes } from '../exit-codes.ts'
import { InputFault } from '../input-fault.ts'
import { openScenario, scenarioPath } from '../scenario-file.ts'
import { printable } from '../terminal.ts'

const several = (count: number, one: string, many = `${one}s`): string =>
  `${count.toLocaleString('en')} ${count === 1 ? one : many}`

/** A short account of what would run. */
function account(path: string, { scenario, traces }: ReadScenario): string {
  const { regions, catalog, buyers, sellers, thresholds, policies } = scenario
  const pools = regions.flatMap(({ zones }) => zones.flatMap((zone) => zone.pools))
  const servers = pools.reduce((sum, { capacity }) => sum + Math.max(...capacity.map((step) => step.capacity)), 0)
  const people = buyers.reduce((sum, { segment, count }) => sum + (count ?? traces.get(segment)?.buyers.length ?? 0), 0)
  const days = (scenario.end - scenario.start) / 86_400_000
  const at = (instant: number) => isoInstant(instant, policies['time.utcOffset'])
  const differing = policyKeys.filter((key) => JSON.stringify(policies[key]) !== JSON.stringify(standardPolicies[key]))
  return [
    `${path}: in order`,
    ...(scenario.question === '' ? [] : [`  ${printable(scenario.question)}`]),
    `  period    ${at(scenario.start)} to ${at(scenario.end)}, ${Math.round(days * 10) / 10} days`,
    `  servers   ${several(servers, 'unit')} in ${several(pools.length, 'pool')}, ${several(regions.length, 'region')}`,
    `  buyers    ${several(people, 'buyer')} in ${several(buyers.length, 'segment')}`,
    `  catalog   ${several(catalog.length, 'product')} of ${several(
      sellers.reduce((sum, { count }) => sum + count, 0),
      'seller',
    )}`,
    `  seed      ${printable(scenario.seed)}`,
    `  policies  ${differing.length === 0 ? "all at the rulebook's default" : ''}`.trimEnd(),
    ...differing.map(
      (key) =>
        `    ${key} = ${JSON.stringify(policies[key])} (${policyRule(key)}, default ${JSON.stringify(standardPolicies[key])})`,
    ),
    ...(thresholds.length === 0
      ? []
      : [
          '  thresholds',
          ...thresholds.map(({ text, severity }) => `    ${printable(text)}${severity === 'warn' ? ' (warns)' : ''}`),
        ]),
  ].join('\n')
}

export const check: Command = {
  name: 'check',
  usage: 'check [file]',
  text: 'read a scenario, tell every fault of it, and run nothing',
  positionals: { file: { type: 'string', describe: 'a scenario file, or the name of one of the library' } },
  options: {
    set: { type: 'string', array: true, describe: 'path=value: change one value of the scenario; may be repeated' },
  },
  examples: [['npm start -- check FILE', 'exit code 2 when anything is wrong']],
  async execute(arguments_) {
    const word = arguments_.text('file')
    if (word === undefined) throw new InputFault('check needs a scenario', 'write `npm start -- check FILE`')
    const path = await scenarioPath(word)
    const read = await openScenario(path, arguments_.texts('set'))
    process.stdout.write(`${account(path, read)}\n`)
    return exitCodes.done.code
  },
}
