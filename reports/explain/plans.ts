/** Price plans of a record, as the billing core reads them. */
import { compilePlan, type Plan } from '#sim/billing/price/plan.ts'
import type { FactReader } from './fact-reader.ts'

interface PlanText {
  readonly unit?: string
  readonly bands?: readonly { readonly upTo: string | null; readonly unit: string }[]
}

export interface RecordedPlan extends Omit<PlanText, 'bands'> {
  readonly bands?: readonly { readonly upTo: string | number | null; readonly unit: string }[]
}

/** A record may hold limits as plain numbers; the billing core reads text, since quantities may be fractions. */
export const planText = (price: RecordedPlan): PlanText =>
  price.bands === undefined
    ? (price as PlanText)
    : { ...price, bands: price.bands.map((band) => ({ ...band, upTo: band.upTo === null ? null : String(band.upTo) })) }

/** A plan as the billing core reads it; undefined where the record has none of that number. */
export function planTextOf(reader: FactReader, id: bigint): PlanText | undefined {
  const [found] = reader.record.rows<{ price: string }>('SELECT price FROM plans WHERE id = ?', id)
  return found === undefined ? undefined : planText(JSON.parse(found.price))
}

/** A plan and the months it is for; undefined where the record has none of that number. */
export function planOf(reader: FactReader, id: bigint): { plan: Plan; months: number } | undefined {
  const [found] = reader.record.rows<{ price: string; months: bigint }>(
    'SELECT price, months FROM plans WHERE id = ?',
    id,
  )
  if (found === undefined) return undefined
  return { plan: compilePlan(planText(JSON.parse(found.price))), months: Number(found.months) }
}

/** C-05: the plans of a specification that were sold at an instant. */
export function plansInForce(
  reader: FactReader,
  specification: bigint,
  at: bigint,
): readonly { readonly id: bigint; readonly months: bigint }[] {
  const sql = `SELECT id, months FROM plans WHERE specification_id = ? AND since =
    (SELECT MAX(since) FROM plans WHERE specification_id = ? AND since <= ?)`
  return reader.record.rows<{ id: bigint; months: bigint }>(sql, specification, specification, at)
}

/** C-05: the number of the plan of a specification for a duration that was sold at an instant; undefined where none was. */
export const planInForce = (
  reader: FactReader,
  specification: bigint,
  months: bigint,
  at: bigint,
): bigint | undefined => plansInForce(reader, specification, at).find((plan) => plan.months === months)?.id
