/** Entries of the reference: rules, figures, keys of scenarios, codes of errors, warnings and refusals, and exit codes. */
import { didYouMean, nearestNames } from '#base/did-you-mean.ts'
import { InputError } from '#base/input-error.ts'
import { own } from '#base/own.ts'
import { figures } from '#reports/figures/catalogue.ts'
import { labelTexts, unitTexts } from '#reports/figures/figure.ts'
import { errorTexts } from '#scenarios/errors.ts'
import { policyKeys, policyRule, policyStandard, policyText, switchesOf } from '#scenarios/policies.ts'
import { ruleNamed, rules } from '#scenarios/rules.ts'
import { warningTexts } from '#scenarios/warnings.ts'
import { refusalTexts } from '#sim/cell/refusal-texts.ts'
import { exitCodes } from './exit-codes.ts'

export interface ReferenceEntry {
  readonly name: string
  readonly kind: 'rule' | 'figure' | 'switch' | 'key' | 'error' | 'warning' | 'refusal' | 'exit code'
  readonly text: string
  /** Facts of the entry, by what they are called. */
  readonly facts: readonly (readonly [name: string, text: string])[]
}

const ruleEntries = (): ReferenceEntry[] =>
  rules.map((rule) => {
    const { text, guide } = ruleNamed(rule) as { text: string; guide: string }
    const switches = switchesOf(rule)
    return {
      name: rule,
      kind: 'rule',
      text,
      facts: [
        ...(guide === '' ? [] : [['user guide', guide] as const]),
        ...(switches.length === 0 ? [] : [['switches', switches.join(', ')] as const]),
      ],
    }
  })

const figureEntries = (): ReferenceEntry[] =>
  figures.map(({ name, unit, text, source, by }) => ({
    name,
    kind: 'figure',
    text,
    facts: [
      ['unit', `${unit}: ${unitTexts[unit]}`],
      ...source.labels.map((label) => [`{${label}=…}`, labelTexts[label]] as const),
      ...(by.length === 0 ? [] : [['in summary.json by', by.join(', ')] as const]),
      [
        'threshold',
        `"${name}": "${unit === 'share' ? '< 1%' : unit === 'hours' ? '< 10h' : unit === 'minutes' ? '< 5min' : unit === 'seconds' ? '< 30s' : '>= 0'}"`,
      ],
    ],
  }))

const switchEntries = (): ReferenceEntry[] =>
  policyKeys.map((key) => {
    const value = policyStandard(key)
    return {
      name: key,
      kind: 'switch',
      text: policyText(key),
      facts: [
        ['written', `policies: { ${key}: … }, or --set policies.${key}=…`],
        ['default', typeof value === 'string' ? value : JSON.stringify(value)],
        ['rule', policyRule(key)],
      ],
    }
  })

interface JsonSchema {
  readonly description?: string
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly items?: JsonSchema
  readonly anyOf?: readonly JsonSchema[]
  readonly oneOf?: readonly JsonSchema[]
  readonly allOf?: readonly JsonSchema[]
  readonly $ref?: string
  readonly $defs?: Readonly<Record<string, JsonSchema>>
  readonly type?: string | readonly string[]
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly default?: unknown
  readonly pattern?: string
  readonly minimum?: number
  readonly maximum?: number
  readonly required?: readonly string[]
}

/** Texts of a certain form, by the pattern of the schema. */
const forms: readonly (readonly [start: string, name: string])[] = [
  ['^(\\d+(ms|s|min|h|d|w))+$', 'a duration'],
  ['^\\d{4}-\\d\\d-\\d\\dT', 'an instant'],
  ['^(\\d{4}-\\d\\d-\\d\\dT', 'an instant or a duration'],
  ['^\\d+(\\.\\d+)?/(s|', 'a rate'],
  ['^(\\d{1,3}(\\.\\d{1,8})?', 'a percentage'],
  ['^(\\d+(\\.\\d{1,', 'a decimal'],
  ['^\\d\\d:\\d\\d$', 'a time of day'],
  ['^([+-]\\d\\d:', 'an offset from UTC'],
]

