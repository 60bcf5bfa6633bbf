/** Usage events as CloudEvents 1.0 in JSON, alone or as a batch, or in the form that a mapping file describes. */
import { readFileSync } from 'node:fs'
import { InputError } from '#base/input-error.ts'
import type { UsageEvent } from '#sim/load-test/usage-events.ts'

/** A request for some events. */
export interface EventBody {
  readonly type: string
  readonly text: string
}

export type EventFormat = (events: readonly UsageEvent[], source: string) => EventBody

/** The `type` of every event, which a meter of the service names. */
export const EVENT_TYPE = 'usage'

/** An ID is unique within its source: an event that is sent again is known by both (CloudEvents 1.0, 3.1.1). */
export const cloudEvent = (
  { number, account, resource, kind, product, hour, seconds }: UsageEvent,
  source: string,
) => ({
  specversion: '1.0',
  id: String(number),
  source,
  type: EVENT_TYPE,
  subject: account,
  time: new Date(hour).toISOString(),
  datacontenttype: 'application/json',
  data: { resource, kind, product, seconds },
})

export const cloudEvents: EventFormat = (events, source) =>
  events.length === 1
    ? { type: 'application/cloudevents+json', text: JSON.stringify(cloudEvent(events[0], source)) }
    : {
        type: 'application/cloudevents-batch+json',
        text: JSON.stringify(events.map((event) => cloudEvent(event, source))),
      }

/** A mapping file: how an event looks for a service that takes other JSON. */
interface Mapping {
  /** Key of the list in the body; without it, the body is the list. */
  readonly list?: string
  /** JSON in which `{account}` and other names in braces mean parts of an event. */
  readonly event: unknown
}

/** What a mapping may name. */
const parts: Readonly<Record<string, (event: UsageEvent, source: string) => string | number>> = {
  id: ({ number }, source) => `${source}/${number}`,
  source: (_, source) => source,
  account: ({ account }) => account,
  resource: ({ resource }) => resource,
  kind: ({ kind }) => kind,
  product: ({ product }) => product,
  seconds: ({ seconds }) => seconds,
  time: ({ hour }) => new Date(hour).toISOString(),
  unix: ({ hour }) => hour / 1_000,
}

const placeholder = /\{(\w+)\}/g

/** A text that is one placeholder keeps the type of its part: `"{seconds}"` is a number. */
function filled(template: unknown, event: UsageEvent, source: string): unknown {
  if (typeof template === 'string') {
    const whole = /^\{(\w+)\}$/.exec(template)
    if (whole !== null) return parts[whole[1]](event, source)
    return template.replace(placeholder, (_, name: string) => String(parts[name](event, source)))
  }
  if (Array.isArray(template)) return template.map((each) => filled(each, event, source))
  if (template === null || typeof template !== 'object') return template
  return Object.fromEntries(Object.entries(template).map(([key, value]) => [key, filled(value, event, source)]))
}

/** Reads a mapping file. @throws InputError */
export function mappedEvents(file: string): EventFormat {
  const { list, event } = readMapping(file)
  return (events, source) => {
    const all = events.map((each) => filled(event, each, source))
    return { type: 'application/json', text: JSON.stringify(list === undefined ? all : { [list]: all }) }
  }
}

function readMapping(file: string): Mapping {
  const example = 'write {"list": "events", "event": {"transaction_id": "{id}", "quantity": "{seconds}"}}'
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    throw new InputError(
      `--mapping: cannot read the file (${(error as NodeJS.ErrnoException).code})`,
      'check its name and permissions',
      file,
    )
  }
  let mapping: Mapping
  try {
    mapping = JSON.parse(text) as Mapping
  } catch (error) {
    throw new InputError(`--mapping: it is not JSON: ${(error as Error).message}`, example, file)
  }
  const { event, list, ...others } = mapping ?? {}
  if (
    event === null ||
    typeof event !== 'object' ||
    (list !== undefined && typeof list !== 'string') ||
    Object.keys(others).length > 0
  )
    throw new InputError(
      '--mapping: it has to have the key `event`, an object, and may have `list`, a name',
      example,
      file,
    )
  const unknown = [...JSON.stringify(event).matchAll(placeholder)]
    .map(([, name]) => name)
    .find((name) => !Object.hasOwn(parts, name))
  if (unknown !== undefined)
    throw new InputError(
      `--mapping: an event has no {${unknown}}`,
      `it has ${Object.keys(parts)
        .map((name) => `{${name}}`)
        .join(', ')}`,
      file,
    )
  return mapping
}
