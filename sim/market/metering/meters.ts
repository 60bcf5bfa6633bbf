import { flag, hourMoney, hourPrice, instant, number, row, seconds, sideTable } from '../../cell/table.ts'
import type { SecondsColumns } from './seconds-columns.ts'

/**
 * The meter of each instance, by the same rows as `instances`. `ecsHour` and `imageHour` are what one whole hour costs as
 * things are (0: not metered); `touched`: it changed in this clock hour, so that this one is computed by itself. `…Span`
 * is the first hour of the run of whole hours before the current one, and what it cost; `uses` its first open image hour.
 */
export const meterTable = () =>
  sideTable('meters', 'instances', {
    touched: flag(),
    ecsOn: flag(),
    ecsHour: hourMoney(),
    ecsSince: instant(),
    ecsUsed: flag(),
    ecsSeconds: seconds(),
    ecsRate: hourPrice(),
    ecsSpan: instant(),
    ecsSpanPrice: hourPrice(),
    imageOn: flag(),
    imageHour: hourMoney(),
    imageSince: instant(),
    imageSpan: instant(),
    spanSpecification: number('specifications'),
    spanPrice: hourPrice(),
    uses: row('uses'),
  })

export type MeterTable = ReturnType<typeof meterTable>

/** The columns of the server itself, as a meter by the second has them. */
export const ecsColumns = (meters: MeterTable): SecondsColumns => ({
  get on() {
    return meters.ecsOn
  },
  get hour() {
    return meters.ecsHour
  },
  get since() {
    return meters.ecsSince
  },
  get used() {
    return meters.ecsUsed
  },
  get seconds() {
    return meters.ecsSeconds
  },
  get rate() {
    return meters.ecsRate
  },
  get span() {
    return meters.ecsSpan
  },
  get spanPrice() {
    return meters.ecsSpanPrice
  },
})