/** What a value may be, in a few words. */
function takes(schema: JsonSchema): string {
  if (schema.enum !== undefined) return schema.enum.map(String).join(' | ')
  if (schema.const !== undefined) return String(schema.const)
  const branches = schema.anyOf ?? schema.oneOf
  if (branches !== undefined) return [...new Set(branches.map(takes))].join(', or ')
  const bounds = [
    ...(schema.minimum === undefined || schema.minimum < -1e15 ? [] : [`at least ${schema.minimum}`]),
    ...(schema.maximum === undefined || schema.maximum > 1e15 ? [] : [`at most ${schema.maximum}`]),
  ]
  const form = forms.find(([start]) => schema.pattern?.startsWith(start))
  if (form !== undefined) return form[1]
  const type = [schema.type ?? 'value'].flat().join(' or ')
  const named = { object: 'a mapping', array: 'a list', integer: 'a whole number', string: 'a text' }[type] ?? type
  const keys = Object.keys(schema.properties ?? {})
  return `${[named, ...bounds].join(', ')}${keys.length > 0 && keys.length <= 30 ? ` of ${keys.join(', ')}` : ''}`
}

/** Every key of the scenario format by its path, list positions left out: `buyers.wallet.topUp.below`. */
export async function keyEntries(): Promise<ReferenceEntry[]> {
  const { jsonSchemaText } = await import('#scenarios/json-schema.ts')
  const root = JSON.parse(jsonSchemaText()) as JsonSchema
  const entries = new Map<string, ReferenceEntry>()
  const visit = (written: JsonSchema, path: string, depth: number): void => {
    const name = written.$ref?.split('/').at(-1)
    const schema = name === undefined ? written : (own(root.$defs ?? {}, name) ?? written)
    if (depth > 9 || (name !== undefined && depth > 7)) return
    for (const part of [schema.items, ...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? [])])
      if (part !== undefined) visit(part, path, depth + 1)
    for (const [key, inner] of Object.entries(schema.properties ?? {})) {
      const here = path === '' ? key : `${path}.${key}`
      if (path === 'policies' || path.endsWith('policyChange')) continue
      if (!entries.has(here)) {
        const target =
          inner.$ref === undefined ? inner : (own(root.$defs ?? {}, inner.$ref.split('/').at(-1) ?? '') ?? inner)
        const facts: [string, string][] = [['takes', takes(target)]]
        if (inner.default !== undefined) facts.push(['default', JSON.stringify(inner.default)])
        else if (schema.required?.includes(key)) facts.push(['required', 'yes'])
        entries.set(here, {
          name: here,
          kind: 'key',
          text: inner.description ?? target.description ?? (key === 'of' ? 'The distribution.' : ''),
          facts,
        })
      }
      visit(inner, here, depth + 1)
    }
  }
  visit(root, '', 0)
  return [...entries.values()]
}

const codeEntries = (): ReferenceEntry[] => [
  ...Object.entries(errorTexts).map(([name, text]) => ({ name, kind: 'error' as const, text, facts: [] })),
  ...Object.entries(warningTexts).map(([name, text]) => ({ name, kind: 'warning' as const, text, facts: [] })),
  ...Object.entries(refusalTexts).map(([name, { text, rules: by }]) => ({
    name,
    kind: 'refusal' as const,
    text,
    facts: [[by.length === 1 ? 'rule' : 'rules', by.join(', ')] as const],
  })),
  ...Object.values(exitCodes).map(({ code, text }) => ({
    name: String(code),
    kind: 'exit code' as const,
    text,
    facts: [],
  })),
]

async function entries(): Promise<ReferenceEntry[]> {
  return [...ruleEntries(), ...figureEntries(), ...switchEntries(), ...codeEntries(), ...(await keyEntries())]
}

/** The names of all entries. */
export const topics = async (): Promise<string[]> => (await entries()).map(({ name }) => name)

/** The entries of a word: of that name, or keys that end in it. Throws InputError. */
export async function entriesOf(word: string): Promise<ReferenceEntry[]> {
  const all = await entries()
  const lower = word.toLowerCase()
  const exact = all.filter(({ name }) => name.toLowerCase() === lower)
  const ending = all.filter(({ name, kind }) => kind === 'key' && name.toLowerCase().endsWith(`.${lower}`))
  const found = exact.length > 0 ? [...exact, ...ending.slice(0, 8 - exact.length)] : ending.slice(0, 8)
  if (found.length > 0) return found
  const names = [...new Set(all.flatMap(({ name }) => [name, name.split('.').at(-1) ?? name]))]
  const near = didYouMean(word, names)
  throw new InputError(
    `the reference has no entry '${word}'`,
    `did you mean ${near === undefined ? nearestNames(word, names).join(', ') : near}? It has rules, figures, keys of scenarios, and codes of errors, warnings and refusals`,
  )
}
