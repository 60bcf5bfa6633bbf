/** Tables of servers: what their owners have, the instances, the pools, and who waits for units. */
import { flavourStatuses } from '../../cell/codes.ts'
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
  sideTable,
  state,
  table,
  timer,
} from '../../cell/table.ts'
import { instance } from './instance.ts'

/** What each account has of E-03, and its instances, newest first. */
export const ownerTable = (accounts: number) =>
  sideTable(
    'owners',
    'accounts',
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
 * one whose term pays for it, once it has begun. `host`: where it is placed, if its pool is made of hosts.
 * `lifeEnds`: when it will be deleted; `lifeLeft`: of one that is down, how long it will then run.
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
    host: row('hosts'),
    lifetime: duration(),
    lifeTimer: timer(),
    lifeEnds: instant(),
    lifeLeft: duration(),
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
 * ECS pools of this cell: units planned (`scheduled`, and `grown` by a rule, E-12) and held, the integrals of the clock hour with the largest capacity (`most`) and the most
 * units held (`peak`) for any time in it, the prices in force of a server and of its resources (E-09), the flavour's status, how many outages it is down by, how many servers wait to be placed again (`restarts`), how
 * many that were interrupted wait for room (`interrupted`, E-11), and who
 * waits for units; `called`: they are about to be served, `leastWaiting`: none of them waits for fewer units than that, 0
 * where all are to be looked at. `last…` is what the last hour that was written had.
 */
export const poolTable = (pools: number) =>
  table(
    'pools',
    {
      id: number('pools'),
      scheduled: count(),
      grown: count(),
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
      disk: hourPrice(),
      elasticIp: hourPrice(),
      bandwidth: hourPrice(),
      traffic: hourPrice(),
      status: code(flavourStatuses),
      down: count(),
      restarts: count(),
      interrupted: count(),
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

export type InstanceTable = ReturnType<typeof instanceTable>
export type PoolTable = ReturnType<typeof poolTable>
