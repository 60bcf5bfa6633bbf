/** What `load` is asked for where it drives a metering service. */
import { InputError } from '#base/input-error.ts'
import { parseLoadDuration } from '#sim/load-test/rate.ts'
import type { Arguments, CommandOption } from '../command.ts'
import { withOption } from '../load-shape.ts'
import { type EventFormat, mappedEvents } from './cloud-events.ts'
import { nextToEvents, type UsageSource } from './read-usage.ts'
import type { ServiceAddress } from './service-client.ts'

export interface ServiceRequest extends ServiceAddress {
  readonly retries: number
  /** Where its counted use is read in place of bills; undefined: it has bills, or none are read. */
  readonly usage?: UsageSource | undefined
  /** In front of each account; undefined: a random name. */
  readonly testName?: string | undefined
  /** How long the bills may take to have everything, ms. */
  readonly settleMs: number
  /** Undefined: CloudEvents. */
  readonly format: EventFormat | undefined
}

/** Where OpenMeter and the example service take events. */
const EVENTS_PATH = '/api/v1/events'
const BILLS_PATH = '/bills'
const CONNECTIONS = 16
const RETRIES = 3
const TIMEOUT = '10s'
const MOST_CONNECTIONS = 10_000
/** The environment variable with the token of the service: a command line is printed and kept in files. */
export const TOKEN_VARIABLE = 'MARKETSIM_TARGET_TOKEN'
/** Events of a request: more are refused by some services. */
export const SERVICE_BATCH = 100

export const serviceOptions = {
  bills: {
    type: 'string',
    takesSetting: false,
    defaultDescription: BILLS_PATH,
    describe:
      'of a service: path or URL of its bills, or none; openmeter:METER or lago compares what they have counted',
  },
  'test-name': {
    type: 'string',
    takesSetting: false,
    defaultDescription: 'random',
    describe: 'of a service: name of the test, which is in front of each account; a new one for each test',
  },
  settle: {
    type: 'string',
    defaultDescription: '0',
    describe: 'of a service: how long its bills may take to have every event',
  },
  connections: {
    type: 'number',
    defaultDescription: String(CONNECTIONS),
    describe: 'of a service: most requests at the same time',
  },
  retries: {
    type: 'number',
    defaultDescription: String(RETRIES),
    describe: 'of a service: how often a failed request is sent again',
  },
  timeout: { type: 'string', defaultDescription: TIMEOUT, describe: 'of a service: longest time for an answer' },
  mapping: {
    type: 'string',
    completes: 'file',
    describe: 'of a service: JSON file that describes its events, in place of CloudEvents',
  },
} as const satisfies Readonly<Record<string, CommandOption>>

const isUrl = (text: string): boolean => /^https?:\/\//i.test(text)

/** The two meanings of `--target`: the address of a service, and the bound of a search for the knee. @throws InputError */
export function targetsOf(arguments_: Arguments): {
  readonly url: string | undefined
  readonly bound: string | undefined
} {
  const texts = arguments_.texts('target')
  if (texts.includes(''))
    throw new InputError('--target is empty', "write --target 'p99<50ms', or the URL of a service")
  const [urls, bounds] = [texts.filter(isUrl), texts.filter((text) => !isUrl(text))]
  for (const [of, what] of [
    [urls, 'services'],
    [bounds, 'bounds'],
  ] as const)
    if (of.length > 1)
      throw new InputError(`--target names ${of.length} ${what}`, 'give one URL of a service, and one bound')
  return { url: urls[0], bound: bounds[0] }
}

/** Options that a service does not have: its ledger and threads are its own. */
const ofTheCore = ['threads', 'sync', 'warm-up', 'users', 'generator', 'generators']

/** The service to drive, if there is one. @throws InputError */
export function serviceOf(arguments_: Arguments, text: string | undefined): ServiceRequest | undefined {
  if (text === undefined) {
    const given = Object.keys(serviceOptions).find((name) => arguments_.text(name) !== undefined)
    if (given !== undefined) throw new InputError(`--${given} needs a service`, 'add --target http://127.0.0.1:8080')
    return undefined
  }
  const other = ofTheCore.find((name) => arguments_.text(name) !== undefined)
  if (other === 'generator' || other === 'generators')
    throw new InputError(
      `--${other} and --target cannot be combined: the bills of a service are compared with the events that it has accepted, which only the process that sent them knows`,
      `remove --${other}; several tests of a service may run at the same time, since each has accounts of its own`,
    )
  if (other !== undefined)
    throw new InputError(`--${other} does not apply to a service`, `remove --${other}, or --target ${text}`)
  const url = urlOf(text, undefined, 'target')
  const events = url.pathname === '/' ? new URL(EVENTS_PATH, url) : url
  const bills = arguments_.filled('bills', 'write --bills /bills, or --bills none') ?? BILLS_PATH
  const usage = usageOf(bills)
  if (usage !== undefined) nextToEvents(events, '')
  const timeout = arguments_.text('timeout') ?? TIMEOUT
  const settle = arguments_.text('settle') ?? '0'
  const mapping = arguments_.filled('mapping', 'write --mapping and a file')
  return {
    events,
    bills: bills === 'none' || usage !== undefined ? undefined : urlOf(bills, url, 'bills'),
    usage,
    testName: testNameOf(arguments_),
    token: process.env[TOKEN_VARIABLE],
    connections: arguments_.count('connections', 1, MOST_CONNECTIONS) ?? CONNECTIONS,
    retries: arguments_.count('retries', 0, 100) ?? RETRIES,
    timeoutMs: withOption('timeout', () => parseLoadDuration(timeout)),
    settleMs: settle === '0' ? 0 : withOption('settle', () => parseLoadDuration(settle)),
    format: mapping === undefined ? undefined : mappedEvents(mapping),
  }
}

/** `openmeter:METER` or `lago`; undefined for a path, a URL or `none`. */
function usageOf(text: string): UsageSource | undefined {
  if (text === 'lago') return { kind: 'lago' }
  const meter = /^openmeter:(.+)$/.exec(text)?.[1]
  return meter === undefined ? undefined : { kind: 'openmeter', meter }
}

function testNameOf(arguments_: Arguments): string | undefined {
  const name = arguments_.filled('test-name', 'write --test-name load-7')
  if (name === undefined || /^[\w.-]{1,40}$/.test(name)) return name
  throw new InputError(
    `--test-name ${name} is not a name`,
    'write up to 40 letters, digits, dots, dashes and underscores',
  )
}

function urlOf(text: string, base: URL | undefined, option: string): URL {
  if (URL.canParse(text, base?.href)) return new URL(text, base?.href)
  throw new InputError(`--${option}: '${text}' is not a URL`, 'write http://127.0.0.1:8080, or a path such as /bills')
}
