/** `hosts` of a zone: groups of equal machines on which servers of one or more flavours are placed (E-10). */

import { count } from '../amounts.ts'
import { durationDistribution } from '../distributions.ts'
import { instant } from '../time.ts'
import { z } from '../zod.ts'
import { capacityCosts } from './capacity-costs.ts'
import { growth } from './growth.ts'
import { id, maybe } from './names.ts'

const thousandths = (value: number): boolean => Math.abs(value * 1000 - Math.round(value * 1000)) < 1e-6

/** A number of at most 3 decimals. */
const resource = (expected: string, least: number, most: number) =>
  z
    .number({ error: expected })
    .min(least, { error: expected })
    .max(most, { error: expected })
    .refine(thousandths, { error: `${expected} with at most 3 decimals` })

export const vcpu = resource('expected a number of vCPUs from 0.001 to 100,000', 0.001, 100_000)
export const memory = resource('expected GiB of memory from 0.001 to 1,000,000', 0.001, 1_000_000)
export const gpu = resource('expected a number of GPUs from 0 to 1,000', 0, 1_000)

const overcommitFactor = resource('expected a factor from 0.1 to 100', 0.1, 100).default(1)

/** A constant is one step from the epoch on. */
const hostCount = z
  .union(
    [
      count(0, 1_000_000).transform((hosts) => [{ from: 0, count: hosts }]),
      z
        .array(
          z.strictObject({
            from: instant.describe('When this number takes effect.'),
            count: count(0, 1_000_000).describe('Hosts from this instant.'),
          }),
        )
        .min(1)
        .max(100_000),
    ],
    { error: 'expected a number of hosts, or steps such as [{ from: 2024-03-01T00:00:00Z, count: 60 }]' },
  )
  .describe('How many hosts: a number, or steps over time. A smaller number drains the hosts with the highest numbers.')

const timeToFailure = durationDistribution.describe('Time from joining, or from the last repair, to the next failure.')
const timeToRepair = durationDistribution.describe('How long a repair takes.')

export const zoneFailures = z
  .strictObject({ timeToFailure, timeToRepair })
  .describe('Outages of the whole zone at random (E-10); servers fare as outage.servers says.')

const hostFailures = z
  .strictObject({
    timeToFailure,
    timeToRepair,
    repairCrews: maybe(count(1, 1_000_000)).describe('Hosts that are repaired at a time; without it, all.'),
  })
  .describe('Failures of hosts at random (E-10).')

export const placements = ['first-fit', 'best-fit', 'worst-fit', 'spread'] as const
export type Placement = (typeof placements)[number]

export const hosts = z.strictObject({
  id: id.describe('Id of the group, once per zone.'),
  count: hostCount,
  vcpu: vcpu.describe('vCPUs of a host.'),
  memory: maybe(memory).describe('Memory of a host, GiB; without it, memory does not limit.'),
  gpu: gpu.default(0).describe('GPUs of a host.'),
  placement: z
    .enum(placements)
    .default('first-fit')
    .describe(
      'Which host with room a server gets: the first, the fullest (best-fit), the emptiest (worst-fit), or one in the fault domain with the fewest servers of the buyer (spread).',
    ),
  faultDomains: count(1, 1_000).default(1).describe('Fault domains; hosts belong to them in turn.'),
  overcommit: z
    .strictObject({
      vcpu: overcommitFactor.describe('vCPUs sold per vCPU of a host.'),
      memory: overcommitFactor.describe('Memory sold per memory of a host.'),
      gpu: overcommitFactor.describe('GPUs sold per GPU of a host.'),
    })
    .prefault({})
    .describe('Factors by which more is sold than a host has.'),
  failures: maybe(hostFailures),
  growth: maybe(growth),
  costs: maybe(capacityCosts),
})

export type Hosts = z.output<typeof hosts>
