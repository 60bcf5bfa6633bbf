/**
 * Changes of a scenario at an instant: what `--set` says of the whole run, as planned events of that instant. Only what the
 * market can change while it runs has an event; everything else is refused with its reason.
 */
import { InputError } from '#base/input-error.ts'
import { resourceKeys } from './cloud-resources.ts'
import { type Path, ScenarioDocument, valueAt } from './document.ts'
import { fixedPolicies, type PolicyKey } from './policies.ts'
import { namedPath } from './sets.ts'
import { parseInstant } from './time-text.ts'

type Data = Record<string, unknown>

const CHANGEABLE =
  'policies, capacity, status and hourly prices of pools, and prices and discounts of products can change in a fork'

/** Why a section of a scenario is what it was when the run began. */
const fixedSections: Readonly<Record<string, string>> = {
  start: 'the run has begun',
  end: 'the history up to there was simulated for this end',
  duration: 'the history up to there was simulated for this end',
  drain: 'the history up to there was simulated for this end',
  arrivalsUntil: 'the history up to there was simulated for this end',
  measureFrom: 'figures of the future would not be those of the history: set it when the history is made',
  warmStart: 'the run has begun',
  seed: 'write --seed S: random draws after that instant come from it',
  currency: 'the books are kept in it',
  money: 'the books are kept with it',
  partition: 'it decides which cells the run has',
  messageDelay: 'it decides which messages are on their way',
  buyers: 'arrivals after that instant were drawn before it',
  sellers: 'sellers are assigned to cells when the run begins',
  events: 'write --event, which adds one',
  hosts: 'the steps of a group of hosts are numbered when the run begins',
}

function fixed(text: string, at: string, reason: string): InputError {
  return new InputError(
    `${text} cannot change at ${at}: ${reason}`,
    `${CHANGEABLE}; for anything else run the scenario with --set from its start, and compare`,
    '--set',
  )
}

/** The value of `path=value` as data. */
function setValue(text: string, at: string): { readonly path: string; readonly value: unknown } {
  const equals = text.indexOf('=')
  if (equals <= 0)
    throw new InputError(`'${text}' is no path=value`, 'write for example --set policies.grace.days=3', '--set')
  const path = text.slice(0, equals).trim()
  const read = ScenarioDocument.read('--set', text.slice(equals + 1))
  const [fault] = read.faults
  if (fault !== undefined) throw new InputError(`the value of ${path} is ${fault.what}`, fault.hint, '--set')
  if (read.text.trim() === '') throw fixed(path, at, 'a key is not removed while a run continues: write its new value')
  return { path, value: read.data }
}

const named = (data: unknown, path: Path, key: string): unknown => valueAt(data, [...path, key])

/** The zone of a pool or of hosts, from its path. */
const zoneAt = (data: unknown, path: Path): unknown => named(data, path.slice(0, 4), 'id')

/** The event of a pool's key; undefined where the key has none. */
function poolChange(data: unknown, path: Path, value: unknown): Data | undefined {
  const pool = { zone: zoneAt(data, path), flavour: named(data, path.slice(0, 6), 'flavour') }
  const [key, resource, price] = path.slice(6)
  if (path.length === 7 && key === 'capacity') return { capacityChange: { ...pool, capacity: value, foreseen: false } }
  if (path.length === 7 && key === 'status') return { flavourChange: { ...pool, status: value } }
  if (path.length === 7 && key === 'hourly') return { serverPriceChange: { ...pool, hourly: value } }
  const isPrice = price === 'hourly' || price === 'perGigabyte'
  if (path.length === 9 && key === 'resources' && isPrice && Object.values<unknown>(resourceKeys).includes(resource))
    return { serverPriceChange: { ...pool, [resource]: value } }
  return undefined
}

function eventOf(data: unknown, path: Path, value: unknown): Data | undefined {
  const [section, , within, , kind] = path
  if (section === 'regions' && within === 'zones' && kind === 'pools') return poolChange(data, path, value)
  const isPrice = ['hourly', 'plans', 'price', 'discount'].includes(String(kind))
  if (section === 'catalog' && within === 'specifications' && isPrice && path.length === 5) {
    const product = named(data, path.slice(0, 2), 'id')
    return { priceChange: { product, specification: named(data, path.slice(0, 4), 'id'), [String(kind)]: value } }
  }
  return undefined
}

