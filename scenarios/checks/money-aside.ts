/** What `money: ignore` makes pointless. */
import type { Warn } from '../warnings.ts'
import type { Draft } from './draft.ts'
import { thresholdPath } from './market.ts'

/** A threshold on an amount always sees 0; `amounts` are the figures that are one. */
export function warnOfIgnoredMoney(draft: Draft, amounts: ReadonlySet<string>, data: unknown, warn: Warn): void {
  if (draft.money !== 'ignore') return
  for (const threshold of draft.thresholds ?? []) {
    const { figure } = threshold
    if (!amounts.has(figure)) continue
    warn(
      thresholdPath(data, threshold),
      {
        code: 'money-ignored',
        what: `${figure} is always 0, because the scenario ignores money`,
        hint: 'remove this threshold, or remove money: ignore',
      },
      'key',
    )
  }
}
