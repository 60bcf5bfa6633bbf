/** Rows of the FinOps Open Cost and Usage Specification (FOCUS) 1.2 and 1.4: the columns, and a charge as their text. */
import { startOfMonth } from '#base/civil-time.ts'
import { csvField } from '#base/csv-text.ts'
import { decimalText } from '#base/decimal-text.ts'
import { unpackPrice } from '#base/money.ts'
import { HOUR } from '#base/time.ts'
import type { RatedHour } from '#sim/metering-log/hour-pricer.ts'

export const PROVIDER = 'marketsim'

/** In the order of the specification's model; columns of what the marketplace does not have are left out, as it says. */
export const focusColumns = [
  ...[
    'AvailabilityZone',
    'BilledCost',
    'BillingAccountId',
    'BillingAccountName',
    'BillingCurrency',
    'BillingPeriodEnd',
    'BillingPeriodStart',
  ],
  ...['ChargeCategory', 'ChargeClass', 'ChargeDescription', 'ChargeFrequency', 'ChargePeriodEnd', 'ChargePeriodStart'],
  ...['ConsumedQuantity', 'ConsumedUnit', 'ContractedCost', 'EffectiveCost', 'InvoiceId', 'InvoiceIssuerName'],
  ...[
    'ListCost',
    'ListUnitPrice',
    'PricingCategory',
    'PricingQuantity',
    'PricingUnit',
    'ProviderName',
    'PublisherName',
    'RegionId',
  ],
  ...[
    'RegionName',
    'ResourceId',
    'ResourceName',
    'ResourceType',
    'ServiceCategory',
    'ServiceName',
    'ServiceSubcategory',
  ],
  ...['SkuId', 'SkuMeter', 'SkuPriceDetails', 'SkuPriceId'],
] as const
type Column12 = (typeof focusColumns)[number]

/** 1.4 names who sells a service and who hosts it in place of provider and publisher, and the line of the invoice. */
const added = ['HostProviderName', 'InvoiceDetailId', 'ServiceProviderName'] as const
const removed: ReadonlySet<Column12> = new Set(['ProviderName', 'PublisherName'])
type FocusColumn = Column12 | (typeof added)[number]

export const focusVersions = ['1.2', '1.4'] as const
export type FocusVersion = (typeof focusVersions)[number]

const columnsOf: Readonly<Record<FocusVersion, readonly FocusColumn[]>> = {
  '1.2': focusColumns,
  '1.4': [...focusColumns.filter((column) => !removed.has(column)), ...added].sort(),
}

/** Name, category and subcategory of a service. */
export type Service = readonly [name: string, category: string, subcategory: string]

const services: Readonly<Record<string, Service>> = {
  ecs: ['Elastic Cloud Server', 'Compute', 'Virtual Machines'],
  image: ['Marketplace images', 'Compute', 'Other (Compute)'],
  disk: ['System disks', 'Storage', 'Block Storage'],
  'elastic-ip': ['Elastic IP', 'Networking', 'Network Infrastructure'],
  bandwidth: ['Bandwidth', 'Networking', 'Network Connectivity'],
  traffic: ['Traffic', 'Networking', 'Network Connectivity'],
}

/** Of a kind of charge; what is sold by others is a business application. */
export const serviceOf = (kind: string): Service =>
  services[kind] ?? [`Marketplace ${kind}`, 'Business Applications', 'Other (Business Applications)']

/** What is priced: units of something at a price, whole 1e-10 both. */
export interface PricedQuantity {
  readonly quantity: bigint
  readonly unit: string
  readonly price: bigint
}

/** The entry of a price list: its name, which has no amount, date or account in it, and what it is for. */
export interface PriceName {
  readonly id: string
  /** Properties of the price, and not of the SKU (`x_`). */
  readonly details: Readonly<Record<string, string | number>>
}

/** `ecs/c6.large`, zone and duration: `ecs/c6.large/eu-1a/12 months`; empty parts are left out. */
export const priceName = (sku: string, parts: readonly string[], details: PriceName['details'] = {}): PriceName => ({
  id: [sku, ...parts.filter((part) => part !== '')].join('/'),
  details,
})

