/** Events of the scenario in charts over time: a numbered line each, and what the numbers mean below the chart. */
import { shownInstant } from '#base/civil-text.ts'
import { formatInstant } from '#base/civil-time.ts'
import type { PlannedEvent } from '#scenarios/sections/events.ts'
import { shownSeconds } from '../figures/show.ts'
import type { RunRecord } from '../record.ts'
import { colours } from './chart-colours.ts'

/** More lines would hide the chart. */
const MOST_MARKS = 9

export interface Mark {
  /** Civil time as if it were UTC, as charts draw it. */
  readonly at: string
  readonly number: string
  readonly text: string
}

const lasting = (ms: number): string => shownSeconds({ numerator: BigInt(Math.round(ms)), denominator: 1000n })

/** What an event is, in a few words. The record has null for what a scenario leaves out. */
export function eventText(event: PlannedEvent): string {
  switch (event.kind) {
    case 'outage':
      return `outage of ${event.zone}${event.flavour ? `/${event.flavour}` : ''} for ${lasting(event.for)}`
    case 'demandSurge':
      return `arrivals${event.segment ? ` of ${event.segment}` : ''} x ${event.factor} for ${lasting(event.for)}`
    case 'capacityChange':
      return `capacity of ${event.zone}/${event.flavour}: ${event.capacity}`
    case 'hostChange':
      return `hosts ${event.zone}/${event.hosts}: ${event.count}`
    case 'flavourChange':
      return `${event.zone}/${event.flavour}: ${event.status}`
    case 'priceChange':
      return `price of ${event.product}/${event.specification}`
    case 'serverPriceChange':
      return `price of ${event.zone}/${event.flavour}`
    case 'sellerStrike':
      return `strike of ${event.segment ?? 'all sellers'} for ${lasting(event.for)}`
    case 'paymentFailure':
      return `payments${event.segment ? ` of ${event.segment}` : ''} fail for ${lasting(event.for)}`
    case 'policyChange':
      return `policies: ${Object.keys(event.policies).join(', ')}`
    case 'list':
      return `${event.product} listed`
    case 'delist':
      return `${event.product} delisted`
    case 'violation':
      return `violation by ${event.seller}`
    case 'newSeed':
      return 'another seed from here on'
    default:
      // `legalFreeze`: legal freeze.
      return (event as PlannedEvent).kind.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
  }
}

/** The events within the measured time; those of one day are one mark. */
export function eventMarks({ meta }: RunRecord): readonly Mark[] {
  const events = ((meta.scenario as { readonly events?: readonly PlannedEvent[] }).events ?? [])
    .filter(({ at }) => at >= meta.since && at < meta.end)
    .toSorted((a, b) => a.at - b.at)
  const days = [...Map.groupBy(events, ({ at }) => formatInstant(at, meta.utcOffset).slice(0, 10)).values()]
  return days.slice(0, MOST_MARKS).map((ofDay, index) => ({
    at: `${formatInstant(ofDay[0].at, meta.utcOffset).slice(0, 19)}Z`,
    number: String(index + 1),
    text: ofDay.map((event) => `${shownInstant(event.at, meta.utcOffset)} ${eventText(event)}`).join('; '),
  }))
}

/** Layers of a chart over days that draw the marks. */
export const markLayers = (marks: readonly Mark[]) => {
  if (marks.length === 0) return []
  const data = { values: marks.map(({ at, number }) => ({ at, number })) }
  const x = { field: 'at', type: 'temporal', title: 'day', scale: { type: 'utc' } } as const
  return [
    { data, mark: { type: 'rule', strokeDash: [3, 3], color: colours.axis }, encoding: { x } },
    {
      data,
      mark: {
        type: 'text',
        align: 'left',
        baseline: 'top',
        dx: 3,
        fontSize: 11,
        fontWeight: 'bold',
        color: colours.label,
      },
      encoding: { x, y: { value: 0 }, text: { field: 'number', type: 'nominal' } },
    },
  ] as const
}

export const markNotes = (marks: readonly Mark[]): string[] => marks.map(({ text }) => text)
