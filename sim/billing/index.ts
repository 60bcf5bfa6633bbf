/**
 * Entry point `marketsim/billing`: the pure billing core. Amounts and times go in, lines with their formula come out;
 * nothing is read, stored or drawn. Amounts are bigint in whole 1e-8 units of a currency (M-01), instants are
 * milliseconds since the epoch. Only the metering kernels, `openHours` and `openUsage`, keep columns of float64 numbers. What a rule refuses is a value (`Refusal`); wrong input throws BillingError.
 *
 * @module marketsim/billing
 */

export { BillingError } from '#base/billing-error.ts'
export { formatInstant, monthOf, parseInstant } from '#base/civil-time.ts'
export { parseDecimal, type Rounding } from '#base/decimal.ts'
export { InputError } from '#base/input-error.ts'
export { type Amount, formatAmount } from '#base/money.ts'
export { parseFactor, type Rational } from '#base/rational.ts'
// `standardPolicies` is the name of release 0.1.0, deprecated.
export { defaultPolicies, defaultPolicies as standardPolicies, type Policies } from '#scenarios/policies.ts'
export { type AutoRenewal, renewalAttempts } from './auto-renewal.ts'
export type { ChangeSide } from './change.ts'
export { type Discount, type DiscountText, parseDiscount } from './discount.ts'
export { type Expansion, expansionFee } from './expansion.ts'
export type { Formula } from './formula.ts'
export { patience as gracePeriods, patienceEnds as gracePeriodEnds, type Tier, tiers } from './grace.ts'
export { type Charged, isRefusal, type Line, type Refusal, sumOf } from './line.ts'
export type { HourColumns, HourKernel, HourSizes } from './metering/kernel/hour-kernel.ts'
export { openHours, openUsage } from './metering/kernel/open-kernel.ts'
export type { UsageBooks, UsageCounts, UsageInput, UsageKernel, UsageRecords } from './metering/kernel/usage-kernel.ts'
export { exactHourAmount, exactSecondsAmount } from './metering/rating.ts'
export { type ResourceEvent, ResourceMeter } from './metering/resource-meter.ts'
export { formatPayable, paidBack, toMinorUnits } from './minor-units.ts'
export { type BillTotal, billTotal, monthTotal, type TaxableUse } from './month-total.ts'
export { compilePlan, listPrice, type Plan, type PlanText, parseQuantity, priceLine } from './price/plan.ts'
export { compileUsagePlan, type Usage, type UsagePlan, type UsagePlanText, usageLines } from './price/usage-plan.ts'
export { remaining } from './proration.ts'
export { refund, type Unsubscription } from './refund.ts'
export { type Sale, sellerShare } from './seller-share.ts'
export { termEnd, termEnds } from './term.ts'
export { matchedPlan, type Upgrade, upgradeFee } from './upgrade.ts'
