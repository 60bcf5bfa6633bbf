/**
 * `reconcile --infer`: the one cause of everything that differs, beyond switches, rates and factors, and where there is none the two
 * that only together are it. A cause is a program: what it makes of all our charges. It is named only if that is the whole file, to the
 * last digit, and no other cause gives the same.
 */
import { accountFactorOfBills, accountFactorOfLines } from './account-factor.ts'
import { structureOfBills, swappedAccounts } from './bill-structure.ts'
import type { Invoices } from './invoices.ts'
import { structureOfLines } from './line-structure.ts'
import { hasFineFactor, hasFineRate, isPlausible } from './plausible.ts'
import type { RatedSource } from './rated-line.ts'
import type { Reason } from './reason.ts'
import { twoCauses } from './two-causes.ts'
import { switchOfBills, switchOfLines } from './variants.ts'

/**
 * Names the cause of what differs, or two; undefined where none is certain. `known` is the one that comparing everything found: a rate or
 * factor of many decimals gives way to any other cause and to two, which are likelier than that, and is not named where it fits by chance.
 */
export async function inferred(source: RatedSource, invoices: Invoices, known?: Reason): Promise<Reason | undefined> {
  const own = known === undefined || known.cause === 'unexplained' ? undefined : known
  if (own !== undefined && !isFine(own)) return own
  const other = await oneCause(source, invoices)
  const one = other === undefined || other.cause === 'unexplained' ? (own ?? other) : other
  if (one !== undefined && !isFine(one)) return one
  const two = await twoCauses(source, invoices, one)
  if (one === undefined) return two
  // A rate of tax of many decimals gives way only to a round one.
  if (two !== undefined && !(hasFineRate(one) && hasFineRate(two))) return two
  return isPlausible(one, invoices) ? one : undefined
}

const isFine = (reason: Reason): boolean => hasFineRate(reason) || hasFineFactor(reason)

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