export interface FocusCharge {
  readonly account: string
  /** Of the bill, year x 12 + month - 1. */
  readonly month: number
  readonly category: 'Usage' | 'Purchase' | 'Tax' | 'Adjustment' | 'Credit'
  /** Of something on an earlier bill. */
  readonly isCorrection?: boolean
  readonly frequency: 'One-Time' | 'Recurring' | 'Usage-Based'
  readonly description: string
  /** Instants, ms. */
  readonly from: number
  readonly until: number
  /** Whole 1e-8. */
  readonly billed: bigint
  /** Where it is not what was billed, whole 1e-8. */
  readonly effective?: bigint
  readonly service: Service
  readonly publisher: string
  readonly region: string
  readonly invoice: string
  readonly zone?: string
  readonly sku?: string
  /** Of a price list; the SKU has one price where it is left out. */
  readonly price?: PriceName
  /** Of interruptible servers (E-11): the price changes whatever was agreed. */
  readonly isDynamic?: boolean
  readonly priced?: PricedQuantity
  readonly consumed?: { readonly quantity: bigint; readonly unit: string }
  readonly resource?: { readonly id: string; readonly type: string }
}

const UNIT = 10_000_000_000n
/** Seconds as hours, whole 1e-10, halves up. */
export const hoursOf = (seconds: bigint): bigint => (seconds * UNIT * 2n + 3600n) / 7200n

