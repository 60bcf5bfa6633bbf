/** Which uses of a log are taken, how often, and under which names. */
import { createHash, createHmac } from 'node:crypto'
import { InputError } from '#base/input-error.ts'
import { shown } from '#base/shown.ts'
import { nameHash } from '#engine/name-hash.ts'
import type { LogColumns, LogRow } from './log-row.ts'
import { numberOf } from './log-times.ts'
import type { Usage } from './usage.ts'

export interface SelectionSettings {
  /** Uses that begin from this instant on, ms. */
  readonly from: number | undefined
  /** Uses that begin before this instant, ms. */
  readonly until: number | undefined
  /** Rows that are left out: `status=5`, `runtime<60`. */
  readonly skip: readonly string[]
  /** Rows whose columns say one of these values are taken, all others left out. */
  readonly where?: Readonly<Record<string, readonly string[]>> | undefined
  /** How often each use is placed, on average. */
  readonly scale: number
  /** Share of the accounts, 0..1. */
  readonly accounts: number
  readonly shiftMs: number
  /** Key of the pseudonyms; undefined for names as they are. */
  readonly pseudonyms: string | undefined
  /** Of `scale` and `accounts`: another seed takes others. */
  readonly seed: number
}

type Comparison = '=' | '!=' | '<' | '<=' | '>' | '>='

interface SkipRule {
  readonly text: string
  readonly field: number
  readonly comparison: Comparison
  readonly value: string
}

const RULE = /^(.+?)\s*(!=|<=|>=|=|<|>)\s*(.*)$/

function ruleOf(text: string, columns: LogColumns): SkipRule {
  const match = RULE.exec(text)
  if (match === null)
    throw new InputError(
      `--skip ${shown(text)} is no rule`,
      'write a column, one of = != < <= > >=, and a value: "status=5"',
    )
  const [, column, comparison, value] = match
  const field = columns.find(column)
  if (field < 0) throw new InputError(`--skip: the log has no column ${shown(column)}`, 'name a column of the log')
  if (/[<>]/.test(comparison) && numberOf(value, undefined) === undefined)
    throw new InputError(
      `--skip ${shown(text)}: ${shown(value)} is not a number`,
      'compare with a number, or with = or !=',
    )
  return { text, field, comparison: comparison as Comparison, value }
}

function applies({ field, comparison, value }: SkipRule, row: LogRow): boolean {
  const text = row.text(field)
  if (comparison === '=' || comparison === '!=') return (text === value) === (comparison === '=')
  const found = numberOf(text, undefined)
  if (found === undefined) return false
  const limit = Number(value)
  if (comparison === '<') return found < limit
  if (comparison === '<=') return found <= limit
  return comparison === '>' ? found > limit : found >= limit
}

/** A share from 0 to below 1 of two words, the same on every machine (finaliser of MurmurHash3, Appleby 2011). */
function shareOf(word: number, seed: number): number {
  let hash = Math.imul(word ^ Math.imul(seed + 0x61c88647, 0x85ebca6b), 0xc2b2ae35)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32
}

const PSEUDONYM = 16

export class Selection {
  readonly #settings: SelectionSettings
  readonly #rules: readonly SkipRule[]
  readonly #wanted: readonly { readonly field: number; readonly values: ReadonlySet<string> }[]
  #uses: number

  /** `before`: of the file before, whose uses are counted on. */
  constructor(settings: SelectionSettings, columns: LogColumns, before?: Selection) {
    this.#settings = settings
    this.#uses = before === undefined ? 0 : before.#uses
    this.#rules = settings.skip.map((text) => ruleOf(text, columns))
    this.#wanted = Object.entries(settings.where ?? {}).map(([name, values]) => {
      const field = columns.find(name)
      if (field < 0) throw new InputError(`where: the log has no column ${shown(name)}`, 'name a column of the log')
      return { field, values: new Set(values) }
    })
  }

  /** The first rule that leaves the row out. */
  leavesOut(row: LogRow): string | null {
    for (const rule of this.#rules) if (applies(rule, row)) return `--skip ${rule.text}`
    for (const { field, values } of this.#wanted) if (!values.has(row.text(field))) return 'not what where says'
    return null
  }

  /** Why a use is left out, or null; changes its time and names where asked. */
  select(usage: Usage): string | null {
    const { from, until, accounts, shiftMs, seed, pseudonyms } = this.#settings
    if (from !== undefined && usage.at < from) return 'before --from'
    if (until !== undefined && usage.at >= until) return 'at or after --until'
    if (accounts < 1 && shareOf(nameHash(usage.account), seed) >= accounts) return 'not in the sample of accounts'
    usage.at += shiftMs
    if (pseudonyms !== undefined) {
      usage.account = pseudonym('a', usage.account, pseudonyms)
      if (usage.resource !== '') usage.resource = pseudonym('r', usage.resource, pseudonyms)
    }
    return null
  }

  /** How many times the next use is placed: the whole part of the scale, and once more for its fraction of the uses. */
  copies(): number {
    const { scale, seed } = this.#settings
    const whole = Math.floor(scale)
    const rest = scale - whole
    return whole + (rest > 0 && shareOf(this.#uses++, seed) < rest ? 1 : 0)
  }
}

/** `a-` and 16 hexadecimal digits: the same for a name and key in every log. */
function pseudonym(kind: 'a' | 'r', name: string, key: string): string {
  const hash = key === '' ? createHash('sha256') : createHmac('sha256', key)
  return `${kind}-${hash.update(`${kind}\0${name}`).digest('hex').slice(0, PSEUDONYM)}`
}
