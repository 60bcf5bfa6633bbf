/** A metered hour of a server or of one of its images (U-09). */
export interface UsageRecord {
  /** Row of the instance, valid while its hour is being closed. */
  readonly instance: number
  readonly item: 'ecs' | 'image'
  /** What the hour is charged once for (U-03); 0 for the server itself. */
  readonly key: number
  /** Number of the pool or specification that priced it. */
  readonly priced: number
  /** First instant of the hour. */
  readonly hour: number
  readonly seconds: number
  readonly amount: number
}
