/** A metered hour of a server or of one of its images (U-09). */
import type { Instant } from '#base/time.ts'
import type { HourMoney, Id, Row } from '../../cell/table.ts'
export interface UsageRecord {
  /** Row of the instance, valid while its hour is being closed. */
  readonly instance: Row<'instances'>
  readonly item: 'ecs' | 'image'
  /** What the hour is charged once for (U-03); 0 for the server itself. */
  readonly key: Id<'keys'>
  /** Number of the pool or specification that priced it. */
  readonly priced: number
  /** First instant of the hour. */
  readonly hour: Instant
  readonly seconds: number
  readonly amount: HourMoney
}
