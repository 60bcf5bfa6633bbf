/** `resources` of a pool (E-09), and the new prices that an event may give them. */

import { count, hourlyPrice, unitPrice } from '../amounts.ts'
import { hourOfUnits } from '../cloud-resources.ts'
import { z } from '../zod.ts'
import { maybe } from './names.ts'

const gigabytesPerHour = z
  .union([z.string(), z.number()], { error: 'expected gigabytes an hour such as 0.5' })
  .transform((value, context) => {
    const text = String(value).replace(/^\./, '0.')
    if (/^\d{1,6}(\.\d{1,4})?$/.test(text)) return text
    context.addIssue({ code: 'custom', message: 'expected gigabytes an hour such as 0.5, with at most 4 decimals' })
    return z.NEVER
  })
  .meta({ pattern: '^(\\d{1,6}(\\.\\d{1,4})?|\\.\\d{1,4})$' })

const units = (size: string, price: string): boolean => hourOfUnits(size, price) !== null
const tooFine =
  'expected a size and a price whose product has at most 10 decimals and is at most 90,071,992.54740991 an hour'

export const resources = z
  .strictObject({
    disk: maybe(
      z
        .strictObject({
          gigabytes: count(1, 1_000_000).describe('Size of the system disk, GB.'),
          hourly: hourlyPrice.describe('Price of one GB for an hour.'),
        })
        .refine(({ gigabytes, hourly }) => units(String(gigabytes), hourly), { error: tooFine }),
    ).describe('System disk: from launch to deletion, also while the server is stopped or suspended (A-03).'),
    elasticIp: maybe(z.strictObject({ hourly: hourlyPrice.describe('Price of the address for an hour.') })).describe(
      'Elastic IP: from launch to deletion, also while the server is stopped; not while it is suspended.',
    ),
    bandwidth: maybe(
      z
        .strictObject({
          mbits: count(1, 1_000_000).describe('Bandwidth of the elastic IP, Mbit/s.'),
          hourly: hourlyPrice.describe('Price of one Mbit/s for an hour.'),
        })
        .refine(({ mbits, hourly }) => units(String(mbits), hourly), { error: tooFine }),
    ).describe('Bandwidth by the hour: as long as the elastic IP.'),
    traffic: maybe(
      z
        .strictObject({
          gigabytesPerHour: gigabytesPerHour.describe('Traffic of a running server, GB an hour.'),
          perGigabyte: unitPrice.describe('Price of one GB.'),
        })
        .refine(({ gigabytesPerHour: size, perGigabyte }) => units(size, perGigabyte), { error: tooFine }),
    ).describe('Bandwidth by the GB instead: while the server runs.'),
  })
  .refine(({ bandwidth, traffic }) => bandwidth === null || traffic === null, {
    error: 'expected bandwidth by the hour or traffic by the GB, not both (E-09)',
  })
  .describe('Prices of the cloud resources of a server besides its flavour; without them they are free (E-09).')

/** New prices of one unit each: of a GB and hour, an address, a Mbit/s, a GB of traffic. */
export const resourcePrices = {
  disk: maybe(hourlyPrice).describe('New price of one GB of system disk for an hour (E-09).'),
  elasticIp: maybe(hourlyPrice).describe('New price of an elastic IP for an hour (E-09).'),
  bandwidth: maybe(hourlyPrice).describe('New price of one Mbit/s for an hour (E-09).'),
  traffic: maybe(unitPrice).describe('New price of one GB of traffic (E-09).'),
} as const

/** What the resources of one yearly/monthly server cost for the whole duration of a plan. */
export const planResources = {
  disk: maybe(unitPrice).describe('Price of the system disk of one server for the whole duration (E-09, R-06).'),
  elasticIp: maybe(unitPrice).describe('Price of the elastic IP of one server for the whole duration (E-09).'),
  bandwidth: maybe(unitPrice).describe('Price of the bandwidth of one server for the whole duration (E-09).'),
  traffic: maybe(unitPrice).describe(
    'Price of the traffic of one server for the whole duration, however much it is (E-09).',
  ),
} as const
