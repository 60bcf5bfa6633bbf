/** Lines of the record for metered hours (U-01, U-02): what each costs, written as spans of equal hours. */

import type { UnitPrice } from '#base/money.ts'
import type { CloudResource } from '#scenarios/cloud-resources.ts'
import { ecsHourAmount, imageHourAmount } from '../../billing/metering/rating.ts'
import type { Chapter } from '../../cell/chapter.ts'
import type { HourMoney, HourPrice, Row } from '../../cell/table.ts'
import type { StandingTable } from '../arrears/arrears.ts'
import type { Freezes } from '../freezes/freezes.ts'
import type { InstanceTable, PoolTable } from '../servers/tables.ts'
import type { UsageLine } from './seconds-columns.ts'

/** The market as far as the meter knows it: servers, the pools that price them, and how their owners are. */
export interface Metered extends Chapter<never> {
  readonly instances: InstanceTable
  readonly pools: PoolTable
  readonly standings: StandingTable
  readonly freezes: Freezes
  /** The last hour of an instance that is gone is metered. */
  freeInstance(row: number): void
}

export class UsageLines {
  readonly #market: Metered
  readonly #words

  constructor(market: Metered) {
    this.#market = market
    this.#words = {
      ecs: market.word('ecs'),
      image: market.word('image'),
      disk: market.word('disk'),
      'elastic-ip': market.word('elastic-ip'),
      bandwidth: market.word('bandwidth'),
      traffic: market.word('traffic'),
      'U-01': market.word('U-01'),
      'U-02': market.word('U-02'),
      'E-09': market.word('E-09'),
    }
  }

  /** U-01: what seconds of a server cost, whole 1e-8. */
  ecsAmount(price: HourPrice, seconds: number): HourMoney {
    return ecsHourAmount(price as UnitPrice, seconds, this.#market.policies['rounding.charge'])
  }

  /** U-02: an hour that was started costs a whole one, unless the policy meters images by the second. */
  imageAmount(price: HourPrice, seconds: number): HourMoney {
    if (seconds === 0) return 0
    const { policies } = this.#market
    return policies['image.granularity'] === 'second'
      ? ecsHourAmount(price as UnitPrice, seconds, policies['rounding.charge'])
      : imageHourAmount(price as UnitPrice, policies['rounding.charge'])
  }

  /** A line of the server itself, or of a cloud resource of it (E-09). */
  writeServer(row: Row<'instances'>, item: 'ecs' | CloudResource, line: UsageLine): void {
    const { instances, accounts, pools, facts } = this.#market
    facts.usage_spans({
      instance_id: instances.id[row],
      account: accounts.id[instances.account[row]],
      item: this.#words[item],
      priced: pools.id[instances.pool[row]],
      first_hour: line.first,
      hours: line.hours,
      seconds: line.seconds,
      unit_price: line.price,
      amount: this.ecsAmount(line.price, line.seconds),
      rule: this.#words[item === 'ecs' ? 'U-01' : 'E-09'],
    })
  }

  writeImage(row: Row<'instances'>, specification: number, line: UsageLine): void {
    const { instances, accounts, facts } = this.#market
    facts.usage_spans({
      instance_id: instances.id[row],
      account: accounts.id[instances.account[row]],
      item: this.#words.image,
      priced: specification,
      first_hour: line.first,
      hours: line.hours,
      seconds: line.seconds,
      unit_price: line.price,
      amount: this.imageAmount(line.price, line.seconds),
      rule: this.#words['U-02'],
    })
  }
}
