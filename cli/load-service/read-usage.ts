/**
 * Reads back what a service without bills of our form has counted for each account, and holds it against the events that it
 * has accepted. Their prices are not ours, so what is compared is the use itself: the sum of `seconds` of an account.
 */
import { csvLine } from '#base/csv-text.ts'
import { InputError } from '#base/input-error.ts'
import { HOUR } from '#base/time.ts'
import type { UsageEvent, UsageEvents } from '#sim/load-test/usage-events.ts'
import type { BillsRead } from './read-bills.ts'
import { fates } from './send-events.ts'
import { type ServiceClient, shownUrl } from './service-client.ts'

/** Which API counts: a meter of OpenMeter by its slug or ID, or the current usage of each customer of Lago. */
export type UsageSource = { readonly kind: 'openmeter'; readonly meter: string } | { readonly kind: 'lago' }

/** What was sent, and what became of each event. */
export interface SentUsage {
  readonly events: Pick<UsageEvents, 'at'>
  readonly fates: Uint8Array
  /** Accounts that are not compared. */
  readonly without: ReadonlySet<string>
}

interface CountedUse {
  /** By account. */
  readonly seconds: ReadonlyMap<string, number>
  /** First and last hour, ms since 1970. */
  readonly from: number
  readonly to: number
}

const SHOWN = 20
/** Sums of floats may differ by their rounding, relative to their size. */
const ROUNDING = 1e-9

function acceptedUse({ events, fates: state, without }: SentUsage): CountedUse {
  const seconds = new Map<string, number>()
  let [from, to] = [Number.POSITIVE_INFINITY, 0]
  for (let number = 0; number < state.length; number++) {
    if (state[number] !== fates.accepted) continue
    const event: UsageEvent = events.at(number)
    from = Math.min(from, event.hour)
    to = Math.max(to, event.hour + HOUR)
    if (!without.has(event.account)) seconds.set(event.account, (seconds.get(event.account) ?? 0) + event.seconds)
  }
  return { seconds, from, to }
}

/** The address of a resource next to the events: `/api/v1/events` and `/api/v1/events/batch` are next to `/api/v1/meters`. */
export function nextToEvents(events: URL, path: string): URL {
  const root = /^(.*)\/events(\/batch)?\/?$/.exec(events.pathname)?.[1]
  if (root !== undefined) return new URL(`${root}/${path}`, events)
  throw new InputError(
    `the path ${events.pathname} of the service does not end with /events, so its usage cannot be found`,
    'write --target with the path of its events, such as http://localhost:8888/api/v1/events',
  )
}

const meterUrl = (events: URL, meter: string): URL => nextToEvents(events, `meters/${encodeURIComponent(meter)}/query`)

async function json(client: ServiceClient, url: URL, hint: string): Promise<unknown> {
  const { status, text } = await client.get(url)
  if (status < 200 || status >= 300)
    throw new InputError(`the service answers ${status} where its usage should be`, hint, shownUrl(url))
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new InputError(`its usage is not JSON: ${(error as Error).message}`, hint, shownUrl(url))
  }
}

const ofMeter = (meter: string): string =>
  `create the meter ${meter} with groupBy or name another one: --bills openmeter:SLUG`

/** Whether the service has usage to read, before any load. @throws ServiceError, InputError */
export async function expectUsage(client: ServiceClient, usage: UsageSource): Promise<void> {
  const { events } = client.address
  if (usage.kind === 'openmeter') await json(client, meterUrl(events, usage.meter), ofMeter(usage.meter))
  else await client.get(nextToEvents(events, 'billable_metrics'))
}

/** `GET /api/v1/meters/{meter}/query`: one row for each subject, without a window. */
async function usageOfOpenMeter(client: ServiceClient, meter: string, prefix: string, { from, to }: CountedUse) {
  const url = meterUrl(client.address.events, meter)
  url.searchParams.set('from', new Date(from).toISOString())
  url.searchParams.set('to', new Date(to).toISOString())
  url.searchParams.set('groupBy', 'subject')
  const { data } = (await json(client, url, ofMeter(meter))) as {
    data?: readonly { readonly subject?: string | null; readonly value: number }[]
  }
  if (!Array.isArray(data)) throw new InputError('the answer of the meter has no `data`', ofMeter(meter), shownUrl(url))
  const seconds = new Map<string, number>()
  for (const { subject, value } of data)
    if (subject?.startsWith(prefix)) seconds.set(subject, (seconds.get(subject) ?? 0) + value)
  return seconds
}

const LAGO =
  'each account needs a customer and a subscription with its name as external ID (--test-name makes names known)'

/** `GET /api/v1/customers/{account}/current_usage`, for each account in turn: units of all its charges. */
async function usageOfLago(client: ServiceClient, accounts: Iterable<string>) {
  const seconds = new Map<string, number>()
  for (const account of accounts) {
    const name = encodeURIComponent(account)
    const url = nextToEvents(client.address.events, `customers/${name}/current_usage`)
    url.searchParams.set('external_subscription_id', account)
    url.searchParams.set('apply_taxes', 'false')
    const { customer_usage: usage } = (await json(client, url, LAGO)) as {
      customer_usage?: { readonly charges_usage?: readonly { readonly units: string }[] }
    }
    const charges = usage?.charges_usage
    if (!Array.isArray(charges)) throw new InputError('the answer has no `charges_usage`', LAGO, shownUrl(url))
    const sum = charges.reduce((total, { units }) => total + Number(units), 0)
    if (sum > 0) seconds.set(account, sum)
  }
  return seconds
}

/** Reads the usage once and compares it. */
export async function compareUsage(
  client: ServiceClient,
  usage: UsageSource,
  prefix: string,
  sent: SentUsage,
): Promise<BillsRead> {
  const ours = acceptedUse(sent)
  const all =
    ours.to === 0
      ? new Map<string, number>()
      : usage.kind === 'openmeter'
        ? await usageOfOpenMeter(client, usage.meter, prefix, ours)
        : await usageOfLago(client, ours.seconds.keys())
  const theirs = new Map([...all].filter(([account]) => !sent.without.has(account)))
  const counts = { agree: 0, differ: 0, missing: 0, unknown: 0 }
  const rows: { readonly account: string; readonly recorded: number; readonly audited: number }[] = []
  for (const account of [...new Set([...ours.seconds.keys(), ...theirs.keys()])].sort()) {
    const [recorded, audited] = [theirs.get(account) ?? 0, ours.seconds.get(account) ?? 0]
    if (Math.abs(recorded - audited) <= ROUNDING * Math.max(recorded, audited)) counts.agree++
    else {
      counts[theirs.has(account) ? (ours.seconds.has(account) ? 'differ' : 'unknown') : 'missing']++
      rows.push({ account, recorded, audited })
    }
  }
  return {
    bills: counts,
    differences:
      csvLine(['account', 'theirs', 'ours']) +
      rows.map(({ account, recorded, audited }) => csvLine([account, String(recorded), String(audited)])).join(''),
    audit: {
      amounts: counts.agree + rows.length,
      differing: rows.length,
      differences: rows.slice(0, SHOWN).map(({ account, recorded, audited }) => ({
        ...{ kind: 'usage', subject: account, recorded, audited },
        text: `${account}: the service counts ${recorded}, and it accepted ${audited}`,
      })),
      operations: 0,
      bills: counts.agree + rows.length,
      balances: [],
      trial: 0n,
      digest: '',
    },
  }
}
