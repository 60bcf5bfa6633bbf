/** What is wrong or odd with the thresholds of a scenario before it runs: figures, labels, units, and what cannot happen. */
import { formatMonth, monthOf } from '#base/civil-time.ts'
import { didYouMean, nearestNames } from '#base/did-you-mean.ts'
import type { ThresholdRemark } from '#scenarios/reader.ts'
import type { Scenario } from '#scenarios/schema.ts'
import type { Threshold } from '#scenarios/sections/thresholds.ts'
import { figureNamed, figures } from './figures/catalogue.ts'
import { type Figure, type FigureUnit, type Label, NO_LABEL } from './figures/figure.ts'
import { filterOf, milliseconds, poolsOf } from './thresholds.ts'

/** The values a label can have in this scenario; undefined where anything may come up. */
function labelValues(scenario: Scenario, label: Label): readonly string[] | undefined {
  switch (label) {
    case 'region':
      return scenario.regions.map(({ id }) => id)
    case 'pool':
      return poolsOf(scenario)
    case 'hosts':
      return scenario.regions.flatMap(({ zones }) =>
        zones.flatMap((zone) => zone.hosts.map((group) => `${zone.id}/${group.id}`)),
      )
    case 'product':
      return scenario.catalog.map(({ id }) => id)
    case 'segment':
      return scenario.buyers.map(({ segment }) => segment)
    case 'seller':
      return scenario.sellers.flatMap(({ segment, count }) =>
        Array.from({ length: Math.min(count, 1_000) }, (_, index) => `${segment}/${index + 1}`),
      )
    case 'side':
      return ['buyer', 'seller']
    case 'supply':
      return ['owned', 'committed', 'leased']
    default:
      return undefined
  }
}

/** Labels of which some values are known to all scenarios, and happen only in some. */
function unseen(scenario: Scenario, label: string, value: string): string | undefined {
  const bought = new Set(
    scenario.buyers.flatMap(({ buys }) => buys.filter(({ weight }) => weight > 0).map((buy) => buy.product)),
  )
  const sold = scenario.catalog.filter(({ id }) => bought.has(id))
  if (label === 'product' && scenario.catalog.some(({ id }) => id === value) && !bought.has(value))
    return `no buyer buys ${value}`
  if (label === 'kind') {
    const kinds = new Set<string>(sold.map(({ kind }) => kind))
    if (kinds.has('image')) kinds.add('ecs')
    if (!kinds.has(value)) return `no buyer buys a product of the kind ${value}`
  }
  if (label === 'month') {
    const offset = scenario.policies['time.utcOffset']
    const [first, last] = [formatMonth(monthOf(scenario.start, offset)), formatMonth(monthOf(scenario.end - 1, offset))]
    if (value < first || value > last) return `the run is from ${first} to ${last}`
  }
  return undefined
}

/** How a bound in each unit is written. */
const suffixes: Partial<Record<FigureUnit, string>> = { hours: 'h', minutes: 'min', seconds: 's', share: '%' }

/** A comparison in the unit of its figure, where it has another. */
function unitRemark(figure: Figure, threshold: Threshold): Omit<ThresholdRemark, 'threshold'> | undefined {
  const { unit, op, text } = threshold
  const isWrong =
    (unit === 'ms' && milliseconds[figure.unit] === undefined) || (unit === 'percent' && figure.unit !== 'share')
  if (!isWrong) return undefined
  const number = /([\d.]+)\s*(?:%|[a-z]+)?[^\d]*$/.exec(text)?.[1] ?? '1'
  const bound = `"${op} ${number}${suffixes[figure.unit] ?? ''}"`
  const what =
    unit === 'ms'
      ? `${figure.name} is not a time`
      : `${figure.name} is not a share, so it cannot be compared with a percentage`
  const inWords = figure.unit === 'money' ? 'an amount' : figure.unit
  return {
    what,
    expected: `a comparison with ${inWords}`,
    hint: `write ${bound}${figure.unit in suffixes ? '' : `, in the unit of the figure: ${inWords}`}`,
    instead: bound,
    at: 'value',
  }
}

/** A share that is compared with more than 1: people mean a percentage. */
function shareRemark(figure: Figure, { op, value, unit }: Threshold): Omit<ThresholdRemark, 'threshold'> | undefined {
  const share = unit === 'percent' ? Number(value) / 100 : Number(value)
  if (figure.unit !== 'share' || (share >= 0 && share <= 1)) return undefined
  const always = op.startsWith('<') === share > 1
  return {
    what: `${figure.name} is a share from 0 to 1, so this threshold is always ${always ? 'met' : 'missed'}`,
    expected: 'a share from 0 to 1, or a percentage',
    hint: unit === 'percent' ? 'write a percentage from 0% to 100%' : `write "${op} ${value}%" if you mean ${value} %`,
    at: 'value',
    warning: 'threshold-decides-nothing',
  }
}

