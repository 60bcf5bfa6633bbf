/** `regions` and `operations`: where the servers are, and the cloud's own people. */

import { count, hourlyPrice, probability, share, unitPrice } from '../amounts.ts'
import { durationDistribution } from '../distributions.ts'
import { instant, workingHours } from '../time.ts'
import { z } from '../zod.ts'
import { capacityCosts } from './capacity-costs.ts'
import { planResources, resources } from './cloud-resources.ts'
import { growth } from './growth.ts'
import { gpu, hosts, memory, vcpu, zoneFailures } from './hosts.ts'
import { interruptible } from './interruptible.ts'
import { id, maybe, title } from './names.ts'

/** P-05: the durations a yearly/monthly price may be for. */
export const planMonths = z.literal([1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 24, 36], {
  error: 'expected 1 to 9 months, or 12, 24 or 36 (P-05)',
})

export const flavourStatus = z.enum(['normal', 'sold-out', 'abandoned'])

const capacityWords = 'expected a number of servers, or steps such as [{ from: 2024-03-01T00:00:00Z, capacity: 60 }]'

/** A constant is one step from the epoch on; the step in force is the last whose `from` is not after the instant. */
const capacity = z
  .union(
    [
      count(0).transform((servers) => [{ from: 0, capacity: servers }]),
      z
        .array(
          z.strictObject({
            from: instant.describe('When this capacity takes effect.'),
            capacity: count(0).describe('Servers from this instant.'),
          }),
        )
        .min(1)
        .max(100_000),
    ],
    { error: capacityWords },
  )
  .describe('How many servers of the flavour the pool holds: a number, or steps over time (E-01).')

const pool = z.strictObject({
  flavour: id.describe('The flavour, one pool each per zone.'),
  capacity: capacity.default([]),
  hosts: z
    .union([id.transform((one) => [one]), z.array(id).min(1).max(100)], {
      error: 'expected the id of a group of hosts of the zone, or a list of them',
    })
    .default([])
    .describe('In place of a capacity: the hosts that the servers run on, tried in this order (E-10).'),
  vcpu: maybe(vcpu).describe('vCPUs of a server of the flavour (E-10).'),
  memory: maybe(memory).describe('Memory of a server of the flavour, GiB (E-10).'),
  gpu: gpu.default(0).describe('GPUs of a server of the flavour (E-10).'),
  hourly: hourlyPrice.describe('Pay-per-use price of one server for an hour (U-01).'),
  resources: maybe(resources),
  plans: z
    .array(
      z
        .strictObject({
          months: planMonths.describe('Duration bought.'),
          price: unitPrice.describe('Price of one server for the whole duration.'),
          ...planResources,
        })
        .refine(({ bandwidth, traffic }) => bandwidth === null || traffic === null, {
          error: 'expected a price of bandwidth or of traffic, not both (E-09)',
        }),
    )
    .default([])
    .describe('Yearly/monthly prices of one server by duration (P-05).'),
  provisioning: durationDistribution.prefault('0s').describe('How long creating a server takes.'),
  failure: probability.default(0).describe('Probability that creating a server fails (O-08).'),
  status: flavourStatus.default('normal').describe('Flavour status at the start (E-02).'),
  patience: maybe(durationDistribution).describe('How long an order waits when pool.whenFull is queue (E-02).'),
  interruptible: maybe(interruptible),
  growth: maybe(growth),
  costs: maybe(capacityCosts),
})

const zone = z.strictObject({
  id: id.describe('Zone id.'),
  name: title.optional().describe('Display name.'),
  hosts: z.array(hosts).max(1_000).default([]).describe('Groups of hosts (E-10); without them, pools count units.'),
  failures: maybe(zoneFailures),
  pools: z.array(pool).min(1).describe('Servers by flavour.'),
})

const network = z
  .strictObject({
    vpcCreation: durationDistribution.prefault('0s').describe('How long creating a VPC takes.'),
    vpcLimit: count(1, 1000).default(5).describe('VPCs allowed per account here.'),
  })
  .describe('Prerequisites of a server (E-03).')

export const region = z.strictObject({
  id: id.describe('Region id.'),
  name: title.optional().describe('Display name.'),
  taxPercent: maybe(share).describe('Tax in this region; without it, the policy tax.percent applies (M-07).'),
  network: network.prefault({}),
  zones: z.array(zone).min(1).describe('Zones of the region.'),
})

const team = (handling: string, what: string) =>
  z
    .strictObject({
      staff: count(1, 100_000).default(1).describe('Staff on duty at one time.'),
      workingHours: maybe(workingHours).describe('Working hours; without it, around the clock.'),
      handling: durationDistribution.prefault(handling).describe('Working time spent on one case.'),
    })
    .describe(what)

/** The cloud's people, at home in one region's cell (L-01, L-05). */
export const operations = z.strictObject({
  region: maybe(id).describe('Region of the desk; without it, the first region.'),
  managers: team('4h', 'Operations managers, who decide appeals in order of arrival (L-05).').prefault({}),
  tickets: team('2h', 'Service desk: service tickets for credit, invoices and unreachable sellers (L-01).').prefault(
    {},
  ),
})

export type Region = z.output<typeof region>
export type Zone = z.output<typeof zone>
export type Pool = z.output<typeof pool>
export type Operations = z.output<typeof operations>
