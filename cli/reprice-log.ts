/** `reprice LOG`: a log rated by two price lists or rate cards, and by two sets of rules. */
import { basename } from 'node:path'
import { formatInstant } from '#base/civil-time.ts'
import { grouped } from '#base/decimal-text.ts'
import { InputError } from '#base/input-error.ts'
import { PriceDifference, type Side } from '#reports/reprice/price-difference.ts'
import { type LogProblem, priceServers, priceUsage } from '#reports/reprice/priced-log.ts'
import type { Policies } from '#scenarios/policies.ts'
import type { PriceList } from '#sim/metering-log/price-list.ts'
import type { Arguments } from './command.ts'
import { isRateCard, meteringInput, priceListOf, rateCardAt, subscriptionsOf, untilOf } from './metering-input.ts'
import type { OutputFolder } from './output-files.ts'
import { policiesFile, policiesOf } from './policy-options.ts'
import type { Repriced } from './repriced.ts'
import { askedConventions, columnOptions, tableFile } from './table-options.ts'
import type { TaskProgress } from './task-progress.ts'

const SHOWN = 20
const SETTING = 'policies.'
const sides: readonly Side[] = ['old', 'new']

/** The rules of both sides: those of `--policy`, and of the new one those of `--set` too. Throws InputError. */
async function rulesOf(arguments_: Arguments): Promise<Record<Side, Policies>> {
  const common = arguments_.texts('policy')
  const sets = arguments_.texts('set')
  const other = sets.find((word) => !word.startsWith(SETTING))
  if (other !== undefined)
    throw new InputError(
      `--set ${other}: a log has no scenario, and only rules can be set`,
      'write --set policies.image.whenStopped=free; prices are in the file of --prices',
    )
  const changed = sets.map((word) => word.slice(SETTING.length))
  const names = new Set(changed.map((word) => word.split('=', 1)[0]))
  await policiesOf(changed, '--set policies.')
  const kept = common.filter((word) => !names.has(word.split('=', 1)[0]))
  const file = policiesFile(arguments_)
  return {
    old: await policiesOf(common, undefined, file),
    new: await policiesOf([...kept, ...changed], undefined, file),
  }
}

interface Asked {
  readonly path: string
  readonly arguments_: Arguments
  readonly prices: Record<Side, string>
  readonly policies: Record<Side, Policies>
  readonly folder: OutputFolder | undefined
  readonly progress: TaskProgress
}

/** Files of prices and rules. Throws InputError where both sides are the same by what was asked. */
async function asked(path: string, arguments_: Arguments) {
  const now = arguments_.filled('prices', 'write --prices NEW.csv')
  if (now === undefined)
    throw new InputError('reprice needs the new prices of a log', 'write --from OLD.csv --prices NEW.csv', path)
  const from = arguments_.filled('from', 'write --from OLD.csv')
  if (from === undefined && arguments_.texts('set').length === 0)
    throw new InputError(
      'nothing to compare the new prices with',
      'write --from OLD.csv, or --set policies.KEY=VALUE for the same prices under another rule',
      path,
    )
  const old = from ?? now
  if (isRateCard(old) !== isRateCard(now))
    throw new InputError(
      'a list of the prices of servers cannot be compared with a rate card: they rate different logs',
      'write two lists (CSV) or two rate cards (YAML)',
      `${old} and ${now}`,
    )
  return { prices: { old, new: now }, policies: await rulesOf(arguments_) }
}

/** Problems of both sides: the first to be shown, all of them in problems.csv. */
class BothProblems {
  readonly counts: Record<Side, number> = { old: 0, new: 0 }
  readonly first: string[] = []
  readonly #file: { write(text: string): void } | undefined
  readonly #line: (fields: readonly string[]) => string
  readonly #log: string
  /** What is wrong with the log itself is found on both sides, and shown once. */
  readonly #shown = new Set<string>()

  constructor(log: string, folder: OutputFolder | undefined, line: (fields: readonly string[]) => string) {
    this.#log = log
    this.#line = line
    this.#file = folder?.file('problems.csv')
    this.#file?.write('side,line,kind,problem\n')
  }