/** Policies that may change by plan, and not unforeseen. */
const foreseenPolicies: Partial<Record<PolicyKey, string>> = {
  'settlement.platformFee': 'the share of an earlier sale already follows from the fee of the day of its bill (L-06)',
}

/** Throws InputError for a policy that a fork cannot change. */
function checkPolicy(key: string, text: string, at: string): void {
  const reason = fixedPolicies[key as PolicyKey] ?? foreseenPolicies[key as PolicyKey]
  if (reason !== undefined) throw fixed(text, at, reason)
}

/** Events that were taken into account before they happened, by kind. */
const foreseenEvents: Readonly<Record<string, string>> = {
  demandSurge: 'arrivals after that instant were drawn before it',
  hostChange: 'the steps of a group of hosts are numbered when the run begins',
}

/** An event as `--event` writes it: one kind, at `at` unless it says when. */
function writtenEvent(text: string, at: string): Data {
  const read = ScenarioDocument.read('--event', text)
  const { data } = read
  if (read.faults.length > 0 || typeof data !== 'object' || data === null || Array.isArray(data))
    throw new InputError(
      `'${text}' is no event`,
      "write a kind and its keys, such as --event 'outage: { zone: ap-1a, for: 2h }'",
      '--event',
    )
  const event: Data = { at, ...data }
  // Nothing of a history waits for it.
  const change = Object(event.capacityChange)
  if (Object.hasOwn(event, 'capacityChange')) event.capacityChange = { ...change, foreseen: false }
  for (const [kind, reason] of Object.entries(foreseenEvents))
    if (Object.hasOwn(event, kind))
      throw new InputError(
        `a fork at ${at} cannot add ${kind}: ${reason}`,
        'write the event into the scenario, and compare two runs',
        '--event',
      )
  for (const key of Object.keys(Object(event.policyChange))) checkPolicy(key, `policies.${key}`, at)
  const instant = typeof event.at === 'string' ? parseInstant(event.at) : null
  if (instant !== null && instant < (parseInstant(at) as number))
    throw new InputError(
      `an event at ${event.at} is before the fork at ${at}`,
      'the history up to there stays as it is: write a later instant',
      '--event',
    )
  return event
}

/** What is asked of a fork: `path=value`, events as a scenario writes them, a seed for random draws. */
export interface Changes {
  readonly sets: readonly string[]
  readonly events: readonly string[]
  readonly seed?: string | undefined
}

/**
 * The `events.N=…` that change a scenario from an instant on.
 * @param data of the scenario as written, with what `--set` changes in it from its start
 * @param at the instant as a scenario writes it
 * @throws InputError for what cannot change while a run continues, with the reason
 */
export function changesAt(data: unknown, at: string, { sets, events, seed }: Changes): string[] {
  const policies: Data = {}
  const found: Data[] = []
  for (const set of sets) {
    const { path: text, value } = setValue(set, at)
    const path = namedPath(data, text)
    if ('what' in path) throw new InputError(`${path.what}: expected ${path.expected}`, path.hint, '--set')
    if (path[0] === 'policies' && path.length === 2) {
      const key = String(path[1])
      checkPolicy(key, text, at)
      if (Object.keys(policies).length === 0) found.push({ at, policyChange: policies })
      policies[key] = value
      continue
    }
    const event = eventOf(data, path, value)
    if (event === undefined) {
      const section = path[4] === 'hosts' ? 'hosts' : String(path[0])
      throw fixed(text, at, fixedSections[section] ?? 'no event of a scenario changes it')
    }
    found.push({ at, ...event })
  }
  found.push(...events.map((text) => writtenEvent(text, at)))
  if (seed !== undefined) found.push({ at, newSeed: { seed } })
  const written = valueAt(data, ['events'])
  const first = Array.isArray(written) ? written.length : 0
  return found.map((event, index) => `events.${first + index}=${JSON.stringify(event)}`)
}
