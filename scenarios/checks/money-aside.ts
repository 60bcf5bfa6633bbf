/** What `money: ignore` makes pointless. */
import type { Warn } from '../warnings.ts'
import type { Draft } from './draft.ts'

/** A threshold on an amount always sees 0. */
export function warnOfIgnoredMoney(draft: Draft, moneyFigures: readonly string[], data: unknown, warn: Warn): void {
  if (draft.money !== 'ignore') return
  const written = Object.keys((data as { readonly thresholds?: object }).thresholds ?? {})
  for (const { figure, text } of draft.thresholds ?? []) {
    if (!moneyFigures.includes(figure)) continue
    const key = written.find((name) => text.startsWith(`${name} `)) ?? figure
    warn(
      ['thresholds', key],
      {
        code: 'money-ignored',
        what: `${figure} is always 0, because the scenario ignores money`,
        hint: 'remove this threshold, or remove money: ignore',
      },
      'key',
    )
  }
}
