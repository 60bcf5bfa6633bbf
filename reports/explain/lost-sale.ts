/**
 * What a refusal says was not sold, calculated again. The record has the amount and not the months that were asked for: each
 * duration that was on sale is priced, and the one that comes to the amount is shown.
 */
import { BillingError } from '#base/billing-error.ts'
import type { Line } from '#sim/billing/line.ts'
import { hourPart } from '#sim/billing/metering/hour-charge.ts'
import { withTax } from '#sim/billing/tax.ts'
import { planLine, serverLine } from '#sim/billing/term-price.ts'
import { HIGH } from '#sim/record/wide.ts'
import type { FactReader, FactRow } from './fact-reader.ts'
import { sumText, taxPercentOf } from './order-lines.ts'
import { planOf } from './plans.ts'
import { discountAt, imageHourlyAt, policiesAt, resourceHourlyAt, serverHourlyFor } from './premises.ts'
import { renewalFactorAt } from './term-lines.ts'

/** A formula, what it comes to, and how its terms came about. */
export interface LostSale {
  readonly text: string
  readonly amount: bigint
  readonly lines: readonly string[]
}

/** Whole 1e-8 of one. */
const ONE = 100_000_000n

/** An hour of servers with their image and cloud resources, or without them where a server was to start again, which has them all the while (U-06, E-09). */
export function lostHour(reader: FactReader, refusal: FactRow): LostSale | undefined {
  const at = Number(refusal.at)
  const policies = policiesAt(reader.record, at)
  const server = serverHourlyFor(reader.record, refusal.pool, refusal.account, at)
  const image = imageHourlyAt(reader.record, refusal.specification, at)
  if (server === undefined || image === undefined) return undefined
  const resources = resourceHourlyAt(reader.record, refusal.pool, at)
  const all = [
    hourPart('ecs', server, 3600, policies),
    hourPart('image', image, 3600, policies),
    ...resources.map(([resource, hourly]) => hourPart(resource, hourly, 3600, policies)),
  ]
  for (const whole of [all, all.slice(0, 1)]) {
    const amount = whole.reduce((sum, line) => sum + line.amount, 0n) * refusal.quantity
    const text = `(${whole.map((line) => line.text).join(' + ')}) x ${refusal.quantity}`
    if (amount === refusal.lost) return { amount, text, lines: [] }
  }
  return undefined
}

/** What is sold for `months`: the plan of the specification and of the servers under it; undefined where either is missing. */
interface OnSale {
  readonly months: number
  readonly plan: bigint | undefined
  /** What one server costs, and each of its cloud resources (E-09); none where no server is sold. */
  readonly servers: readonly bigint[]
}

/** Durations that were on sale at an instant, that of the subscription first. */
function durations({ record }: FactReader, refusal: FactRow): OnSale[] {
  const own = record.rows<{ months: bigint }>('SELECT months FROM orders WHERE id = ?', refusal.order_id)[0]?.months
  const plans = record.rows<{ id: bigint; months: bigint }>(
    'SELECT id, months FROM plans WHERE specification_id = ? AND since <= ? ORDER BY since, id',
    refusal.specification,
    refusal.at,
  )
  const servers = record.rows<{ months: bigint; price: bigint; high: bigint }>(
    'SELECT months, price, price_high AS high FROM server_plans WHERE pool = ? ORDER BY id',
    refusal.pool,
  )
  const all = new Set([...plans, ...servers].map(({ months }) => months))
  return [...all]
    .filter((months) => months > 0n)
    .sort((a, b) => Number(b === own) - Number(a === own) || Number(a - b))
    .map((months) => {
      return {
        months: Number(months),
        plan: plans.findLast((each) => each.months === months)?.id,
        servers: servers.filter((each) => each.months === months).map(({ high, price }) => high * HIGH + price),
      }
    })
    .filter(
      ({ plan, servers: sold }) =>
        (plan !== undefined || plans.length === 0) && (refusal.pool === 0n) === (sold.length === 0),
    )
}

/** The lines of a period, as a purchase or renewal would have had them. */
function linesOf(reader: FactReader, refusal: FactRow, { months, plan, servers }: OnSale): Line[] {
  const at = Number(refusal.at)
  const policies = policiesAt(reader.record, at)
  const rounding = policies['rounding.charge']
  const factor = refusal.order_id === 0n ? undefined : renewalFactorAt(reader, refusal.order_id, months, at)
  const bought = { quantity: refusal.quantity * ONE, factor }
  const priced = plan === undefined ? undefined : planOf(reader, plan)
  const lines = [
    ...(priced === undefined
      ? []
      : [planLine(priced.plan, bought, discountAt(reader.record, refusal.specification, at), rounding)]),
    ...servers.map((price) => serverLine(price, bought, rounding)),
  ]
  return [...withTax(lines, { 'tax.percent': taxPercentOf(reader, refusal), 'rounding.charge': rounding })]
}

/** A period of a subscription, or of yearly/monthly servers (E-02). */
export function lostPeriod(reader: FactReader, refusal: FactRow): LostSale | undefined {
  for (const duration of durations(reader, refusal)) {
    const lines = linesSafely(reader, refusal, duration)
    const amount = lines.reduce((sum, line) => sum + line.amount, 0n)
    if (lines.length === 0 || amount !== refusal.lost) continue
    const { months } = duration
    const named = (line: Line): string => `${months} ${months === 1 ? 'month' : 'months'}, ${line.rule}: ${line.text}`
    const [only] = lines
    return lines.length === 1
      ? { text: only.text, amount, lines: [`for ${months} ${months === 1 ? 'month' : 'months'}`] }
      : { text: sumText(lines.map((line) => line.amount)), amount, lines: lines.map(named) }
  }
  return undefined
}

/** A plan that the billing core does not read prices nothing. */
function linesSafely(reader: FactReader, refusal: FactRow, duration: OnSale): Line[] {
  try {
    return linesOf(reader, refusal, duration)
  } catch (error) {
    if (error instanceof BillingError) return []
    throw error
  }
}
