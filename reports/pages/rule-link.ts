/** A rule's code, with what the rule says as its tooltip. */
import { ruleNamed } from '#scenarios/rules.ts'
import { html, type Markup } from '../html/markup.ts'
import { ruleAddress } from './addresses.ts'

/** The script of the pages shows the title of a rule also to the keyboard. */
export function ruleLink(rule: string): Markup | string {
  const found = ruleNamed(rule)
  return found === undefined
    ? rule
    : html`<a class="rule" href="${ruleAddress(rule)}" title="${rule}: ${found.text}">${rule}</a>`
}
