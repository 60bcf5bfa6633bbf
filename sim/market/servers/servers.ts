import type { Cell } from '../../cell/cell.ts'
import { Chapter } from '../../cell/chapter.ts'
import { LinkedList } from '../../cell/linked-list.ts'
import { savedArray } from '../../cell/parts.ts'
import { Gate, Pipe, Port } from '../../cell/port.ts'
import type { Row } from '../../cell/table.ts'
import { ranks } from '../../cell/timers.ts'
import type { Hosts } from '../hosts/hosts.ts'
import type { Orders } from '../orders/orders.ts'
import type { Subscriptions } from '../subscriptions/subscriptions.ts'
import { type Launch, Launches } from './launch.ts'
import { instanceTable, ownerTable, poolTable, waitingTable } from './tables.ts'

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
  readonly hostChapter: Hosts
  readonly arrears
  readonly freezes
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
  /** What an hour of a pay-per-use server costs its owner (U-07), by the price of its pool. */
  readonly hourlyPrice = new Pipe<number, [account: Row<'accounts'>, pool: Row<'pools'>]>()
  /** A request finds too few units free, before it waits or is refused: who can free some of the pool's does so. */
  readonly unitsWanted = new Port<[pool: Row<'pools'>, units: number, account: Row<'accounts'>]>()
  /** Whether units that a request lacks will be free in a moment, so that its order waits for them (E-11). */
  readonly unitsToCome = new Gate<[pool: Row<'pools'>, units: number, account: Row<'accounts'>]>()
  /** Orders that wait for a pool were served: what it still has free goes to others. */
  readonly poolServed = new Port<[pool: Row<'pools'>]>()
  /** An order that waited has its units (E-02): its servers are to be created. */
  readonly unitsGranted = new Port<[order: number, pool: number, launches: readonly Launch[]]>()
  /** An order of yearly/monthly servers that are to be created finds too few units, and may wait for them (E-02). */
  readonly unitsAwaited = new Port<[order: Row<'orders'>]>()
  /** A paid order of yearly/monthly servers that waited was cancelled without them (E-02): what was paid goes back. */
  readonly unitsDenied = new Port<[order: Row<'orders'>]>()
  /** For its buyer: the patience of an order that waited is exhausted (E-02); it is about to be cancelled. */
  readonly patienceEnded = new Port<[order: Row<'orders'>]>()
  /** An instance was admitted by its pool: its row has just been added. */
  readonly instanceAdmitted = new Port<[instance: Row<'instances'>]>()
  /** An instance took a step, or its account or its term did: what is metered of it may be something else now. */
  readonly instanceChanged = new Port<[instance: Row<'instances'>]>()
  /** An instance that runs breaks with its zone (E-10). */
  readonly instanceBreaks = new Port<[instance: Row<'instances'>]>()
  /** For its owner: a running server is about to be lost in an outage (E-10). */
  readonly serverLost = new Port<[instance: Row<'instances'>]>()
  /** A server that was down or interrupted runs again, by which event and rule (E-10, E-11). */
  readonly serverReturns = new Port<[instance: Row<'instances'>, event: 'recover' | 'start', rule: string]>()
  /** An outage of a pool is over. */
  readonly outageEnded = new Port<[pool: Row<'pools'>]>()
  /** An instance was deleted or has failed. Its row stays until its last hour is metered (`freeInstance`). */
  readonly instanceGone = new Port<[instance: Row<'instances'>]>()
  /** The price of the server is about to change (U-07). */
  readonly ecsRepriced = new Port<[instance: Row<'instances'>]>()
  /** The image of an instance, or its price, is about to change (E-07, U-07). */
  readonly imageRepriced = new Port<[instance: Row<'instances'>]>()
  /** For its owner: a server is there (E-01). */
  readonly launched = new Port<[instance: Row<'instances'>]>()
  /** For its owner: an instance came back `stopped` when its account cleared its debts. */
  readonly unfrozen = new Port<[instance: Row<'instances'>]>()
  /** For its owner: a new image is on a server's disk (E-07). */
  readonly imageReplaced = new Port<[instance: Row<'instances'>]>()
  /** For its owner: a VPC is there (E-03). */
  readonly vpcCreated = new Port<[account: Row<'accounts'>]>()

  constructor(at: Cell, orders: Orders, subscriptions: Subscriptions, hosts: Hosts) {
    super(at)
    this.orderChapter = orders
    this.subscriptionChapter = subscriptions
    this.hostChapter = hosts
    this.arrears = orders.arrears
    this.freezes = orders.freezes
    this.orders = orders.orders
    this.subscriptions = subscriptions.subscriptions
    this.standings = orders.arrears.standings
  }

  /** The last hour of an instance that is gone is metered. */
  freeInstance(row: Row<'instances'>): void {
    this.instances.remove(row)
  }
}
