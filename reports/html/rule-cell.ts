/** A rule's code in a table, with what it says as its title. */
import { ruleNamed } from '#scenarios/rules.ts'
import { html, type Markup } from './markup.ts'

export const ruleCell = (rule: string): Markup | string => {
  const found = ruleNamed(rule)
  return found === undefined ? rule : html`<abbr title="${found.text}">${rule}</abbr>`
}
