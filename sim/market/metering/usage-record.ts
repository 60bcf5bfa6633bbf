/** A metered hour of a server, of one of its images or of one of its cloud resources (U-09). */
import type { Instant } from '#base/time.ts'
import { cloudResources } from '#scenarios/cloud-resources.ts'
import type { HourMoney, Id, Row } from '../../cell/table.ts'

/** What can be metered of a server. */
export const usageItems = ['ecs', 'image', ...cloudResources] as const
export type UsageItem = (typeof usageItems)[number]

/** What an account owes an item as: cloud resources are owed with the servers (E-09). */
export const owedAs = (item: UsageItem): 'ecs' | 'image' => (item === 'image' ? 'image' : 'ecs')

export interface UsageRecord {
  /** Row of the instance, valid while its hour is being closed. */
  readonly instance: Row<'instances'>
  readonly item: UsageItem
  /** What the hour is charged once for (U-03); 0 for the server itself, and its own for each cloud resource. */
  readonly key: Id<'keys'>
  /** Number of the pool or specification that priced it. */
  readonly priced: number
  /** First instant of the hour. */
  readonly hour: Instant
  readonly seconds: number
  readonly amount: HourMoney
}