/** The key of a threshold with another label or value. */
const keyWith = (
  { figure, filter }: Threshold,
  change: (label: string, value: string) => readonly [string, string] | null,
) => {
  const pairs = Object.entries(filter).flatMap(([label, value]) => {
    const changed = change(label, value)
    return changed === null ? [] : [changed.join('=')]
  })
  return pairs.length === 0 ? figure : `"${figure}{${pairs.join(',')}}"`
}

/**
 * The label that was meant by one that the figure does not have, and its value: the label that has this value, one of nearly
 * the same name, or the one with the nearest value. Undefined where the figure has no labels.
 */
function labelMeant(scenario: Scenario, known: readonly string[], label: string, value: string) {
  const of = (name: string) => labelValues(scenario, name as Label) ?? []
  const named = known.find((name) => of(name).includes(value)) ?? didYouMean(label, known)
  if (named !== undefined) return { label: named, value }
  // A pool by its zone, too: `bergen-2` is near to `bergen-1/m2.small`.
  for (const name of known)
    for (const other of of(name))
      if (didYouMean(value, [other, other.split('/')[0]]) !== undefined) return { label: name, value: other }
  const [first] = nearestNames(label, known)
  return first === undefined ? undefined : { label: first, value }
}

function labelRemarks(scenario: Scenario, figure: Figure, threshold: Threshold): Omit<ThresholdRemark, 'threshold'>[] {
  const known = figure.source.labels as readonly string[]
  return Object.entries(filterOf(scenario, threshold)).flatMap(
    ([label, value]): Omit<ThresholdRemark, 'threshold'>[] => {
      if (!known.includes(label)) {
        const near = labelMeant(scenario, known, label, value)
        const instead = keyWith(threshold, (each, of) =>
          each !== label ? [each, of] : near === undefined ? null : [near.label, near.value],
        )
        const labels = known.length === 0 ? 'it has none' : `its labels are ${known.join(', ')}`
        return [
          {
            what: `${figure.name} has no label '${label}'; ${labels}`,
            expected: 'a label of the figure',
            hint: `write ${instead}; its labels are ${known.join(', ')}`,
            instead,
            at: 'key',
          },
        ]
      }
      const values = labelValues(scenario, label as Label)
      if (values !== undefined && value !== NO_LABEL && !values.includes(value)) {
        const near = nearestNames(value, values)
        const instead =
          near.length === 0 ? undefined : keyWith(threshold, (each, of) => [each, each === label ? near[0] : of])
        const hint =
          instead === undefined ? `remove {${label}=…}` : `write ${instead}; did you mean ${near.join(', ')}?`
        return [
          {
            what: `there is no ${label} '${value}'`,
            expected: `a ${label} of the scenario`,
            hint,
            ...(instead === undefined ? {} : { instead }),
            at: 'key',
          },
        ]
      }
      const reason = unseen(scenario, label, value)
      return reason === undefined
        ? []
        : [
            {
              what: `${threshold.figure} with ${label}=${value} has nothing to measure: ${reason}`,
              expected: `a ${label} that comes up in the run`,
              hint: `write another ${label}, or remove this threshold`,
              at: 'key',
              warning: 'threshold-on-nothing',
            },
          ]
    },
  )
}

/** Every remark on the thresholds of a scenario: errors, and warnings by their codes. */
export function thresholdRemarks(scenario: Scenario): ThresholdRemark[] {
  return scenario.thresholds.flatMap((threshold) => {
    const figure = figureNamed(threshold.figure)
    if (figure === undefined) {
      const near = nearestNames(
        threshold.figure,
        figures.map(({ name }) => name),
      )
      const hint = `did you mean ${near.join(', ')}? \`marketsim figures\` lists all`
      const what = `there is no figure '${threshold.figure}'`
      return [{ threshold, what, expected: 'a figure of the reports', hint, at: 'key' as const }]
    }
    const remarks = [
      unitRemark(figure, threshold),
      shareRemark(figure, threshold),
      ...labelRemarks(scenario, figure, threshold),
    ]
    return remarks.flatMap((remark) => (remark === undefined ? [] : [{ threshold, ...remark }]))
  })
}

/** Those remarks that are errors. */
export const thresholdFaults = (scenario: Scenario): ThresholdRemark[] =>
  thresholdRemarks(scenario).filter(({ warning }) => warning === undefined)