  add(side: Side, { line, kind, text }: LogProblem): void {
    this.#file?.write(this.#line([side, String(line), kind, text]))
    this.counts[side]++
    const shown = `line ${line}: ${text}`
    if (this.#shown.size >= SHOWN || this.#shown.has(shown)) return
    this.#shown.add(shown)
    this.first.push(`${this.#log}, ${shown} (${side})`)
  }
}

function refuseOtherCurrency(old: PriceList, now: PriceList, path: string): void {
  if (old.currency.code === now.currency.code) return
  throw new InputError(
    `prices in ${now.currency.code}, and the old ones are in ${old.currency.code}`,
    'amounts of two currencies have no difference; convert one of the lists',
    path,
  )
}

async function repriceServers({ path, arguments_, prices, policies, folder, progress }: Asked): Promise<Repriced> {
  const { csvLine } = await import('#base/csv-text.ts')
  const { FirstProblem } = await import('#sim/metering-log/problems.ts')
  const input = await meteringInput('reprice', path, arguments_)
  const old = prices.old === prices.new ? input.prices : await priceListOf(prices.old, arguments_)
  refuseOtherCurrency(old, input.prices, prices.new)
  const lists = { old, new: input.prices }
  const difference = new PriceDifference()
  const problems = new BothProblems(input.file, folder, csvLine)
  const rate = async (side: Side) => {
    progress.show(side === 'old' ? 0 : 0.5, [`rating the log by the ${side} prices`])
    return priceServers(difference, side, {
      ...{ file: input.file, input: input.events(), table: input.table, prices: lists[side], policies: policies[side] },
      ...{ until: input.until, longestSpan: input.longestSpan, strict: arguments_.flag('strict') },
      onProblem: (problem) => problems.add(side, problem),
    })
  }
  try {
    const [{ rows, resources, totals }] = [await rate('old'), await rate('new')]
    return {
      ...repriced(difference, problems, input.file, prices, policies),
      read: `${grouped(String(rows))} rows, ${grouped(String(totals.events))} events of ${grouped(String(resources))} resources`,
      decimals: { [old.currency.code]: old.currency.decimals },
    }
  } catch (error) {
    if (!(error instanceof FirstProblem)) throw error
    throw firstProblem(error.problem.text, input.path, error.problem.line)
  }
}

const firstProblem = (text: string, file: string, line: number): InputError =>
  new InputError(
    `the first problem stops (--strict): ${text}`,
    'correct the line, or remove --strict and rate the rest',
    `${file}, line ${line}`,
  )

async function repriceUsage({ path, arguments_, prices, policies, folder, progress }: Asked): Promise<Repriced> {
  const { csvLine } = await import('#base/csv-text.ts')
  const { usageRoles } = await import('#sim/usage-rating/usage-log.ts')
  const { currenciesOf } = await import('#sim/usage-rating/rate-card.ts')
  const until = await untilOf(arguments_.filled('until', 'write --until 2024-02-01T00:00:00+08:00'))
  const cards = {
    old: await rateCardAt(prices.old, policies.old['time.utcOffset']),
    new: await rateCardAt(prices.new, policies.new['time.utcOffset']),
  }
  const log = await tableFile(path, 'a file of usage events', arguments_)
  const options = { ...askedConventions(arguments_), ...columnOptions(arguments_, usageRoles) }
  const subscriptions = await subscriptionsOf(arguments_)
  const difference = new PriceDifference()
  const problems = new BothProblems(log.name, folder, csvLine)
  const read: string[] = []
  for (const side of sides) {
    progress.show(side === 'old' ? 0 : 0.5, [`rating the log by the ${side} card`])
    const request = { file: log.name, open: log.open, options, card: cards[side], policies: policies[side] }
    const { rows, taken } = await priceUsage(difference, side, {
      ...{ ...request, until, subscriptions },
      onProblem(line, kind, text) {
        if (arguments_.flag('strict')) throw firstProblem(text, log.name, line)
        problems.add(side, { line, kind, text })
      },
    })
    read.push(`${grouped(String(rows))} rows, ${grouped(String(taken))} events`)
  }
  const currencies = [...currenciesOf(cards.old), ...currenciesOf(cards.new)]
  return {
    ...repriced(difference, problems, log.name, prices, policies),
    read: read[0],
    decimals: Object.fromEntries(currencies.map(({ code, decimals }) => [code, decimals])),
  }
}

/** `prices.csv`, with the rules that are not those of the other side. */
function sideText(side: Side, prices: Record<Side, string>, policies: Record<Side, Policies>): string {
  const other = policies[side === 'old' ? 'new' : 'old']
  const own = Object.entries(policies[side]).filter(
    ([key, value]) => JSON.stringify(value) !== JSON.stringify(other[key as keyof Policies]),
  )
  return [basename(prices[side]), ...own.map(([key, value]) => `${key}=${policyText(key, value)}`)].join(', ')
}

const policyText = (key: string, value: unknown): string =>
  key === 'expansion.cutover'
    ? formatInstant(Number(value), 0)
    : typeof value === 'string'
      ? value
      : JSON.stringify(value)

const repriced = (
  difference: PriceDifference,
  problems: BothProblems,
  log: string,
  prices: Record<Side, string>,
  policies: Record<Side, Policies>,
): Omit<Repriced, 'read' | 'decimals'> => ({
  about: log,
  old: sideText('old', prices, policies),
  new: sideText('new', prices, policies),
  groups: difference.groups(),
  notes: [],
  problems,
  disagreements: [],
  utcOffset: policies.new['time.utcOffset'],
})

/** Rates a log twice. Throws InputError. */
export async function repriceLog(
  path: string,
  arguments_: Arguments,
  folder: OutputFolder | undefined,
  progress: TaskProgress,
): Promise<Repriced> {
  const { prices, policies } = await asked(path, arguments_)
  const all = { path, arguments_, prices, policies, folder, progress }
  return isRateCard(prices.new) ? repriceUsage(all) : repriceServers(all)
}
