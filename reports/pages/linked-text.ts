/** Text of an explanation with a link wherever it names something that has a page of its own. */
import { ruleNamed } from '#scenarios/rules.ts'
import type { Subject } from '../explain/subjects.ts'
import { html, type Markup } from '../html/markup.ts'
import { subjectAddress } from './addresses.ts'
import type { OpenRun } from './open-run.ts'
import { ruleLink } from './rule-link.ts'

/** How explanations call what has a number. */
const subjectWords: Readonly<Record<string, Subject>> = {
  order: 'order',
  transaction: 'transaction',
  server: 'instance',
  instance: 'instance',
  refusal: 'refusal',
  invoice: 'invoice',
  coupon: 'coupon',
}

const named = new RegExp(
  `\\b(?<word>${Object.keys(subjectWords).join('|')}) (?<number>\\d{1,15})\\b(?!\\.\\d)|\\b(?<rule>[A-Z]-\\d\\d)\\b|(?<account>[^\\s,:;()"{}]+/\\d+)(?![\\w/-])`,
  'g',
)

/** The text in parts: as it is, or as a link. */
export function linkedText(run: OpenRun, text: string): Markup {
  const parts: (Markup | string)[] = []
  let from = 0
  for (const match of text.matchAll(named)) {
    const { word, number, rule, account } = match.groups as Record<string, string | undefined>
    const link =
      rule !== undefined
        ? ruleNamed(rule) && ruleLink(rule)
        : word !== undefined
          ? html`<a href="${subjectAddress(run.key, subjectWords[word], number as string)}">${match[0]}</a>`
          : account !== undefined && run.hasAccount(account)
            ? html`<a href="${subjectAddress(run.key, 'account', account)}">${account}</a>`
            : undefined
    if (link === undefined) continue
    parts.push(text.slice(from, match.index), link)
    from = match.index + match[0].length
  }
  return html`${[...parts, text.slice(from)]}`
}
