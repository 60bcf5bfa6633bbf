/**
 * `reconcile --infer`: the one cause of everything that differs, beyond switches, rates and factors, and where there is none the two
 * that only together are it. A cause is a program: what it makes of all our charges. It is named only if that is the whole file, to the
 * last digit, and no other cause gives the same.
 */
import { accountFactorOfBills, accountFactorOfLines } from './account-factor.ts'
import { structureOfBills, swappedAccounts } from './bill-structure.ts'
import type { Invoices } from './invoices.ts'
import { structureOfLines } from './line-structure.ts'
import type { RatedSource } from './rated-line.ts'
import type { Reason } from './reason.ts'
import { twoCauses } from './two-causes.ts'
import { switchOfBills, switchOfLines } from './variants.ts'

/**
 * Names the cause of what differs, or two; undefined where none is certain. `known` is the one that comparing everything found: a rate or
 * factor of many decimals gives way to two causes, which are likelier than that.
 */
export async function inferred(source: RatedSource, invoices: Invoices, known?: Reason): Promise<Reason | undefined> {
  const one = known !== undefined && known.cause !== 'unexplained' ? known : await oneCause(source, invoices)
  if (one === undefined) return twoCauses(source, invoices)
  return isFine(one) ? ((await twoCauses(source, invoices)) ?? one) : one
}

/** A rate or a factor of three decimals or more, or one of several rates that fit. */
const isFine = ({ cause, text }: Reason): boolean =>
  (cause === 'tax rate' && / or [\d.]+ instead/.test(text)) ||
  (['tax rate', 'discount', 'surcharge'].includes(cause) && /(percent|is|by) \d+\.\d{3,}/.test(text))

async function oneCause(source: RatedSource, invoices: Invoices): Promise<Reason | undefined> {
  const thorough: RatedSource = { ...source, variants: () => [...source.variants(), ...source.candidates()] }
  if (invoices.level === 'lines') {
    // A rule that gives the whole file explains more than charges that happen to be missing.
    const rule = await switchOfLines(thorough, invoices.lines, false)
    const found = rule ?? (await structureOfLines(source, invoices.lines))
    return found ?? (await accountFactorOfLines(source, invoices.lines))
  }
  const structural = (await swappedAccounts(source, invoices.bills)) ?? (await structureOfBills(source, invoices.bills))
  const found = structural ?? (await switchOfBills(thorough, invoices.bills))
  return found ?? (await accountFactorOfBills(source, invoices.bills))
}
