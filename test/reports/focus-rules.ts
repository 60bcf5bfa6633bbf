/** The requirements model of FOCUS as data, applied to every row of a dataset. Rules that the model calls dynamic cannot be. */
import { Decimal } from 'decimal.js'
import { currencyCodes } from '#scenarios/currencies.ts'

export type FocusRow = Readonly<Record<string, string>>

interface Check {
  readonly CheckFunction: string
  readonly Items?: readonly Check[]
  readonly ColumnName?: string
  /** Some conditions of the model call the column so. */
  readonly CheckCondition?: string
  readonly ColumnAName?: string
  readonly ColumnBName?: string
  readonly ResultColumnName?: string
  readonly ExpectedCount?: number
  readonly Value?: string | number | null
  readonly ModelRuleId?: string
}

interface Rule {
  readonly Type: string
  readonly Status: string
  readonly Function: string
  readonly EntityType: string
  readonly ApplicabilityCriteria: readonly string[]
  readonly ValidationCriteria: {
    readonly Keyword: string
    readonly Requirement: Partial<Check>
    readonly Condition: Partial<Check>
  }
}

export interface Model {
  readonly ModelRules: Readonly<Record<string, Rule>>
}

/** What the marketplace has, in the words of the model. */
const supported = new Set([
  'ACCOUNT_NAMING_SUPPORTED',
  'PUBLIC_PRICE_LIST_SUPPORTED',
  'USAGE_MEASUREMENT_SUPPORTED',
  'UNIT_PRICING_SUPPORTED',
  'BILLING_BASED_ON_PROVISIONED_RESOURCES_SUPPORTED',
  'RESOURCE_TYPE_ASSIGNMENT_SUPPORTED',
  'REGION_SUPPORTED',
])

const NUMBER = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/
const UNIT = /^[A-Z][A-Za-z]*([ -][A-Z][A-Za-z]*)*$/

/** Whether a row keeps a check; null (an empty field) keeps what is asked of numbers, dates and texts. */
function holds(
  check: Partial<Check>,
  row: FocusRow,
  counts: (a: string, b: string) => ReadonlyMap<string, number>,
): boolean {
  const text = row[check.ColumnName ?? check.CheckCondition ?? ''] ?? ''
  switch (check.CheckFunction) {
    case 'AND':
      return (check.Items ?? []).every((each) => holds(each, row, counts))
    case 'OR':
      return (check.Items ?? []).some((each) => holds(each, row, counts))
    case 'CheckValue':
      return same(text, check.Value)
    case 'CheckNotValue':
      return !same(text, check.Value)
    case 'CheckSameValue':
      return row[check.ColumnAName ?? ''] === row[check.ColumnBName ?? '']
    case 'CheckNotSameValue':
      return row[check.ColumnAName ?? ''] !== row[check.ColumnBName ?? '']
    case 'TypeDecimal':
    case 'FormatNumeric':
    case 'CheckDecimalValue':
      return text === '' || NUMBER.test(text)
    case 'CheckGreaterOrEqualThanValue':
      return text === '' || new Decimal(text).gte(Number(check.Value))
    case 'TypeDateTime':
    case 'FormatDateTime':
      return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(text)
    case 'FormatUnit':
      return text === '' || UNIT.test(text)
    case 'FormatCurrency':
    case 'CheckNationalCurrency':
      return currencyCodes.includes(text)
    case 'ColumnByColumnEqualsColumnValue': {
      const factors = [row[check.ColumnAName ?? ''], row[check.ColumnBName ?? '']]
      if (factors.includes('')) return true
      return new Decimal(factors[0]).times(factors[1]).eq(row[check.ResultColumnName ?? ''])
    }
    case 'CheckDistinctCount': {
      const value = row[check.ColumnAName ?? '']
      return value === '' || counts(check.ColumnAName ?? '', check.ColumnBName ?? '').get(value) === check.ExpectedCount
    }
    default:
      return true
  }
}

const same = (text: string, value: string | number | null | undefined): boolean =>
  value === null || value === undefined
    ? text === ''
    : typeof value === 'number'
      ? text !== '' && new Decimal(text).eq(value)
      : text === value

/**
 * Rules of the published model that say less or more than the sentence of the specification that they express: a condition is
 * missing, so that a complete file cannot keep them. Each is listed with what the sentence says.
 */
export const withoutCondition = {
  'InvoiceId-C-004-C': 'null when the charge is not associated with an invoice',
  'PricingCategory-C-007-M': 'one of the allowed values, where it is not null',
  'PricingQuantity-C-008-M': 'a valid decimal, where it is not null',
  'ConsumedQuantity-C-006-C': 'not null when ChargeClass is not "Correction": the model asks it of corrections',
}

/** Rules that are broken, each with its first row; and how many were checked. */
export function brokenRules(model: Model, rows: readonly FocusRow[]) {
  const { ModelRules: rules } = model
  const tables = new Map<string, Map<string, number>>()
  const counts = (a: string, b: string): ReadonlyMap<string, number> => {
    const key = `${a} ${b}`
    let found = tables.get(key)
    if (found === undefined) {
      const sets = new Map<string, Set<string>>()
      for (const row of rows) sets.set(row[a], (sets.get(row[a]) ?? new Set()).add(row[b]))
      found = new Map([...sets].map(([value, set]) => [value, set.size]))
      tables.set(key, found)
    }
    return found
  }
  Decimal.set({ precision: 100 })
  const broken: { rule: string; row: FocusRow | undefined }[] = []
  const seen = new Set<string>()
  let checked = 0
  const visit = (id: string): void => {
    const rule = rules[id]
    if (rule === undefined || seen.has(id)) return
    seen.add(id)
    if (rule.Status !== 'Active' || rule.ApplicabilityCriteria.some((each) => !supported.has(each))) return
    const { Requirement, Condition, Keyword } = rule.ValidationCriteria
    if (rule.Function === 'Composite') {
      for (const each of Requirement.Items ?? []) if (each.ModelRuleId !== undefined) visit(each.ModelRuleId)
      return
    }
    if (!Keyword.startsWith('MUST') || rule.Type === 'Dynamic' || Requirement.CheckFunction === undefined) return
    checked++
    if (Requirement.CheckFunction === 'ColumnPresent') {
      if (rows.length > 0 && !Object.hasOwn(rows[0], Requirement.ColumnName ?? ''))
        broken.push({ rule: id, row: undefined })
      return
    }
    const isConditional = Condition.CheckFunction !== undefined
    const row = rows.find(
      (each) => (!isConditional || holds(Condition, each, counts)) && !holds(Requirement, each, counts),
    )
    if (row !== undefined) broken.push({ rule: id, row })
  }
  visit('CostAndUsage-D-000-M')
  return { broken, checked }
}
