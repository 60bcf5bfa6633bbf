import type { Cell } from '../../cell/cell.ts'
import { Chapter } from '../../cell/chapter.ts'
import { flavourStatuses } from '../../cell/codes.ts'
import { LinkedList } from '../../cell/linked-list.ts'
import { savedArray } from '../../cell/parts.ts'
import { Port } from '../../cell/port.ts'
import {
  code,
  count,
  duration,
  flag,
  hourPrice,
  id,
  instant,
  milliseconds,
  number,
  row,
  state,
  table,
  timer,
} from '../../cell/table.ts'
import { ranks } from '../../cell/timers.ts'
import type { Orders } from '../orders/orders.ts'
import type { Subscriptions } from '../subscriptions/subscriptions.ts'
import { instance } from './instance.ts'
import { Launches } from './launch.ts'

/** What each account has of E-03, and its instances, newest first. */
export const ownerTable = (accounts: number) =>
  table(
    'owners',
    {
      firstInstance: row('instances'),
      lastInstance: row('instances'),
      vpcs: count(),
      vpcsAsked: count(),
      securityGroup: flag(),
      credentials: flag(),
    },
    accounts,
  )

/**
 * ECS instances that hold or may again hold a unit of a pool. `ecsMetered`, `imageMetered`: what is pay-per-use of it;
 * `expired`: the term of a yearly/monthly server is over (U-04). `wanted`, `stops`: its owner wants it running, and stops
 * it from time to time; `habitTimer`, `imageTimer`: when the owner acts next, when its image is changed. `subscription`: the
 * one whose term pays for it, once it has begun.
 */
export const instanceTable = () =>
  table('instances', {
    id: id('instances'),
    order: row('orders'),
    account: row('accounts'),
    pool: row('pools'),
    specification: number('specifications'),
    state: state(instance),
    holds: flag(),
    lifetime: duration(),
    lifeTimer: timer(),
    next: row('instances'),
    previous: row('instances'),
    ecsMetered: flag(),
    imageMetered: flag(),
    expired: flag(),
    wanted: flag(),
    stops: flag(),
    habitTimer: timer(),
    imageTimer: timer(),
    ecsPrice: hourPrice(),
    imagePrice: hourPrice(),
    subscription: row('subscriptions'),
  })

/**
 * ECS pools of this cell: units held, the integrals of the clock hour with the largest capacity (`most`) and the most
 * units held (`peak`) for any time in it, the price in force, the flavour's status, how many outages it is down by, and who
 * waits for units; `called`: they are about to be served, `leastWaiting`: none of them waits for fewer units than that, 0
 * where all are to be looked at. `last…` is what the last hour that was written had.
 */
export const poolTable = (pools: number) =>
  table(
    'pools',
    {
      id: number('pools'),
      planned: count(),
      capacity: count(),
      held: count(),
      since: instant(),
      capacityMs: milliseconds(),
      heldMs: milliseconds(),
      fullMs: milliseconds(),
      most: count(),
      peak: count(),
      lastMost: count(),
      lastCapacityMs: milliseconds(),
      lastHeldMs: milliseconds(),
      lastFullMs: milliseconds(),
      lastPeak: count(),
      reported: flag(),
      hourly: hourPrice(),
      status: code(flavourStatuses),
      down: count(),
      firstWaiting: row('waiting'),
      lastWaiting: row('waiting'),
      leastWaiting: count(),
      called: flag(),
    },
    pools,
  )

/** Orders that wait for units of a full pool, linked by pool, first come first. */
export const waitingTable = () =>
  table('waiting', {
    order: row('orders'),
    pool: row('pools'),
    since: instant(),
    timer: timer(),
    next: row('waiting'),
    previous: row('waiting'),
  })

export const serverTimers = {
  capacityChanges: ranks.expire,
  instanceLaunches: ranks.expire,
  instanceEnds: ranks.expire,
  serversCreated: ranks.expire,
  serversFail: ranks.expire,
  orderFails: ranks.expire,
  imageChanges: ranks.expire,
  vpcCreated: ranks.expire,
  patienceEnds: ranks.expire,
  // After all that frees units at this instant, before anybody new asks for them (E-02).
  poolServes: ranks.deliver,
} as const

/** Servers (E): pools, the queues before them, instances, images, and what an account needs first. */
export class Servers extends Chapter<keyof typeof serverTimers> {
  readonly orderChapter: Orders
  readonly subscriptionChapter: Subscriptions
  readonly arrears
  readonly orders
  readonly subscriptions
  readonly standings
  readonly owners = this.byAccount(ownerTable)
  readonly instances = instanceTable()
  readonly instanceList = new LinkedList({
    first: () => this.owners.firstInstance,
    last: () => this.owners.lastInstance,
    next: () => this.instances.next,
    previous: () => this.instances.previous,
  })
  readonly pools = poolTable(this.places.length)
  readonly waiting = waitingTable()
  readonly queue = new LinkedList({
    first: () => this.pools.firstWaiting,
    last: () => this.pools.lastWaiting,
    next: () => this.waiting.next,
    previous: () => this.waiting.previous,
  })
  /** How the servers of a waiting order will be created, by its row. */
  readonly launches = new Launches()
  /** Prices in force of pay-per-use images by number of the specification - 1, 1e-10 an hour. */
  readonly imagePrices = Float64Array.from(this.world.catalog.offers, ({ hourly }) => hourly)
  readonly parts = {
    owners: this.owners,
    instances: this.instances,
    pools: this.pools,
    waiting: this.waiting,
    launches: this.launches,
    imagePrices: savedArray(this.imagePrices),
  }
  /** An instance was admitted by its pool: its row has just been added. */
  readonly instanceAdmitted = new Port<[instance: number]>()
  /** An instance took a step, or its account or its term did: what is metered of it may be something else now. */
  readonly instanceChanged = new Port<[instance: number]>()
  /** An instance was deleted or has failed. Its row stays until its last hour is metered (`freeInstance`). */
  readonly instanceGone = new Port<[instance: number]>()
  /** The price of the server is about to change (U-07). */
  readonly ecsRepriced = new Port<[instance: number]>()
  /** The image of an instance, or its price, is about to change (E-07, U-07). */
  readonly imageRepriced = new Port<[instance: number]>()
  /** For its owner: a server is there (E-01). */
  readonly launched = new Port<[instance: number]>()
  /** For its owner: an instance came back `stopped` when its account cleared its debts. */
  readonly unfrozen = new Port<[instance: number]>()
  /** For its owner: a new image is on a server's disk (E-07). */
  readonly imageReplaced = new Port<[instance: number]>()
  /** For its owner: a VPC is there (E-03). */
  readonly vpcCreated = new Port<[account: number]>()

  constructor(at: Cell, orders: Orders, subscriptions: Subscriptions) {
    super(at)
    this.orderChapter = orders
    this.subscriptionChapter = subscriptions
    this.arrears = orders.arrears
    this.orders = orders.orders
    this.subscriptions = subscriptions.subscriptions
    this.standings = orders.arrears.standings
  }

  /** The last hour of an instance that is gone is metered. */
  freeInstance(row: number): void {
    this.instances.remove(row)
  }
}