/** `2024-05-01T00:00:00Z` */
export const instantText = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`
export const focusMoney = (units: bigint): string => decimalText(units, 8)

export const focusHead = (version: FocusVersion): string => `${columnsOf[version].join(',')}\n`

/** The line of its invoice that a charge belongs to: unique within the invoice (`InvoiceDetailId`). */
export function detailIdOf({ category, description, sku, isCorrection }: FocusCharge): string {
  if (category === 'Tax') return description.startsWith('tax of order') ? 'Tax/orders' : 'Tax/use'
  if (category === 'Adjustment') return 'Adjustment/rounding'
  if (category === 'Credit') return `Credit/${description}`
  if (sku !== undefined && sku !== '') return `${category}/${sku}`
  if (category === 'Purchase') return 'Purchase/refund'
  return isCorrection === true ? 'Usage/late records of earlier months' : 'Usage/late records'
}

const HOSTED: ReadonlySet<string> = new Set(['Compute', 'Storage', 'Networking'])
const NONE = 'Not Applicable'

/** Whose infrastructure it runs on: the cloud's for servers and what belongs to them; of SaaS only its seller is known. */
function hostOf({ category, service, sku = '', publisher }: FocusCharge): string {
  if (category === 'Tax' || category === 'Adjustment' || category === 'Credit') return NONE
  if (HOSTED.has(service[1])) return PROVIDER
  return sku.startsWith('saas/') ? publisher : NONE
}

/** What a price is of: the flavour of a server as the specification names it, and else properties of ours (`x_`). */
function skuDetails(sku: string, ofPrice: PriceName['details'] = {}): string {
  const [kind, product] = sku.split('/')
  const [, gigabytes, type] = kind === 'disk' ? (SIZED.exec(product) ?? []) : []
  const ofServer =
    gigabytes === undefined ? { InstanceType: product } : { DiskType: type, x_Gigabytes: Number(gigabytes) }
  const of = kind === 'ecs' || serverParts.has(kind) ? ofServer : { x_Product: product }
  const details = {
    ...(product === undefined || product === '' ? {} : of),
    x_Kind: kind,
    ...ofPrice,
  }
  return JSON.stringify(details)
}

/** A disk whose size a log says: `40 GB ssd`. */
const SIZED = /^([\d.]+) GB (.+)$/

/** What is priced by the flavour of a server (E-09). */
const serverParts: ReadonlySet<string> = new Set(['disk', 'elastic-ip', 'bandwidth', 'traffic'])

/** The line of a charge. Costs are exact: list cost is price times quantity, billed cost is what was charged (M-02). */
export function focusLine(
  charge: FocusCharge,
  currency: string,
  utcOffset: number,
  version: FocusVersion = '1.2',
): string {
  const { category, priced, consumed, resource, sku = '', billed } = charge
  const cost = focusMoney(billed)
  const list = priced === undefined ? cost : decimalText(priced.price * priced.quantity, 20)
  const price = priced === undefined ? '' : decimalText(priced.price, 10)
  const quantity = priced === undefined ? '' : decimalText(priced.quantity, 10)
  const [name, serviceCategory, subcategory] = charge.service
  const fields: Readonly<Record<FocusColumn, string>> = {
    AvailabilityZone: charge.zone ?? '',
    BilledCost: cost,
    BillingAccountId: charge.account,
    BillingAccountName: charge.account,
    BillingCurrency: currency,
    BillingPeriodStart: instantText(startOfMonth(charge.month, utcOffset)),
    BillingPeriodEnd: instantText(startOfMonth(charge.month + 1, utcOffset)),
    ChargeCategory: category,
    ChargeClass: charge.isCorrection === true ? 'Correction' : '',
    ChargeDescription: charge.description,
    ChargeFrequency: charge.frequency,
    ChargePeriodStart: instantText(charge.from),
    ChargePeriodEnd: instantText(Math.max(charge.until, charge.from + HOUR)),
    ConsumedQuantity: consumed === undefined ? '' : decimalText(consumed.quantity, 10),
    ConsumedUnit: consumed?.unit ?? '',
    ContractedCost: list,
    // A purchase covers later use: its effective cost is that of the days of use.
    EffectiveCost: category === 'Purchase' ? '0' : focusMoney(charge.effective ?? billed),
    HostProviderName: hostOf(charge),
    InvoiceDetailId: charge.invoice === '' ? '' : detailIdOf(charge),
    InvoiceId: charge.invoice,
    InvoiceIssuerName: PROVIDER,
    ListCost: list,
    ListUnitPrice: price,
    PricingCategory: category === 'Tax' ? '' : charge.isDynamic === true ? 'Dynamic' : 'Standard',
    PricingQuantity: quantity,
    PricingUnit: priced?.unit ?? '',
    ProviderName: PROVIDER,
    PublisherName: charge.publisher,
    RegionId: charge.region,
    RegionName: charge.region,
    ResourceId: resource?.id ?? '',
    ResourceName: resource?.id ?? '',
    ResourceType: resource?.type ?? '',
    ServiceCategory: serviceCategory,
    ServiceProviderName: charge.publisher,
    ServiceName: name,
    ServiceSubcategory: subcategory,
    SkuId: sku,
    SkuMeter: sku === '' ? '' : name,
    SkuPriceDetails: sku === '' ? '' : skuDetails(sku, charge.price?.details),
    SkuPriceId: charge.price?.id ?? sku,
  }
  return `${columnsOf[version].map((column) => csvField(fields[column])).join(',')}\n`
}

/** What both writers of FOCUS put at the end of a bill. */
interface BillTotals {
  readonly account: string
  readonly month: number
  /** Whole 1e-8: before tax, the tax on use, and what is paid. */
  readonly charges: bigint
  readonly tax: bigint
  readonly payable: bigint
}

/** The tax on use of a bill (M-07), and what brings it to minor units (M-08). */
export function billCharges({ account, month, charges, tax, payable }: BillTotals, utcOffset: number): FocusCharge[] {
  const common = {
    ...{ account, month, publisher: PROVIDER, region: '', invoice: '' },
    frequency: 'One-Time',
    from: startOfMonth(month, utcOffset),
    until: startOfMonth(month + 1, utcOffset),
  } as const
  const rounding = payable - charges - tax
  const all: FocusCharge[] = [
    { ...common, category: 'Tax', description: 'tax on use (M-07)', billed: tax, service: serviceOf('ecs') },
    {
      ...common,
      category: 'Adjustment',
      description: 'rounding to minor units (M-08)',
      billed: rounding,
      service: ['Bills', 'Other', 'Other (Other)'],
    },
  ]
  return all.filter(({ billed }) => billed !== 0n)
}

/** A metered hour of a log. */
export function hourCharge(hour: RatedHour): FocusCharge {
  const { account, resource, kind, product, seconds } = hour
  const sku = `${kind}/${product}`
  const quantity = hour.by === 'second' ? hoursOf(BigInt(seconds)) : UNIT
  return {
    ...{ account, month: hour.month, category: 'Usage', frequency: 'Usage-Based', sku },
    description: `${sku} of ${resource}`,
    from: hour.hour,
    until: hour.hour + HOUR,
    billed: BigInt(hour.amount),
    service: serviceOf(kind),
    ...{ publisher: PROVIDER, region: '', invoice: '', price: priceName(sku, ['hour']) },
    priced: { quantity, unit: 'Hours', price: unpackPrice(hour.hourly) },
    consumed: { quantity: BigInt(seconds) * UNIT, unit: 'Seconds' },
    resource: { id: resource, type: 'Server' },
  }
}
