/** What a model is given: its policies, its instants, and which orders are made. Times are seconds, amounts whole 1e-8 units. */

export const HOUR = 3600
export const DAY = 24 * HOUR
const UNIT = 100_000_000

export type FlowKind = 'saas' | 'license' | 'professional-service'
export type Clock = 'silence' | 'completion' | 'auto365'

export interface Rules {
  readonly name: string
  /** Whether it is explored in a few seconds. */
  readonly isSmall: boolean
  /** When people act, from the start. */
  readonly instants: readonly number[]
  /** How many orders there are, and what they are of, in turn. */
  readonly orders: 1 | 2
  readonly sells: readonly ('server' | FlowKind)[]
  /** What accounts begin with. */
  readonly opening: readonly [number, number]
  /** A top-up, and how many an account makes. */
  readonly topUp: number
  readonly topUps: number
  /** Whether the second account begins without payment method and network (O-02, E-03). */
  readonly bare: boolean
  /** How long the creation of a server takes. */
  readonly creation: number
  readonly graceDays: number
  readonly retentionDays: number
  readonly unfreeze: 'stopped' | 'running'
  readonly whenStopped: 'billed' | 'free'
  readonly whenFull: 'refuse' | 'queue'
  /** How long an order waits for a unit; Infinity forever. */
  readonly patience: number
  readonly lag: number
  readonly unpaidLife: number
  /** O-13: what buyers pay with, and at which instants a bound card is declined. */
  readonly method: 'balance' | 'card'
  readonly declines: readonly number[]
  readonly sellerRejects: number
  readonly buyerRejects: number
  readonly rejectCap: number
  readonly silence: number
  readonly sellerAppeals: 'after-3-rejections-or-silence' | 'any-time' | 'never'
  readonly completionDelay: number
  readonly appealInWindow: 'allowed' | 'denied'
  readonly pauses: readonly Clock[]
  readonly withdraws: 'never' | 'full-refund'
  readonly closes: readonly FlowKind[]
  readonly closeRefund: 'full' | 'none'
  readonly ageFrom: 'paid' | 'first-request'
}

/** Prices of the model's world: a server 3.6 an hour by the second, its image 0.4 a started hour, what is supervised 10. */
export const prices = { serverSecond: UNIT / 1000, imageHour: 0.4 * UNIT, flow: 10 * UNIT }

const minutes = (count: number) => count * 60

const usual: Omit<Rules, 'name' | 'isSmall'> = {
  instants: [minutes(10), minutes(31 * 60 + 20), minutes(62 * 60 + 45)],
  orders: 2,
  sells: ['server', 'license'],
  opening: [50 * UNIT, 12 * UNIT],
  topUp: 120 * UNIT,
  topUps: 1,
  bare: false,
  creation: minutes(20),
  graceDays: 1,
  retentionDays: 1,
  unfreeze: 'stopped',
  whenStopped: 'billed',
  whenFull: 'refuse',
  patience: Number.POSITIVE_INFINITY,
  lag: HOUR,
  unpaidLife: 7 * DAY,
  method: 'balance',
  declines: [],
  sellerRejects: 3,
  buyerRejects: 2,
  rejectCap: Number.POSITIVE_INFINITY,
  silence: 120 * HOUR,
  sellerAppeals: 'after-3-rejections-or-silence',
  completionDelay: 3 * HOUR,
  appealInWindow: 'allowed',
  pauses: ['silence', 'completion'],
  withdraws: 'never',
  closes: ['professional-service'],
  closeRefund: 'full',
  ageFrom: 'paid',
}

/** Servers alone, at their policies; supervision alone, at its own; and both, which share the wallets. */
const servers: Partial<Rules> = { sells: ['server'] }
const flows = (kind: FlowKind, orders: 1 | 2): Partial<Rules> => ({
  orders,
  sells: [kind],
  ...(orders === 2 ? { sellerRejects: 1, buyerRejects: 1 } : { buyerRejects: kind === 'license' ? 2 : 3 }),
  topUps: 0,
})

const changes: Readonly<Record<string, Partial<Rules>>> = {
  'servers and a license': { topUps: 0, opening: [50 * UNIT, 12 * UNIT], buyerRejects: 1, sellerAppeals: 'never' },
  'servers: what an account needs first': { ...servers, bare: true },
  'servers: a queue': { ...servers, whenFull: 'queue' },
  'servers: a queue with patience, free images while stopped': {
    ...servers,
    whenFull: 'queue',
    patience: 30 * HOUR,
    whenStopped: 'free',
  },
  'servers: running again, no grace': {
    ...servers,
    unfreeze: 'running',
    graceDays: 0,
    retentionDays: 2,
    creation: 0,
  },
  'servers: running again, no retention': { ...servers, unfreeze: 'running', retentionDays: 0, creation: 0 },
  'servers: small top-ups': { ...servers, topUp: 40 * UNIT, topUps: 2, graceDays: 2 },
  'servers: a long lag': { ...servers, lag: 26 * HOUR },
  'licenses: unpaid for a day': {
    ...flows('license', 2),
    opening: [12 * UNIT, 5 * UNIT],
    topUps: 1,
    topUp: 7 * UNIT,
    unpaidLife: DAY,
    sellerAppeals: 'never',
  },
  'licenses: by card, at first declined': {
    ...flows('license', 1),
    opening: [12 * UNIT, 5 * UNIT],
    topUps: 1,
    topUp: 3 * UNIT,
    method: 'card',
    declines: [0],
    unpaidLife: 2 * DAY,
  },
  'license: an appeal is denied after acceptance, its clocks run on': {
    ...flows('license', 2),
    appealInWindow: 'denied',
    silence: 20 * HOUR,
    pauses: [],
  },
  'SaaS: silence is short, sellers appeal at any time': {
    ...flows('saas', 1),
    silence: 20 * HOUR,
    sellerAppeals: 'any-time',
    sellerRejects: 2,
  },
  'SaaS: rejections have a cap, orders can be withdrawn': {
    ...flows('saas', 1),
    rejectCap: 1,
    sellerAppeals: 'never',
    withdraws: 'full-refund',
  },
  'services: closed after 365 days': {
    ...flows('professional-service', 1),
    instants: [minutes(10), 200 * DAY + minutes(20), 400 * DAY + minutes(45)],
  },
  'services: closed after 365 days from the request, nothing back': {
    ...flows('professional-service', 1),
    instants: [minutes(10), 200 * DAY + minutes(20), 400 * DAY + minutes(45)],
    closeRefund: 'none',
    ageFrom: 'first-request',
    pauses: ['silence', 'completion', 'auto365'],
  },
}

/** Variants of more than four thousand states. */
const large = new Set([
  'servers: running again, no grace',
  'servers: running again, no retention',
  'licenses: unpaid for a day',
  'license: an appeal is denied after acceptance, its clocks run on',
  'services: closed after 365 days',
  'services: closed after 365 days from the request, nothing back',
])

export const variants: readonly Rules[] = Object.entries(changes).map(([name, change]) => ({
  ...usual,
  ...change,
  name,
  isSmall: !large.has(name),
}))
