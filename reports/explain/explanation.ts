/** What an explanation holds, and how it reads on a terminal. Amounts are whole 1e-8 units. */
import { formatInstant } from '#base/civil-time.ts'
import { decimalText } from '#base/decimal-text.ts'
import { ruleText } from '#scenarios/rules.ts'

/** A line of what the subject is: `Product`, `crm, Team CRM, saas`. */
export type Particular = readonly [label: string, text: string]

/** How an amount came about: what was calculated again, next to what was recorded. */
export interface Working {
  readonly what: string
  readonly rule: string
  /** The formula with its numbers, in the words of the billing core; empty where the record alone knows the amount. */
  readonly formula: string
  /** Its value; null where there is no formula. */
  readonly amount: bigint | null
  readonly recorded: bigint
}

/** Something that happened. */
export interface Moment {
  readonly at: number
  readonly what: string
  readonly rule: string
  /** Further lines: postings, columns of the record. */
  readonly details: readonly string[]
}

/** A transaction that a bill charges, as often as it is on that bill; `amount` is that of one repetition. */
export interface BilledTransaction {
  readonly transaction: bigint
  readonly times: bigint
  readonly amount: bigint
}

export interface Explanation {
  readonly subject: string
  readonly particulars: readonly Particular[]
  readonly workings: readonly Working[]
  /** In time order. */
  readonly moments: readonly Moment[]
  /** Of a bill: its charges, and its tax on use. */
  readonly billed?: { readonly charges: readonly BilledTransaction[]; readonly taxes: readonly BilledTransaction[] }
}

export const amountText = (units: bigint): string => decimalText(units, 8, 8)

/** Every rule that is cited, in the order of the rulebook's names. */
export const rulesOf = ({ workings, moments }: Explanation): string[] =>
  [...new Set([...workings, ...moments].map(({ rule }) => rule))].filter((rule) => rule !== '').sort()

function workingLines(workings: readonly Working[]): string[] {
  const width = Math.max(...workings.map(({ what }) => what.length))
  return workings.map(({ what, rule, formula, amount, recorded }) => {
    const agreed =
      amount === null ? '' : amount === recorded ? ', as recorded' : `, but recorded ${amountText(recorded)}`
    const made = amount === null ? amountText(recorded) : `${formula} = ${amountText(amount)}${agreed}`
    return `  ${what.padEnd(width)}  ${rule.padEnd(4)}  ${made}`
  })
}

const momentLines = (moments: readonly Moment[], utcOffset: number): string[] =>
  moments.flatMap(({ at, what, rule, details }) => [
    `  ${formatInstant(at, utcOffset).padEnd(29)}  ${rule.padEnd(4)}  ${what}`,
    ...details.map((detail) => `${' '.repeat(39)}${detail}`),
  ])

/** The explanation as text; instants in the run's civil time. */
export function explanationText(explanation: Explanation, utcOffset: number): string {
  const { subject, particulars, workings, moments } = explanation
  const width = Math.max(0, ...particulars.map(([label]) => label.length))
  const rules = rulesOf(explanation)
  return [
    subject,
    ...particulars.map(([label, text]) => `  ${label.padEnd(width)}  ${text}`),
    ...(workings.length === 0 ? [] : ['', 'Amounts', ...workingLines(workings)]),
    ...(moments.length === 0 ? [] : ['', 'In time order', ...momentLines(moments, utcOffset)]),
    ...(rules.length === 0 ? [] : ['', 'Rules', ...rules.map((rule) => `  ${rule}  ${ruleText(rule)}`)]),
    '',
  ].join('\n')
}

/** The same for programs: amounts as decimal text, instants in civil time. */
export function explanationJson({ subject, particulars, workings, moments }: Explanation, utcOffset: number): string {
  const plain = {
    subject,
    particulars: Object.fromEntries(particulars),
    workings: workings.map(({ what, rule, formula, amount, recorded }) => ({
      what,
      rule,
      formula,
      amount: amount === null ? null : amountText(amount),
      recorded: amountText(recorded),
    })),
    moments: moments.map((moment) => ({ ...moment, at: formatInstant(moment.at, utcOffset) })),
  }
  return `${JSON.stringify(plain, null, 2)}\n`
}
